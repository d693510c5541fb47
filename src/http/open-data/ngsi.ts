import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { findIn } from '../../catalogue/view/entity-batches.ts';
import { publishedEntity } from '../../catalogue/view/published-entity.ts';
import { publishedQuery } from '../../catalogue/view/published-query.ts';
import { retrieveRow } from '../../catalogue/view/retrieve-row.ts';
import { Refusal } from '../../core/errors.ts';
import { renderCursor } from '../../dialects/ngsiv2/cursor.ts';
import { parseOptions } from '../../dialects/ngsiv2/options-parameter.ts';
import { parseEntitiesRequest, parseEntityParameters, type QueryLimits } from '../../dialects/ngsiv2/parse-query.ts';
import { renderEntity } from '../../dialects/ngsiv2/render-entity.ts';
import { freeText } from '../../dialects/ngsiv2/text-rules.ts';
import { parseUriParameters } from '../../dialects/ngsiv2/uri-parameters.ts';
import { sendJson } from '../json-reply.ts';
import {
  afterParameter,
  entitySchema,
  optionsParameter,
  pageHeaders,
  pageParameters,
  projectionParameters,
  selectionParameters,
} from '../ngsiv2/documentation.ts';
import { rawQueryOf } from '../request-query.ts';
import { documented } from '../route-documentation.ts';
import { datasetParameter, openDataTag } from './documentation.ts';
import { type OpenDataService, openDataOf } from './service.ts';

/** `/dataset/{dataset}/v2/entities`: the rows of a dataset as NGSIv2 has them, to read. */
export function ngsiRoutes(app: FastifyInstance, service: OpenDataService, limits: QueryLimits): void {
  app.get<{ Params: { dataset: string } }>(
    '/dataset/:dataset/v2/entities',
    {
      schema: documented({
        summary: 'List the entities of a published dataset',
        description: 'As `/v2/entities`, of published entities and attributes alone; filters may look at nothing else.',
        tag: openDataTag,
        operationId: 'listPublishedEntities',
        path: datasetParameter,
        query: {
          ...selectionParameters,
          ...pageParameters,
          ...projectionParameters,
          orderBy: Type.String({ description: 'As in `/v2/entities`' }),
          after: afterParameter,
          ...optionsParameter('count, keyValues, values, unique, cursor', 'keyValues'),
        },
        answers: { 200: { description: 'The entities', schema: Type.Array(entitySchema), headers: pageHeaders } },
        errors: [400, 404, 422, 503],
      }),
    },
    async (request, reply) => {
      const { datasets, broker, downloads } = openDataOf(service);
      const dataset = datasets.publishedOf(request.params.dataset);
      const { view, tenant } = dataset;
      const parameters = parseUriParameters(rawQueryOf(request), freeText);
      const { query: asked, projection } = parseEntitiesRequest(parameters, view.query.scopes, limits, freeText);
      const query = publishedQuery(view, asked);
      const page = query === undefined ? { records: [], count: 0 } : await findIn(broker, tenant, query);
      if (page.count !== undefined && asked.count) reply.header('fiware-total-count', String(page.count));
      if ('next' in page && page.next !== undefined && parseOptions(parameters).has('cursor')) {
        const kept = [...parameters].filter(([name]) => name !== 'after' && name !== 'offset');
        const next = new URLSearchParams([...kept, ['after', renderCursor(page.next)]]);
        reply.header('link', `<${request.url.split('?', 1)[0]}?${next}>; rel="next"`);
      }
      reply.header('cache-control', 'public, no-cache');
      const text = `[${page.records.map(({ entity }) => renderEntity(publishedEntity(entity, view), projection)).join(',')}]`;
      downloads.count(dataset, 'ngsi', false, text.length, 200, request.id);
      return sendJson(reply, text);
    },
  );

  app.get<{ Params: { dataset: string; entityId: string } }>(
    '/dataset/:dataset/v2/entities/:entityId',
    {
      schema: documented({
        summary: 'Retrieve an entity of a published dataset',
        description: 'As `/v2/entities/{entityId}`, with published attributes alone.',
        tag: openDataTag,
        operationId: 'retrievePublishedEntity',
        path: { ...datasetParameter, entityId: Type.String({ description: 'Entity id' }) },
        query: projectionParameters,
        answers: { 200: { description: 'The entity', schema: entitySchema } },
        errors: [400, 404, 503],
      }),
    },
    async (request, reply) => {
      const { datasets, broker } = openDataOf(service);
      const dataset = datasets.publishedOf(request.params.dataset);
      const { projection } = parseEntityParameters(parseUriParameters(rawQueryOf(request), freeText));
      const found = await retrieveRow(broker, dataset, request.params.entityId);
      if (found === undefined) throw new Refusal({ kind: 'entityNotFound' });
      reply.header('cache-control', 'public, no-cache');
      return sendJson(reply, renderEntity(publishedEntity(found.entity, dataset.view), projection));
    },
  );
}
