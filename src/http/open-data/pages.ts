import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { packageOf } from '../../catalogue/ckan/package.ts';
import { plainDescription } from '../../catalogue/dataset/catalogue-description.ts';
import { datasetPage } from '../../catalogue/pages/dataset-page.ts';
import { type PageContext, pagePolicy } from '../../catalogue/pages/layout.ts';
import { listPage, readListQuery } from '../../catalogue/pages/list-page.ts';
import { wordsIn } from '../../catalogue/pages/words.ts';
import { resourcesOf } from '../../catalogue/resources.ts';
import { findIn } from '../../catalogue/view/entity-batches.ts';
import { rawQueryOf } from '../request-query.ts';
import { documented } from '../route-documentation.ts';
import { openDataTag } from './documentation.ts';
import { languagesFor } from './languages.ts';
import { sendText } from './send-text.ts';
import { linksOf, type OpenDataService, openDataOf } from './service.ts';

/** Rows on the map and in the chart of a page. */
const shownRows = 1000;

/** `/dataset`: the catalogue for people. */
export function pageRoutes(app: FastifyInstance, service: OpenDataService): void {
  app.get(
    '/dataset',
    {
      schema: documented({
        summary: 'Browse the catalogue',
        description: 'A page that lists and searches published datasets, in the language of the reader.',
        tag: openDataTag,
        operationId: 'browseCatalogue',
        query: {
          q: Type.String({ description: 'Words to look for' }),
          theme: Type.String({ description: 'Theme' }),
          publisher: Type.String({ description: 'Publisher' }),
          format: Type.String({ description: 'Format' }),
          page: Type.Integer({ minimum: 1, default: 1, description: 'Page' }),
          lang: Type.String({ description: 'Language: en, es, ca, de or fr' }),
        },
        answers: { 200: { description: 'The page', types: ['text/html'], schema: Type.String() } },
        errors: [503],
      }),
    },
    (request, reply) => {
      const openData = openDataOf(service);
      const context = contextOf(request, service);
      const { links, languages } = context;
      const published = openData.datasets.published();
      const site = { links, languages, formats: openData.formats };
      const packages = published.map((dataset) => packageOf(dataset, openData.snapshots.of(dataset), site));
      const byId = new Map(published.map((dataset) => [dataset.id, dataset]));
      return sendPage(request, reply, listPage(context, packages, byId, readListQuery(context.here.parameters)));
    },
  );
}

/** Sends the page of a dataset. Refuses with `datasetNotFound`. */
export async function sendDatasetPage(
  request: FastifyRequest,
  reply: FastifyReply,
  service: OpenDataService,
  id: string,
): Promise<FastifyReply> {
  const openData = openDataOf(service);
  const dataset = openData.datasets.publishedOf(id);
  const context = contextOf(request, service);
  const { records, count = 0 } = await findIn(openData.broker, dataset.tenant, {
    ...dataset.view.query,
    limit: shownRows,
    count: true,
  });
  const page = datasetPage(context, {
    dataset,
    resources: resourcesOf(dataset, openData.formats, openData.snapshots.of(dataset), context.links),
    rows: records.map(({ entity }) => entity),
    count,
    chart: context.here.parameters.get('chart') ?? undefined,
  });
  openData.downloads.count(dataset, 'page', false, page.length, 200, request.id);
  return sendPage(request, reply, page);
}

function contextOf(request: FastifyRequest, service: OpenDataService): PageContext {
  const openData = openDataOf(service);
  const languages = languagesFor(request, openData);
  const links = linksOf(request, service);
  const [path = ''] = request.url.split('?', 1);
  const catalogue = openData.datasets.catalogue ?? plainDescription;
  return {
    links,
    words: wordsIn(languages),
    languages,
    catalogue,
    here: { path: `${links.base}${path}`, parameters: new URLSearchParams(rawQueryOf(request)) },
  };
}

function sendPage(request: FastifyRequest, reply: FastifyReply, page: string): FastifyReply {
  reply.headers({ 'content-security-policy': pagePolicy, 'referrer-policy': 'strict-origin-when-cross-origin' });
  return sendText(request, reply, page, 'text/html; charset=utf-8');
}
