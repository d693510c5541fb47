import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderDocuments } from '../../openapi/render-document.ts';
import { type ApiUnderTest, anApi } from './api-under-test.ts';

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly operationId?: string;
  readonly parameters?: readonly { name: string; in: string; description?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const published = readFileSync(new URL('../../openapi/ngsiv2.json', import.meta.url), 'utf8');

describe('the API document', () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi();
  });

  afterAll(() => api.close());

  test('that is published is the one of the registered routes (npm run openapi writes it)', async () => {
    expect(published).toBe((await renderDocuments()).ngsiv2);
  });

  test('is served, and its page too', async () => {
    const served = (await api.send('GET', '/openapi.json')).json<Document>();
    expect(Object.keys(served.paths)).toEqual(Object.keys((JSON.parse(published) as Document).paths));
    const page = await api.send('GET', '/docs/');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  });

  test('has every resource with every method that it takes, and no other', async () => {
    const { paths } = JSON.parse(published) as Document;
    for (const [path, operations] of Object.entries(paths)) {
      const options = await api.send('OPTIONS', path.replaceAll(/\{\w+\}/g, 'x'));
      const registered = String(options.headers.allow).toLowerCase().split(', ');
      const documented = Object.keys(operations).filter((method) => method !== 'head');
      expect([path, documented.toSorted()]).toEqual([
        path,
        registered.filter((method) => method !== 'options' && method !== 'head').toSorted(),
      ]);
    }
    expect(Object.keys(paths).toSorted()).toEqual([
      '/api',
      '/api/3',
      '/api/3/action/{action}',
      '/api/action/{action}',
      '/catalog',
      '/catalog.jsonld',
      '/catalog.rdf',
      '/catalog.ttl',
      '/catalog.xml',
      '/dataset',
      '/dataset/{dataset}',
      '/dataset/{dataset}/snapshots/{file}',
      '/dataset/{dataset}/v2/entities',
      '/dataset/{dataset}/v2/entities/{entityId}',
      '/dataset/{dataset}/{file}',
      '/health/live',
      '/health/ready',
      '/iot/d',
      '/iot/devices',
      '/iot/devices/{deviceId}',
      '/iot/dry-run',
      '/iot/json',
      '/iot/json/attrs/{name}',
      '/iot/json/commands',
      '/iot/refused-readings',
      '/iot/services',
      '/iot/uplinks',
      '/models',
      '/models/report',
      '/models/validate',
      '/models/{type}',
      '/models/{type}/openapi',
      '/models/{type}/typescript',
      '/ogc',
      '/ogc/collections',
      '/ogc/collections/{collectionId}',
      '/ogc/collections/{collectionId}/items',
      '/ogc/collections/{collectionId}/items/{featureId}',
      '/ogc/conformance',
      '/v2',
      '/v2/entities',
      '/v2/entities/{entityId}',
      '/v2/entities/{entityId}/attrs',
      '/v2/entities/{entityId}/attrs/{attrName}',
      '/v2/entities/{entityId}/attrs/{attrName}/value',
      '/v2/op/mirror',
      '/v2/op/notify',
      '/v2/op/query',
      '/v2/op/update',
      '/v2/registrations',
      '/v2/registrations/{registrationId}',
      '/v2/subscriptions',
      '/v2/subscriptions/{subscriptionId}',
      '/v2/subscriptions/{subscriptionId}/stream',
      '/v2/types',
      '/v2/types/{entityType}',
      '/version',
    ]);
  });

  const { paths, components, openapi } = JSON.parse(published) as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

  test('is of OpenAPI 3.1 and names the error body', () => {
    expect(openapi).toBe('3.1.0');
    expect(components.schemas).toHaveProperty('Error');
  });

  test.each(operations)('$method $path says what it does, takes and answers', ({ path, method, operation }) => {
    expect(operation.summary).toBeTruthy();
    expect(operation.description).toBeTruthy();
    expect(operation.operationId).toBeTruthy();
    for (const parameter of operation.parameters ?? [])
      expect([parameter.name, parameter.description]).not.toContain(undefined);
    const statuses = Object.keys(operation.responses);
    expect(statuses.some((status) => /^[23]/.test(status))).toBe(true);
    if (path.startsWith('/v2')) {
      expect(statuses).toEqual(expect.arrayContaining(['400', '406']));
      const errors = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      for (const [, { content }] of errors) {
        expect(content).toEqual({ 'application/json': { schema: { $ref: '#/components/schemas/Error' } } });
      }
    }
    if (path.startsWith('/v2') && ['post', 'put', 'patch'].includes(method)) {
      expect(operation.requestBody?.content).toHaveProperty('application/json');
      expect(statuses).toEqual(expect.arrayContaining(['411', '413', '415']));
    }
  });

  test('names every operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the API document of NGSI-LD', () => {
  const publishedLd = readFileSync(new URL('../../openapi/ngsi-ld.json', import.meta.url), 'utf8');
  const { paths, components, openapi } = JSON.parse(publishedLd) as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi();
  });

  afterAll(() => api.close());

  test('that is published is the one of the registered routes (npm run openapi writes it)', async () => {
    expect(publishedLd).toBe((await renderDocuments())['ngsi-ld']);
  });

  test('is served', async () => {
    const served = (await api.send('GET', '/ngsi-ld/v1/openapi.json')).json<Document>();
    expect(Object.keys(served.paths)).toEqual(Object.keys(paths));
  });

  test('has every resource with every method that it takes, and no other', async () => {
    for (const [path, methods] of Object.entries(paths)) {
      const { headers } = await api.send('OPTIONS', path.replaceAll(/\{\w+\}/g, 'x'));
      const registered = String(headers.allow).toLowerCase().split(', ');
      expect([
        path,
        Object.keys(methods)
          .filter((method) => method !== 'head')
          .toSorted(),
      ]).toEqual([path, registered.filter((method) => method !== 'options' && method !== 'head').toSorted()]);
    }
  });

  test('is of OpenAPI 3.1 and names the body of problems', () => {
    expect(openapi).toBe('3.1.0');
    expect(components.schemas).toHaveProperty('ProblemDetails');
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(operations)('$method $path says what it does, takes and answers', ({ operation }) => {
    expect([operation.summary, operation.description, operation.operationId]).not.toContain(undefined);
    for (const parameter of operation.parameters ?? [])
      expect([parameter.name, parameter.description]).not.toContain(undefined);
    const statuses = Object.keys(operation.responses);
    expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
    expect(statuses).toContain('400');
  });
});
