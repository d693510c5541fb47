import type { FastifyInstance } from 'fastify';
import { patchEntity } from '../../broker/entities/patch-entity.ts';
import type { PatchMutation } from '../../core/change/patch-entity.ts';
import { invalidRequest } from '../../core/errors.ts';
import { type EntityFragment, parseFragment } from '../../dialects/ngsi-ld/entities/parse-entity.ts';
import { listIn, type Parameters, parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { rawQueryOf } from '../request-query.ts';
import { documentedLd, entityIdPath, fragmentSchema, updateResultSchema, writeProblems } from './documentation.ts';
import { checkId } from './entity.ts';
import { type EntityPath, entityChoice, refuseForeignId } from './entity-choice.ts';
import { ldBodyRequest } from './ld-request.ts';
import type { LdService } from './service.ts';
import { sendUpdateResult } from './update-result.ts';

/** `/ngsi-ld/v1/entities/{entityId}/attrs` [LD 6.6] */
export function entityAttributesRoutes(app: FastifyInstance, service: LdService): void {
  const url = '/entities/:entityId/attrs';
  const answers = {
    204: { description: 'Written, durably' },
    207: { description: 'Part of it was written', schema: updateResultSchema, types: ['application/json'] },
  };

  app.post<{ Params: EntityPath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Append attributes',
        description:
          'Adds attributes, and replaces those that are there; with `options=noOverwrite` it leaves these alone.',
        tag: 'Attributes',
        operationId: 'appendAttrs',
        path: entityIdPath,
        query: ['options', 'type', 'local'],
        body: fragmentSchema,
        answers,
        problems: [...writeProblems, 409],
      }),
    },
    async (request, reply) => {
      const { broker, scope, context, body } = await ldBodyRequest(request, service, { creates: false });
      const parameters = parseParameters(rawQueryOf(request), ['options', 'type', 'local']);
      const overwrites = !isNoOverwrite(parameters);
      const choice = entityChoice(request.params, parameters, context.vocabulary);
      const fragment = parseFragment(body, { vocabulary: context.vocabulary, nulls: 'none' });
      checkId(fragment.id, choice.id);
      const report = await refuseForeignId(choice.id, () =>
        patchEntity(broker, scope, choice, appendingMutation(fragment, overwrites), { whole: false }),
      );
      return sendUpdateResult(
        reply,
        report,
        fragment.patches.map(({ name }) => name),
        context.vocabulary.names,
      );
    },
  );

  app.patch<{ Params: EntityPath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Update attributes',
        description:
          'Replaces attributes, each as a whole, and adds those that are not there; `urn:ngsi-ld:null` takes one away.',
        tag: 'Attributes',
        operationId: 'updateEntity',
        path: entityIdPath,
        query: ['type', 'local'],
        body: fragmentSchema,
        bodyTypes: 'merge',
        answers,
        problems: [...writeProblems, 409],
      }),
    },
    async (request, reply) => {
      const { broker, scope, context, body } = await ldBodyRequest(request, service, { creates: false });
      const parameters = parseParameters(rawQueryOf(request), ['type', 'local']);
      const choice = entityChoice(request.params, parameters, context.vocabulary);
      const fragment = parseFragment(body, { vocabulary: context.vocabulary, nulls: 'members' });
      checkId(fragment.id, choice.id);
      const report = await refuseForeignId(choice.id, () =>
        patchEntity(broker, scope, choice, updatingMutation(fragment), { whole: false }),
      );
      return sendUpdateResult(
        reply,
        report,
        fragment.patches.map(({ name }) => name),
        context.vocabulary.names,
      );
    },
  );
}

export function isNoOverwrite(parameters: Parameters): boolean {
  const options = listIn(parameters, 'options') ?? [];
  const other = options.find((option) => option !== 'noOverwrite');
  if (other !== undefined) throw invalidRequest(`options: ${JSON.stringify(other)} is not noOverwrite`);
  return options.length > 0;
}

/** Adds, and replaces what is there unless it is to be left alone. [LD 5.6.3] */
export function appendingMutation(
  { patches, types, scopes, expiresAt }: EntityFragment,
  overwrites: boolean,
): PatchMutation {
  return {
    kind: 'patch',
    present: overwrites ? 'replace' : 'leave',
    absent: 'append',
    patches,
    types,
    ...(scopes !== undefined && { scopes: { manner: overwrites ? 'replace' : 'add', scopes } }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** Replaces, and adds what is not there. [LD 5.6.2] */
export function updatingMutation({ patches, types, scopes, expiresAt }: EntityFragment): PatchMutation {
  return {
    kind: 'patch',
    present: 'replace',
    absent: 'append',
    patches,
    types,
    ...(scopes !== undefined && { scopes: { manner: 'update', scopes } }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}
