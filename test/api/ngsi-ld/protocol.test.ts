import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anLdApi, coreContext, jsonLd, type LdApi, problem } from './ld-api.ts';

const contextDocument = {
  '@context': { temperature: 'https://example.org/temperature', Room: 'https://example.org/Room' },
};

describe('the protocol of NGSI-LD', () => {
  let api: LdApi;
  let server: Server;
  let contextUrl: string;

  beforeAll(async () => {
    api = await anLdApi();
    server = createServer(({ url }, response) => {
      if (url === '/context.jsonld') response.end(JSON.stringify(contextDocument));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    contextUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/context.jsonld`;
    await api.create({ id: 'urn:a', type: 'Room', temperature: 1 });
  });

  afterAll(async () => {
    await api.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const link = (url = contextUrl) => ({
    link: `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`,
  });

  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/ld+json', 'application/ld+json'],
    ['application/ld+json, application/json', 'application/ld+json'],
    ['application/json;q=0.5, application/ld+json', 'application/ld+json'],
    ['application/geo+json', 'application/geo+json'],
    ['application/*', 'application/json'],
  ])('answers Accept: %s with %s [LD 6.3.4]', async (accept, type) => {
    const answer = await api.ld('GET', '/entities/urn:a', { headers: accept === undefined ? {} : { accept } });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, type]);
  });

  test('says which version of NGSI-LD it speaks to who prefers one [LD 6.3.6] [LD 4.3.6.8]', async () => {
    const prefer = async (text: string) =>
      (await api.ld('GET', '/entities/urn:a', { headers: { prefer: text } })).headers['preference-applied'];
    expect([
      await prefer('ngsi-ld=1.5'),
      await prefer('respond-async, ngsi-ld=1.9'),
      await prefer('ngsi-ld=2.0'),
      await prefer('ngsi-ld="0.9"'),
      await prefer('ngsi-ld=new'),
      await prefer('body=json'),
    ]).toEqual(['ngsi-ld=1.5', 'ngsi-ld=1.9', 'ngsi-ld=1.9', 'ngsi-ld=1.0', 'ngsi-ld=1.9', undefined]);
  });

  test('shows entities as an older version has them, to who prefers that, and says that they differ [LD 4.3.6.8] [LD 6.5.3.1]', async () => {
    const observedAt = '2026-01-01T00:00:00Z';
    const whole = {
      id: 'urn:old:1',
      type: ['Room', 'Hall'],
      scope: '/Madrid',
      expiresAt: '2999-01-01T00:00:00Z',
      plain: {
        type: 'Property',
        value: 1,
        unitCode: 'CEL',
        observedAt,
        valueType: 'Degree',
        expiresAt: '2999-01-01T00:00:00Z',
      },
      name: { type: 'LanguageProperty', languageMap: { es: 'Sol' } },
      kind: { type: 'VocabProperty', vocab: 'Large' },
      raw: { type: 'JsonProperty', json: { id: 1 } },
      levels: { type: 'ListProperty', valueList: [1, 2], note: { type: 'VocabProperty', vocab: ['Good'] } },
      isIn: { type: 'Relationship', object: 'urn:x:1', objectType: 'Building' },
      parts: { type: 'ListRelationship', objectList: ['urn:x:1'] },
      many: [
        { type: 'Property', value: 1, datasetId: 'urn:d:1' },
        { type: 'Property', value: 2 },
      ],
    };
    await api.create(whole);
    const { expiresAt: _, scope, ...shared } = whole;
    const { expiresAt: __, valueType: ___, ...plain } = whole.plain;
    const in18 = {
      ...shared,
      scope,
      plain,
      many: [whole.many[1], whole.many[0]],
    };
    const in14 = {
      ...in18,
      kind: { type: 'Property', value: 'Large' },
      raw: { type: 'Property', value: { id: 1 } },
      levels: { type: 'Property', value: [1, 2], note: { type: 'Property', value: ['Good'] } },
      isIn: { type: 'Relationship', object: 'urn:x:1' },
      parts: { type: 'Relationship', object: ['urn:x:1'] },
    };
    const { scope: ____, ...in13 } = { ...in14, name: { type: 'Property', value: { es: 'Sol' } } };
    const in10 = { ...in13, type: 'Room', plain: { type: 'Property', value: 1 }, many: { type: 'Property', value: 2 } };
    const answers = async (path: string, version: string, accept = 'application/json') => {
      const { statusCode, body } = await api.ld('GET', path, { headers: { prefer: `ngsi-ld=${version}`, accept } });
      return [statusCode, JSON.parse(body)];
    };
    for (const [version, shown] of [
      ['1.8', in18],
      ['1.5', in14],
      ['1.3', in13],
      ['1.1', in10],
    ] as const) {
      expect(await answers('/entities/urn:old:1', version)).toEqual([203, shown]);
      expect(await answers('/entities?local=true&id=urn:old:1', version)).toEqual([203, [shown]]);
    }
    expect(await answers('/entities/urn:old:1?pick=id,plain&datasetId=@none', '1.0')).toEqual([
      203,
      { id: 'urn:old:1', plain: { type: 'Property', value: 1 } },
    ]);
    expect(await answers('/entities/urn:old:1?pick=many&datasetId=urn:d:1&format=simplified', '1.0')).toEqual([
      203,
      { many: 1 },
    ]);
    expect(await answers('/entities/urn:old:1?pick=id,scope', '1.8')).toEqual([
      200,
      { id: 'urn:old:1', scope: '/Madrid' },
    ]);
    const { body } = await api.ld('GET', '/entities/urn:old:1?options=sysAttrs', {
      headers: { prefer: 'ngsi-ld=1.8' },
    });
    expect(body).not.toContain('expiresAt');
  });

  test.each([
    ['GET', '/entities/urn:nobody', 404],
    ['GET', '/entities?limit=x', 400],
    ['GET', '/nowhere', 404],
    ['GET', '/temporal/entities', 501],
    ['PUT', '/entities', 405],
    ['GET', '/types', 200],
  ])('says whose data it is in every answer, of %s %s too [LD 6.3.14] [LD 5.5.10]', async (method, path, status) => {
    const headers = { 'ngsild-tenant': 'echoed' };
    await api.ld('POST', '/entityOperations/upsert', { body: [{ id: 'urn:t:1', type: 'T' }], headers });
    const answer = await api.ld(method, path, { headers, ...(method === 'PUT' && { body: {} }) });
    expect([answer.statusCode, answer.headers['ngsild-tenant']]).toEqual([status, 'echoed']);
    const unknown = await api.ld('GET', '/entities/urn:a', { headers: { 'ngsild-tenant': 'nobody' } });
    expect([unknown.statusCode, unknown.headers['ngsild-tenant']]).toEqual([404, 'nobody']);
  });

  test('refuses a collation that is none, with or without an order [LD 5.7.2.4]', async () => {
    for (const order of ['', '&orderBy=name']) {
      expect((await api.ld('GET', `/entities?type=Room&collation=!!${order}`)).statusCode).toBe(400);
    }
  });

  test('refuses what Accept takes none of, and names what there is [LD 6.3.4]', async () => {
    const answer = await api.ld('GET', '/entities/urn:a', { headers: { accept: 'text/html' } });
    expect(answer.json()).toEqual(
      problem(
        'InvalidRequest',
        406,
        'Not acceptable',
        'the representations are application/json, application/ld+json, application/geo+json',
      ),
    );
    expect((await api.ld('GET', '/types', { headers: { accept: 'application/geo+json' } })).statusCode).toBe(406);
  });

  test('has problems of their own media type where that is asked for [RFC 7807]', async () => {
    const headers = { accept: 'application/json, application/problem+json' };
    expect((await api.ld('GET', '/entities/urn:b', { headers })).headers['content-type']).toBe(
      'application/problem+json',
    );
    expect((await api.ld('GET', '/entities/urn:b')).headers['content-type']).toBe('application/json');
  });

  test('refuses a body of another type with 415, and nothing more [LD 6.3.4]', async () => {
    const body = '{"id":"urn:x","type":"T"}';
    for (const type of ['text/plain', 'application/merge-patch+json', '']) {
      const answer = await api.ld('POST', '/entities', { body, headers: { 'content-type': type } });
      expect([type, answer.statusCode, answer.body]).toEqual([type, 415, '']);
    }
  });

  test('refuses a body without a length with 411, and nothing more [LD 6.3.4]', async () => {
    const answer = await api.ld('POST', '/entities', { headers: { 'content-type': 'application/json' } });
    expect([answer.statusCode, answer.body]).toEqual([411, '']);
  });

  test('refuses a body that is no JSON [LD 5.5.4]', async () => {
    const answer = await api.ld('POST', '/entities', {
      body: '{"id":',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.json()).toMatchObject({ type: 'https://uri.etsi.org/ngsi-ld/errors/InvalidRequest', status: 400 });
  });

  test('refuses what a resource does not take, and says what it does', async () => {
    const answer = await api.ld('PUT', '/entities', { body: {} });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, POST, DELETE']);
    expect((await api.ld('GET', '/nothing')).json()).toEqual(
      problem('ResourceNotFound', 404, 'Resource not found', 'there is no such resource in NGSI-LD'),
    );
  });

  test.each([
    ['GET', '/csourceSubscriptions'],
    ['POST', '/csourceRegistrations/'],
    ['GET', '/csourceSubscriptions/urn:a'],
    ['GET', '/temporal/entities'],
    ['POST', '/temporal/entityOperations/query'],
    ['GET', '/entityMaps/urn:a'],
    ['DELETE', '/snapshots'],
  ])('says of what is not built that it is not: %s %s', async (method, path) => {
    const answer = await api.ld(method, path, { body: method === 'POST' ? {} : undefined });
    expect([answer.statusCode, answer.json<{ type: string }>().type]).toEqual([
      501,
      'https://uri.etsi.org/ngsi-ld/errors/OperationNotSupported',
    ]);
    expect(answer.json<{ detail: string }>().detail).toContain('not built yet');
  });

  test('takes the context from a Link header, for what it is told and for what it answers [LD 6.3.5]', async () => {
    const body = { id: 'urn:linked', type: 'Room', temperature: 7 };
    expect((await api.ld('POST', '/entities', { body, headers: link() })).statusCode).toBe(201);
    const answer = await api.ld('GET', '/entities?type=Room&q=temperature==7&format=simplified', { headers: link() });
    expect(answer.json()).toEqual([body]);
    expect(answer.headers.link).toContain(`<${contextUrl}>`);
    expect(await api.get('urn:linked', '?format=simplified')).toEqual({
      id: 'urn:linked',
      type: 'https://example.org/Room',
      'https://example.org/temperature': 7,
    });
    expect(await api.find('type=Room&q=temperature==7')).toEqual([]);
    const asJsonLd = await api.ld('GET', '/entities/urn:linked', {
      headers: { ...link(), accept: 'application/ld+json' },
    });
    expect(asJsonLd.json()).toMatchObject({ type: 'Room', '@context': [contextUrl, coreContext] });
    const types = await api.ld('GET', '/types/Room', { headers: link() });
    expect(types.json()).toMatchObject({ id: 'https://example.org/Room', typeName: 'Room' });
  });

  test('refuses contexts in two places, or in the wrong one [LD 6.3.5]', async () => {
    const entity = { id: 'urn:mixed', type: 'Room' };
    const withContext = { ...entity, '@context': coreContext };
    const statusOf = async (body: object, headers: Record<string, string>) =>
      (await api.ld('POST', '/entities', { body, headers })).statusCode;
    expect(await statusOf(withContext, {})).toBe(400);
    expect(await statusOf(entity, jsonLd)).toBe(400);
    expect(await statusOf(withContext, { ...jsonLd, ...link() })).toBe(400);
    const two = { link: `${link('https://a.example/').link}, ${link('https://b.example/').link}` };
    expect(await statusOf(entity, two)).toBe(400);
    expect(await statusOf(withContext, jsonLd)).toBe(201);
  });

  test('refuses a context that cannot be had, and says which [LD 5.5.2]', async () => {
    const url = contextUrl.replace('context.jsonld', 'nothing');
    const answer = await api.ld('GET', '/entities?type=Room', { headers: link(url) });
    expect(answer.json()).toEqual(
      problem(
        'LdContextNotAvailable',
        504,
        'The @context is not available',
        `${url} cannot be had: the answer was 404`,
      ),
    );
  });

  test('expands and compacts types, relationships and vocabularies by the context of the body [LD 5.5.7]', async () => {
    const context = { ex: 'https://example.org/ns#', Male: 'ex:Male', link: { '@id': 'ex:link', '@type': '@id' } };
    const body = {
      id: 'urn:terms',
      type: 'ex:Person',
      link: { type: 'Relationship', object: 'ex:other' },
      gender: { type: 'VocabProperty', vocab: 'Male' },
      '@context': [context, coreContext],
    };
    expect((await api.ld('POST', '/entities', { body, headers: jsonLd })).statusCode).toBe(201);
    expect(await api.get('urn:terms', '?options=concise')).toEqual({
      id: 'urn:terms',
      type: 'https://example.org/ns#Person',
      'https://example.org/ns#link': { object: 'https://example.org/ns#other' },
      gender: { vocab: 'https://example.org/ns#Male' },
    });
    const query = {
      type: 'Query',
      entities: [{ type: 'ex:Person' }],
      q: 'gender==ex:Male|link==ex:other',
      '@context': [context, coreContext],
    };
    const found = await api.ld('POST', '/entityOperations/query?options=concise', {
      body: query,
      headers: { ...jsonLd, accept: 'application/ld+json' },
    });
    expect(found.json()).toEqual([
      {
        id: 'urn:terms',
        type: 'ex:Person',
        link: { object: 'ex:other' },
        gender: { vocab: 'Male' },
        '@context': [context, coreContext],
      },
    ]);
  });

  test('keeps the contexts of the items of a batch apart [LD 5.6.7]', async () => {
    const answer = await api.ld('POST', '/entityOperations/create', {
      headers: jsonLd,
      body: [
        { id: 'urn:batch:1', type: 'Room', '@context': contextUrl },
        { id: 'urn:batch:2', type: 'Room', '@context': coreContext },
        { id: 'urn:batch:3', type: 'Room' },
      ],
    });
    expect(answer.statusCode).toBe(207);
    expect(answer.json()).toMatchObject({
      success: ['urn:batch:1', 'urn:batch:2'],
      errors: [{ entityId: 'urn:batch:3' }],
    });
    expect((await api.get('urn:batch:1')).type).toBe('https://example.org/Room');
  });

  test('tells which source it is [LD 5.15.1]', async () => {
    const answer = await api.ld('GET', '/info/sourceIdentity', { headers: { accept: 'application/ld+json' } });
    expect(answer.json()).toEqual({
      id: expect.stringMatching(/^urn:ngsi-ld:ContextSourceIdentity:/),
      type: 'ContextSourceIdentity',
      contextSourceAlias: expect.stringMatching(/^oriel-/),
      contextSourceUptime: expect.stringMatching(/^PT\d+S$/),
      contextSourceTimeAt: expect.stringMatching(/Z$/),
      '@context': coreContext,
    });
  });
});
