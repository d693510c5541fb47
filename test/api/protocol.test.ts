import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi } from './api-under-test.ts';

const json = { 'content-type': 'application/json' };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('[V2 errors] what HTTP itself can get wrong', () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi({ maxBodyBytes: 2000 });
    await api.send('POST', '/v2/entities', { body: { id: 'E', type: 'T', a: { value: 1 } } });
  });

  afterAll(() => api.close());

  test('the entry point lists the resources', async () => {
    expect((await api.send('GET', '/v2')).body).toBe(
      '{"entities_url":"/v2/entities","types_url":"/v2/types","subscriptions_url":"/v2/subscriptions","registrations_url":"/v2/registrations"}',
    );
  });

  test.each(['/nowhere', '/v2/nothing', '/v1/entities', '/v2/entities/E/attrs/a/value/b'])(
    'there is no %s',
    async (url) => {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        const answer = await api.send(method, url, method === 'POST' ? { body: {} } : {});
        expect([answer.statusCode, answer.json()]).toEqual([
          400,
          { error: 'BadRequest', description: 'Service not found. Check your URL as probably it is wrong.' },
        ]);
      }
    },
  );

  test.each(['/', '//', '/?a=b'])('%s is no page', async (url) => {
    const answer = await api.send('GET', url);
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      {
        error: 'BadRequest',
        description: 'The Orion Context Broker is a REST service, not a &#39;web page&#39;',
      },
    ]);
  });

  test.each([
    ['PUT', '/v2', 'GET'],
    ['PUT', '/v2/entities', 'POST, GET'],
    ['DELETE', '/v2/entities', 'POST, GET'],
    ['PATCH', '/v2/entities/E', 'GET, DELETE'],
    ['DELETE', '/v2/entities/E/attrs', 'GET, PATCH, POST, PUT'],
    ['POST', '/v2/entities/E/attrs/a', 'GET, PUT, DELETE'],
    ['DELETE', '/v2/entities/E/attrs/a/value', 'GET, PUT'],
    ['POST', '/v2/types/', 'GET'],
    ['DELETE', '/v2/types/T', 'GET'],
    ['GET', '/v2/op/update', 'POST'],
    ['GET', '/v2//op/query/', 'POST'],
    ['TRACE', '/v2/op/notify', 'POST'],
    ['PROPFIND', '/v2/entities', 'POST, GET'],
    ['POST', '/version', 'GET'],
  ])('%s is no method of %s', async (method, url, allow) => {
    const answer = await api.send(method, url, ['POST', 'PUT', 'PATCH'].includes(method) ? { body: {} } : {});
    expect([answer.statusCode, answer.headers.allow, answer.json()]).toEqual([
      405,
      allow,
      { error: 'MethodNotAllowed', description: 'method not allowed' },
    ]);
  });

  test('OPTIONS tells the methods of a resource', async () => {
    const answer = await api.send('OPTIONS', '/v2/entities/E');
    expect([answer.statusCode, answer.headers.allow, answer.body]).toEqual([200, 'GET, DELETE, HEAD, OPTIONS', '']);
    expect((await api.send('OPTIONS', '/v2/entities')).headers.allow).toBe('GET, POST, DELETE, HEAD, OPTIONS');
  });

  test.each([
    ['/v2/entities', 'text/plain', 'acceptable MIME types: application/json'],
    ['/v2/entities', 'text/html, text/*', 'acceptable MIME types: application/json'],
    ['/v2/entities', 'application/json;q=0', 'acceptable MIME types: application/json'],
    ['/v2/entities', 'text/html', 'no acceptable mime-type in accept header'],
    ['/v2/entities/E/attrs/a/value', 'application/xml', 'no acceptable mime-type in accept header'],
    ['/v2/nothing', 'application/xml', 'no acceptable mime-type in accept header'],
  ])('%s does not answer to Accept: %s', async (url, accept, description) => {
    const answer = await api.send('GET', url, { headers: { accept } });
    expect([answer.statusCode, answer.json()]).toEqual([406, { error: 'NotAcceptable', description }]);
  });

  test.each([
    ['', 'empty accept header'],
    ['application/json;charset=utf-8', 'q missing in accept header'],
    ['text/html, */*;q', 'missing equal-sign after q in accept header'],
    ['application/json; q=', 'qvalue in accept header is missing'],
    ['application/json;q=high', 'qvalue in accept header is not a number'],
  ])('says what is wrong with Accept: %s', async (accept, problem) => {
    const answer = await api.send('GET', '/v2/entities', { headers: { accept } });
    const description = problem.replace('=', '&#61;');
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'BadRequest', description }]);
  });

  test.each(['*/*', 'application/*', 'application/json, text/plain, */*', 'text/html;level=1, */*;q=0.1;a=b'])(
    'answers to Accept: %s',
    async (accept) => {
      expect((await api.send('GET', '/v2/entities', { headers: { accept } })).statusCode).toBe(200);
    },
  );

  test.each([
    [{}, 'Content-Type header not used, default application/octet-stream is not supported'],
    [{ 'content-type': 'application/xml' }, 'not supported content type: application/xml'],
    [{ 'content-type': 'application/ld+json' }, 'not supported content type: application/ld+json'],
    [{ 'content-type': 'text/plain' }, 'not supported content type: text/plain'],
    [{ 'content-type': 'nonsense' }, 'not supported content type: nonsense'],
  ])('takes no body of another type: %j', async (headers, description) => {
    const answer = await api.send('POST', '/v2/entities', { body: '{"id":"X"}', headers });
    expect([answer.statusCode, answer.json()]).toEqual([415, { error: 'UnsupportedMediaType', description }]);
  });

  test('takes a content type with a charset, in any case', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=UTF-8' };
    const answer = await api.send('POST', '/v2/entities?options=upsert', {
      body: '{"id":"X","a":{"value":"ñ€"}}',
      headers,
    });
    expect(answer.statusCode).toBe(204);
    expect((await api.send('GET', '/v2/entities/X/attrs/a/value')).body).toBe('"ñ€"');
  });

  test.each(['POST', 'PATCH', 'PUT'])('asks for a body of %s', async (method) => {
    const answer = await api.send(method, '/v2/entities/E/attrs', { headers: json });
    expect([answer.statusCode, answer.json()]).toEqual([
      411,
      { error: 'ContentLengthRequired', description: 'Zero/No Content-Length in PUT/POST/PATCH request' },
    ]);
  });

  test.each(['/v2/entities', '/v2/nothing', '/version'])(
    'asks for a body whatever else is wrong: PUT %s',
    async (url) => {
      expect((await api.send('PUT', url)).statusCode).toBe(411);
    },
  );

  test('takes no body above the limit', async () => {
    const body = JSON.stringify({ id: 'Big', a: { value: 'x'.repeat(2000) } });
    const answer = await api.send('POST', '/v2/entities', { body, headers: json });
    expect([answer.statusCode, answer.json()]).toEqual([
      413,
      { error: 'RequestEntityTooLarge', description: `payload size: ${body.length}, max size supported: 2000` },
    ]);
  });

  test.each(['GET', 'DELETE', 'HEAD'])('takes no body with %s', async (method) => {
    const answer = await api.send(method, '/v2/entities/E', { headers: json });
    expect(answer.statusCode).toBe(400);
    if (method === 'HEAD') return;
    expect(answer.json()).toEqual({
      error: 'BadRequest',
      description: 'Orion accepts no payload for GET/DELETE requests. HTTP header Content-Type is thus forbidden',
    });
    expect((await api.send('GET', '/v2/entities/E')).statusCode).toBe(200);
  });

  test.each(['GET', 'DELETE'])('looks at the type of a body first, of %s too', async (method) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await api.send(method, '/v2/entities/E', { body: 'a=b', headers });
    expect([answer.statusCode, answer.json()]).toEqual([
      415,
      {
        error: 'UnsupportedMediaType',
        description: 'not supported content type: application/x-www-form-urlencoded',
      },
    ]);
  });

  test.each(['/v2/types/a%3Cb', '/v2/nothing/a%22', '/no(where)', '/v2/entities/E;a/attrs', "/v2/entities/E/'"])(
    'refuses characters in %s that text may not have',
    async (url) => {
      const answer = await api.send('GET', url);
      expect([answer.statusCode, answer.json()]).toEqual([
        400,
        { error: 'BadRequest', description: 'invalid character in URI' },
      ]);
    },
  );

  test.each(['/v2', '/version'])('%s looks at what every request may carry', async (url) => {
    for (const [query, headers, description] of [
      ['?options=nothing', {}, 'Invalid value for URI param /options/'],
      ['?a=', {}, 'Empty right-hand-side for URI param /a/'],
      ['', { 'fiware-service': 'a-b' }, /^bad character in tenant name/],
      ['', { 'fiware-servicepath': 'a' }, /^Only .absolute. Service Paths allowed/],
    ] as const) {
      const answer = await api.send('GET', `${url}${query}`, { headers });
      expect([answer.statusCode, answer.json().error]).toEqual([400, 'BadRequest']);
      expect(answer.json().description).toMatch(description);
    }
  });

  test.each(['/v2/entities/E/', '//v2/entities//E', '/v2//entities/E//', '/v2/entities/%45'])(
    'finds the entity under %s',
    async (url) => {
      expect((await api.send('GET', url)).json()).toMatchObject({ id: 'E' });
    },
  );

  test.each([
    ['/v2/entities//attrs', 'entity id length: 0, min length supported: 1'],
    ['/v2/entities//attrs/a', 'entity id length: 0, min length supported: 1'],
    ['/v2/entities/E/attrs//value', 'attribute name length: 0, min length supported: 1'],
    ['/v2/entities/%', 'invalid percent-encoding in URL'],
    ['/v2/entities/%E0%A4%A', 'invalid percent-encoding in URL'],
    [`/v2/entities/${'x'.repeat(5000)}`, 'URL too long'],
  ])('says what is wrong with %s', async (url, description) => {
    const answer = await api.send('GET', url);
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'BadRequest', description }]);
    expect(answer.headers['fiware-correlator']).toMatch(uuid);
  });

  test('refuses JSON that is none or too deep', async () => {
    for (const body of ['{', 'null x', '{"id":"E",}', `{"id":"D","a":{"value":${'['.repeat(80)}${']'.repeat(80)}}}`]) {
      const answer = await api.send('POST', '/v2/entities', { body, headers: json });
      expect([answer.statusCode, answer.json()]).toEqual([
        400,
        { error: 'ParseError', description: 'Errors found in incoming JSON buffer' },
      ]);
    }
  });

  test('[V2 correlator] names every answer, as the client named the request', async () => {
    for (const url of [
      '/v2',
      '/v2/entities/E',
      '/v2/entities/Nobody',
      '/nowhere',
      '/version',
      '/health/live',
      '/v2/%',
    ]) {
      expect((await api.send('GET', url)).headers['fiware-correlator']).toMatch(uuid);
      const named = await api.send('GET', url, { headers: { 'fiware-correlator': 'mine; cbnotif=2' } });
      expect(named.headers['fiware-correlator']).toBe('mine; cbnotif=2');
    }
  });

  test('a bug is a 500 in the form of every other error, and the next request is served', async () => {
    const broken = await anApi();
    broken.broker.stores.tenant = () => {
      throw new Error('a bug');
    };
    const answer = await broken.send('GET', '/v2/entities/E', { headers: { 'fiware-correlator': 'abc' } });
    expect([answer.statusCode, answer.json()]).toEqual([
      500,
      { error: 'InternalServerError', description: 'unexpected error; the log tells more under abc' },
    ]);
    expect((await broken.send('GET', '/v2')).statusCode).toBe(200);
    await broken.app.close();
  });

  test('[V2 version] answers in the form that clients look for', async () => {
    const answer = await api.send('GET', '/version');
    expect(answer.json()).toEqual({
      orion: {
        version: '4.7.0',
        uptime: expect.stringMatching(/^\d+ d, \d+ h, \d+ m, \d+ s$/),
        doc: expect.stringContaining('https://'),
      },
      oriel: { version: '1.2.3' },
    });
    const libraries = (await api.send('GET', '/version?options=libVersions')).json().orion.libversions;
    expect(libraries).toMatchObject({ node: process.versions.node });
  });

  test('accepts unrestricted text where the configuration says so', async () => {
    const free = await anApi({ textRestricted: false });
    const body = { id: 'E', type: 'T', a: { value: 'f(x) = "y"; <b>' } };
    expect((await free.send('POST', '/v2/entities', { body })).statusCode).toBe(201);
    expect((await free.send('GET', '/v2/entities/E/attrs/a')).json().value).toBe('f(x) = "y"; <b>');
    expect((await api.send('POST', '/v2/entities', { body })).statusCode).toBe(400);
    await free.close();
  });
});
