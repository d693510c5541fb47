import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { patchEntity } from '../../broker/entities/patch-entity.ts';
import type { NamedPatch } from '../../core/change/attribute-patch.ts';
import { noScopes, type PatchMutation } from '../../core/change/patch-entity.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isUri } from '../../core/names/uri.ts';
import type { LdVocabulary } from '../../dialects/ngsi-ld/context/context-vocabulary.ts';
import { parseAttributeFragment } from '../../dialects/ngsi-ld/entities/parse-attribute.ts';
import { parseAttributeName } from '../../dialects/ngsi-ld/names.ts';
import { flagIn, parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { rawQueryOf } from '../request-query.ts';
import { attributePath, attributeSchema, documentedLd, readProblems, writeProblems } from './documentation.ts';
import { type AttributePath, entityChoice, refuseForeignId } from './entity-choice.ts';
import { ldBodyRequest, ldRequest } from './ld-request.ts';
import type { LdService } from './service.ts';

/** `/ngsi-ld/v1/entities/{entityId}/attrs/{attrId}` [LD 6.7] */
export function entityAttributeRoutes(app: FastifyInstance, service: LdService): void {
  const url = '/entities/:entityId/attrs/:attrId';

  /** Writes the attribute as the body has it; only an update knows what it means to take a member away. */
  const writeFragment = async (
    request: FastifyRequest<{ Params: AttributePath }>,
    reply: FastifyReply,
    action: 'update' | 'replace',
  ) => {
    const { broker, scope, context, body } = await ldBodyRequest(request, service, { creates: false });
    const { vocabulary } = context;
    const parameters = parseParameters(rawQueryOf(request), ['type', 'local']);
    const choice = entityChoice(request.params, parameters, vocabulary);
    const nulls = action === 'update' ? 'members' : 'none';
    const patch = parseAttributeFragment(termIn(request.params), body, { vocabulary, nulls });
    await refuseForeignId(choice.id, () =>
      patchEntity(broker, scope, choice, mutationOf(patch, action), { whole: true }),
    );
    return reply.code(204).send();
  };

  app.patch<{ Params: AttributePath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Update part of an attribute',
        description: 'Writes the members that the body has; `urn:ngsi-ld:null` takes a member, or the attribute, away.',
        tag: 'Attributes',
        operationId: 'updateAttrs',
        path: attributePath,
        query: ['type', 'local'],
        body: attributeSchema,
        bodyTypes: 'merge',
        answers: { 204: { description: 'Written, durably' } },
        problems: [...writeProblems, 409],
      }),
    },
    (request, reply) => writeFragment(request, reply, 'update'),
  );

  app.put<{ Params: AttributePath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Replace an attribute',
        description:
          'Leaves the instance of the attribute with exactly the content of the body; it keeps its time of creation.',
        tag: 'Attributes',
        operationId: 'replaceAttrs',
        path: attributePath,
        query: ['type', 'local'],
        body: attributeSchema,
        answers: { 204: { description: 'Replaced, durably' } },
        problems: [...writeProblems, 409],
      }),
    },
    (request, reply) => writeFragment(request, reply, 'replace'),
  );

  app.delete<{ Params: AttributePath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Remove an attribute',
        description:
          'Removes the default instance, the one of `datasetId`, or with `deleteAll` all of them. `scope` removes the scopes.',
        tag: 'Attributes',
        operationId: 'deleteAttrs',
        path: attributePath,
        query: ['datasetId', 'deleteAll', 'type', 'local'],
        answers: { 204: { description: 'Removed, durably' } },
        problems: [...readProblems, 409],
      }),
    },
    async (request, reply) => {
      const { broker, scope, context } = await ldRequest(request, service);
      const { vocabulary } = context;
      const parameters = parseParameters(rawQueryOf(request), ['datasetId', 'deleteAll', 'type', 'local']);
      const choice = entityChoice(request.params, parameters, vocabulary);
      const mutation = removalIn(
        request.params,
        vocabulary,
        parameters.get('datasetId'),
        flagIn(parameters, 'deleteAll'),
      );
      await refuseForeignId(choice.id, () => patchEntity(broker, scope, choice, mutation, { whole: true }));
      return reply.code(204).send();
    },
  );
}

/** `scope` is written with the entity, not by itself. [LD 5.6.4] */
function termIn({ attrId }: AttributePath): string {
  if (attrId === 'scope') throw invalidRequest('scope is no attribute: it is written with the entity');
  return attrId;
}

function mutationOf(patch: NamedPatch, present: 'update' | 'replace'): PatchMutation {
  return { kind: 'patch', present, absent: 'report', patches: [patch], types: [] };
}

function removalIn({ attrId }: AttributePath, vocabulary: LdVocabulary, datasetId: string | undefined, all: boolean) {
  if (attrId === 'scope') {
    const scopes = { manner: 'replace', scopes: noScopes } as const;
    return { kind: 'patch', present: 'update', absent: 'report', patches: [], types: [], scopes } as const;
  }
  if (datasetId !== undefined && datasetId !== '@none' && !isUri(datasetId)) {
    throw invalidRequest(`datasetId ${JSON.stringify(datasetId)} is no URI`);
  }
  const name = parseAttributeName(attrId, vocabulary);
  const isDefault = datasetId === undefined || datasetId === '@none';
  return { kind: 'removeInstances', name, which: all ? 'all' : isDefault ? {} : { datasetId } } as const;
}
