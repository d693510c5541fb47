import type { FastifyReply, FastifyRequest } from 'fastify';
import { queryEntities } from '../../broker/entities/query-entities.ts';
import { resolveLinks } from '../../broker/entities/resolve-links.ts';
import { type Awaitable, whenKnown } from '../../core/awaitable.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { Mutable } from '../../core/mutable.ts';
import type { Query } from '../../core/query/query.ts';
import type { LdVocabulary } from '../../dialects/ngsi-ld/context/context-vocabulary.ts';
import type { EntitiesRequest, Page } from '../../dialects/ngsi-ld/query/entities-request.ts';
import type { Parameters } from '../../dialects/ngsi-ld/query/parameters.ts';
import { renderFeatureCollection } from '../../dialects/ngsi-ld/render/render-geojson.ts';
import type { EntityPage } from '../../ports/entity-store.ts';
import { jsonArrayOf } from '../json-array.ts';
import { rawQueryOf } from '../request-query.ts';
import { type Utf8Text, utf8TextOf } from '../utf8-text.ts';
import { addLink, carriesContext, sendAnswer } from './answer.ts';
import { inPreferredVersion, markAltered, renderRecords } from './entity-answer.ts';
import type { LdRequest } from './ld-request.ts';
import type { AnswerType } from './negotiation.ts';
import { renderContext } from './request-context.ts';

/** In which representation a query is answered. */
export interface QueryAnswer {
  readonly type: AnswerType;
  readonly geometryProperty: string;
  /** Whether it links to the pages beside it. */
  readonly pages: boolean;
}

/** Answers a query, whether its parts came in the URL or in a document. [LD 5.7.2] */
export function answerQuery(
  request: FastifyRequest,
  reply: FastifyReply,
  ld: LdRequest,
  asked: EntitiesRequest,
  answer: QueryAnswer,
): Awaitable<void> {
  const { broker, scope } = ld;
  const { entities } = broker.stores.tenant(scope.tenant);
  const { selectors, filter, order, page } = asked;
  const query: Mutable<Query> = {
    selectors,
    scopes: [],
    order,
    offset: page.offset,
    // One more than asked for, to know whether there is a next page.
    limit: page.limit === 0 ? 0 : page.limit + 1,
    count: page.count,
  };
  return whenKnown(filter === undefined ? undefined : resolveLinks(entities, filter), (closed) => {
    if (closed !== undefined) query.filter = closed;
    const found = queryEntities(broker, scope, query);
    return whenKnown(found, (result) => sendFound(request, reply, ld, asked, result, answer));
  });
}

function sendFound(
  request: FastifyRequest,
  reply: FastifyReply,
  ld: LdRequest,
  { page, view: askedView }: EntitiesRequest,
  found: EntityPage,
  answer: QueryAnswer,
): Awaitable<void> {
  const records = found.records.slice(0, page.limit);
  if (found.count !== undefined) reply.header('NGSILD-Results-Count', String(found.count));
  if (answer.pages) linkPages(request, reply, page, found.records.length > page.limit, answer.type);
  const isGeo = answer.type === 'application/geo+json';
  const withContext = carriesContext(request, answer.type);
  const { type, geometryProperty } = answer;
  const view = inPreferredVersion(request, type, askedView);
  const shown = { view, type, geometryProperty, withContext: withContext && !isGeo };
  return whenKnown(renderRecords(ld, records, shown), (items) =>
    whenKnown(markAltered(reply, ld, records, shown, items), () => {
      const array = jsonArrayOf(items) as Utf8Text;
      const own = withContext ? utf8TextOf(renderContext(ld.context)) : undefined;
      const json = isGeo ? (renderFeatureCollection(array, own) as Utf8Text) : array;
      sendAnswer(request, reply, type, ld.context, json, view.version);
    }),
  );
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
  if (limit === 0 || !(offset > 0 || hasNext)) return;
  const url = urlOfPages(request, limit);
  const link = (to: number, rel: string) => addLink(reply, `<${url}${to}>; rel="${rel}"; type="${type}"`);
  if (offset > 0) link(Math.max(0, offset - limit), 'prev');
  if (hasNext) link(offset + limit, 'next');
}

/** The URL of the request, up to where its offset comes. */
function urlOfPages(request: FastifyRequest, limit: number): string {
  const [path = ''] = request.url.split('?', 1);
  let url = `${path}?`;
  for (const parameter of rawQueryOf(request).split('&')) {
    const isOfPage = parameter === '' || parameter.startsWith('limit=') || parameter.startsWith('offset=');
    if (!isOfPage) url += `${parameter}&`;
  }
  return `${url}limit=${limit}&offset=`;
}
