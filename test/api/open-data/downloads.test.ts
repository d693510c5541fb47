import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { storeKinds } from '../api-under-test.ts';
import { aCarPark, aCity, aMinutePasses, type CityUnderTest, parkingTerms } from './a-city.ts';

const asCsv = [
  'id,type,name,free,open,updated,location,lat,lon',
  'P1,Parking,"Centre, ""old"" town\nsecond line",12,true,2026-01-31T12:00:00.000Z,POINT (-3.7 40.4),40.4,-3.7',
  'P2,Parking,Ñandú <&>,0.5,false,2026-01-31T12:00:00.000Z,POINT (-3.8 40.5),40.5,-3.8',
  'P3,Parking,Nowhere,,true,2026-01-31T12:00:00.000Z,,,',
  '',
].join('\r\n');

describe.each(storeKinds)('the download of a dataset, on the %s store', (store) => {
  let city: CityUnderTest;

  beforeAll(async () => {
    city = await aCity({ store });
  });

  afterEach(() => vi.restoreAllMocks());

  afterAll(() => city.close());

  const get = (path = '/dataset/parking/data.csv', headers: Record<string, string> = {}) =>
    city.send('GET', path, { headers });

  test('is CSV with one header row and the place as lat and lon, of published attributes alone [RFC 4180]', async () => {
    const answer = await get();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^text\/csv; charset=utf-8/);
    expect(answer.headers['content-disposition']).toBe('attachment; filename="parking.csv"');
    expect(answer.body).toBe(asCsv);
  });

  test('is GeoJSON whose features all have the same members [RFC 7946]', async () => {
    const { features } = (await get('/dataset/parking/data.geojson')).json();
    expect(features).toHaveLength(3);
    expect(features[2]).toEqual({
      type: 'Feature',
      id: 'P3',
      geometry: null,
      properties: { type: 'Parking', name: 'Nowhere', free: null, open: true, updated: '2026-01-31T12:00:00.000Z' },
    });
  });

  test('is NDJSON, a line an entity', async () => {
    const lines = (await get('/dataset/parking/data.ndjson')).body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual(['P1', 'P2', 'P3']);
    expect(Object.keys(lines[2])).toEqual(['id', 'type', 'name', 'open', 'updated']);
  });

  test('is always the present: a change, a new entity and a removed one show at once', async () => {
    const headers = { 'fiware-service': store };
    await city.store([aCarPark('A', { name: 'one' })], store);
    await city.publish(
      parkingTerms({ id: `live-${store}`, view: { types: ['Parking'], attributes: ['name'] } }),
      store,
    );
    const rows = async () => (await get(`/dataset/live-${store}/data.csv`)).body.split('\r\n').slice(1, -1);
    expect(await rows()).toEqual(['A,Parking,one']);
    await city.send('PUT', '/v2/entities/A/attrs/name/value', {
      body: '"two"',
      headers: { ...headers, 'content-type': 'text/plain' },
    });
    expect(await rows()).toEqual(['A,Parking,two']);
    await city.store([aCarPark('B', { name: 'three' })], store);
    expect(await rows()).toEqual(['A,Parking,two', 'B,Parking,three']);
    await city.send('DELETE', '/v2/entities/A', { headers });
    expect(await rows()).toEqual(['B,Parking,three']);
  });

  test('is not sent again to who has it [RFC 9110 13]', async () => {
    aMinutePasses();
    const { etag } = (await get()).headers;
    const again = await get(undefined, { 'if-none-match': String(etag) });
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    expect((await get(undefined, { 'if-none-match': '"other"' })).statusCode).toBe(200);
    expect(
      (await get(undefined, { 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() })).statusCode,
    ).toBe(304);
    expect((await get(undefined, { 'if-modified-since': new Date(0).toUTCString() })).statusCode).toBe(200);
  });

  test('is not made again for who has it, though others have fetched what came between', async () => {
    const id = `again_${store}`;
    const url = `/dataset/${id}/data.csv`;
    await city.store([aCarPark('A', { name: 'one' })], id);
    await city.publish(parkingTerms({ id, view: { types: ['Parking'], attributes: ['name'] } }), id);
    aMinutePasses();
    const first = String((await get(url)).headers.etag);
    const zipped = String((await get(url, { 'accept-encoding': 'gzip' })).headers.etag);
    const hadBy = async (tag: string) => {
      const { statusCode, headers } = await get(url, { 'if-none-match': `"other", W/${tag}` });
      return [statusCode, headers.etag];
    };
    expect(await hadBy(first)).toEqual([304, first]);
    expect(await hadBy(zipped)).toEqual([304, zipped]);
    const gone = `${first.split('.')[0]}.of-a-file-that-was-removed"`;
    expect(await hadBy(gone)).toEqual([304, gone]);

    await city.store([aCarPark('B', { name: 'two' })], id);
    expect((await hadBy(first))[0]).toBe(200);
    await city.send('DELETE', '/v2/entities/B', { headers: { 'fiware-service': id } });
    expect((await hadBy(first))[0]).toBe(200);
  });

  test('can be resumed, and begins anew where it is no longer the same [RFC 9110 14]', async () => {
    aMinutePasses();
    const etag = String((await get()).headers.etag);
    const bytes = Buffer.from(asCsv);
    const part = await get(undefined, { range: 'bytes=10-19', 'if-range': etag });
    expect([part.statusCode, part.body, part.headers['content-range'], part.headers['content-length']]).toEqual([
      206,
      bytes.subarray(10, 20).toString(),
      `bytes 10-19/${bytes.length}`,
      '10',
    ]);
    expect((await get(undefined, { range: 'bytes=-5' })).rawPayload).toEqual(bytes.subarray(-5));
    expect((await get(undefined, { range: 'bytes=100-' })).rawPayload).toEqual(bytes.subarray(100));
    expect((await get(undefined, { range: 'bytes=10-19', 'if-range': '"other"' })).statusCode).toBe(200);
    const beyond = await get(undefined, { range: `bytes=${bytes.length}-` });
    expect([beyond.statusCode, beyond.headers['content-range']]).toEqual([416, `bytes */${bytes.length}`]);
  });

  test('tells its size to who asks for the head alone', async () => {
    const head = await city.send('HEAD', '/dataset/parking/data.csv');
    expect([head.statusCode, head.headers['content-length'], head.body]).toEqual([
      200,
      String(Buffer.byteLength(asCsv)),
      '',
    ]);
  });

  test('is compressed for who takes that, under a tag of its own [RFC 9110 12.5.3]', async () => {
    const plain = await get();
    const brotli = await get(undefined, { 'accept-encoding': 'gzip, br' });
    expect(brotli.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(brotli.rawPayload).toString()).toBe(asCsv);
    const gzip = await get(undefined, { 'accept-encoding': 'br;q=0, gzip' });
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(asCsv);
    expect(new Set([plain, brotli, gzip].map(({ headers }) => headers.etag)).size).toBe(3);
    expect(plain.headers.vary).toBe('Accept-Encoding');
  });

  test.each([
    ['/dataset/nobody/data.csv', 404],
    ['/dataset/parking/data.pdf', 404],
    ['/dataset/parking/other.csv', 404],
  ])('is not there at %s', async (path, status) => {
    expect((await get(path)).statusCode).toBe(status);
  });
});

test('a draft and a withdrawn dataset are not there for the public', async () => {
  const city = await aCity();
  await city.publish(parkingTerms({ id: 'draft', published: false }));
  expect((await city.send('GET', '/dataset/draft/data.csv')).statusCode).toBe(404);
  expect((await city.send('DELETE', '/admin/datasets/parking')).statusCode).toBe(204);
  expect((await city.send('GET', '/dataset/parking/data.csv')).statusCode).toBe(404);
  await city.close();
});

test('nothing is served where open data is turned off', async () => {
  const city = await aCity({ openData: false });
  expect((await city.send('GET', '/dataset/parking/data.csv')).statusCode).toBe(400);
  await city.close();
});
