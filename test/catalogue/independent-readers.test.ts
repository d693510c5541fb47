import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { check } from '@placemarkio/check-geojson';
import { parse } from 'csv-parse/sync';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { JsonLdParser } from 'jsonld-streaming-parser';
import readSheet from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadCommand } from '../../src/cli/load.ts';
import { publishCommand } from '../../src/cli/publish.ts';
import { parseConfig } from '../../src/config/config.ts';
import { type RunningBroker, startBroker } from '../../src/main.ts';
import { createLog } from '../../src/observe/log.ts';
import { realData } from '../load/real-data.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/* The open data of Madrid and Barcelona, published as examples/open-data says and read back by readers that are not ours. */

describe.skipIf(realData === undefined)('The data of Madrid and Barcelona, published', () => {
  let broker: RunningBroker;

  beforeAll(async () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const config = { ...parseConfig({}), host: '127.0.0.1', port: 0, store: 'memory' as const, admin: true };
    broker = await startBroker(config, createLog('silent'));
    const at = ['--url', broker.url];
    await loadCommand().parseAsync(
      [...at, '--data', realData ?? '', ...filesIn('examples/madrid'), ...filesIn('examples/barcelona')],
      { from: 'user' },
    );
    const [catalogue, datasets] = [
      ['examples/open-data/catalogue.json'],
      filesIn('examples/open-data').filter((file) => !file.endsWith('catalogue.json')),
    ];
    await publishCommand().parseAsync([...at, '--catalogue', ...catalogue], { from: 'user' });
    await publishCommand().parseAsync([...at, ...datasets], { from: 'user' });
    vi.restoreAllMocks();
  });

  afterAll(() => broker.stop());

  const published: readonly [string, string, number][] = [
    ['aparcamientos', 'type=OffStreetParking', 63],
    ['bicimad', 'type=BikeHireDockingStation&q=dataProvider==EMT%20Madrid', 609],
    ['bicing', 'type=BikeHireDockingStation&q=dataProvider~=Barcelona', 509],
    ['calidad-del-aire', 'type=AirQualityObserved', 24],
    ['distritos', 'type=AdministrativeArea', 21],
    ['trafico', 'type=TrafficFlowObserved', 3880],
    ['aparcabicicletas', 'type=PointOfInterest&q=category==bicycleRack', 7089],
  ];

  it.each(published)('%s has as many rows in every format as the query', async (id, query, rows) => {
    const counted = await fetch(`${broker.url}/v2/entities?${query}&limit=1&options=count`);
    expect(counted.headers.get('fiware-total-count')).toBe(String(rows));
    expect(await countsOf(id)).toEqual({
      csv: rows,
      geojson: rows,
      ndjson: rows,
      jsonld: rows,
      xlsx: rows,
      gpkg: rows,
      parquet: rows,
    });
  });

  it('has the same values in every format', async () => {
    const at = 'urn:ngsi-ld:OffStreetParking:madrid:11483771';
    const wanted = { name: 'Aparcamiento disuasorio Aviación Española', totalSpotNumber: 344 };
    const file = temporaryFile(await bytesOf('aparcamientos', 'gpkg'));
    const database = new DatabaseSync(file, { readOnly: true });
    const stored = database.prepare('SELECT name, totalSpotNumber FROM aparcamientos WHERE id = ?').get(at);
    database.close();
    expect({ ...(stored as object) }).toEqual(wanted);
    const objects = await parquetReadObjects({ file: bufferOf(await bytesOf('aparcamientos', 'parquet')) });
    expect(objects.find(({ id }) => id === at)).toMatchObject(wanted);
    const [header = [], ...lines] = await sheetOf(await bytesOf('aparcamientos', 'xlsx'));
    const line = lines.find(([first]) => first === at) ?? [];
    expect(line[header.indexOf('totalSpotNumber')]).toBe(344);
    const csv = parse(await bytesOf('aparcamientos', 'csv'), { columns: true }) as Record<string, string>[];
    expect(csv.find(({ id }) => id === at)).toMatchObject({
      ...wanted,
      totalSpotNumber: '344',
      lat: '40.38323792632855',
      lon: '-3.783621006318095',
    });
  });

  it('says in GeoPackage and GeoParquet where its places are', async () => {
    const database = new DatabaseSync(temporaryFile(await bytesOf('distritos', 'gpkg')), { readOnly: true });
    const contents = database.prepare('SELECT data_type, min_x, max_y, srs_id FROM gpkg_contents').get();
    const { blob } = database.prepare('SELECT geom AS blob FROM distritos LIMIT 1').get() as { blob: Uint8Array };
    const [check] = Object.values(database.prepare('PRAGMA integrity_check').get() as object);
    database.close();
    expect(contents).toMatchObject({
      data_type: 'features',
      srs_id: 4326,
      min_x: expect.closeTo(-3.889, 2),
      max_y: expect.closeTo(40.643, 2),
    });
    // Magic, version 0, little endian without an envelope, EPSG:4326; then well-known binary of a MultiPolygon.
    expect([...blob.subarray(0, 13)]).toEqual([0x47, 0x50, 0, 1, 0xe6, 0x10, 0, 0, 1, 6, 0, 0, 0]);
    expect(check).toBe('ok');
    const { key_value_metadata: metadata } = parquetMetadata(
      (await bytesOf('distritos', 'parquet')).buffer as ArrayBuffer,
    );
    const geo = JSON.parse(metadata?.find(({ key }) => key === 'geo')?.value ?? '{}');
    expect(geo).toMatchObject({
      version: '1.1.0',
      primary_column: 'location',
      columns: { location: { encoding: 'WKB', geometry_types: ['MultiPolygon'] } },
    });
  });

  async function countsOf(id: string): Promise<Record<string, number>> {
    const csv = parse(await bytesOf(id, 'csv'), { columns: true }) as unknown[];
    const geojson = check((await bytesOf(id, 'geojson')).toString());
    const ndjson = (await bytesOf(id, 'ndjson'))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const database = new DatabaseSync(temporaryFile(await bytesOf(id, 'gpkg')), { readOnly: true });
    const { rows } = database.prepare(`SELECT count(*) AS rows FROM "${id.replaceAll('-', '_')}"`).get() as {
      rows: number;
    };
    database.close();
    return {
      csv: csv.length,
      geojson: geojson.type === 'FeatureCollection' ? geojson.features.length : -1,
      ndjson: ndjson.length,
      jsonld: await subjectsOf(await bytesOf(id, 'jsonld')),
      xlsx: (await sheetOf(await bytesOf(id, 'xlsx'))).length - 1,
      gpkg: rows,
      parquet: (await parquetReadObjects({ file: bufferOf(await bytesOf(id, 'parquet')) })).length,
    };
  }

  async function bytesOf(id: string, format: string): Promise<Buffer> {
    const answer = await fetch(`${broker.url}/dataset/${id}/data.${format}`);
    if (!answer.ok) throw new Error(await answer.text());
    return Buffer.from(await answer.arrayBuffer());
  }
});

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));
}

/** Bytes of JSON-LD that the parser of linked data reads in a moment; of more, the nodes are counted as JSON. */
const maxParsedBytes = 500_000;

/** How many things the statements are about. */
async function subjectsOf(bytes: Buffer): Promise<number> {
  if (bytes.length > maxParsedBytes) return JSON.parse(bytes.toString())['@graph'].length;
  const subjects = new Set<string>();
  await new Promise<void>((resolve, reject) => {
    const parser = new JsonLdParser();
    parser.on('data', ({ subject }: { subject: { value: string } }) => subjects.add(subject.value));
    parser.on('end', () => resolve()).on('error', reject);
    parser.end(bytes);
  });
  return subjects.size;
}

async function sheetOf(bytes: Buffer): Promise<unknown[][]> {
  const sheets = (await readSheet(bytes)) as unknown;
  const [first] = sheets as { data?: unknown[][] }[];
  return first?.data ?? (sheets as unknown[][]);
}

function bufferOf(bytes: Buffer) {
  return {
    byteLength: bytes.length,
    slice: (start: number, end?: number) =>
      bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + (end ?? bytes.length)) as ArrayBuffer,
  };
}

function temporaryFile(bytes: Buffer): string {
  const path = join(temporaryDirectory(), 'file');
  writeFileSync(path, bytes);
  return path;
}
