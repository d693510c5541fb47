import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { patchEntity, removeChosen, retrieveChosen } from '../../broker/entities/patch-entity.ts';
import { type Awaitable, whenKnown } from '../../core/awaitable.ts';
import type { PatchMutation } from '../../core/change/patch-entity.ts';
import { invalidRequest, Refusal } from '../../core/errors.ts';
import { parseDateTime } from '../../dialects/ngsi-ld/date-time.ts';
import { parseEntity, parseFragment } from '../../dialects/ngsi-ld/entities/parse-entity.ts';
import { checkDistribution } from '../../dialects/ngsi-ld/query/entities-request.ts';
import { parseView, viewParameters } from '../../dialects/ngsi-ld/query/entity-view.ts';
import { parseOptions } from '../../dialects/ngsi-ld/query/options.ts';
import { parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { shownAttributes } from '../../dialects/ngsi-ld/render/render-entity.ts';
import { jsonArrayOf } from '../json-array.ts';
import { rawQueryOf } from '../request-query.ts';
import type { Utf8Text } from '../utf8-text.ts';
import { carriesContext, sendAnswer } from './answer.ts';
import {
  alteredAnswer,
  documentedLd,
  entityIdPath,
  entitySchema,
  fragmentSchema,
  preferHeader,
  readProblems,
  writeProblems,
} from './documentation.ts';
import { inPreferredVersion, markAltered, renderRecords } from './entity-answer.ts';
import { type EntityPath, entityChoice, refuseForeignId } from './entity-choice.ts';
import { geometryPropertyOf } from './entity-query.ts';
import { type LdRequest, ldBodyRequest, ldRequest } from './ld-request.ts';
import { type AnswerType, answerType } from './negotiation.ts';
import type { LdService } from './service.ts';

const retrieveParameters = [...viewParameters, 'type', 'local', 'entityMap', 'entityMapLifetime'] as const;
const mergeParameters = ['format', 'options', 'lang', 'observedAt', 'type', 'local'] as const;

/** `/ngsi-ld/v1/entities/{entityId}` [LD 6.5] */
export function entityRoutes(app: FastifyInstance, service: LdService): void {
  const url = '/entities/:entityId';

  app.get<{ Params: EntityPath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Retrieve an entity',
        description: 'The entity of the id; with `join=flat` an array of it and those that it links to.',
        tag: 'Entities',
        operationId: 'retrieveEntity',
        path: entityIdPath,
        query: retrieveParameters,
        headers: {
          ...preferHeader,
          'Cache-Control': Type.Optional(
            Type.String({
              description:
                '`no-cache`: the answer has everything that any broker has acknowledged. Without it, what another broker on the same MongoDB has changed may be missing for a moment (`ORIEL_READ_STALENESS_MS`)',
            }),
          ),
        },
        answers: {
          203: alteredAnswer(entitySchema),
          200: {
            description: 'The entity',
            schema: entitySchema,
            types: ['application/json', 'application/ld+json', 'application/geo+json'],
          },
        },
        problems: [...readProblems, 409],
      }),
    },
    (request, reply) => {
      const type = answerType(request, { geo: true });
      return whenKnown(ldRequest(request, service), (ld) => retrieve(request, reply, type, ld));
    },
  );

  app.put<{ Params: EntityPath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Replace an entity',
        description: 'Leaves the entity with exactly the content of the body; it keeps its time of creation.',
        tag: 'Entities',
        operationId: 'replaceEntity',
        path: entityIdPath,
        query: ['type', 'local'],
        body: entitySchema,
        answers: { 204: { description: 'Replaced, durably' } },
        problems: [...writeProblems, 409],
      }),
    },
    async (request, reply) => {
      const { broker, scope, context, body } = await ldBodyRequest(request, service, { creates: false });
      const parameters = parseParameters(rawQueryOf(request), ['type', 'local']);
      const choice = entityChoice(request.params, parameters, context.vocabulary);
      const reading = { vocabulary: context.vocabulary, nulls: 'none' } as const;
      const { id, types, scopes, patches, expiresAt } = parseEntity(withId(body, choice.id), reading);
      checkId(id, choice.id);
      const mutation = {
        kind: 'replaceEntity',
        patches,
        types,
        scopes,
        ...(expiresAt !== undefined && { expiresAt }),
      } as const;
      await refuseForeignId(choice.id, () => patchEntity(broker, scope, choice, mutation, { whole: false }));
      return reply.code(204).send();
    },
  );

  app.patch<{ Params: EntityPath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Merge an entity',
        description:
          'Merges the body into the entity, members of values included; `urn:ngsi-ld:null` takes away. With `format=simplified` bare values keep the types of the attributes that they meet.',
        tag: 'Entities',
        operationId: 'mergeEntity',
        path: entityIdPath,
        query: mergeParameters,
        body: fragmentSchema,
        bodyTypes: 'merge',
        answers: { 204: { description: 'Merged, durably' } },
        problems: [...writeProblems, 409],
      }),
    },
    async (request, reply) => {
      const { broker, scope, context, body } = await ldBodyRequest(request, service, { creates: false });
      const { vocabulary } = context;
      const parameters = parseParameters(rawQueryOf(request), mergeParameters);
      const choice = entityChoice(request.params, parameters, vocabulary);
      const { representation } = parseOptions(parameters);
      const lang = parameters.get('lang');
      const observedAt = parameters.get('observedAt');
      const fragment = parseFragment(body, {
        vocabulary,
        nulls: 'values',
        simplified: representation === 'simplified',
        ...(lang !== undefined && { lang }),
      });
      checkId(fragment.id, choice.id);
      const common = observedAt === undefined ? undefined : parseDateTime(observedAt, 'observedAt');
      const mutation: PatchMutation = {
        kind: 'patch',
        present: 'merge',
        absent: 'append',
        patches: fragment.patches,
        types: fragment.types,
        ...(fragment.scopes !== undefined && { scopes: { manner: 'replace', scopes: fragment.scopes } }),
        ...(fragment.expiresAt !== undefined && { expiresAt: fragment.expiresAt }),
        ...(common !== undefined && { observedAt: common }),
      };
      await refuseForeignId(choice.id, () => patchEntity(broker, scope, choice, mutation, { whole: false }));
      return reply.code(204).send();
    },
  );

  app.delete<{ Params: EntityPath }>(
    url,
    {
      schema: documentedLd({
        summary: 'Remove an entity',
        description: 'Removes the entity with all its attributes.',
        tag: 'Entities',
        operationId: 'deleteEntity',
        path: entityIdPath,
        query: ['type', 'local'],
        answers: { 204: { description: 'Removed, durably' } },
        problems: [...readProblems, 409],
      }),
    },
    async (request, reply) => {
      const { broker, scope, context } = await ldRequest(request, service);
      const parameters = parseParameters(rawQueryOf(request), ['type', 'local']);
      const choice = entityChoice(request.params, parameters, context.vocabulary);
      await refuseForeignId(choice.id, () => removeChosen(broker, scope, choice));
      return reply.code(204).send();
    },
  );
}

function retrieve(
  request: FastifyRequest<{ Params: EntityPath }>,
  reply: FastifyReply,
  type: AnswerType,
  ld: LdRequest,
): Awaitable<void> {
  const { vocabulary } = ld.context;
  const parameters = parseParameters(rawQueryOf(request), retrieveParameters);
  checkDistribution(parameters);
  const view = inPreferredVersion(request, type, parseView(parameters, vocabulary));
  const geometryProperty = geometryPropertyOf(parameters, type, vocabulary);
  const choice = entityChoice(request.params, parameters, vocabulary);
  const withContext = carriesContext(request, type);
  const found = refuseForeignId(choice.id, () => retrieveChosen(ld.broker, ld.scope, choice));
  return whenKnown(found, (record) => {
    if (parameters.has('attrs') && shownAttributes(record.entity, { view }).next().done === true) {
      throw new Refusal({ kind: 'attributeNotFound' });
    }
    const shown = { view, type, geometryProperty, withContext };
    return whenKnown(renderRecords(ld, [record], shown), (items) =>
      whenKnown(markAltered(reply, ld, [record], shown, items), () => {
        const [only] = items;
        const isOne = view.join?.manner !== 'flat' && only !== undefined;
        const json = isOne ? only : (jsonArrayOf(items) as Utf8Text);
        sendAnswer(request, reply, type, ld.context, json, view.version);
      }),
    );
  });
}

function withId<Body>(body: Body, id: string): Body {
  const hasNone = typeof body === 'object' && body !== null && !('id' in body) && !('@id' in body);
  return hasNone && !Array.isArray(body) ? { id, ...body } : body;
}

/** A body may repeat the id of the path, and name no other. */
export function checkId(given: string | undefined, id: string): void {
  if (given !== undefined && given !== id) throw invalidRequest(`the body is about ${given}, the path about ${id}`);
}
