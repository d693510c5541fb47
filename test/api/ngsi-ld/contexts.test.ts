import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigUnderTest, storeKinds } from '../api-under-test.ts';
import { anLdApi, coreContext, jsonLd, type LdApi, problem } from './ld-api.ts';

const context = { occupancy: 'https://example.org/occupancy', Parking: 'https://example.org/Parking' };

describe('/jsonldContexts', () => {
  let api: LdApi;
  let server: Server;
  let elsewhere: string;
  let answer: () => string;

  beforeAll(async () => {
    server = createServer((_, response) => response.end(answer()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}/context.jsonld`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function started(changes: ConfigUnderTest = {}): Promise<void> {
    api = await anLdApi({ publicUrl: 'https://broker.example/', ...changes });
    answer = () => JSON.stringify({ '@context': context });
  }
  beforeEach(() => started());
  afterEach(() => api.close());

  const restarted = async (changes: ConfigUnderTest) => {
    await api.close();
    await started(changes);
  };
  const base = 'https://broker.example/ngsi-ld/v1/jsonldContexts/';
  const link = (url: string) => ({ link: `<${url}>; rel="http://www.w3.org/ns/json-ld#context"` });
  const tenant = { 'ngsild-tenant': 'town' };
  const idOf = (path: unknown) => String(path).split('/').at(-1) ?? '';

  async function added(body: object = { '@context': context }, headers: Record<string, string> = {}): Promise<string> {
    const { statusCode, headers: given } = await api.ld('POST', '/jsonldContexts', {
      body,
      headers: { ...jsonLd, ...headers },
    });
    expect(statusCode).toBe(201);
    return idOf(given.location);
  }

  async function query(ownContext: unknown, headers: Record<string, string> = {}) {
    const body = { type: 'Query', entities: [{ type: 'Parking' }], '@context': ownContext };
    return api.ld('POST', '/entityOperations/query', { body, headers: { ...jsonLd, ...headers } });
  }

  describe.each(storeKinds)('on %s', (store) => {
    test('hosts a context, which requests then name by its URL [LD 5.13.2] [LD 5.13.4]', async () => {
      await restarted({ store });
      const id = await added();
      const served = await api.ld('GET', `/jsonldContexts/${id}`);
      expect([served.statusCode, served.headers['content-type'], served.json()]).toEqual([
        200,
        'application/ld+json',
        { '@context': context },
      ]);
      await api.ld('POST', '/entities', {
        body: { id: 'urn:p', type: 'Parking', occupancy: 3 },
        headers: link(`http://any.host/ngsi-ld/v1/jsonldContexts/${id}`),
      });
      expect(await api.get('urn:p', '?options=simplified')).toEqual({
        id: 'urn:p',
        type: 'https://example.org/Parking',
        'https://example.org/occupancy': 3,
      });
      expect((await api.ld('GET', '/entities/urn:p', { headers: link(base + id) })).json()).toMatchObject({
        type: 'Parking',
        occupancy: { value: 3 },
      });
      expect((await api.ld('DELETE', `/jsonldContexts/${id}`)).statusCode).toBe(204);
      expect((await api.ld('GET', `/jsonldContexts/${id}`)).json()).toEqual(
        problem('ResourceNotFound', 404, 'Resource not found', 'there is no such context'),
      );
    });
  });

  test('serves a context as plain JSON to who asks for that [LD 6.3.4]', async () => {
    const id = await added();
    const served = await api.ld('GET', `/jsonldContexts/${id}`, { headers: { accept: 'application/json' } });
    expect([served.headers['content-type'], served.json()]).toEqual(['application/json', { '@context': context }]);
    expect((await api.ld('GET', `/jsonldContexts/${id}`, { headers: { accept: 'text/html' } })).statusCode).toBe(406);
  });

  test.each([
    [{ context: {} }, 'InvalidRequest|BadRequestData'],
    [{ '@context': null }, 'BadRequestData'],
    [{ '@context': 3 }, 'BadRequestData'],
    [{ '@context': 'nowhere' }, 'BadRequestData'],
    [{ '@context': [{ a: { '@id': 'https://a.example/', '@context': {} } }] }, 'BadRequestData'],
    [{ '@context': { a: { '@id': 3 } } }, 'BadRequestData'],
    [[], 'BadRequestData'],
  ])('refuses %j [LD 5.13.2.4]', async (body, type) => {
    const refused = await api.ld('POST', '/jsonldContexts', { body });
    expect(refused.statusCode).toBe(400);
    expect(refused.json().type).toMatch(new RegExp(`/(${type})$`));
    expect((await api.ld('GET', '/jsonldContexts')).json()).toEqual([]);
  });

  test('takes URLs without looking at them, and names the one that is missing when the context is used', async () => {
    answer = () => '<html>';
    const id = await added({ '@context': [elsewhere, context] });
    const refused = await api.ld('GET', '/entities', { headers: link(base + id) });
    expect([refused.statusCode, refused.json().type, refused.json().detail]).toEqual([
      504,
      'https://uri.etsi.org/ngsi-ld/errors/LdContextNotAvailable',
      expect.stringContaining(elsewhere),
    ]);
  });

  test('lists the URLs of all kinds, of one kind, or with details [LD 5.13.3]', async () => {
    const hosted = await added();
    await api.ld('GET', '/entities?type=Parking', { headers: link(elsewhere) });
    const linked = /<(.*?)>/.exec(String((await query([elsewhere, context])).headers.link))?.[1] ?? '';
    const list = async (parameters: string) => (await api.ld('GET', `/jsonldContexts${parameters}`)).json();
    expect(await list('')).toEqual([base + hosted, linked, elsewhere]);
    expect(await list('?kind=Hosted')).toEqual([base + hosted]);
    expect(await list('?kind=Cached&details=false')).toEqual([elsewhere]);
    expect(await list('?kind=ImplicitlyCreated')).toEqual([linked]);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(await list('?details=true')).toEqual([
      { URL: base + hosted, localId: hosted, kind: 'Hosted', createdAt: time, numberOfHits: 0 },
      {
        URL: linked,
        localId: idOf(linked),
        kind: 'ImplicitlyCreated',
        createdAt: time,
        lastUsage: time,
        numberOfHits: 1,
      },
      {
        URL: elsewhere,
        localId: expect.stringMatching(/^[0-9a-f]{32}$/),
        kind: 'Cached',
        createdAt: time,
        expiresAt: time,
        lastUsage: time,
        numberOfHits: 2,
      },
    ]);
  });

  test.each(['?kind=hosted', '?details=yes', '?limit=1'])('refuses to list with %s', async (parameters) => {
    const refused = await api.ld('GET', `/jsonldContexts${parameters}`);
    expect([refused.statusCode, refused.json().type]).toEqual([
      400,
      'https://uri.etsi.org/ngsi-ld/errors/BadRequestData',
    ]);
  });

  test('counts uses: requests that name a context, and those that fetch it [LD 5.13.3.5]', async () => {
    const id = await added();
    for (let time = 0; time < 3; time++) await api.ld('GET', '/entities?type=Parking', { headers: link(base + id) });
    await api.ld('GET', `/jsonldContexts/${id}`);
    const details = await api.ld('GET', `/jsonldContexts/${id}?details=true`);
    expect([details.headers['content-type'], details.json()]).toEqual([
      'application/json',
      expect.objectContaining({ localId: id, kind: 'Hosted', numberOfHits: 4 }),
    ]);
  });

  describe('a copy of a context', () => {
    let copy: string;
    const term = async () =>
      (await api.ld('GET', '/types', { headers: link(elsewhere) })).json<{ typeList: string[] }>().typeList;

    beforeEach(async () => {
      await api.create({ id: 'urn:p', type: 'https://example.org/Parking' });
      expect(await term()).toEqual(['Parking']);
      const [details] = (await api.ld('GET', '/jsonldContexts?kind=Cached&details=true')).json();
      copy = `/jsonldContexts/${details.localId}`;
      answer = () => JSON.stringify({ '@context': { Garage: 'https://example.org/Parking' } });
    });

    test('is not served, but described [LD 5.13.4.4]', async () => {
      expect((await api.ld('GET', copy)).json()).toEqual(
        problem(
          'OperationNotSupported',
          422,
          'Operation not supported',
          `a copy is not served: ${elsewhere} has the context`,
        ),
      );
      expect((await api.ld('GET', `${copy}?details=true`)).json()).toMatchObject({ URL: elsewhere, kind: 'Cached' });
    });

    test('is fetched again after it was removed [LD 5.13.5]', async () => {
      expect(await term()).toEqual(['Parking']);
      expect((await api.ld('DELETE', copy)).statusCode).toBe(204);
      expect((await api.ld('DELETE', copy)).statusCode).toBe(404);
      expect(await term()).toEqual(['Garage']);
    });

    test('is fetched anew on demand, and stays where that fails [LD 5.13.5.4]', async () => {
      expect((await api.ld('DELETE', `${copy}?reload=true`)).statusCode).toBe(204);
      expect(await term()).toEqual(['Garage']);
      answer = () => '[]';
      const refused = await api.ld('DELETE', `${copy}?reload=true`);
      expect([refused.statusCode, refused.json().type]).toEqual([
        504,
        'https://uri.etsi.org/ngsi-ld/errors/LdContextNotAvailable',
      ]);
      expect(await term()).toEqual(['Garage']);
    });
  });

  test('has nothing to load anew for a context of its own, nor for one that it does not have [LD 5.13.5.4]', async () => {
    const id = await added();
    expect((await api.ld('DELETE', `/jsonldContexts/${id}?reload=true`)).statusCode).toBe(400);
    expect((await api.ld('DELETE', '/jsonldContexts/nobody?reload=true')).statusCode).toBe(404);
    expect((await api.ld('DELETE', `/jsonldContexts/${id}?reload=maybe`)).statusCode).toBe(400);
    expect((await api.ld('GET', `/jsonldContexts/${id}`)).statusCode).toBe(200);
  });

  test('keeps tenants apart, and serves to those who follow a link [LD 5.5.10]', async () => {
    const id = await added(undefined, tenant);
    const list = async (headers: Record<string, string>) =>
      (await api.ld('GET', '/jsonldContexts', { headers })).json();
    expect([await list({}), await list(tenant)]).toEqual([[], [base + id]]);
    expect((await api.ld('DELETE', `/jsonldContexts/${id}`)).statusCode).toBe(404);
    expect((await api.ld('GET', `/jsonldContexts/${id}`)).json()).toEqual({ '@context': context });
    const unknown = await api.ld('GET', `/jsonldContexts/${id}`, { headers: { 'ngsild-tenant': 'nobody' } });
    expect(unknown.json().type).toBe('https://uri.etsi.org/ngsi-ld/errors/NonexistentTenant');
    await added({ '@context': {} }, { 'ngsild-tenant': 'village' });
    const other = await api.ld('GET', `/jsonldContexts/${id}`, { headers: { 'ngsild-tenant': 'village' } });
    expect(other.statusCode).toBe(404);
  });

  test('hosts no more than the limit [ORIEL_MAX_CONTEXTS]', async () => {
    await restarted({ maxContexts: 1 });
    await added();
    const refused = await api.ld('POST', '/jsonldContexts', { body: { '@context': {} } });
    expect(refused.json()).toEqual(
      problem('TooManyResults', 403, 'A limit is reached', 'limit reached: contexts, at most 1'),
    );
    await added(undefined, tenant);
  });

  describe('an answer in plain JSON to a body with a context of several parts', () => {
    const own = [context, 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld'];
    const linkOf = async (ownContext: unknown, headers = {}) => String((await query(ownContext, headers)).headers.link);

    test('links to it where it can be fetched, one URL for all that are equal [LD 6.3.6] [LD 5.13.1]', async () => {
      const named = await linkOf(own);
      expect(named).toMatch(
        /^<https:\/\/broker\.example\/ngsi-ld\/v1\/jsonldContexts\/[0-9a-f]{32}>; rel="http:\/\/www\.w3\.org\/ns\/json-ld#context"; type="application\/ld\+json"$/,
      );
      expect(await linkOf(own)).toBe(named);
      const [, url = ''] = /<(.*?)>/.exec(named) ?? [];
      expect((await api.ld('GET', `/jsonldContexts/${idOf(url)}`)).json()).toEqual({
        '@context': [context, coreContext],
      });
      await api.create({ id: 'urn:p', type: 'https://example.org/Parking' });
      expect((await api.ld('GET', '/entities?type=Parking', { headers: link(url) })).json()).toEqual([
        { id: 'urn:p', type: 'Parking' },
      ]);
    });

    test('hosts nothing where the answer carries its context, or a URL says it all', async () => {
      await query(own, { accept: 'application/ld+json' });
      expect(await linkOf(elsewhere)).toContain(`<${elsewhere}>`);
      expect(await linkOf([elsewhere, coreContext])).toContain(`<${elsewhere}>`);
      expect(await linkOf(coreContext)).toContain(`<${coreContext}>`);
      expect((await api.ld('GET', '/jsonldContexts?kind=ImplicitlyCreated')).json()).toEqual([]);
    });

    test('keeps those last used, which come back under the same URL', async () => {
      await restarted({ maxContexts: 2 });
      const nth = (n: number) => [{ term: `https://example.org/${n}` }];
      const first = await linkOf(nth(1));
      await linkOf(nth(2));
      await linkOf(nth(3));
      expect((await api.ld('GET', '/jsonldContexts')).json()).toHaveLength(2);
      expect(await linkOf(nth(1))).toBe(first);
      expect((await api.ld('GET', '/jsonldContexts')).json()).toHaveLength(2);
    });

    test('links to where the request came to, where no URL is configured', async () => {
      await restarted({ publicUrl: 'none' });
      expect(await linkOf(own, { host: 'city.example:1026' })).toContain(
        '<http://city.example:1026/ngsi-ld/v1/jsonldContexts/',
      );
      expect((await query(own, { host: 'a b' })).statusCode).toBe(400);
    });
  });
});
