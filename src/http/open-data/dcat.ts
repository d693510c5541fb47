import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Dataset } from '../../catalogue/dataset/dataset.ts';
import { describeCatalogue, describeOne, type FeedQuery } from '../../catalogue/dcat/describe-catalogue.ts';
import type { DatasetSource } from '../../catalogue/dcat/describe-dataset.ts';
import { type RdfFormat, rdfFormatNamed, rdfFormats } from '../../catalogue/dcat/render-rdf.ts';
import type { Links } from '../../catalogue/links.ts';
import type { OpenData } from '../../catalogue/open-data.ts';
import { invalidRequest } from '../../core/errors.ts';
import { parseInstant } from '../../core/time/instant.ts';
import { preferredType } from '../accept-header.ts';
import { rawQueryOf } from '../request-query.ts';
import { documented } from '../route-documentation.ts';
import { openDataTag } from './documentation.ts';
import { sendText } from './send-text.ts';
import { linksOf, type OpenDataService, openDataOf } from './service.ts';

const feedQuery = {
  page: Type.Integer({
    minimum: 1,
    default: 1,
    description: 'Page of 100 datasets; Hydra statements lead to the next one',
  }),
  modified_since: Type.String({
    description: 'Only what changed at this moment or later',
    examples: ['2026-01-31T00:00:00Z'],
  }),
  q: Type.String({ description: 'Only what has all of these words in title, description or keywords' }),
};

/** `/catalog.{ttl,rdf,xml,jsonld}`: the catalogue for portals that harvest it. [DCAT-AP 3.0.1] */
export function dcatRoutes(app: FastifyInstance, service: OpenDataService): void {
  for (const extension of ['ttl', 'rdf', 'xml', 'jsonld'] as const) {
    const format = rdfFormatNamed(extension);
    if (format === undefined) continue;
    app.get(
      `/catalog.${extension}`,
      {
        schema: documented({
          summary: `Harvest the catalogue (${extension})`,
          description:
            'All published datasets by DCAT-AP 3.0.1 and DCAT-AP HVD; the same bytes as long as nothing changed.',
          tag: openDataTag,
          operationId: `harvestCatalogue${extension[0]?.toUpperCase()}${extension.slice(1)}`,
          query: feedQuery,
          answers: { 200: { description: 'The catalogue', types: [format.mediaType], schema: Type.String() } },
          errors: [400, 503],
        }),
      },
      async (request, reply) => {
        const openData = openDataOf(service);
        const links = linksOf(request, service);
        const parameters = new URLSearchParams(rawQueryOf(request));
        const query = parseFeedQuery(parameters);
        const sources = openData.datasets.published().map((dataset) => sourceOf(openData, dataset, links));
        const { description } = describeCatalogue(openData.datasets.catalogue, sources, query, links, (page) => {
          const kept = new URLSearchParams(
            [...parameters].filter(([name]) => name === 'modified_since' || name === 'q'),
          );
          kept.set('page', String(page));
          return `${links.catalogue(extension)}?${kept}`;
        });
        return sendText(request, reply, await format.render(description.quads), typeOf(format));
      },
    );
  }

  app.get(
    '/catalog',
    {
      schema: documented({
        summary: 'Find the catalogue',
        description: 'What identifies the catalogue: leads to the form that the client takes, for people to the page.',
        tag: openDataTag,
        operationId: 'findCatalogue',
        answers: { 303: { description: 'Elsewhere', headers: { Location: 'URL of the form' } } },
        errors: [503],
      }),
    },
    (request, reply) => {
      const links = linksOf(request, service);
      return reply.header('vary', 'Accept').redirect(links.catalogue(rdfFormatFor(request)?.extension), 303);
    },
  );
}

/** Sends one dataset by itself. */
export async function sendDataset(
  request: FastifyRequest,
  reply: FastifyReply,
  service: OpenDataService,
  id: string,
  format: RdfFormat,
): Promise<FastifyReply> {
  const openData = openDataOf(service);
  const source = sourceOf(openData, openData.datasets.publishedOf(id), linksOf(request, service));
  return sendText(request, reply, await format.render(describeOne(source).quads), typeOf(format));
}

/** The form of linked data that the client likes better than a page; undefined: a page. */
export function rdfFormatFor(request: FastifyRequest): RdfFormat | undefined {
  const offers = ['text/html', ...rdfFormats.map(({ mediaType }) => mediaType)];
  const preferred = preferredType(request.headers.accept, offers);
  return rdfFormats.find(({ mediaType }) => mediaType === preferred);
}

/** What a dataset is described with. */
function sourceOf({ formats, snapshots }: OpenData, dataset: Dataset, links: Links): DatasetSource {
  return { dataset, links, formats, snapshots: snapshots.of(dataset) };
}

/** Turtle and RDF/XML are in UTF-8, which not all clients take for granted. */
function typeOf({ mediaType }: RdfFormat): string {
  return mediaType === 'application/ld+json' ? mediaType : `${mediaType}; charset=utf-8`;
}

function parseFeedQuery(parameters: URLSearchParams): FeedQuery {
  const page = parameters.get('page') ?? '1';
  if (!/^[1-9]\d{0,8}$/.test(page)) throw invalidRequest(`page is ${page}; it counts from 1 on`);
  const since = parameters.get('modified_since');
  const modifiedSince = since === null ? undefined : parseInstant(since);
  if (since !== null && modifiedSince === undefined) {
    throw invalidRequest(`modified_since is ${since}; it is a moment such as 2026-01-31T12:00:00Z`);
  }
  const words = (parameters.get('q') ?? '').split(/\s+/).filter((word) => word !== '');
  return { page: Number(page), ...(modifiedSince !== undefined && { modifiedSince }), words };
}
