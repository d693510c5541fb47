import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aCity, type CityUnderTest, parkingTerms } from './a-city.ts';

interface Answer {
  readonly success: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a result is what the test is about.
  readonly result: any;
  readonly error: Record<string, unknown>;
}

let city: CityUnderTest;

beforeAll(async () => {
  city = await aCity();
  await city.publish(
    parkingTerms({
      id: 'air',
      title: { en: 'Air quality', es: 'Calidad del aire' },
      publisher: { name: 'Ministry of Air' },
      licence: 'cc-by-4.0',
      themes: ['ENVI', 'HEAL'],
      keywords: ['air', 'NO2'],
      frequency: 'HOURLY',
      view: { types: ['Parking'], attributes: ['name'] },
    }),
  );
});

afterAll(() => city.close());

async function call(
  action: string,
  parameters: object | string = '',
  prefix = '/api/3',
): Promise<Answer & { status: number }> {
  const url = `${prefix}/action/${action}`;
  const answer =
    typeof parameters === 'string'
      ? await city.send('GET', `${url}${parameters}`)
      : await city.send('POST', url, { body: parameters });
  return { status: answer.statusCode, ...answer.json<Answer>() };
}

const result = async (action: string, parameters: object | string = '') => (await call(action, parameters)).result;

describe('The action API', () => {
  test('answers in the envelope of CKAN, by GET and POST, with and without a version', async () => {
    const wanted = {
      help: 'https://data.example.org/api/3/action/help_show?name=package_list',
      success: true,
      result: ['air', 'parking'],
    };
    expect(await call('package_list')).toEqual({ status: 200, ...wanted });
    expect(await call('package_list', {})).toEqual({ status: 200, ...wanted });
    expect(await call('package_list', '', '/api')).toEqual({ status: 200, ...wanted });
    expect(await result('site_read')).toBe(true);
    expect(await result('status_show')).toMatchObject({
      site_url: 'https://data.example.org',
      site_title: 'Open data',
    });
    expect((await city.send('GET', '/api/3')).json()).toEqual({ version: 3 });
  });

  test('takes the parameters of a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await city.send('POST', '/api/3/action/package_show', { body: 'id=air', headers });
    expect(answer.json().result.name).toBe('air');
  });

  test('shows a package whole', async () => {
    const one = await result('package_show', { id: 'air' });
    expect(one).toMatchObject({
      name: 'air',
      title: 'Air quality',
      state: 'active',
      private: false,
      type: 'dataset',
      isopen: true,
      license_id: 'cc-by-4.0',
      organization: { name: 'ministry-of-air', title: 'Ministry of Air', is_organization: true },
      groups: [{ name: 'envi' }, { name: 'heal' }],
      tags: [{ name: 'NO2' }, { name: 'air' }],
      num_resources: 7,
      metadata_modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
    });
    expect(one.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await result('package_show', { id: one.id })).toEqual(one);
    expect(one.resources.map(({ format, url }: Record<string, string>) => [format, url])).toEqual(
      expect.arrayContaining([
        ['CSV', 'https://data.example.org/dataset/air/data.csv'],
        ['fiware-ngsi', 'https://data.example.org/dataset/air/v2/entities'],
      ]),
    );
    expect(await result('resource_show', { id: one.resources[0].id })).toEqual(one.resources[0]);
    expect((await city.send('GET', '/api/3/action/package_show?id=air&lang=es')).json().result.title).toBe(
      'Calidad del aire',
    );
  });

  test.each<[string, object, readonly string[]]>([
    ['everything', {}, ['air', 'parking']],
    ['everything, said so', { q: '*:*' }, ['air', 'parking']],
    ['a word in any language, without accents', { q: 'calidad' }, ['air']],
    ['words that must all be there', { q: 'air quality' }, ['air']],
    ['a phrase', { q: '"Air quality"' }, ['air']],
    ['a beginning', { q: 'qual*' }, ['air']],
    ['either', { q: 'quality OR parking' }, ['air', 'parking']],
    ['not', { q: 'air NOT tags:NO2' }, []],
    ['a publisher', { fq: 'organization:ministry-of-air' }, ['air']],
    ['a quoted publisher', { fq: 'organization:"the-city"' }, ['parking']],
    ['a theme', { fq: 'groups:envi' }, ['air']],
    ['a format', { fq: 'res_format:GeoJSON' }, ['parking']],
    ['several filters', { fq: '+organization:ministry-of-air +tags:air -license_id:notspecified' }, ['air']],
    ['a list of filters', { fq_list: ['tags:air', 'groups:heal'] }, ['air']],
    ['one of several', { fq: 'organization:(ministry-of-air OR the-city)' }, ['air', 'parking']],
    ['what is not there', { fq: 'colour:red' }, []],
    ['a time before', { fq: 'metadata_modified:[* TO 2020-01-01T00:00:00Z]' }, []],
    ['a time after', { fq: 'metadata_modified:[2020-01-01T00:00:00Z TO *]' }, ['air', 'parking']],
  ])('searches: %s', async (_what, parameters, names) => {
    const found = await result('package_search', { sort: 'name asc', ...parameters });
    expect([found.count, found.results.map(({ name }: { name: string }) => name)]).toEqual([names.length, names]);
  });

  test('counts facets, and pages', async () => {
    const found = await result(
      'package_search',
      '?rows=1&start=1&sort=id+asc&facet.field=["organization","tags","res_format"]',
    );
    expect(found.count).toBe(2);
    expect(found.results).toHaveLength(1);
    expect(found.facets.organization).toEqual({ 'ministry-of-air': 1, 'the-city': 1 });
    expect(found.search_facets.organization.items).toEqual([
      { name: 'ministry-of-air', display_name: 'Ministry of Air', count: 1 },
      { name: 'the-city', display_name: 'The city', count: 1 },
    ]);
    expect(found.facets.res_format).toMatchObject({ CSV: 2, GeoJSON: 1 });
  });

  test('lists publishers, themes, tags, licences and resources', async () => {
    expect(await result('organization_list')).toEqual(['ministry-of-air', 'the-city']);
    expect((await result('organization_list', '?all_fields=true'))[0]).toMatchObject({
      name: 'ministry-of-air',
      package_count: 1,
    });
    expect((await result('organization_show', { id: 'the-city', include_datasets: true })).packages).toHaveLength(1);
    expect(await result('group_list')).toEqual(['envi', 'heal']);
    expect((await result('group_show', { id: 'envi' })).title).toBe('Environment');
    expect(await result('tag_list')).toEqual(['NO2', 'air']);
    expect((await result('license_list')).map(({ id }: { id: string }) => id)).toContain('cc-by-4.0');
    const found = await result('resource_search', { query: ['format:csv', 'url:air'] });
    expect([found.count, found.results[0].format]).toEqual([1, 'CSV']);
    expect((await result('current_package_list_with_resources', { limit: 1 }))[0].resources).toHaveLength(7);
  });

  test.each<[string, object, number, string, RegExp]>([
    ['package_show', { id: 'nobody' }, 404, 'Not Found Error', /Not found/],
    ['package_show', {}, 409, 'Validation Error', /Missing value/],
    ['package_search', { q: '((' }, 400, 'Search Query Error', /invalid/],
    ['package_search', { rows: 'ten' }, 409, 'Validation Error', /Invalid integer/],
    ['package_create', { name: 'x' }, 403, 'Authorization Error', /Access denied/],
    ['datastore_search', { resource_id: 'nobody' }, 404, 'Not Found Error', /was not found/],
    [
      'datastore_search',
      { resource_id: 'parking', filters: { secret: 'x1' } },
      409,
      'Validation Error',
      /not in table/,
    ],
    ['datastore_search', { resource_id: 'parking', sort: 'secret' }, 409, 'Validation Error', /not in table/],
    ['datastore_search', { resource_id: 'parking', q: { secret: 'x' } }, 409, 'Validation Error', /not in table/],
    ['datastore_search', { resource_id: 'parking', filters: { free: 'many' } }, 409, 'Validation Error', /no number/],
  ])('fails as CKAN does: %s %o', async (action, parameters, status, type, message) => {
    const answer = await call(action, parameters);
    expect([answer.status, answer.success, answer.error.__type]).toEqual([status, false, type]);
    expect(String(answer.error.message)).toMatch(message);
  });

  test('does not know an action that is none', async () => {
    const answer = await city.send('GET', '/api/3/action/datastore_search_sql');
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      'Bad request - Action name not known: datastore_search_sql',
    ]);
    expect((await city.send('GET', '/api/3/action/constructor')).statusCode).toBe(400);
  });
});

describe('The DataStore', () => {
  const search = (parameters: object) => result('datastore_search', { resource_id: 'parking', ...parameters });
  const ids = async (parameters: object) => (await search(parameters)).records.map(({ id }: { id: string }) => id);

  test('gives rows as they are now, with their fields', async () => {
    const [resource] = (await result('package_show', { id: 'parking' })).resources;
    expect(resource.datastore_active).toBe(true);
    const found = await search({ resource_id: resource.id, limit: 1 });
    expect(found).toMatchObject({ total: 3, limit: 1, resource_id: resource.id });
    expect(found.records[0]).toEqual({
      _id: expect.any(Number),
      id: 'P1',
      type: 'Parking',
      name: 'Centre, "old" town\nsecond line',
      free: 12,
      open: true,
      updated: '2026-01-31T12:00:00.000Z',
      location: { type: 'Point', coordinates: [-3.7, 40.4] },
      lat: 40.4,
      lon: -3.7,
    });
    expect(found.fields.map(({ id, type }: { id: string; type: string }) => `${id}:${type}`).join()).toBe(
      '_id:int,id:text,type:text,name:text,free:numeric,open:bool,updated:timestamp,location:json,lat:numeric,lon:numeric',
    );
    expect(found._links.next).toContain('offset=1');
    expect((await result('datastore_info', { id: resource.id })).meta.count).toBe(3);
  });

  test.each<[object, readonly string[]]>([
    [{ filters: { open: true } }, ['P1', 'P3']],
    [{ filters: { free: '12' } }, ['P1']],
    [{ filters: { name: ['Nowhere', 'Ñandú <&>'] } }, ['P2', 'P3']],
    [{ filters: '{"id":"P2"}' }, ['P2']],
    [{ filters: { updated: '2026-01-31T12:00:00Z', open: 'false' } }, ['P2']],
    [{ q: 'TOWN' }, ['P1']],
    [{ q: 'town nowhere' }, []],
    [{ q: { name: 'nowhere' } }, ['P3']],
    [{ q: 'x1' }, []],
    [{ sort: 'free desc', filters: { id: ['P1', 'P2'] } }, ['P1', 'P2']],
    [{ sort: 'free asc', filters: { id: ['P1', 'P2'] } }, ['P2', 'P1']],
    [{ sort: '_id asc', offset: 1, limit: 1 }, ['P2']],
  ])('filters, finds and sorts: %o', async (parameters, wanted) => {
    expect(await ids(parameters)).toEqual(wanted);
  });

  test('shows the fields that are asked for', async () => {
    expect((await search({ fields: ['id', 'free'], limit: 1 })).records).toEqual([{ id: 'P1', free: 12 }]);
    expect((await search({ fields: 'free,id', limit: 1, records_format: 'lists' })).records).toEqual([[12, 'P1']]);
  });
});

test('CKAN harvests it: by pages of package_search until one is empty, then package, group and organization', async () => {
  const seen: string[] = [];
  for (let start = 0; ; start += 1) {
    const page = await result(
      'package_search',
      `?rows=1&start=${start}&sort=id+asc&fq=metadata_modified:[2020-01-01T00:00:00.000000Z+TO+*]`,
    );
    if (page.results.length === 0) break;
    seen.push(page.results[0].id);
  }
  expect(seen).toEqual([...new Set(seen)].toSorted());
  expect(seen).toHaveLength(2);
  for (const id of seen) {
    const one = await result('package_show', `?id=${id}`);
    expect((await result('organization_show', `?id=${one.owner_org}`)).name).toBe(one.organization.name);
    for (const group of one.groups) expect((await result('group_show', `?id=${group.id}`)).name).toBe(group.name);
  }
});

/** A Python that has the client, or undefined; `ORIEL_TEST_PYTHON` names another one than `python3`. */
function pythonWithClient(): string | undefined {
  const python = process.env.ORIEL_TEST_PYTHON ?? 'python3';
  return spawnSync(python, ['-c', 'import ckanapi']).status === 0 ? python : undefined;
}

const python = pythonWithClient();

test.skipIf(python === undefined)('the client ckanapi works with it', async () => {
  const open = await aCity({ publicUrl: 'none' });
  const url = await open.app.listen({ host: '127.0.0.1', port: 0 });
  const script = `
import json, ckanapi
ckan = ckanapi.RemoteCKAN('${url}')
one = ckan.action.package_show(id='parking')
rows = ckan.action.datastore_search(resource_id=one['resources'][0]['id'], filters={'open': True})['total']
try:
    ckan.action.package_show(id='nobody'); missing = False
except ckanapi.NotFound:
    missing = True
try:
    ckan.action.package_create(name='x'); denied = False
except ckanapi.NotAuthorized:
    denied = True
print(json.dumps([ckan.action.package_list(), ckan.action.organization_list(), rows, missing, denied]))`;
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn(python ?? '', ['-c', script]);
    let text = '';
    child.stdout.on('data', (piece: Buffer) => (text += String(piece)));
    child.stderr.on('data', (piece: Buffer) => (text += String(piece)));
    child.on('close', () => resolve(text)).on('error', reject);
  });
  expect(JSON.parse(output)).toEqual([['parking'], ['the-city'], 2, true, true]);
  await open.close();
});
