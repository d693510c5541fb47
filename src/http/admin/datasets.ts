import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Dataset } from '../../catalogue/dataset/dataset.ts';
import { catalogueTermsSchema, datasetTermsSchema } from '../../catalogue/dataset/dataset-terms.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';
import { renderInstant } from '../../core/time/instant.ts';
import type { Availability } from '../availability.ts';
import { sendJson } from '../json-reply.ts';
import { jsonBody } from '../request-body.ts';
import { requestScope } from '../request-scope.ts';
import { documented } from '../route-documentation.ts';
import { adminTag, tenantHeader } from './documentation.ts';

interface DatasetPath {
  readonly dataset: string;
}

const path = { dataset: Type.String({ description: 'Id of the dataset', examples: ['parking'] }) };

const shownSchema = Type.Object(
  { id: Type.String(), published: Type.Boolean() },
  {
    additionalProperties: true,
    description: 'What was said of the dataset, and `columns`, `createdAt`, `issuedAt`, `modifiedAt`',
  },
);

const downloadSchema = Type.Object({
  day: Type.String({ examples: ['2026-01-31'] }),
  way: Type.String(),
  snapshot: Type.Boolean(),
  requests: Type.Integer(),
  bytes: Type.Integer({ description: 'Before compression' }),
});

/** `/admin/datasets` and `/admin/catalogue`: what is published, and how it is described. */
export function datasetsRoutes(app: FastifyInstance, availability: Availability): void {
  app.get(
    '/admin/datasets',
    {
      schema: documented({
        summary: 'List datasets',
        description: 'All datasets of the tenant, drafts too.',
        tag: adminTag,
        operationId: 'listDatasets',
        headers: tenantHeader,
        answers: { 200: { description: 'The datasets', schema: Type.Array(shownSchema) } },
        errors: [400, 503],
      }),
    },
    (request, reply) => {
      const { datasets } = availability.openData;
      sendJson(reply, JSON.stringify([...datasets.of(tenantOf(request)).values()].map(shownDataset)));
    },
  );

  app.post(
    '/admin/datasets',
    {
      schema: documented({
        summary: 'Create a dataset',
        description:
          'A draft unless `published` says otherwise. `*` in `view.attributes` becomes the attributes that there are now.',
        tag: adminTag,
        operationId: 'createDataset',
        headers: tenantHeader,
        body: { types: ['application/json'], schema: datasetTermsSchema },
        answers: { 201: { description: 'Created', schema: shownSchema, headers: { Location: 'URL of the dataset' } } },
        errors: [400, 409, 411, 415, 422, 503],
      }),
    },
    async (request, reply) => {
      const dataset = await availability.openData.datasets.create(tenantOf(request), parseJson(jsonBody(request)));
      reply.code(201).header('location', `/admin/datasets/${dataset.id}`);
      return sendJson(reply, JSON.stringify(shownDataset(dataset)));
    },
  );

  app.get<{ Params: DatasetPath }>(
    '/admin/datasets/:dataset',
    {
      schema: documented({
        summary: 'Retrieve a dataset',
        description: 'A dataset of the tenant, also a draft.',
        tag: adminTag,
        operationId: 'retrieveDataset',
        path,
        headers: tenantHeader,
        answers: { 200: { description: 'The dataset', schema: shownSchema } },
        errors: [400, 404, 503],
      }),
    },
    (request, reply) => {
      const dataset = availability.openData.datasets.retrieve(tenantOf(request), request.params.dataset);
      sendJson(reply, JSON.stringify(shownDataset(dataset)));
    },
  );

  app.put<{ Params: DatasetPath }>(
    '/admin/datasets/:dataset',
    {
      schema: documented({
        summary: 'Create or replace a dataset',
        description: 'As a whole: what is left out is gone. The columns are found out anew.',
        tag: adminTag,
        operationId: 'replaceDataset',
        path,
        headers: tenantHeader,
        body: { types: ['application/json'], schema: datasetTermsSchema },
        answers: { 200: { description: 'Stored', schema: shownSchema } },
        errors: [400, 409, 411, 415, 422, 503],
      }),
    },
    async (request, reply) => {
      const body = parseJson(jsonBody(request));
      if (isJsonObject(body) && body.id !== undefined && body.id !== request.params.dataset) {
        throw invalidRequest(`id is ${JSON.stringify(body.id)}, in the URL it is ${request.params.dataset}`);
      }
      const terms = isJsonObject(body) ? { ...body, id: request.params.dataset } : body;
      const dataset = await availability.openData.datasets.replace(tenantOf(request), terms);
      return sendJson(reply, JSON.stringify(shownDataset(dataset)));
    },
  );

  app.delete<{ Params: DatasetPath }>(
    '/admin/datasets/:dataset',
    {
      schema: documented({
        summary: 'Remove a dataset',
        description: 'It is gone for the public at once, and its snapshots for good; the entities stay.',
        tag: adminTag,
        operationId: 'removeDataset',
        path,
        headers: tenantHeader,
        answers: { 204: { description: 'Removed' } },
        errors: [400, 404, 503],
      }),
    },
    async (request, reply) => {
      const { datasets, snapshots } = availability.openData;
      await datasets.remove(tenantOf(request), request.params.dataset);
      await snapshots.removeAll(request.params.dataset);
      return reply.code(204).send();
    },
  );

  app.get<{ Params: DatasetPath }>(
    '/admin/datasets/:dataset/downloads',
    {
      schema: documented({
        summary: 'Count the downloads of a dataset',
        description:
          'By day and way: a format, `ngsi`, `features`, `datastore` or `page`. The last minute may be missing.',
        tag: adminTag,
        operationId: 'countDownloads',
        path,
        headers: tenantHeader,
        answers: { 200: { description: 'The counts', schema: Type.Array(downloadSchema) } },
        errors: [400, 404, 503],
      }),
    },
    async (request, reply) => {
      const { datasets, downloads } = availability.openData;
      const dataset = datasets.retrieve(tenantOf(request), request.params.dataset);
      return sendJson(reply, JSON.stringify(await downloads.of(dataset)));
    },
  );

  app.get(
    '/admin/catalogue',
    {
      schema: documented({
        summary: 'Retrieve the description of the catalogue',
        description: 'What was said of the catalogue as a whole; an empty object where nobody said anything.',
        tag: adminTag,
        operationId: 'retrieveCatalogue',
        answers: { 200: { description: 'The description', schema: Type.Object({}, { additionalProperties: true }) } },
        errors: [503],
      }),
    },
    (_request, reply) => {
      sendJson(reply, JSON.stringify(availability.openData.datasets.catalogue?.terms ?? {}));
    },
  );

  app.put(
    '/admin/catalogue',
    {
      schema: documented({
        summary: 'Describe the catalogue',
        description: 'Title, description, publisher, contact, licence and languages of the catalogue as a whole.',
        tag: adminTag,
        operationId: 'describeCatalogue',
        body: { types: ['application/json'], schema: catalogueTermsSchema },
        answers: { 204: { description: 'Stored' } },
        errors: [400, 411, 415, 503],
      }),
    },
    async (request, reply) => {
      await availability.openData.datasets.describeCatalogue(parseJson(jsonBody(request)));
      return reply.code(204).send();
    },
  );
}

function tenantOf(request: FastifyRequest) {
  return requestScope(request, 'query').tenant;
}

function shownDataset({ terms, published, view, createdAt, issuedAt, modifiedAt }: Dataset) {
  return {
    ...terms,
    published,
    columns: view.columns,
    createdAt: renderInstant(createdAt),
    ...(issuedAt !== undefined && { issuedAt: renderInstant(issuedAt) }),
    modifiedAt: renderInstant(modifiedAt),
  };
}
