import type { FastifyInstance } from 'fastify';
import { deleteEntity } from '../../broker/entities/delete-entity.ts';
import { writeEntity } from '../../broker/federation/write-entity.ts';
import { whenKnown } from '../../core/awaitable.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseEntityParameters } from '../../dialects/ngsiv2/parse-query.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendRendered } from '../json-reply.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import {
  entityId,
  entitySchema,
  entityType,
  freshnessHeader,
  optionsParameter,
  projectionParameters,
  scopeHeaders,
} from './documentation.ts';
import { draftOf, type EntityPath, entityRef, noOptions } from './entity-parameters.ts';
import { foundEntity, withinReach } from './forwarding.ts';
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
          ...optionsParameter('keyValues, values, unique, skipForwarding', 'keyValues'),
        },
        headers: { ...scopeHeaders, ...freshnessHeader },
        answers: { 200: { description: 'The entity, in the representation asked for', schema: entitySchema } },
        errors: [400, 404, 406, 409, 503],
      }),
    },
    (request, reply) => {
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const { type, projection } = parseEntityParameters(parameters);
      const ref = entityRef(request.params, type, service.text);
      const reach = withinReach(scope, parseOptions(parameters));
      return whenKnown(foundEntity(reply, service, reach, ref, projection), (record) =>
        sendRendered(reply, renderedEntity(record, projection)),
      );
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
        query: { ...entityType, ...optionsParameter('skipForwarding', 'skipForwarding') },
        headers: scopeHeaders,
        answers: { 204: { description: 'Removed, durably' } },
        errors: [400, 404, 406, 409, 502, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'update');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const { type } = parseEntityParameters(parameters);
      const ref = entityRef(request.params, type, service.text);
      const reach = withinReach(scope, parseOptions(parameters));
      const { broker } = service.availability;
      await writeEntity(broker, reach, 'delete', draftOf(ref), noOptions, () => deleteEntity(broker, scope, ref));
      return reply.code(204).send();
    },
  );
}
