import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { publishCommand } from '../../src/cli/publish.ts';
import { aCarPark, aCity, type CityUnderTest, parkingTerms } from '../api/open-data/a-city.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

type Values = Record<string, unknown>;

/** A CKAN as far as a push calls it, in memory; `failing` says which calls it answers with 500, and how often. */
async function aCkan() {
  const packages = new Map<string, Values & { resources: Values[] }>();
  const tables = new Map<string, Map<string, Values>>();
  const failing = new Map<string, number>();
  const calls: string[] = [];
  const actions: Record<string, (one: Values) => unknown> = {
    package_show: ({ id }) => packages.get(String(id)),
    package_create: (one) => keep({ ...one, id: `id-${one.name}`, resources: [] }),
    package_patch: ({ id, ...one }) => Object.assign(byId(id), one),
    resource_create: addResource,
    resource_patch: ({ id, ...one }) => Object.assign(resources().find((resource) => resource.id === id) ?? {}, one),
    resource_delete: ({ id }) => {
      for (const one of packages.values()) one.resources = one.resources.filter((resource) => resource.id !== id);
      return null;
    },
    datastore_create: ({ resource, resource_id: known }) => {
      const made = resource as Values | undefined;
      const id = String(known ?? addResource(made ?? {}).id);
      if (!tables.has(id)) tables.set(id, new Map());
      return { resource_id: id };
    },
    datastore_upsert: ({ resource_id: id, records }) => {
      for (const row of records as Values[]) tables.get(String(id))?.set(String(row.id), row);
      return {};
    },
    datastore_delete: ({ resource_id: id, filters }) => tables.get(String(id))?.delete(String((filters as Values).id)),
    datastore_search: ({ resource_id: id, limit, offset }) => ({
      records: [...(tables.get(String(id))?.values() ?? [])].slice(Number(offset), Number(offset) + Number(limit)),
    }),
  };
  function keep(one: Values & { resources: Values[] }) {
    packages.set(String(one.name), one);
    return one;
  }
  function addResource({ package_id: id, ...one }: Values): Values {
    const resource = { ...one, id: `r${Math.random()}` };
    byId(id).resources.push(resource);
    return resource;
  }
  function byId(id: unknown) {
    const found = [...packages.values()].find((one) => one.id === id);
    if (found === undefined) throw new Error(`no package ${id}`);
    return found;
  }
  const resources = () => [...packages.values()].flatMap((one) => one.resources);

  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => (text += piece));
    request.on('end', () => {
      const action = request.url?.split('/').at(-1) ?? '';
      calls.push(action);
      const left = failing.get(action) ?? 0;
      failing.set(action, left - 1);
      const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
      if (left > 0) return answer(500, {});
      if (request.headers.authorization !== 'secret')
        return answer(403, { success: false, error: { __type: 'Authorization Error', message: 'no' } });
      const result = actions[action]?.(JSON.parse(text) as Values);
      if (result === undefined)
        return answer(404, { success: false, error: { __type: 'Not Found Error', message: 'Not found' } });
      return answer(200, { success: true, result });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    packages,
    rows: () => [...tables.values()].flatMap((table) => [...table.values()]),
    failing,
    calls,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

let city: CityUnderTest;
let url: string;

beforeAll(async () => {
  city = await aCity({ publicUrl: 'none' });
  url = await city.app.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(() => city.close());

afterEach(() => vi.restoreAllMocks());

describe('A push to a CKAN', () => {
  it('copies once, then takes over what changed, and goes on after a failure', async () => {
    const ckan = await aCkan();
    const directory = temporaryDirectory();
    const token = join(directory, 'token');
    writeFileSync(token, 'secret\n');
    const push = async () => {
      const said: string[] = [];
      vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text).trim()) > 0);
      vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text).trim()) > 0);
      const state = join(directory, 'state.json');
      await publishCommand().parseAsync(
        [
          'parking',
          '--url',
          url,
          '--to-ckan',
          ckan.url,
          '--token-file',
          token,
          '--retries',
          '1',
          '--organization',
          'council',
          '--state',
          state,
        ],
        { from: 'user' },
      );
      vi.restoreAllMocks();
      const code = Number(process.exitCode ?? 0);
      process.exitCode = 0;
      return { code, said };
    };

    ckan.failing.set('datastore_upsert', 99);
    const failed = await push();
    expect([failed.code, failed.said.at(-1)]).toEqual([1, 'oriel publish: datastore_upsert: HTTP 500']);
    ckan.failing.clear();
    const first = await push();
    expect([first.code, first.said]).toEqual([
      0,
      ['parking: renewed', 'parking: copied 3 rows to package parking', 'parking: took over 0 changes'],
    ]);
    expect(ckan.packages.get('parking')).toMatchObject({
      title: 'Parking',
      owner_org: 'council',
      license_id: 'notspecified',
    });
    expect(ckan.packages.get('parking')?.resources.map(({ format }) => format)).toEqual([
      'CSV',
      'GeoJSON',
      'NDJSON',
      'JSON-LD',
      'XLSX',
      'GeoPackage',
      'Parquet',
      'fiware-ngsi',
      'OGC API – Features',
      'CSV',
    ]);
    expect(ckan.rows()[0]).toEqual({
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

    await city.store([aCarPark('P1', { free: 1 }), aCarPark('P9', { name: 'new' })]);
    await city.send('DELETE', '/v2/entities/P2');
    ckan.calls.length = 0;
    const second = await push();
    expect([second.code, second.said.at(-1)]).toEqual([0, 'parking: took over 3 changes']);
    expect(ckan.rows().map(({ id, free }) => [id, free])).toEqual([
      ['P1', 1],
      ['P3', null],
      ['P9', null],
    ]);
    expect(ckan.calls.filter((action) => /^(resource|datastore_search)/.test(action))).toEqual([]);

    await city.publish(parkingTerms({ view: { types: ['Parking'], q: 'open==true', attributes: ['name'] } }));
    await city.store([aCarPark('P3', { open: false })]);
    expect((await push()).said.at(-1)).toBe('parking: took over 1 changes');
    expect(ckan.rows().map(({ id }) => id)).toEqual(['P1', 'P9']);
    await ckan.close();
  });

  it('follows changes as they come, and takes over what it could not while the CKAN was down', async () => {
    const ckan = await aCkan();
    const directory = temporaryDirectory();
    const token = join(directory, 'token');
    writeFileSync(token, 'secret');
    await city.publish(parkingTerms({ id: 'followed', view: { types: ['Parking'], attributes: ['free'] } }));
    const said: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text).trim()) > 0);
    const paths = ['--token-file', token, '--state', join(directory, 'state.json')];
    const following = publishCommand().parseAsync(
      ['followed', '--url', url, '--to-ckan', ckan.url, '--retries', '0', '--follow', ...paths],
      { from: 'user' },
    );
    const heard = { timeout: 20_000, interval: 20 };
    const freeOf = (id: string) => ckan.rows().find((row) => row.id === id)?.free;
    await expect.poll(() => said.some((text) => text.startsWith('followed: copied')), heard).toBe(true);

    await city.store([aCarPark('P1', { free: 7 })]);
    await expect.poll(() => freeOf('P1'), heard).toBe(7);

    ckan.failing.set('datastore_upsert', 2);
    await city.store([aCarPark('P1', { free: 8 })]);
    await expect.poll(() => said.filter((text) => text.endsWith('trying again')).length, heard).toBe(2);
    await city.store([aCarPark('P3', { free: 9 })]);
    await expect.poll(() => [freeOf('P1'), freeOf('P3')], heard).toEqual([8, 9]);

    await city.send('DELETE', '/v2/entities/P3');
    await expect.poll(() => ckan.rows().some(({ id }) => id === 'P3'), heard).toBe(false);
    process.emit('SIGTERM');
    await following;
    vi.restoreAllMocks();
    expect(process.exitCode ?? 0).toBe(0);
    await ckan.close();
  }, 60_000);
});
