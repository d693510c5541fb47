import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi } from './api-under-test.ts';

const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS');

const segment = fc.oneof(
  fc.constantFrom(
    'v2',
    'entities',
    'attrs',
    'value',
    'types',
    'op',
    'update',
    'query',
    'notify',
    'E',
    'a',
    '',
    '%',
    '%2F',
  ),
  fc.string().map((text) => encodeURIComponent(text)),
);

const path = fc.oneof(
  fc.constantFrom('/v2/entities', '/v2/entities/E', '/v2/entities/E/attrs', '/v2/entities/E/attrs/a', '/v2/types'),
  fc.constantFrom('/v2/entities/E/attrs/a/value', '/v2/op/update', '/v2/op/query', '/v2/op/notify', '/version'),
  fc.array(segment, { maxLength: 7 }).map((segments) => `/${segments.join('/')}`),
);

const expression = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('a', '.', '=', '!', '<', '>', '~', ';', '|', '(', ')', "'", ',', '1', ' ') }),
  fc.constantFrom(
    'near;maxDistance:10',
    'coveredBy',
    'point',
    'polygon',
    '1,2;3,4',
    '0,0;0,1;1,1;0,0',
    'keyValues',
    '5',
  ),
);

const parameter = fc
  .tuple(
    fc.constantFrom(
      ...['id', 'type', 'idPattern', 'typePattern', 'q', 'mq', 'georel', 'geometry', 'coords', 'limit', 'offset'],
      ...['attrs', 'metadata', 'orderBy', 'options', 'after', 'dryRun', 'else'],
    ),
    expression,
  )
  .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);

const headers = fc.record(
  {
    'content-type': fc.constantFrom('application/json', 'text/plain', 'application/xml', ''),
    accept: fc.constantFrom('*/*', 'text/html', 'text/plain;q=0.1, ,;', ''),
    'fiware-service': fc.string({ unit: 'grapheme-ascii' }),
    'fiware-servicepath': fc.string({ unit: fc.constantFrom('/', 'a', '#', ',', ' ', '-') }),
  },
  { requiredKeys: [] },
);

const entity = fc.dictionary(fc.constantFrom('id', 'type', 'a', 'b', 'dateExpires', 'idPattern'), fc.jsonValue());
const body = fc.oneof(
  fc.constant(undefined),
  fc.string(),
  fc.json(),
  entity.map((value) => JSON.stringify(value)),
  fc.dictionary(fc.constantFrom('value', 'type', 'metadata'), fc.jsonValue()).map((value) => JSON.stringify(value)),
  fc
    .record({ actionType: fc.constantFrom('append', 'update', 'delete', 'replace', 'x'), entities: fc.array(entity) })
    .map((value) => JSON.stringify(value)),
);

describe('whatever a client sends', () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi();
    await api.send('POST', '/v2/entities', { body: { id: 'E', type: 'T', a: { value: 1 } } });
  });

  afterAll(() => api.close());

  test('it gets an answer: a good one, or an error with its name and its reason', async () => {
    const requests = fc.record({
      method: methods,
      path,
      parameters: fc.array(parameter, { maxLength: 4 }),
      headers,
      body,
    });
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, path: url, parameters, headers: sent, body: content }) => {
        const answer = await api.send(method, `${url}?${parameters.join('&')}`, {
          headers: sent,
          ...(content !== undefined && { body: content }),
        });
        expect(answer.headers['fiware-correlator']).toMatch(/./);
        // An update operator that does not fit its value is a 500 in the reference implementation.
        if (answer.statusCode >= 500) expect(answer.json().description).toContain('does not fit');
        if (answer.statusCode < 400 || method === 'HEAD') return;
        expect(answer.headers['content-type']).toBe('application/json');
        expect(answer.json()).toEqual({ error: expect.stringMatching(/./), description: expect.stringMatching(/./) });
      }),
      { numRuns: 2000 },
    );
    expect((await api.send('GET', '/health/live')).statusCode).toBe(200);
  });
});
