import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

const attribute = (type: string, value: unknown, metadata: object = {}) => ({ type, value, metadata });

describe.each(storeKinds)('[V2 entities] on the %s store', (store) => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi({ store });
    for (const number of [1, 2, 3, 4, 5]) {
      await api.send('POST', '/v2/entities', {
        headers: { 'fiware-service': 'city' },
        body: {
          id: `Room${number}`,
          type: number === 5 ? 'Hall' : 'Room',
          temperature: { type: 'Number', value: 20 + number, metadata: { accuracy: { type: 'Number', value: 0.5 } } },
          name: { value: `room ${number}` },
        },
      });
    }
  });

  afterAll(() => api.close());

  const list = (query: string) => api.send('GET', `/v2/entities?${query}`, { headers: { 'fiware-service': 'city' } });
  const idsOf = async (query: string) =>
    (await list(query)).json<{ id: string }[]>().map(({ id }) => id.replace('Room', ''));

  test('creates an entity and says where it is', async () => {
    const created = await api.send('POST', '/v2/entities', {
      body: { id: 'urn:ngsi-ld:Bin:1', type: 'Bin', filling: { type: 'Number', value: 0.4 } },
    });
    expect(created.statusCode).toBe(201);
    expect(created.headers.location).toBe('/v2/entities/urn:ngsi-ld:Bin:1?type=Bin');
    expect(created.body).toBe('');
    const read = await api.send('GET', '/v2/entities/urn:ngsi-ld:Bin:1');
    expect(read.statusCode).toBe(200);
    expect(read.headers['content-type']).toBe('application/json');
    expect(read.body).toBe(
      '{"id":"urn:ngsi-ld:Bin:1","type":"Bin","filling":{"type":"Number","value":0.4,"metadata":{}}}',
    );
  });

  test('gives an entity without a type the type Thing, and attributes without one that of their value', async () => {
    const body = {
      id: 'T1',
      text: { value: 'a' },
      number: { value: 1 },
      yes: { value: true },
      list: { value: [] },
      none: {},
    };
    const created = await api.send('POST', '/v2/entities', { body });
    expect(created.headers.location).toBe('/v2/entities/T1?type=Thing');
    expect((await api.send('GET', '/v2/entities/T1')).json()).toEqual({
      id: 'T1',
      type: 'Thing',
      text: attribute('Text', 'a'),
      number: attribute('Number', 1),
      yes: attribute('Boolean', true),
      list: attribute('StructuredValue', []),
      none: attribute('None', null),
    });
  });

  test('does not create an entity that is there', async () => {
    await api.send('POST', '/v2/entities', { body: { id: 'Twice', type: 'T' } });
    const again = await api.send('POST', '/v2/entities', { body: { id: 'Twice', type: 'T' } });
    expect(again.statusCode).toBe(422);
    expect(again.json()).toEqual({ error: 'Unprocessable', description: 'Already Exists' });
  });

  test('answers 204 to an upsert, whether the entity is there or not, and keeps what it does not name', async () => {
    const upsert = (body: object) => api.send('POST', '/v2/entities?options=upsert', { body });
    const first = await upsert({ id: 'U1', type: 'T', a: { value: 1 } });
    expect([first.statusCode, first.headers.location, first.body]).toEqual([204, '/v2/entities/U1?type=T', '']);
    expect((await upsert({ id: 'U1', type: 'T', b: { value: 2 } })).statusCode).toBe(204);
    expect((await api.send('GET', '/v2/entities/U1')).json()).toEqual({
      id: 'U1',
      type: 'T',
      a: attribute('Number', 1),
      b: attribute('Number', 2),
    });
  });

  test('takes upsert with flowControl, as IoT agents send it', async () => {
    const answer = await api.send('POST', '/v2/entities?options=upsert,flowControl', {
      body: { id: 'Agent1', type: 'T', a: { value: 1 } },
    });
    expect(answer.statusCode).toBe(204);
  });

  test('creates from key-value pairs', async () => {
    const body = { id: 'KV1', type: 'T', temperature: 21, place: { city: 'Madrid' } };
    expect((await api.send('POST', '/v2/entities?options=keyValues', { body })).statusCode).toBe(201);
    expect((await api.send('GET', '/v2/entities/KV1')).json()).toEqual({
      id: 'KV1',
      type: 'T',
      temperature: attribute('Number', 21),
      place: attribute('StructuredValue', { city: 'Madrid' }),
    });
  });

  test('lists twenty entities at most unless told otherwise, in the order of creation', async () => {
    for (let number = 0; number < 25; number += 1) {
      await api.send('POST', '/v2/entities', {
        headers: { 'fiware-service': 'many' },
        body: { id: `E${number}`, type: 'T' },
      });
    }
    const answer = await api.send('GET', '/v2/entities', { headers: { 'fiware-service': 'many' } });
    expect(answer.json().map(({ id }: { id: string }) => id)).toEqual(Array.from({ length: 20 }, (_, n) => `E${n}`));
    expect(answer.headers['fiware-total-count']).toBeUndefined();
    expect(answer.headers.link).toBeUndefined();
  });

  test('pages with limit and offset, and counts all matches', async () => {
    const answer = await list('type=Room&limit=2&offset=1&options=count');
    expect(answer.headers['fiware-total-count']).toBe('4');
    expect(answer.json().map(({ id }: { id: string }) => id)).toEqual(['Room2', 'Room3']);
    const counted = await list('limit=0&options=count');
    expect([counted.headers['fiware-total-count'], counted.body]).toEqual(['5', '[]']);
  });

  test('links to the next page when asked, until there is none', async () => {
    const seen: string[] = [];
    let url: string | undefined = '/v2/entities?limit=2&options=cursor,keyValues&attrs=temperature';
    let pages = 0;
    while (url !== undefined) {
      const answer = await api.send('GET', url, { headers: { 'fiware-service': 'city' } });
      expect(answer.statusCode).toBe(200);
      seen.push(...answer.json().map(({ id }: { id: string }) => id));
      url = /^<(.*)>; rel="next"$/.exec(String(answer.headers.link))?.[1];
      pages += 1;
    }
    expect(seen).toEqual(['Room1', 'Room2', 'Room3', 'Room4', 'Room5']);
    expect(pages).toBeLessThanOrEqual(4);
  });

  test('refuses a cursor that it did not make, and one beside an offset or an order', async () => {
    expect((await list('after=nonsense')).statusCode).toBe(400);
    const link = String((await list('limit=2&options=cursor')).headers.link);
    const after = /after=([^>&]*)/.exec(link)?.[1];
    expect((await list(`after=${after}&offset=1`)).statusCode).toBe(400);
    expect((await list(`after=${after}&orderBy=temperature`)).statusCode).toBe(400);
  });

  test('selects by id, type and pattern', async () => {
    expect(await idsOf('id=Room2,Room4')).toEqual(['2', '4']);
    expect(await idsOf('type=Hall')).toEqual(['5']);
    expect(await idsOf('type=Hall,Room')).toEqual(['1', '2', '3', '4', '5']);
    expect(await idsOf(`idPattern=${encodeURIComponent('[13]$')}`)).toEqual(['1', '3']);
    expect(await idsOf('typePattern=^Ha')).toEqual(['5']);
  });

  test('filters by attributes and metadata', async () => {
    expect(await idsOf('q=temperature>23')).toEqual(['4', '5']);
    expect(await idsOf('q=temperature==21..22')).toEqual(['1', '2']);
    expect(await idsOf(`q=${encodeURIComponent("name=='room 3','room 4'")}`)).toEqual(['3', '4']);
    expect(await idsOf('mq=temperature.accuracy<1&limit=1')).toEqual(['1']);
    expect(await idsOf('q=nothing')).toEqual([]);
  });

  test('takes OR and brackets in q, beyond the reference implementation', async () => {
    const q = encodeURIComponent('temperature==25|(temperature>20;temperature<22)');
    expect(await idsOf(`q=${q}`)).toEqual(['1', '5']);
  });

  test('orders by attributes and built-in names', async () => {
    expect(await idsOf('orderBy=!temperature')).toEqual(['5', '4', '3', '2', '1']);
    expect(await idsOf('orderBy=type,!id')).toEqual(['5', '4', '3', '2', '1']);
    expect((await list('orderBy=temperature,temperature')).statusCode).toBe(400);
  });

  test('shows what is asked, as it is asked', async () => {
    const shown = async (query: string) => (await list(`id=Room1&${query}`)).body;
    expect(await shown('')).toBe(
      '[{"id":"Room1","type":"Room","temperature":{"type":"Number","value":21,"metadata":{"accuracy":{"type":"Number","value":0.5}}},"name":{"type":"Text","value":"room 1","metadata":{}}}]',
    );
    expect(await shown('options=keyValues')).toBe('[{"id":"Room1","type":"Room","temperature":21,"name":"room 1"}]');
    expect(await shown('options=values&attrs=name,temperature')).toBe('[["room 1",21]]');
    expect(await shown('options=unique&attrs=temperature')).toBe('[[21]]');
    expect(await shown('attrs=name&options=keyValues')).toBe('[{"id":"Room1","type":"Room","name":"room 1"}]');
    expect(await shown('attrs=temperature&metadata=none')).toBe(
      '[{"id":"Room1","type":"Room","temperature":{"type":"Number","value":21,"metadata":{}}}]',
    );
  });

  test('shows built-in attributes when they are named', async () => {
    const [shown] = (await list('id=Room1&attrs=dateCreated,servicePath,type')).json();
    expect(shown).toMatchObject({
      id: 'Room1',
      dateCreated: { type: 'DateTime', value: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) },
      servicePath: { type: 'Text', value: '/' },
    });
    expect(shown).not.toHaveProperty('temperature');
  });

  test('finds places', async () => {
    const places = { plaza: '40.4154,-3.7074', station: '40.4722,-3.6822', airport: '40.4936,-3.5668' };
    for (const [id, coordinates] of Object.entries(places)) {
      const body = { id, type: 'Place', location: { type: 'geo:point', value: coordinates } };
      await api.send('POST', '/v2/entities', { headers: { 'fiware-service': 'geo' }, body });
    }
    const near = await api.send(
      'GET',
      '/v2/entities?georel=near;maxDistance:12000&geometry=point&coords=40.4722,-3.6822&orderBy=geo:distance&options=keyValues,count',
      { headers: { 'fiware-service': 'geo' } },
    );
    expect(near.json().map(({ id }: { id: string }) => id)).toEqual(['station', 'plaza', 'airport']);
    expect(near.headers['fiware-total-count']).toBe('3');
  });

  test.each([
    ['limit=1001', 'Bad pagination limit: /1001/ [max: 1000]'],
    ['limit=x', 'Bad pagination limit: /x/ [must be a decimal number]'],
    ['offset=-1', 'Bad pagination offset: /-1/ [must be a decimal number]'],
    ['options=normalised', 'Invalid value for URI param /options/'],
    ['options=keyValues,values', 'Invalid value for URI param /options/'],
    ['q=', 'Empty right-hand-side for URI param /q/'],
    ['id=a&idPattern=b', 'Incompatible parameters: id, IdPattern'],
    ['type=a&typePattern=b', 'Incompatible parameters: type, typePattern'],
    ['attrs=a<b', 'invalid character in URI parameter'],
    ['georel=near;maxDistance:10&geometry=point', 'Invalid query: URI param /geometry/ used without /coords/'],
  ])('refuses ?%s: %s', async (query, description) => {
    const answer = await list(query);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ error: 'BadRequest', description });
  });

  test.each([
    [{ type: 'T' }, 400, 'BadRequest'],
    [{ id: 7 }, 400, 'BadRequest'],
    [{ id: '' }, 400, 'BadRequest'],
    [{ id: 'has space' }, 400, 'BadRequest'],
    [{ id: 'E', type: 'a<b' }, 400, 'BadRequest'],
    [{ id: 'E', type: 'T', a: { value: 'x=y' } }, 400, 'BadRequest'],
    [{ id: 'E', type: 'T', a: 5 }, 400, 'BadRequest'],
    [{ id: 'E', type: 'T', 'geo:distance': { value: 5 } }, 400, 'BadRequest'],
    [{}, 400, 'BadRequest'],
    ['{"id":', 400, 'ParseError'],
    ['[1', 400, 'ParseError'],
  ])('refuses to create %j', async (body, status, error) => {
    const answer = await api.send('POST', '/v2/entities', { body, headers: { 'content-type': 'application/json' } });
    expect([answer.statusCode, answer.json().error]).toEqual([status, error]);
  });

  test('refuses a second place of an entity', async () => {
    const place = { type: 'geo:point', value: '40.4,-3.7' };
    const answer = await api.send('POST', '/v2/entities', { body: { id: 'Two', type: 'T', a: place, b: place } });
    expect([answer.statusCode, answer.json().error]).toEqual([413, 'NoResourcesAvailable']);
    const ignored = { ...place, metadata: { ignoreType: { type: 'Boolean', value: true } } };
    expect(
      (await api.send('POST', '/v2/entities', { body: { id: 'Two', type: 'T', a: place, b: ignored } })).statusCode,
    ).toBe(201);
  });
});
