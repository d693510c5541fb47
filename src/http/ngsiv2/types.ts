import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { retrieveType, retrieveTypes } from '../../broker/types/retrieve-types.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parsePage } from '../../dialects/ngsiv2/page-parameters.ts';
import { renderType, renderTypes } from '../../dialects/ngsiv2/render-types.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import { checkPathText } from '../path-segments.ts';
import { rawQueryOf } from '../request-query.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { optionsParameter, pageParameters, scopeHeaders, totalCountHeader, typeSchema } from './documentation.ts';
import type { NgsiService } from './service.ts';

/** `/v2/types` and `/v2/types/{entityType}` [V2 types] */
export function typesRoutes(app: FastifyInstance, service: NgsiService): void {
  app.get(
    '/v2/types',
    {
      schema: documented({
        summary: 'List entity types',
        description: 'The entity types by name, each with its attributes, their types, and the number of entities.',
        tag: 'Types',
        operationId: 'listEntityTypes',
        query: { ...pageParameters, ...optionsParameter('values, noAttrDetail, count', 'noAttrDetail') },
        headers: scopeHeaders,
        answers: { 200: { description: 'The types', schema: Type.Array(typeSchema), headers: totalCountHeader } },
        errors: [400, 406, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'query');
      const parameters = parseUriParameters(rawQueryOf(request), service.text);
      const options = parseOptions(parameters);
      const { limit, offset } = parsePage(parameters);
      const types = await retrieveTypes(service.availability.broker, scope);
      if (options.has('count')) reply.header('fiware-total-count', String(types.length));
      return sendJson(reply, renderTypes(types.slice(offset, offset + limit), options));
    },
  );

  app.get<{ Params: { readonly entityType: string } }>(
    '/v2/types/:entityType',
    {
      schema: documented({
        summary: 'Retrieve an entity type',
        description: 'Its attributes, their types, and the number of entities.',
        tag: 'Types',
        operationId: 'retrieveEntityType',
        path: { entityType: Type.String({ description: 'Entity type', examples: ['Room'] }) },
        query: optionsParameter('noAttrDetail', 'noAttrDetail'),
        headers: scopeHeaders,
        answers: { 200: { description: 'The type', schema: typeSchema } },
        errors: [400, 404, 406, 503],
      }),
    },
    async (request, reply) => {
      const scope = requestScope(request, 'query');
      checkPathText(request.params.entityType, service.text);
      const options = parseOptions(parseUriParameters(rawQueryOf(request), service.text));
      const type = await retrieveType(service.availability.broker, scope, request.params.entityType);
      return sendJson(reply, renderType(type, options));
    },
  );
}
