import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { findEntities } from '../../broker/federation/find-entities.ts';
import { whenKnown } from '../../core/awaitable.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseQueryOperation } from '../../dialects/ngsiv2/parse-query.ts';
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
  scopeHeaders,
} from './documentation.ts';
import { tellMissing, withinReach } from './forwarding.ts';
import { sendPage } from './page-reply.ts';
import type { NgsiService } from './service.ts';

const selector = Type.Object({
  id: Type.Optional(Type.String()),
  idPattern: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  typePattern: Type.Optional(Type.String()),
});

const expression = Type.Object({
  q: Type.Optional(Type.String()),
  mq: Type.Optional(Type.String()),
  georel: Type.Optional(Type.String()),
  geometry: Type.Optional(Type.String()),
  coords: Type.Optional(Type.String()),
});

/** `POST /v2/op/query` [V2 batch query] */
export function batchQueryRoutes(app: FastifyInstance, service: NgsiService): void {
  app.post(
    '/v2/op/query',
    {
      schema: documented({
        summary: 'Query entities',
        description: 'As the list of entities, with the question in the body: several selectors, and one expression.',
        tag: 'Batch operations',
        operationId: 'query',
        query: {
          ...pageParameters,
          orderBy: Type.String({ description: 'As in the list of entities' }),
          after: afterParameter,
          ...optionsParameter('count, keyValues, values, unique, cursor, skipForwarding', 'count'),
        },
        headers: scopeHeaders,
        body: {
          types: jsonTypes,
          schema: Type.Object(
            {
              entities: Type.Optional(Type.Array(selector)),
              attrs: Type.Optional(Type.Array(Type.String())),
              expression: Type.Optional(expression),
              metadata: Type.Optional(Type.Array(Type.String())),
            },
            {
              examples: [
                {
                  entities: [{ idPattern: '.*', type: 'Room' }],
                  attrs: ['temperature'],
                  expression: { q: 'temperature>20' },
                },
              ],
            },
          ),
        },
        answers: {
          200: { description: 'The entities', schema: Type.Array(entitySchema), headers: pageHeaders },
        },
        errors: [400, 406, 411, 413, 415, 422, 503],
      }),
    },
    (request, reply) => {
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const body = parseJson(jsonBody(request));
      const { query, projection } = parseQueryOperation(body, parameters, scope.scopes, service.limits, service.text);
      const options = parseOptions(parameters);
      const { broker } = service.availability;
      const found = findEntities(broker, withinReach(scope, options), query, wantedOf(projection));
      return whenKnown(found, ({ page, missing }) => {
        tellMissing(reply, missing, broker.providers.settings.hostAlias);
        sendPage(request, reply, page, projection, options.has('cursor'));
      });
    },
  );
}
