import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

const provider = { http: { url: 'http://provider.example/v2' } };
const room = { entities: [{ id: 'Room1', type: 'Room' }], attrs: ['humidity'] };

describe.each(storeKinds)('registrations on %s', (store) => {
  let api: ApiUnderTest;

  beforeEach(async () => {
    api = await anApi({ store });
  });
  afterEach(() => api.close());

  async function register(body: object, headers: Record<string, string> = {}): Promise<string> {
    const {
      statusCode,
      headers: answered,
      body: text,
    } = await api.send('POST', '/v2/registrations', { body, headers });
    expect([statusCode, text]).toEqual([201, '']);
    return String(answered.location).replace('/v2/registrations/', '');
  }

  async function get(url: string, headers: Record<string, string> = {}): Promise<unknown> {
    const { statusCode, body } = await api.send('GET', url, { headers });
    expect(statusCode).toBe(200);
    return JSON.parse(body);
  }

  it('are created with the id last in Location, and shown in full [V2 create registration] [fact 60]', async () => {
    const id = await register({ description: 'Humidity', dataProvided: room, provider });
    expect(id).toMatch(/^[0-9a-f]{24}$/);
    const shown = {
      id,
      description: 'Humidity',
      dataProvided: room,
      provider: { ...provider, supportedForwardingMode: 'all' },
      status: 'active',
    };
    expect(await get(`/v2/registrations/${id}`)).toEqual(shown);
    expect(await get('/v2/registrations')).toEqual([shown]);
  });

  it('keep patterns, area, expiry, mode and time-out [V2 registration payload datamodel]', async () => {
    const id = await register({
      id: 'urn:city:b',
      dataProvided: {
        entities: [{ idPattern: '^Spot[0-9]+$', typePattern: 'Parking$' }],
        expression: { georel: 'coveredBy', geometry: 'box', coords: '40,-4;41,-3' },
      },
      provider: { http: { url: 'https://b.example', timeout: 900 }, supportedForwardingMode: 'query' },
      expires: '2040-01-31T12:00:00Z',
      status: 'inactive',
    });
    expect(id).toBe('urn:city:b');
    expect(await get(`/v2/registrations/${id}`)).toEqual({
      id,
      expires: '2040-01-31T12:00:00.000Z',
      dataProvided: {
        entities: [{ idPattern: '^Spot[0-9]+$', typePattern: 'Parking$' }],
        attrs: [],
        expression: { georel: 'coveredBy', geometry: 'box', coords: '40,-4;41,-3' },
      },
      provider: { http: { url: 'https://b.example', timeout: 900 }, supportedForwardingMode: 'query' },
      status: 'inactive',
    });
  });

  it('are patched in full: members given are replaced, the others stay [V2 update registration] [users 14]', async () => {
    const id = await register({ description: 'Humidity', dataProvided: room, provider, expires: '2040-01-01' });
    const other = { entities: [{ idPattern: '^R', type: 'Room' }], attrs: ['co2', 'humidity'] };
    const patch = async (body: object) =>
      expect((await api.send('PATCH', `/v2/registrations/${id}`, { body })).statusCode).toBe(204);
    await patch({ dataProvided: other, status: 'inactive' });
    await patch({ description: '', provider: { http: { url: 'http://new' }, supportedForwardingMode: 'none' } });
    await patch({ expires: '2020-01-01' });
    expect(await get(`/v2/registrations/${id}`)).toEqual({
      id,
      expires: '2020-01-01T00:00:00.000Z',
      dataProvided: other,
      provider: { http: { url: 'http://new' }, supportedForwardingMode: 'none' },
      status: 'expired',
    });
    await patch({ expires: '' });
    expect(await get(`/v2/registrations/${id}`)).toMatchObject({ status: 'inactive' });
  });

  it('are removed; those that are not there are not found [V2 delete registration]', async () => {
    const id = await register({ dataProvided: room, provider });
    expect((await api.send('DELETE', `/v2/registrations/${id}`)).statusCode).toBe(204);
    for (const [method, body] of [['GET'], ['DELETE'], ['PATCH', { status: 'active' }]] as const) {
      const answer = await api.send(method, `/v2/registrations/${id}`, { body });
      expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([
        404,
        { error: 'NotFound', description: 'The requested registration has not been found. Check id' },
      ]);
    }
  });

  it('are listed by page with their number, by path, and by what they say [V2 list registrations] [fact 17]', async () => {
    const at = (path: string) => ({ 'fiware-servicepath': path });
    await register({ id: 'A', dataProvided: room, provider }, at('/a'));
    await register({ id: 'B', dataProvided: { entities: [{ id: 'Car1', type: 'Car' }] }, provider }, at('/a/b'));
    await register({
      id: 'C',
      dataProvided: { entities: [{ idPattern: '.*' }] },
      provider: { http: { url: 'http://c' } },
    });
    const ids = async (url: string, headers = {}) =>
      ((await get(url, headers)) as { id: string }[]).map(({ id }) => id);
    expect(await ids('/v2/registrations')).toEqual(['A', 'B', 'C']);
    expect(await ids('/v2/registrations', at('/a'))).toEqual(['A']);
    expect(await ids('/v2/registrations', at('/a/#'))).toEqual(['A', 'B']);
    expect(await ids('/v2/registrations?type=Car,Bus')).toEqual(['B']);
    expect(await ids('/v2/registrations?id=Room1')).toEqual(['A']);
    expect(await ids('/v2/registrations?attrs=humidity')).toEqual(['A']);
    expect(await ids('/v2/registrations?url=http://c')).toEqual(['C']);
    expect(await ids('/v2/registrations?status=inactive,expired')).toEqual([]);
    const page = await api.send('GET', '/v2/registrations?limit=1&offset=1&options=count');
    expect(page.headers['fiware-total-count']).toBe('3');
    expect(JSON.parse(page.body).map(({ id }: { id: string }) => id)).toEqual(['B']);
  });

  it('belong to their tenant alone [V2 multi tenancy]', async () => {
    await register({ id: 'A', dataProvided: room, provider }, { 'fiware-service': 'madrid' });
    expect(await get('/v2/registrations')).toEqual([]);
    expect(await get('/v2/registrations', { 'fiware-service': 'madrid' })).toMatchObject([{ id: 'A' }]);
  });

  it('have ids that nobody else has', async () => {
    await register({ id: 'A', dataProvided: room, provider });
    const again = await api.send('POST', '/v2/registrations', { body: { id: 'A', dataProvided: room, provider } });
    expect([again.statusCode, JSON.parse(again.body)]).toEqual([
      422,
      { error: 'Unprocessable', description: 'Already Exists' },
    ]);
  });

  it.each<[string, object, string]>([
    ['no provided data', { provider }, 'the field /dataProvided/ is missing in payload'],
    ['empty provided data', { dataProvided: {}, provider }, '/dataProvided/ is empty'],
    ['no provider', { dataProvided: room }, 'the field /provider/ is missing in payload'],
    ['no http', { dataProvided: room, provider: { mqtt: {} } }, '/provider/ must contain a field /http/'],
    ['no url', { dataProvided: room, provider: { http: {} } }, '/http/ must contain a field /url/'],
    ['a relative url', { dataProvided: room, provider: { http: { url: '/v2' } } }, '/url/ field of /http/ is invalid'],
    [
      'an mqtt url',
      { dataProvided: room, provider: { http: { url: 'mqtt://a' } } },
      '/url/ field of /http/ is invalid',
    ],
    [
      'a url with a query',
      { dataProvided: room, provider: { http: { url: 'http://a/?b' } } },
      '/url/ field of /http/ is invalid',
    ],
    [
      'an endpoint that nobody keeps',
      { dataProvided: room, provider: { http: { endpoint: 'b' } } },
      'unknown http endpoint: b',
    ],
    [
      'an unknown mode',
      { dataProvided: room, provider: { ...provider, supportedForwardingMode: 'some' } },
      'invalid value of /supportedForwardingMode/',
    ],
    [
      'a pattern that is none',
      { dataProvided: { entities: [{ idPattern: '(' }] }, provider },
      'Invalid regex for entity idPattern',
    ],
    [
      'an area that is none',
      {
        dataProvided: { entities: [{ idPattern: '.*' }], expression: { georel: 'near', geometry: 'point' } },
        provider,
      },
      'coords in expression of /dataProvided/ is missing',
    ],
    [
      'an entity without id',
      { dataProvided: { entities: [{ type: 'Room' }] }, provider },
      '/entities/ vector item does not have /id/ nor /idPattern/',
    ],
    ['no date', { dataProvided: room, provider, expires: 'soon' }, 'the field /expires/ has an invalid format'],
    ['an unknown status', { dataProvided: room, provider, status: 'expired' }, 'invalid value for /status/'],
  ])('are refused with %s, and nothing is kept', async (_what, body, description) => {
    const answer = await api.send('POST', '/v2/registrations', { body });
    const escaped = description.replaceAll('(', '&#40;');
    expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([400, { error: 'BadRequest', description: escaped }]);
    expect(await get('/v2/registrations')).toEqual([]);
  });
});

test('registrations survive a restart', async () => {
  const data = temporaryDirectory();
  const first = await anApi({ store: 'embedded', data });
  await first.send('POST', '/v2/registrations', { body: { id: 'A', dataProvided: room, provider } });
  const before = (await first.send('GET', '/v2/registrations')).body;
  await first.app.close();
  await (first.broker as unknown as { close(): Promise<void> }).close();
  const second = await anApi({ store: 'embedded', data });
  expect((await second.send('GET', '/v2/registrations')).body).toBe(before);
  await second.close();
});

test('a tenant has no more registrations than it may', async () => {
  const api = await anApi({ maxRegistrations: 1 });
  const body = { dataProvided: room, provider };
  expect((await api.send('POST', '/v2/registrations', { body })).statusCode).toBe(201);
  const second = await api.send('POST', '/v2/registrations', { body });
  expect([second.statusCode, JSON.parse(second.body).description]).toEqual([
    413,
    'limit reached: registrations, max 1',
  ]);
  await api.close();
});
