import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { batchUpdate } from '../../broker/entities/batch-update.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseNotification } from '../../dialects/ngsiv2/parse-batch.ts';
import { parseJson } from '../../dialects/ngsiv2/parse-json.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { entitySchema, jsonTypes, optionsParameter, scopeHeaders } from './documentation.ts';
import { writeOptions } from './entity-parameters.ts';
import type { NgsiService } from './service.ts';

/** `POST /v2/op/notify`: takes another broker's notification as an append. [V2 batch notify] */
export function notificationRoutes(app: FastifyInstance, service: NgsiService): void {
  app.post(
    '/v2/op/notify',
    {
      schema: documented({
        summary: 'Take a notification',
        description: "Appends the entities of another broker's notification, in the normalized representation.",
        tag: 'Batch operations',
        operationId: 'notify',
        query: optionsParameter('overrideMetadata, forcedUpdate, flowControl', 'forcedUpdate'),
        headers: scopeHeaders,
        body: {
          types: jsonTypes,
          schema: Type.Object(
            { subscriptionId: Type.String(), data: Type.Array(entitySchema) },
            {
              examples: [
                {
                  subscriptionId: '5aeb0ee97d4ef10a12a0262f',
                  data: [{ id: 'Room1', type: 'Room', temperature: { type: 'Number', value: 23, metadata: {} } }],
                },
              ],
            },
          ),
        },
        answers: { 200: { description: 'Written, durably' } },
        errors: [400, 404, 406, 409, 411, 413, 415, 422, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'update');
      const options = parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const drafts = parseNotification(parseJson(jsonBody(request)), options, service.text);
      await batchUpdate(service.availability.broker, scope, 'append', drafts, writeOptions(options));
      return reply.code(200).send();
    },
  );
}
