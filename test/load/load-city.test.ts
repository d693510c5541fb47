import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../src/cli/load.ts';
import { parseConfig } from '../../src/config/config.ts';
import { type RunningBroker, startBroker } from '../../src/main.ts';
import { createLog } from '../../src/observe/log.ts';
import { aDirectory } from './a-mapping.ts';
import { realData } from './real-data.ts';

let broker: RunningBroker;

beforeAll(async () => {
  broker = await startBroker({ ...parseConfig({}), host: '127.0.0.1', port: 0, store: 'memory' }, createLog('silent'));
});

afterAll(() => broker.stop());

let written: { out: string; err: string };

beforeEach(() => {
  written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    written.out += String(piece);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
    written.err += String(piece);
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

/** Runs the command as from a shell; answers the exit code. */
async function load(...args: string[]): Promise<number> {
  await loadCommand().parseAsync(['--url', broker.url, ...args], { from: 'user' });
  const code = Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return code;
}

async function get(path: string, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${broker.url}${path}`, { headers });
  return response.json();
}

const mapping = {
  title: 'Sensors',
  source: { format: 'csv', file: 'sensors.csv' },
  entity: { id: 'urn:ngsi-ld:Sensor:{id}', type: 'Sensor' },
  attributes: { x: { type: 'Number', from: 'x' }, name: { type: 'Text', from: 'name' } },
};

describe('oriel load', () => {
  it('brings a file into a tenant and a path, and brings it up to date when run again', async () => {
    const directory = aDirectory({
      'm.json': JSON.stringify(mapping),
      'sensors.csv': 'id,x,name\n1,5,a (b)\n2,six,c\n',
    });
    const file = join(directory, 'm.json');
    const scope = ['--service', 'city', '--service-path', '/a', '--quiet'];
    expect(await load(file, ...scope)).toBe(0);
    const headers = { 'fiware-service': 'city', 'fiware-servicepath': '/a' };
    const keyValues = '/v2/entities?type=Sensor&options=keyValues&orderBy=id';
    expect(await get(keyValues, headers)).toEqual([
      { id: 'urn:ngsi-ld:Sensor:1', type: 'Sensor', x: 5, name: 'a (b)' },
      { id: 'urn:ngsi-ld:Sensor:2', type: 'Sensor', name: 'c' },
    ]);
    expect(await get('/v2/entities?type=Sensor')).toEqual([]);

    const later = aDirectory({ 'sensors.csv': 'id,x,name\n2,6,d\n3,7,e\n' });
    expect(await load(file, '--data', later, ...scope)).toBe(0);
    expect(await get(keyValues, headers)).toEqual([
      { id: 'urn:ngsi-ld:Sensor:1', type: 'Sensor', x: 5, name: 'a (b)' },
      { id: 'urn:ngsi-ld:Sensor:2', type: 'Sensor', name: 'd', x: 6 },
      { id: 'urn:ngsi-ld:Sensor:3', type: 'Sensor', x: 7, name: 'e' },
    ]);
    expect(written).toEqual({ out: '', err: '' });
  });

  it('loses one entity that the broker refuses, and not those beside it', async () => {
    const odd = { ...mapping, attributes: { x: { type: 'geo:point', from: 'x' } } };
    const rows = Array.from({ length: 50 }, (_, index) => `r${index},"${index === 17 ? 'nowhere' : '40.1, -3.7'}"`);
    const directory = aDirectory({ 'm.json': JSON.stringify(odd), 'sensors.csv': `id,x\n${rows.join('\n')}\n` });
    const report = join(directory, 'report.ndjson');
    expect(await load(join(directory, 'm.json'), '--report', report, '--service', 'odd')).toBe(0);
    expect(written.out).toContain(
      'Sensors: 49 entities loaded, 1 refused by the broker\n  1 × entity refused: 400 BadRequest',
    );
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      effect: 'entity refused',
      mapping: 'Sensors',
      source: 'sensors.csv',
      row: 19,
      entity: 'urn:ngsi-ld:Sensor:r17',
    });
  });

  it('sends nothing in a dry run', async () => {
    const directory = aDirectory({ 'm.json': JSON.stringify(mapping), 'sensors.csv': 'id,x,name\n1,5,a\n' });
    expect(await load(join(directory, 'm.json'), '--dry-run', '--service', 'dry')).toBe(0);
    expect(written.out).toBe('Sensors: 1 entity ready to be loaded\n');
    expect(await get('/v2/types', { 'fiware-service': 'dry' })).toEqual([]);
  });

  it.each([
    ['a mapping that is wrong', { ...mapping, titel: 'x' }, ['--quiet'], /m\.json: titel: is not known/],
    ['a source that is not there', { ...mapping, source: { format: 'csv', file: 'no.csv' } }, [], /no\.csv is not in/],
    ['a path that is none', mapping, ['--service-path', 'madrid'], /does not take data: 400 BadRequest/],
    ['a report that cannot be written', mapping, ['--report', '/nowhere/r'], /the report cannot be written: ENOENT/],
  ])('ends with 1 and says why for %s', async (_what, wrong, flags, message) => {
    const directory = aDirectory({ 'm.json': JSON.stringify(wrong), 'sensors.csv': 'id,x,name\n1,5,a\n' });
    expect(await load(join(directory, 'm.json'), ...flags)).toBe(1);
    expect(written.err).toMatch(message);
  });
});

describe.runIf(realData !== undefined)('The open data of Madrid and Barcelona', () => {
  const examples = ['examples/madrid', 'examples/barcelona'].flatMap((folder) =>
    readdirSync(folder).flatMap((name) => (name.endsWith('.json') ? [join(folder, name)] : [])),
  );

  interface Everything {
    readonly [id: string]: Record<string, unknown>;
  }

  async function everything(): Promise<Everything> {
    const found: Record<string, Record<string, unknown>> = {};
    for (let offset = 0; ; offset += 1000) {
      const page = (await get(`/v2/entities?limit=1000&offset=${offset}&attrs=*,dateCreated,dateModified`)) as Record<
        string,
        unknown
      >[];
      for (const entity of page) found[String(entity.id)] = entity;
      if (page.length < 1000) return found;
    }
  }

  let first: Everything;

  beforeAll(async () => {
    expect(await load(...examples, '--data', realData ?? '', '--quiet')).toBe(0);
    first = await everything();
  }, 240_000);

  it('is all there', async () => {
    const types = (await get('/v2/types?options=noAttrDetail')) as { type: string; count: number }[];
    expect(Object.fromEntries(types.map(({ type, count }) => [type, count]))).toEqual({
      AdministrativeArea: 21,
      AirQualityObserved: 24,
      BikeHireDockingStation: 609 + 509,
      OffStreetParking: 63,
      PointOfInterest: 7089 + 24 + 26,
      TrafficFlowObserved: 3880,
      WeatherObserved: 26,
    });
    expect(Object.keys(first)).toHaveLength(12_271);
  });

  it('is the same when loaded again, but for the time of the last change', async () => {
    expect(await load(...examples, '--data', realData ?? '', '--quiet')).toBe(0);
    const again = await everything();
    const withoutTimes = (all: Everything) =>
      Object.fromEntries(Object.entries(all).map(([id, { dateModified: _, ...entity }]) => [id, entity]));
    expect(withoutTimes(again)).toEqual(withoutTimes(first));
  }, 240_000);

  it('answers which stations measure more than 40 µg/m³ of NO2 now', async () => {
    const question = new URLSearchParams({
      type: 'AirQualityObserved',
      q: 'no2>40;dateObserved>=2025-09-06T21:00:00Z',
      orderBy: '!no2',
      attrs: 'name,no2',
      options: 'keyValues',
    });
    const found = (await get(`/v2/entities?${question}`)) as { name: string; no2: number }[];
    expect(found.map(({ name, no2 }) => [name, no2])).toEqual([
      ['Plaza Elíptica', 56],
      ['Villaverde', 48],
      ['Casa de Campo', 47],
      ['Plaza de España', 45],
      ['Farolillo', 44],
    ]);
  });

  it('answers where there are free bikes within 500 m of the Puerta del Sol', async () => {
    const question = new URLSearchParams({
      type: 'BikeHireDockingStation',
      q: 'availableBikeNumber>0;status!=outOfService',
      georel: 'near;maxDistance:500',
      geometry: 'point',
      coords: '40.41689,-3.70346',
      orderBy: 'geo:distance',
      attrs: 'name,availableBikeNumber',
      options: 'keyValues',
    });
    const found = (await get(`/v2/entities?${question}`)) as { name: string; availableBikeNumber: number }[];
    expect(found.map(({ name, availableBikeNumber }) => [name, availableBikeNumber])).toEqual([
      ['33 - Puerta del Sol', 19],
      ['56 - Plaza del Carmen', 14],
      ['1 - Metro Sol', 16],
      ['25A - Plaza de Celenque A', 6],
      ['25B - Plaza de Celenque B', 13],
      ['34 - Jacinto Benavente', 3],
      ['31 - Mayor', 18],
      ['32 - Plaza de la Provincia', 17],
      ['210 - Calle de las Tres Cruces - Gran Vía', 23],
      ['52 - Plaza de Santa Ana', 9],
      ['40 - Conde de Romanones', 2],
      ['211 - Desengaño - Valverde', 15],
      ['2 - Metro Callao', 15],
      ['28 - Metro Sevilla', 17],
    ]);
    expect(found.reduce((sum, { availableBikeNumber }) => sum + availableBikeNumber, 0)).toBe(187);
  });

  it('answers which roads of the district Centro are the busiest', async () => {
    const id = 'urn:ngsi-ld:AdministrativeArea:madrid:district:1';
    const district = (await get(`/v2/entities/${id}?attrs=location&options=keyValues`)) as {
      location: { coordinates: [number, number][][][] };
    };
    const ring = district.location.coordinates[0]?.[0] ?? [];
    const response = await fetch(`${broker.url}/v2/op/query?orderBy=!intensity,id&limit=5&options=keyValues,count`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        entities: [{ idPattern: '.*', type: 'TrafficFlowObserved' }],
        attrs: ['name', 'intensity'],
        expression: {
          q: 'counterStatus==ok;serviceLevel',
          georel: 'coveredBy',
          geometry: 'polygon',
          coords: ring.map(([longitude, latitude]) => `${latitude},${longitude}`).join(';'),
        },
      }),
    });
    const found = (await response.json()) as { name: string; intensity: number }[];
    expect(response.headers.get('fiware-total-count')).toBe('153');
    expect(found.map(({ name, intensity }) => [name, intensity])).toEqual([
      ['P: VIRGEN DEL PUERTO S-N(CDAD PLASENCIA-GTA SAN VICENTE)', 1920],
      ['(AFOROS) Genova O-E - General Castaños-Pl. Colon', 1620],
      ['Cuesta San Vicente, 14 O-E - Arriaza-Bailen', 1520],
      ['Carranza O-E - San Bernardo -Fuencarral', 1400],
      ['Mártires Alcalá S-N - Sta Cruz Marcenado-Alberto Aguilera', 1400],
    ]);
  });
});
