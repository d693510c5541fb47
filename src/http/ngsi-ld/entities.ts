import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { deleteEntities } from '../../broker/entities/delete-entities.ts';
import { createPatched } from '../../broker/entities/patch-entity.ts';
import { purgeAttributes } from '../../broker/entities/purge-attributes.ts';
import { whenKnown } from '../../core/awaitable.ts';
import { invalidRequest } from '../../core/errors.ts';
import { linkDepth } from '../../core/query/linked-filter.ts';
import type { Filter } from '../../core/query/query.ts';
import { parseEntity } from '../../dialects/ngsi-ld/entities/parse-entity.ts';
import {
  entitiesParameters,
  parseEntitiesRequest,
  parseSelection,
  selectionParameters,
} from '../../dialects/ngsi-ld/query/entities-request.ts';
import { listIn, parseParameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { rawQueryOf } from '../request-query.ts';
import {
  alteredAnswer,
  documentedLd,
  entitySchema,
  preferHeader,
  readProblems,
  writeProblems,
} from './documentation.ts';
import { answerQuery, geometryPropertyOf } from './entity-query.ts';
import { ldBodyRequest, ldRequest } from './ld-request.ts';
import { answerType } from './negotiation.ts';
import type { LdService } from './service.ts';

const purgeParameters = [...selectionParameters, 'attrs', 'keep', 'drop', 'geometryProperty'] as const;

/** `/ngsi-ld/v1/entities` [LD 6.4] */
export function entitiesRoutes(app: FastifyInstance, service: LdService): void {
  app.get(
    '/entities',
    {
      schema: documentedLd({
        summary: 'Query entities',
        description:
          'The entities that match all that is asked, in the order of creation unless `orderBy` says otherwise.',
        tag: 'Entities',
        operationId: 'queryEntities',
        query: entitiesParameters,
        headers: preferHeader,
        answers: {
          203: alteredAnswer(Type.Array(entitySchema)),
          200: {
            description: 'The entities',
            schema: Type.Array(entitySchema),
            types: ['application/json', 'application/ld+json', 'application/geo+json'],
            headers: {
              'NGSILD-Results-Count': 'Number of all matches, with `count=true`',
              Link: 'The context of the answer, and the pages before and after this one',
            },
          },
        },
        problems: [...readProblems, 403],
      }),
    },
    (request, reply) => {
      const type = answerType(request, { geo: true });
      return whenKnown(ldRequest(request, service), (ld) => {
        const { vocabulary } = ld.context;
        const parameters = parseParameters(rawQueryOf(request), entitiesParameters);
        const asked = parseEntitiesRequest(parameters, vocabulary, service.limits);
        const geometryProperty = geometryPropertyOf(parameters, type, vocabulary);
        return answerQuery(request, reply, ld, asked, { type, geometryProperty, pages: true });
      });
    },
  );

  app.post(
    '/entities',
    {
      schema: documentedLd({
        summary: 'Create an entity',
        description: 'Creates the entity of the body, in any representation of its attributes.',
        tag: 'Entities',
        operationId: 'createEntity',
        body: entitySchema,
        answers: { 201: { description: 'Created, durably', headers: { Location: 'Path of the entity' } } },
        problems: [...writeProblems, 409],
      }),
    },
    async (request, reply) => {
      const { broker, scope, context, body } = await ldBodyRequest(request, service, { creates: true });
      parseParameters(rawQueryOf(request), ['local']);
      const draft = parseEntity(body, { vocabulary: context.vocabulary, nulls: 'none' });
      await createPatched(broker, scope, draft);
      return reply
        .code(201)
        .header('location', `/ngsi-ld/v1/entities/${encodeURI(draft.id)}`)
        .send();
    },
  );

  app.delete(
    '/entities',
    {
      schema: documentedLd({
        summary: 'Purge entities',
        description:
          'Removes the entities that match all that is asked; with `keep` or `drop`, only attributes of them.',
        tag: 'Entities',
        operationId: 'purgeEntities',
        query: purgeParameters,
        answers: { 204: { description: 'Gone, durably' } },
        problems: [...readProblems, 403],
      }),
    },
    async (request, reply) => {
      const { broker, scope, context } = await ldRequest(request, service);
      const { vocabulary } = context;
      const parameters = parseParameters(rawQueryOf(request), purgeParameters);
      const { selectors, filter } = parseSelection(parameters, vocabulary, service.limits);
      if (filter !== undefined && linkDepth(filter) > 0) throw invalidRequest('q may not follow relationships here');
      const selection = { selectors, scopes: [], ...(filter !== undefined && { filter: filter as Filter }) };
      const keep = listIn(parameters, 'keep');
      const drop = listIn(parameters, 'drop');
      if (keep !== undefined && drop !== undefined) throw invalidRequest('keep and drop exclude each other');
      const names = (keep ?? drop)?.map((term) => vocabulary.expand(term));
      if (names === undefined) await deleteEntities(broker, scope, selection, { dryRun: false });
      else await purgeAttributes(broker, scope, selection, { manner: keep === undefined ? 'drop' : 'keep', names });
      return reply.code(204).send();
    },
  );
}
