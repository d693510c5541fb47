import type { FastifyReply, FastifyRequest } from 'fastify';
import { queryEntities } from '../../broker/entities/query-entities.ts';
import { resolveLinks } from '../../broker/entities/resolve-links.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { Query } from '../../core/query/query.ts';
import type { LdVocabulary } from '../../dialects/ngsi-ld/context/context-vocabulary.ts';
import type { EntitiesRequest, Page } from '../../dialects/ngsi-ld/query/entities-request.ts';
import type { Parameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { renderFeatureCollection } from '../../dialects/ngsi-ld/render/render-geojson.ts';
import { jsonArrayOf } from '../json-array.ts';
import { rawQueryOf } from '../request-query.ts';
import { addLink, carriesContext, sendAnswer } from './answer.ts';
import { renderRecords } from './entity-answer.ts';
import type { LdRequest } from './ld-request.ts';
import type { AnswerType } from './negotiation.ts';
import { renderContext } from './request-context.ts';

/** Answers a query, whether its parts came in the URL or in a document. [LD 5.7.2] */
export async function answerQuery(
  request: FastifyRequest,
  reply: FastifyReply,
  ld: LdRequest,
  asked: EntitiesRequest,
  answer: { readonly type: AnswerType; readonly geometryProperty: string; readonly pages: boolean },
): Promise<FastifyReply> {
  const { broker, scope, context } = ld;
  const { entities } = broker.stores.tenant(scope.tenant);
  const { selectors, filter, order, page, view } = asked;
  const query: Query = {
    selectors,
    scopes: [],
    ...(filter !== undefined && { filter: await resolveLinks(entities, filter) }),
    order,
    offset: page.offset,
    // One more than asked for, to know whether there is a next page.
    limit: page.limit === 0 ? 0 : page.limit + 1,
    count: page.count,
  };
  const found = await queryEntities(broker, scope, query);
  const records = found.records.slice(0, page.limit);
  if (found.count !== undefined) reply.header('NGSILD-Results-Count', String(found.count));
  if (answer.pages) linkPages(request, reply, page, found.records.length > page.limit, answer.type);
  const isGeo = answer.type === 'application/geo+json';
  const withContext = carriesContext(request, answer.type);
  const items = await renderRecords(ld, records, {
    view,
    type: answer.type,
    geometryProperty: answer.geometryProperty,
    withContext: withContext && !isGeo,
  });
  const json = isGeo
    ? renderFeatureCollection(jsonArrayOf(items), withContext ? renderContext(context) : undefined)
    : jsonArrayOf(items);
  return sendAnswer(request, reply, answer.type, context, json);
}

/** The attribute that is the geometry of features; refuses to name one where the answer has none. [LD 5.7.1] [LD 4.5.16.1] */
export function geometryPropertyOf(parameters: Parameters, type: AnswerType, vocabulary: LdVocabulary): string {
  const name = parameters.get('geometryProperty');
  if (name !== undefined && type !== 'application/geo+json') {
    throw invalidRequest('geometryProperty is for answers of application/geo+json');
  }
  return name === undefined ? 'location' : vocabulary.expand(name);
}

/** Links to the pages beside this one, relative to the host, so that they hold behind any proxy. [LD 6.3.10] */
export function linkPages(
  request: FastifyRequest,
  reply: FastifyReply,
  { offset, limit }: Page,
  hasNext: boolean,
  type: AnswerType,
): void {
  if (limit === 0) return;
  const link = (to: number, rel: string) =>
    addLink(reply, `<${pageUrl(request, to, limit)}>; rel="${rel}"; type="${type}"`);
  if (offset > 0) link(Math.max(0, offset - limit), 'prev');
  if (hasNext) link(offset + limit, 'next');
}

function pageUrl(request: FastifyRequest, offset: number, limit: number): string {
  const [path = ''] = request.url.split('?', 1);
  const kept = rawQueryOf(request)
    .split('&')
    .filter((parameter) => parameter !== '' && !/^(limit|offset)=/.test(parameter));
  return `${path}?${[...kept, `limit=${limit}`, `offset=${offset}`].join('&')}`;
}
