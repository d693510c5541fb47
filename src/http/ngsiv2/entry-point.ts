import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import type { NgsiService } from './service.ts';

const resources = JSON.stringify({
  entities_url: '/v2/entities',
  types_url: '/v2/types',
  subscriptions_url: '/v2/subscriptions',
  registrations_url: '/v2/registrations',
});

/** `GET /v2` [V2 entry point] */
export function entryPointRoutes(app: FastifyInstance, service: NgsiService): void {
  app.get(
    '/v2',
    {
      schema: documented({
        summary: 'List the resources',
        description: 'The URLs of the resources of NGSIv2.',
        tag: 'Entry point',
        operationId: 'retrieveApiResources',
        answers: {
          200: {
            description: 'The URLs',
            schema: Type.Object({
              entities_url: Type.String(),
              types_url: Type.String(),
              subscriptions_url: Type.String(),
              registrations_url: Type.String(),
            }),
          },
        },
        errors: [400, 406],
      }),
    },
    (request, reply) => {
      // They mean nothing here, but what is wrong in them is wrong everywhere.
      requestScope(request, 'query');
      parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      sendJson(reply, resources);
    },
  );
}
