import type { FastifyInstance } from 'fastify';
import { deleteEntity } from '../../broker/entities/delete-entity.ts';
import { retrieveEntity } from '../../broker/entities/retrieve-entity.ts';
import { parseEntityParameters } from '../../dialects/ngsiv2/parse-query.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import {
  entityId,
  entitySchema,
  entityType,
  optionsParameter,
  projectionParameters,
  scopeHeaders,
} from './documentation.ts';
import { type EntityPath, entityRef } from './entity-parameters.ts';
import { renderedEntity } from './rendered-entity.ts';
import type { NgsiService } from './service.ts';

/** `/v2/entities/{entityId}` [V2 entity] */
export function entityRoutes(app: FastifyInstance, service: NgsiService): void {
  app.get<{ Params: EntityPath }>(
    '/v2/entities/:entityId',
    {
      schema: documented({
        summary: 'Retrieve an entity',
        description: 'The entity of the id; where several entities have it, `type` says which one.',
        tag: 'Entities',
        operationId: 'retrieveEntity',
        path: entityId,
        query: {
          ...entityType,
          ...projectionParameters,
          ...optionsParameter('keyValues, values, unique', 'keyValues'),
        },
        headers: scopeHeaders,
        answers: { 200: { description: 'The entity, in the representation asked for', schema: entitySchema } },
        errors: [400, 404, 406, 409, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'query');
      const { type, projection } = parseEntityParameters(parseUriParameters(rawQueryOf(request), service.text));
      const record = await retrieveEntity(
        service.availability.broker,
        scope,
        entityRef(request.params, type, service.text),
      );
      return sendJson(reply, renderedEntity(record, projection));
    },
  );

  app.delete<{ Params: EntityPath }>(
    '/v2/entities/:entityId',
    {
      schema: documented({
        summary: 'Remove an entity',
        description: 'Removes the entity with all its attributes.',
        tag: 'Entities',
        operationId: 'removeEntity',
        path: entityId,
        query: entityType,
        headers: scopeHeaders,
        answers: { 204: { description: 'Removed, durably' } },
        errors: [400, 404, 406, 409, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'update');
      const { type } = parseEntityParameters(parseUriParameters(rawQueryOf(request), service.text));
      await deleteEntity(service.availability.broker, scope, entityRef(request.params, type, service.text));
      return reply.code(204).send();
    },
  );
}
