import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { createEntity } from '../../broker/entities/create-entity.ts';
import { findEntities } from '../../broker/federation/find-entities.ts';
import { writeEntity } from '../../broker/federation/write-entity.ts';
import { whenKnown } from '../../core/awaitable.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseEntity } from '../../dialects/ngsiv2/parse-entity.ts';
import { parseEntitiesRequest } from '../../dialects/ngsiv2/parse-query.ts';
import { wantedOf } from '../../dialects/ngsiv2/projection.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import {
  afterParameter,
  entitySchema,
  jsonTypes,
  optionsParameter,
  pageHeaders,
  pageParameters,
  projectionParameters,
  scopeHeaders,
  selectionParameters,
} from './documentation.ts';
import { payloadForm, writeOptions } from './entity-parameters.ts';
import { tellMissing, withinReach } from './forwarding.ts';
import { sendPage } from './page-reply.ts';
import type { NgsiService } from './service.ts';

/** `/v2/entities`: list and create; `entities-removal.ts` adds removal by query. [V2 entities] */
export function entitiesRoutes(app: FastifyInstance, service: NgsiService): void {
  app.get(
    '/v2/entities',
    {
      schema: documented({
        summary: 'List entities',
        description:
          'The entities that match all that is asked, in the order of creation unless `orderBy` says otherwise. Extension: with `options=cursor` a `Link` header with `rel="next"` leads to the next page, at the same cost however deep.',
        tag: 'Entities',
        operationId: 'listEntities',
        query: {
          ...selectionParameters,
          ...pageParameters,
          ...projectionParameters,
          orderBy: Type.String({
            description:
              'Comma-separated list of attributes, built-in ones, `id`, `type` or `geo:distance`; `!` before a name turns its order',
            examples: ['!temperature'],
          }),
          after: afterParameter,
          ...optionsParameter('count, keyValues, values, unique, cursor, skipForwarding', 'count'),
        },
        headers: scopeHeaders,
        answers: {
          200: {
            description: 'The entities',
            schema: Type.Array(entitySchema),
            headers: pageHeaders,
          },
        },
        errors: [400, 406, 422, 503],
      }),
    },
    (request, reply) => {
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const { query, projection } = parseEntitiesRequest(parameters, scope.scopes, service.limits, service.text);
      const options = parseOptions(parameters);
      const { broker } = service.availability;
      const found = findEntities(broker, withinReach(scope, options), query, wantedOf(projection));
      return whenKnown(found, ({ page, missing }) => {
        tellMissing(reply, missing, broker.providers.settings.hostAlias);
        sendPage(request, reply, page, projection, options.has('cursor'));
      });
    },
  );

  app.post(
    '/v2/entities',
    {
      schema: documented({
        summary: 'Create an entity',
        description: 'Creates the entity of the body; with `options=upsert` updates it where it is already there.',
        tag: 'Entities',
        operationId: 'createEntity',
        query: optionsParameter(
          'keyValues, upsert, overrideMetadata, forcedUpdate, flowControl, skipForwarding',
          'upsert',
        ),
        headers: scopeHeaders,
        body: { types: jsonTypes, schema: entitySchema },
        answers: {
          201: { description: 'Created, durably', headers: { Location: 'URL of the entity' } },
          204: { description: 'Created or updated, with `options=upsert`', headers: { Location: 'URL of the entity' } },
        },
        errors: [400, 404, 406, 409, 411, 413, 415, 422, 502, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'create');
      const options = parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const upsert = options.has('upsert');
      const draft = parseEntity(parseJson(jsonBody(request)), payloadForm(options), service.text);
      const { broker } = service.availability;
      const written = writeOptions(options);
      const reach = withinReach(scope, options);
      await writeEntity(broker, reach, upsert ? 'append' : 'appendStrict', draft, written, (own) =>
        createEntity(broker, scope, own, { ...written, upsert }),
      );
      return reply
        .code(upsert ? 204 : 201)
        .header('location', urlOf(draft))
        .send();
    },
  );
}

/** Ids and types hold no character that ends a part of a URL; others may need to be escaped. */
function urlOf({ id, types }: EntityDraft): string {
  return `/v2/entities/${encodeURI(id)}?type=${encodeURI(types[0] ?? '')}`;
}
