import { check } from '@placemarkio/check-geojson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aCity, type CityUnderTest, parkingTerms } from './a-city.ts';

let city: CityUnderTest;

beforeAll(async () => {
  city = await aCity();
  await city.publish(parkingTerms({ id: 'tabular', view: { types: ['Parking'], attributes: ['name'] } }));
  await city.publish(parkingTerms({ id: 'none', view: { types: ['Nothing'], attributes: ['name'] } }));
});

afterAll(() => city.close());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await city.send('GET', path, { headers });
  return {
    status: answer.statusCode,
    type: answer.headers['content-type'],
    headers: answer.headers,
    body: answer.json(),
  };
};

describe('The live NGSIv2 resource of a dataset', () => {
  const list = async (query = '') => (await get(`/dataset/parking/v2/entities${query}`)).body;

  test('shows published entities with published attributes and nothing else', async () => {
    const [first] = await list();
    expect(first).toEqual({
      id: 'P1',
      type: 'Parking',
      name: { type: 'TextUnrestricted', value: 'Centre, "old" town\nsecond line', metadata: {} },
      free: { type: 'Number', value: 12, metadata: {} },
      open: { type: 'Boolean', value: true, metadata: {} },
      updated: { type: 'DateTime', value: '2026-01-31T12:00:00.000Z', metadata: {} },
      location: { type: 'geo:json', value: { type: 'Point', coordinates: [-3.7, 40.4] }, metadata: {} },
    });
    expect(JSON.stringify(await list('?attrs=secret,*,dateModified'))).not.toContain('x1');
    expect(JSON.stringify(await list('?attrs=servicePath,secret'))).not.toContain('x1');
  });

  test.each([
    ['?q=free>1&options=keyValues&attrs=id', ['P1']],
    ['?idPattern=3$', ['P3']],
    ['?type=Nothing', []],
    ['?orderBy=!free&limit=1', ['P1']],
    ['?georel=near;maxDistance:1000&geometry=point&coords=40.5,-3.8', ['P2']],
  ])('takes what NGSIv2 takes: %s', async (query, ids) => {
    expect((await list(query)).map(({ id }: { id: string }) => id)).toEqual(ids);
  });

  test.each(['?q=secret==x1', '?q=!secret', '?orderBy=secret', '?mq=free.accuracy>1', '?q=(free>1|secret~=x)'])(
    'does not tell by a filter what it does not show: %s',
    async (query) => {
      const answer = await get(`/dataset/parking/v2/entities${query.replaceAll('|', '%7C')}`);
      expect(answer.status).toBe(400);
    },
  );

  test('counts, and leads on by cursors', async () => {
    const first = await get('/dataset/parking/v2/entities?limit=2&options=count,cursor');
    expect(first.headers['fiware-total-count']).toBe('3');
    const [, next = ''] = /<([^>]+)>/.exec(String(first.headers.link)) ?? [];
    expect((await get(next)).body.map(({ id }: { id: string }) => id)).toEqual(['P3']);
  });

  test('has each entity by its id', async () => {
    expect((await get('/dataset/parking/v2/entities/P1?options=keyValues')).body).toMatchObject({ id: 'P1', free: 12 });
    expect((await get('/dataset/none/v2/entities/P1')).status).toBe(404);
    expect((await get('/dataset/parking/v2/entities/nobody')).status).toBe(404);
  });
});

describe('OGC API – Features', () => {
  test('leads from the landing page to the collections whose rows have a place [OGC 17-069r4 7.2]', async () => {
    const landing = (await get('/ogc')).body;
    expect(landing.title).toBe('Open data');
    expect(landing.links.map(({ rel }: { rel: string }) => rel)).toEqual([
      'self',
      'service-desc',
      'service-doc',
      'conformance',
      'data',
    ]);
    expect((await get('/ogc/conformance')).body.conformsTo).toContain(
      'http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core',
    );
    const { collections } = (await get('/ogc/collections')).body;
    expect(collections.map(({ id }: { id: string }) => id)).toEqual(['parking']);
    expect(collections[0].extent.spatial.bbox).toEqual([[-3.8, 40.4, -3.7, 40.5]]);
    expect((await get('/ogc/collections/parking')).body).toEqual(collections[0]);
    expect((await get('/ogc/collections/tabular')).status).toBe(404);
  });

  test('gives features as GeoJSON [OGC 17-069r4 7.15]', async () => {
    const { type, body, headers } = await get('/ogc/collections/parking/items?limit=2');
    expect([type, headers['content-crs']]).toEqual([
      'application/geo+json',
      '<http://www.opengis.net/def/crs/OGC/1.3/CRS84>',
    ]);
    expect(body).toMatchObject({ type: 'FeatureCollection', numberMatched: 3, numberReturned: 2 });
    expect(check(JSON.stringify(body)).type).toBe('FeatureCollection');
    const next = body.links
      .find(({ rel }: { rel: string }) => rel === 'next')
      .href.replace('https://data.example.org', '');
    const rest = (await get(next)).body;
    expect(rest.features.map(({ id }: { id: string }) => id)).toEqual(['P3']);
    expect(rest.links.map(({ rel }: { rel: string }) => rel)).toEqual(['self', 'collection']);
    expect((await get('/ogc/collections/parking/items/P2')).body).toMatchObject({
      type: 'Feature',
      id: 'P2',
      geometry: { type: 'Point' },
    });
  });

  test.each([
    ['bbox=-3.75,40.35,-3.65,40.45', ['P1']],
    ['bbox=-3.75,40.35,0,-3.65,40.45,10', ['P1']],
    ['bbox=170,-90,-3.75,90', ['P2']],
    ['datetime=2026-01-31T12:00:00Z', ['P1', 'P2', 'P3']],
    ['datetime=../2026-01-01T00:00:00Z', []],
    ['datetime=2026-01-01T00:00:00Z/..', ['P1', 'P2', 'P3']],
    ['open=false', ['P2']],
    ['free=12', ['P1']],
    ['offset=2', ['P3']],
  ])('narrows them: %s', async (query, ids) => {
    const { body } = await get(`/ogc/collections/parking/items?${query}`);
    expect([
      body.numberMatched - Number(query === 'offset=2') * 2,
      body.features.map(({ id }: { id: string }) => id),
    ]).toEqual([ids.length, ids]);
  });

  test.each([
    'bbox=1,2,3',
    'f=html',
    'bbox=-3,50,-2,40',
    'datetime=yesterday',
    'limit=0',
    'secret=x1',
    'colour=red',
    'crs=http://example.org',
  ])('refuses what it does not know: %s', async (query) => {
    const answer = await get(`/ogc/collections/parking/items?${query}`);
    expect([answer.status, Object.keys(answer.body)]).toEqual([400, ['code', 'description']]);
  });
});
