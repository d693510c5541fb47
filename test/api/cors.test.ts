import { describe, expect, test } from 'vitest';
import { anApi } from './api-under-test.ts';

const preflight = { origin: 'https://map.example.org', 'access-control-request-method': 'POST' };

describe('[V2 CORS] pages of another origin', () => {
  test('may not call unless the configuration says so', async () => {
    const api = await anApi();
    const answer = await api.send('GET', '/v2', { headers: { origin: 'https://map.example.org' } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const options = await api.send('OPTIONS', '/v2/entities', { headers: preflight });
    expect(options.headers['access-control-allow-methods']).toBeUndefined();
    await api.close();
  });

  test.each(['*', 'https://map.example.org'])(
    'may call and read the headers of NGSIv2 where the origin is %s',
    async (origin) => {
      const api = await anApi({ corsOrigin: origin });
      for (const url of ['/v2/entities', '/v2/entities/Nobody', '/version']) {
        const answer = await api.send('GET', url, { headers: { origin: 'https://map.example.org' } });
        expect(answer.headers).toMatchObject({
          'access-control-allow-origin': origin,
          'access-control-expose-headers': 'Fiware-Correlator, Fiware-Total-Count, Location, Link',
        });
      }
      await api.close();
    },
  );

  test.each([
    ['https://map.example.org', { origin: 'https://other.example.org' }],
    ['https://map.example.org', {}],
    ['*', {}],
  ])('are the only ones that are told so (origin %s, request %j)', async (corsOrigin, headers) => {
    const api = await anApi({ corsOrigin });
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await api.send(method, '/v2/entities', { headers });
      expect(answer.statusCode).toBe(200);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    await api.close();
  });

  test('make OPTIONS a method of every resource of NGSIv2', async () => {
    const api = await anApi({ corsOrigin: '*' });
    expect((await api.send('PUT', '/v2/entities', { body: {} })).headers.allow).toBe('POST, GET, OPTIONS');
    expect((await api.send('PUT', '/version', { body: {} })).headers.allow).toBe('GET');
    await api.close();
  });

  test('are told what each resource takes', async () => {
    const api = await anApi({ corsOrigin: '*' });
    const answer = await api.send('OPTIONS', '/v2/entities/E/attrs', { headers: preflight });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, PATCH, POST, PUT, OPTIONS',
      'access-control-allow-headers':
        'Content-Type, Fiware-Service, Fiware-Servicepath, Ngsiv2-AttrsFormat, Fiware-Correlator, X-Forwarded-For, X-Real-IP, X-Auth-Token, Authorization',
      'access-control-max-age': '86400',
    });
    expect((await api.send('OPTIONS', '/nowhere', { headers: preflight })).statusCode).toBe(400);
    await api.close();
  });

  test('may send and read the headers of NGSI-LD there', async () => {
    const api = await anApi({ corsOrigin: '*' });
    const answer = await api.send('OPTIONS', '/ngsi-ld/v1/entities', { headers: preflight });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': expect.stringContaining('POST'),
      'access-control-allow-headers':
        'Content-Type, Accept, Link, NGSILD-Tenant, Fiware-Correlator, X-Auth-Token, Authorization',
      'access-control-expose-headers': 'Fiware-Correlator, NGSILD-Results-Count, NGSILD-Tenant, Location, Link',
    });
    await api.close();
  });
});
