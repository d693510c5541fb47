import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

describe.each(storeKinds)('tenants and service paths on the %s store', (store) => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi({ store, maxTenants: 4 });
    for (const [service, path, id] of [
      ['', '/', 'root'],
      ['', '/parks', 'parks'],
      ['', '/parks/north', 'north'],
      ['', '/streets', 'streets'],
      ['madrid', '/', 'madrid'],
    ] as const) {
      await api.send('POST', '/v2/entities', {
        headers: { 'fiware-servicepath': path, ...(service !== '' && { 'fiware-service': service }) },
        body: { id, type: 'T' },
      });
    }
  });

  afterAll(() => api.close());

  const idsOf = async (headers: Record<string, string>) =>
    (await api.send('GET', '/v2/entities', { headers })).json<{ id: string }[]>().map(({ id }) => id);

  test('[V2 multi tenancy] keeps tenants apart, whatever the case of their name', async () => {
    expect(await idsOf({ 'fiware-service': 'madrid' })).toEqual(['madrid']);
    expect(await idsOf({ 'fiware-service': 'MADRID' })).toEqual(['madrid']);
    expect(await idsOf({ 'fiware-service': 'paris' })).toEqual([]);
    expect(await idsOf({})).not.toContain('madrid');
  });

  test('[V2 multi tenancy] does not make a tenant by looking, and refuses too many of them', async () => {
    await idsOf({ 'fiware-service': 'looked_at' });
    const create = (service: string) =>
      api.send('POST', '/v2/entities', { headers: { 'fiware-service': service }, body: { id: 'E', type: 'T' } });
    expect((await create('third')).statusCode).toBe(201);
    expect((await create('fourth')).statusCode).toBe(201);
    const beyond = await create('fifth');
    expect([beyond.statusCode, beyond.json().error]).toEqual([413, 'NoResourcesAvailable']);
  });

  test.each([
    ['/', ['root']],
    ['/parks', ['parks']],
    ['/parks/', ['parks']],
    ['/parks/#', ['parks', 'north']],
    ['/#', ['root', 'parks', 'north', 'streets']],
    ['/parks/north, /streets', ['north', 'streets']],
    ['/elsewhere', []],
  ])('[V2 service path] a query for %s sees %j', async (path, ids) => {
    expect(await idsOf({ 'fiware-servicepath': path })).toEqual(ids);
  });

  test('[V2 service path] a query without one sees everything', async () => {
    expect(await idsOf({})).toEqual(['root', 'parks', 'north', 'streets']);
  });

  test('[V2 service path] the same id and type may live under several paths', async () => {
    for (const path of ['/a', '/b']) {
      const created = await api.send('POST', '/v2/entities', {
        headers: { 'fiware-service': 'madrid', 'fiware-servicepath': path },
        body: { id: 'same', type: 'T' },
      });
      expect(created.statusCode).toBe(201);
    }
    const both = await api.send('GET', '/v2/entities/same', { headers: { 'fiware-service': 'madrid' } });
    expect(both.statusCode).toBe(409);
    const one = await api.send('GET', '/v2/entities/same?attrs=servicePath&options=keyValues', {
      headers: { 'fiware-service': 'madrid', 'fiware-servicepath': '/b' },
    });
    expect(one.json()).toEqual({ id: 'same', type: 'T', servicePath: '/b' });
  });

  test.each([
    ['fiware-service', 'a-b', 'bad character in tenant name - only underscore and alphanumeric characters are allowed'],
    ['fiware-service', 'a'.repeat(51), 'bad length - a tenant name can be max 50 characters long'],
    ['fiware-servicepath', 'parks', 'Only /absolute/ Service Paths allowed [a service path must begin with /]'],
    ['fiware-servicepath', '/a/b/c/d/e/f/g/h/i/j/k', 'too many components in ServicePath'],
    ['fiware-servicepath', `/${'a'.repeat(51)}`, 'component-name too long in ServicePath'],
    ['fiware-servicepath', '/a-b', 'a component of ServicePath contains an illegal character'],
    [
      'fiware-servicepath',
      Array.from({ length: 11 }, (_, n) => `/p${n}`).join(),
      'too many service paths - a maximum of ten service paths is allowed',
    ],
  ])('refuses %s: %s', async (header, value, description) => {
    const answer = await api.send('GET', '/v2/entities', { headers: { [header]: value } });
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'BadRequest']);
    expect(answer.json().description.replaceAll(/&[#a-z0-9]+;/g, '')).toBe(description.replaceAll(/[<>()='";]/g, ''));
  });

  test.each(['/a,/b', '/a/#'])('[V2 service path] an entity is not created under %s', async (path) => {
    const answer = await api.send('POST', '/v2/entities', {
      headers: { 'fiware-servicepath': path },
      body: { id: 'E', type: 'T' },
    });
    expect([answer.statusCode, answer.json().error]).toEqual([400, 'BadRequest']);
  });
});
