import { afterAll, beforeAll, expect, test } from 'vitest';
import { anApi } from '../api-under-test.ts';
import { aCarPark, aCity, type CityUnderTest, parkingTerms } from './a-city.ts';

let city: CityUnderTest;

beforeAll(async () => {
  city = await aCity();
});

afterAll(() => city.close());

const put = (body: object, headers: Record<string, string> = {}) =>
  city.send('PUT', '/admin/datasets/wrong', { body: { ...body, id: 'wrong' }, headers });

test('datasets are managed only where the configuration serves /admin', async () => {
  const api = await anApi();
  expect((await api.send('GET', '/admin/datasets')).statusCode).toBe(400);
  await api.close();
});

test('a dataset is created, shown with the columns found, replaced and removed', async () => {
  const created = await city.send('POST', '/admin/datasets', { body: parkingTerms({ id: 'spots' }) });
  expect([created.statusCode, created.headers.location]).toEqual([201, '/admin/datasets/spots']);
  const shown = (await city.send('GET', '/admin/datasets/spots')).json();
  expect(shown.columns.map(({ name, kind }: { name: string; kind: string }) => [name, kind])).toEqual([
    ['name', 'text'],
    ['free', 'number'],
    ['open', 'boolean'],
    ['updated', 'instant'],
    ['location', 'geometry'],
  ]);
  expect((await city.send('POST', '/admin/datasets', { body: parkingTerms({ id: 'spots' }) })).statusCode).toBe(409);
  const replaced = await city.publish(parkingTerms({ id: 'spots', published: false }));
  expect([replaced.published, replaced.issuedAt]).toEqual([false, shown.issuedAt]);
  expect((await city.send('DELETE', '/admin/datasets/spots')).statusCode).toBe(204);
  expect((await city.send('DELETE', '/admin/datasets/spots')).statusCode).toBe(404);
});

test('a star stands for the attributes of now: what comes to be later is not public', async () => {
  await city.store([aCarPark('S1', { name: 'one', internal: 'no' })], 'star');
  await city.publish(
    parkingTerms({ id: 'star', view: { types: ['Parking'], attributes: ['*'], except: ['internal'] } }),
    'star',
  );
  await city.store([aCarPark('S1', { name: 'one', telephone: '555' })], 'star');
  const header = (await city.send('GET', '/dataset/star/data.csv')).body.split('\r\n')[0];
  expect(header).toBe('id,type,name,updated');
});

test('columns can be members of a value, with names of their own', async () => {
  const address = { type: 'PostalAddress', value: { street: 'Mayor', number: 1 } };
  await city.store([{ ...aCarPark('M1', {}), address }], 'members');
  const attributes = [
    { attribute: 'address', path: ['street'], name: 'street' },
    { attribute: 'address', path: ['number'] },
    'address',
  ];
  await city.publish(parkingTerms({ id: 'members', view: { types: ['Parking'], attributes } }), 'members');
  expect((await city.send('GET', '/dataset/members/data.csv')).body.split('\r\n').slice(0, 2)).toEqual([
    'id,type,street,address.number,address',
    'M1,Parking,Mayor,1,"{""street"":""Mayor"",""number"":1}"',
  ]);
});

test('a view takes entities by type, q, area and service path', async () => {
  const area = {
    type: 'Polygon',
    coordinates: [
      [
        [-3.75, 40.3],
        [-3.6, 40.3],
        [-3.6, 40.45],
        [-3.75, 40.45],
        [-3.75, 40.3],
      ],
    ],
  };
  const rows = async (id: string, view: object) => {
    await city.publish(parkingTerms({ id, view: { types: ['Parking'], attributes: ['name'], ...view } }));
    const lines = (await city.send('GET', `/dataset/${id}/data.ndjson`)).body.trim().split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line).id);
  };
  expect(await rows('by-q', { q: 'open==true;secret==x3' })).toEqual(['P3']);
  expect(await rows('by-area', { area })).toEqual(['P1']);
  expect(await rows('by-path', { servicePaths: ['/elsewhere'] })).toEqual([]);
});

test('an id is one tenant’s alone, since the public knows no tenants', async () => {
  await city.publish(parkingTerms({ id: 'mine' }), 'one');
  const answer = await city.send('PUT', '/admin/datasets/mine', {
    body: parkingTerms({ id: 'mine' }),
    headers: { 'fiware-service': 'two' },
  });
  expect([answer.statusCode, answer.json().error]).toEqual([409, 'Conflict']);
  expect((await city.send('GET', '/admin/datasets/mine', { headers: { 'fiware-service': 'two' } })).statusCode).toBe(
    404,
  );
});

test.each<[string, object, string]>([
  [
    'title',
    { title: undefined },
    'title is missing; it is: Title: a text, or an object of texts by language, such as {"en": "…", "es": "…"}',
  ],
  ['unknown members', { colour: 'red' }, 'colour is not known here'],
  ['themes', { themes: ['CARS'] }, 'themes.0 is none of AGRI, ECON'],
  ['a language', { title: { english: 'Parking' } }, 'title'],
  [
    'columns of one name',
    { view: { types: ['Parking'], attributes: ['name', { attribute: 'free', name: 'NAME' }] } },
    'two columns are called NAME',
  ],
  [
    'columns that every row has',
    { view: { types: ['Parking'], attributes: [{ attribute: 'free', name: 'lat' }] } },
    'lat is a column that every row has',
  ],
  ['a filter', { view: { types: ['Parking'], attributes: ['name'], q: ';;' } }, 'empty q-item'],
  [
    'an area',
    { view: { types: ['Parking'], attributes: ['name'], area: { type: 'Point', coordinates: [0, 0] } } },
    'Polygon or MultiPolygon',
  ],
  [
    'a place that is none',
    { view: { types: ['Parking'], attributes: ['name'], geometry: 'name' } },
    'no published attribute that holds places',
  ],
])('wrong terms are refused with what would be right: %s', async (_what, changes, description) => {
  const answer = await put(JSON.parse(JSON.stringify({ ...parkingTerms(), ...changes })));
  expect(answer.statusCode).toBe(400);
  expect(answer.json().description).toContain(description);
  expect((await city.send('GET', '/admin/datasets/wrong')).statusCode).toBe(404);
});

test('what a data model marks personal is published with a reason alone', async () => {
  const schema = {
    type: 'object',
    title: 'Parking',
    properties: {
      type: { enum: ['Parking'] },
      secret: { type: 'string', 'x-ngsi': { type: 'Property', privacy: 'high' } },
    },
  };
  const tenant = { 'fiware-service': 'guarded' };
  expect((await city.send('POST', '/admin/models', { body: { schema }, headers: tenant })).statusCode).toBe(201);
  await city.store([aCarPark('G1', { name: 'one', secret: 'of someone' })], 'guarded');
  const terms = parkingTerms({ id: 'guarded', view: { types: ['Parking'], attributes: ['*'] } });
  const refused = await city.send('PUT', '/admin/datasets/guarded', { body: terms, headers: tenant });
  expect([refused.statusCode, refused.json().description]).toEqual([
    422,
    expect.stringMatching(/^personal data by the data model: secret \(Parking /),
  ]);
  await city.publish({ ...terms, view: { types: ['Parking'], attributes: ['*'], except: ['secret'] } }, 'guarded');
  await city.publish({ ...terms, personalData: { reason: 'The person has agreed to it.' } }, 'guarded');
});

test('the catalogue is described as a whole', async () => {
  const description = {
    title: 'Open data',
    description: 'All of it',
    publisher: { name: 'The city' },
    languages: ['en'],
  };
  expect((await city.send('PUT', '/admin/catalogue', { body: description })).statusCode).toBe(204);
  expect((await city.send('GET', '/admin/catalogue')).json()).toEqual(description);
  expect((await city.send('PUT', '/admin/catalogue', { body: { title: 'x' } })).json().description).toContain(
    'publisher is missing',
  );
});
