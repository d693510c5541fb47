import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { deleteEntities } from '../../broker/entities/delete-entities.ts';
import { invalidRequest, Refusal } from '../../core/errors.ts';
import { parseEntitiesRequest } from '../../dialects/ngsiv2/parse-query.ts';
import { parseUriParameters, type UriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { scopeHeaders, selectionParameters } from './documentation.ts';
import type { NgsiService } from './service.ts';

/** What says which entities are meant; at least one must be there. */
const filters = Object.keys(selectionParameters);

const understood = new Set([...filters, 'dryRun']);

/** `DELETE /v2/entities?…`: removal by query. An extension: the reference implementation answers 405. */
export function entitiesRemovalRoutes(app: FastifyInstance, service: NgsiService): void {
  app.delete(
    '/v2/entities',
    {
      config: { extension: true },
      schema: documented({
        summary: 'Remove entities by query',
        description:
          'Extension. Removes every entity that matches; at least one filter is required. With `dryRun=true` only counts them.',
        tag: 'Entities',
        operationId: 'removeEntities',
        query: {
          ...selectionParameters,
          dryRun: Type.Boolean({ description: 'Remove nothing, count only', default: false }),
        },
        headers: scopeHeaders,
        answers: {
          200: {
            description: 'How many entities matched, and how many of them were removed, durably',
            schema: Type.Object(
              { matched: Type.Integer(), deleted: Type.Integer() },
              { examples: [{ matched: 3, deleted: 3 }] },
            ),
          },
        },
        errors: [400, 406, 422, 503],
      }),
    },
    async (request, reply) => {
      // Without a query it is the request that NGSIv2 does not know.
      if (rawQueryOf(request) === '') throw new Refusal({ kind: 'methodNotAllowed', allowed: ['POST', 'GET'] });
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const dryRun = checkRemoval(parameters);
      const { query } = parseEntitiesRequest(parameters, scope.scopes, service.limits, service.text);
      const { matched, deleted } = await deleteEntities(service.availability.broker, scope, query, { dryRun });
      return sendJson(reply, JSON.stringify({ matched, deleted }));
    },
  );
}

/** Whether it is a dry run. Refuses what could remove more than the client meant: no filter, or a limit that would not hold. */
function checkRemoval(parameters: UriParameters): boolean {
  for (const name of parameters.keys()) {
    if (!understood.has(name)) throw invalidRequest(`URI param /${name}/ does not go with the removal of entities`);
  }
  if (!filters.some((name) => parameters.has(name))) {
    throw invalidRequest(`removal of entities needs at least one of: ${filters.join(', ')}`);
  }
  const dryRun = parameters.get('dryRun') ?? 'false';
  if (dryRun !== 'true' && dryRun !== 'false') throw invalidRequest('URI param /dryRun/ must be true or false');
  return dryRun === 'true';
}
