import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { mirrorEntities } from '../../broker/entities/mirror-entities.ts';
import { parseJson } from '../../core/parse-json.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseNotification } from '../../dialects/ngsiv2/parse-batch.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { jsonBody } from '../request-body.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented, type RouteDocumentation } from '../route-documentation.ts';
import { entitySchema, jsonTypes, optionsParameter, scopeHeaders } from './documentation.ts';
import { writeOptions } from './entity-parameters.ts';
import type { NgsiService } from './service.ts';

/** `POST /v2/op/notify` and, an extension, `POST /v2/op/mirror`: take another broker's notification. [V2 batch notify] */
export function notificationRoutes(app: FastifyInstance, service: NgsiService): void {
  app.post(
    '/v2/op/notify',
    {
      schema: documented({
        ...taking,
        summary: 'Take a notification',
        description:
          "Appends the entities of another broker's notification, in the normalized representation. Those whose built-in attribute `alterationType` is `entityDelete` are removed.",
        operationId: 'notify',
      }),
    },
    (request, reply) => take(request, reply, false),
  );

  app.post(
    '/v2/op/mirror',
    {
      config: { extension: true },
      schema: documented({
        ...taking,
        summary: 'Take a notification that says all of its entities',
        description:
          'Extension. As `op/notify`, and attributes, metadata and expiry that the notification does not name are taken away: entities become what they are at the other broker.',
        operationId: 'mirror',
      }),
    },
    (request, reply) => take(request, reply, true),
  );

  async function take(request: FastifyRequest, reply: FastifyReply, whole: boolean): Promise<FastifyReply> {
    const scope = requestScope(request, 'update');
    const options = parseOptions(parseUriParameters(rawQueryOf(request), service.text));
    const notices = parseNotification(parseJson(jsonBody(request)), options, service.text);
    await mirrorEntities(service.availability.broker, scope, notices, { ...writeOptions(options), whole });
    return reply.code(200).send();
  }
}

/** What the two ways to take a notification have in common. */
const taking: Omit<RouteDocumentation, 'summary' | 'description' | 'operationId'> = {
  tag: 'Batch operations',
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
};
