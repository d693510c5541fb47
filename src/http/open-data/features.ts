import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { plainDescription } from '../../catalogue/dataset/catalogue-description.ts';
import type { Dataset } from '../../catalogue/dataset/dataset.ts';
import { textIn } from '../../catalogue/dataset/localized-text.ts';
import type { Links } from '../../catalogue/links.ts';
import { itemsQuery, timeColumn } from '../../catalogue/ogc/items-query.ts';
import { findIn } from '../../catalogue/view/entity-batches.ts';
import { renderFeature } from '../../catalogue/view/feature.ts';
import { retrieveRow } from '../../catalogue/view/retrieve-row.ts';
import { Refusal } from '../../core/errors.ts';
import { renderInstant } from '../../core/time/instant.ts';
import { renderCursor } from '../../dialects/ngsiv2/cursor.ts';
import type { Logger } from '../../observe/log.ts';
import { rawQueryOf } from '../request-query.ts';
import { documented } from '../route-documentation.ts';
import { openDataTag } from './documentation.ts';
import { answerProblems } from './errors.ts';
import { languagesFor } from './languages.ts';
import { sendText } from './send-text.ts';
import { linksOf, type OpenDataService, openDataOf } from './service.ts';

const crs84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';
const geoJsonType = 'application/geo+json';
const jsonType = 'application/json';

const conformance = ['core', 'geojson'].map((name) => `http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/${name}`);

const collectionParameter = { collectionId: Type.String({ description: 'Id of the dataset', examples: ['parking'] }) };
const anyObject = Type.Object({}, { additionalProperties: true });

/** `/ogc`: OGC API – Features, core and GeoJSON, over the datasets whose rows have a place. [OGC 17-069r4] */
export function featuresRoutes(app: FastifyInstance, service: OpenDataService, log: Logger): void {
  // [OGC 17-069r4 7.5.1]
  answerProblems(app, log, (reply, { status, error, description }) =>
    reply
      .code(status)
      .header('content-type', jsonType)
      .send(Buffer.from(JSON.stringify({ code: error, description }))),
  );

  app.get(
    '/ogc',
    { schema: schemaOf('Find the features', 'The landing page of OGC API – Features.', 'findFeatures') },
    (request, reply) => {
      const links = linksOf(request, service);
      const openData = openDataOf(service);
      const { title, description } = openData.datasets.catalogue ?? plainDescription;
      const languages = languagesFor(request, openData);
      return sendJsonText(request, reply, {
        title: textIn(title, languages),
        description: textIn(description, languages),
        links: [
          link('self', jsonType, links.features),
          link('service-desc', 'application/vnd.oai.openapi+json;version=3.1', links.apiDescription),
          link('service-doc', 'text/html', links.apiPage),
          link('conformance', jsonType, `${links.features}/conformance`),
          link('data', jsonType, `${links.features}/collections`),
        ],
      });
    },
  );

  app.get(
    '/ogc/conformance',
    { schema: schemaOf('Tell what is conformed to', 'Conformance classes.', 'featuresConformance') },
    (request, reply) => sendJsonText(request, reply, { conformsTo: conformance }),
  );

  app.get(
    '/ogc/collections',
    { schema: schemaOf('List the collections', 'One for each dataset whose rows have a place.', 'listCollections') },
    async (request, reply) => {
      const links = linksOf(request, service);
      const placed = openDataOf(service)
        .datasets.published()
        .filter(({ view }) => view.geometry !== undefined);
      const collections = await Promise.all(placed.map((dataset) => collectionOf(request, dataset, links)));
      return sendJsonText(request, reply, {
        links: [link('self', jsonType, `${links.features}/collections`)],
        collections,
      });
    },
  );

  app.get<{ Params: { collectionId: string } }>(
    '/ogc/collections/:collectionId',
    {
      schema: schemaOf(
        'Retrieve a collection',
        'What it is, and its bounds.',
        'retrieveCollection',
        collectionParameter,
      ),
    },
    async (request, reply) =>
      sendJsonText(
        request,
        reply,
        await collectionOf(request, placedDataset(request.params.collectionId), linksOf(request, service)),
      ),
  );

  app.get<{ Params: { collectionId: string } }>(
    '/ogc/collections/:collectionId/items',
    {
      schema: documented({
        summary: 'List features',
        description:
          'Features in the order of creation, a page at a time; other parameters name a property and what it must be.',
        tag: openDataTag,
        operationId: 'listFeatures',
        path: collectionParameter,
        query: {
          limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 10, description: 'Most features' }),
          offset: Type.Integer({
            minimum: 0,
            default: 0,
            description: 'Features to skip; the link to the next page has no need of it',
          }),
          bbox: Type.String({ description: 'west,south,east,north in degrees', examples: ['-3.8,40.3,-3.6,40.5'] }),
          datetime: Type.String({ description: 'A moment or two with `/` between, of which one may be `..`' }),
        },
        answers: { 200: { description: 'The features', types: [geoJsonType], schema: anyObject } },
        errors: [400, 404, 503],
      }),
    },
    async (request, reply) => {
      const dataset = placedDataset(request.params.collectionId);
      const { broker, downloads } = openDataOf(service);
      const parameters = new URLSearchParams(rawQueryOf(request));
      const page = await findIn(broker, dataset.tenant, itemsQuery(dataset.view, parameters));
      const links = linksOf(request, service);
      const own = `${links.collection(dataset.id)}/items`;
      const shown = [
        link('self', geoJsonType, rawQueryOf(request) === '' ? own : `${own}?${rawQueryOf(request)}`),
        link('collection', jsonType, links.collection(dataset.id)),
      ];
      if (page.next !== undefined) {
        const next = new URLSearchParams([...parameters].filter(([name]) => name !== 'after' && name !== 'offset'));
        next.set('after', renderCursor(page.next));
        shown.push(link('next', geoJsonType, `${own}?${next}`));
      }
      reply.header('content-crs', `<${crs84}>`);
      const features = page.records.map(({ entity }) => renderFeature(entity, dataset.view)).join(',\n');
      const head = {
        numberMatched: page.count ?? 0,
        numberReturned: page.records.length,
        timeStamp: renderInstant(broker.clock.now()),
        links: shown,
      };
      // As bytes in one piece: a page is small, and its time stamp makes each another.
      reply.header('cache-control', 'public, no-cache').header('content-type', geoJsonType);
      const bytes = Buffer.from(
        `{"type":"FeatureCollection",${JSON.stringify(head).slice(1, -1)},"features":[\n${features}\n]}`,
      );
      downloads.count(dataset, 'features', false, bytes.length, 200, request.id);
      return reply.send(bytes);
    },
  );

  app.get<{ Params: { collectionId: string; featureId: string } }>(
    '/ogc/collections/:collectionId/items/:featureId',
    {
      schema: schemaOf('Retrieve a feature', 'One row of a dataset.', 'retrieveFeature', {
        ...collectionParameter,
        featureId: Type.String({ description: 'Id of the entity' }),
      }),
    },
    async (request, reply) => {
      const dataset = placedDataset(request.params.collectionId);
      const found = await retrieveRow(openDataOf(service).broker, dataset, request.params.featureId);
      if (found === undefined) throw new Refusal({ kind: 'entityNotFound' });
      const links = linksOf(request, service);
      const shown = [
        link('self', geoJsonType, links.item(dataset.id, found.entity.id)),
        link('collection', jsonType, links.collection(dataset.id)),
      ];
      const feature = renderFeature(found.entity, dataset.view);
      return sendText(request, reply, `${feature.slice(0, -1)},"links":${JSON.stringify(shown)}}`, geoJsonType);
    },
  );

  /** Refuses with `datasetNotFound` also for one whose rows have no place. */
  function placedDataset(id: string): Dataset {
    const dataset = openDataOf(service).datasets.publishedOf(id);
    if (dataset.view.geometry === undefined) throw new Refusal({ kind: 'datasetNotFound' });
    return dataset;
  }

  async function collectionOf(request: FastifyRequest, dataset: Dataset, links: Links) {
    const openData = openDataOf(service);
    const languages = languagesFor(request, openData);
    const { id, title, description, view, formats, licence } = dataset;
    const bounds = await openData.extents.of(dataset);
    return {
      id,
      title: textIn(title, languages),
      description: textIn(description, languages),
      itemType: 'feature',
      crs: [crs84],
      extent: {
        spatial: { bbox: [bounds ?? [-180, -90, 180, 90]], crs: crs84 },
        ...(timeColumn(view) !== undefined && { temporal: { interval: [[null, null]] } }),
      },
      links: [
        link('self', jsonType, links.collection(id)),
        link('items', geoJsonType, `${links.collection(id)}/items`),
        link('describedby', 'text/html', links.dataset(id, 'html')),
        ...(licence === undefined ? [] : [link('license', 'text/html', licence.url)]),
        ...formats.map((code) => link('enclosure', openData.formats[code].mediaType, links.live(id, code))),
      ],
    };
  }
}

function schemaOf(
  summary: string,
  description: string,
  operationId: string,
  path?: Record<string, ReturnType<typeof Type.String>>,
) {
  return documented({
    summary,
    description,
    tag: openDataTag,
    operationId,
    ...(path !== undefined && { path }),
    answers: { 200: { description, schema: anyObject } },
    errors: path === undefined ? [503] : [404, 503],
  });
}

function link(rel: string, type: string, href: string) {
  return { rel, type, href };
}

function sendJsonText(request: FastifyRequest, reply: FastifyReply, value: object): FastifyReply {
  return sendText(request, reply, JSON.stringify(value), jsonType);
}
