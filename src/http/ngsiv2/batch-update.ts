import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { writeEntities } from '../../broker/federation/write-entity.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseUpdateOperation } from '../../dialects/ngsiv2/parse-batch.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { entitySchema, jsonTypes, optionsParameter, scopeHeaders } from './documentation.ts';
import { writeOptions } from './entity-parameters.ts';
import { withinReach } from './forwarding.ts';
import type { NgsiService } from './service.ts';

/** `POST /v2/op/update` [V2 batch update] */
export function batchUpdateRoutes(app: FastifyInstance, service: NgsiService): void {
  app.post(
    '/v2/op/update',
    {
      schema: documented({
        summary: 'Update many entities',
        description:
          '`append` creates entities and adds or updates attributes, `appendStrict` only adds, `update` only updates, `replace` leaves exactly the attributes given, `delete` removes the attributes given, or the entity where none is.',
        tag: 'Batch operations',
        operationId: 'update',
        query: optionsParameter('keyValues, overrideMetadata, forcedUpdate, flowControl, skipForwarding', 'keyValues'),
        headers: scopeHeaders,
        body: {
          types: jsonTypes,
          schema: Type.Object(
            {
              actionType: Type.Union(
                ['append', 'appendStrict', 'update', 'delete', 'replace'].map((action) => Type.Literal(action)),
              ),
              entities: Type.Array(entitySchema),
            },
            {
              examples: [
                {
                  actionType: 'append',
                  entities: [{ id: 'Room1', type: 'Room', temperature: { type: 'Number', value: 21.7 } }],
                },
              ],
            },
          ),
        },
        answers: { 204: { description: 'Written, durably' } },
        errors: [400, 404, 406, 409, 411, 413, 415, 422, 502, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'update');
      const options = parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const { action, drafts } = parseUpdateOperation(parseJson(jsonBody(request)), options, service.text);
      const reach = withinReach(scope, options);
      await writeEntities(service.availability.broker, reach, action, drafts, writeOptions(options));
      return reply.code(204).send();
    },
  );
}
