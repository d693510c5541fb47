import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { EncodingThread } from '../../../src/adapters/encoding/encoding-thread.ts';
import { DiskShelf } from '../../../src/adapters/files/disk-shelf.ts';
import type { EncodingJob, Written } from '../../../src/catalogue/exports/encode-dataset.ts';
import { momentAt } from '../../../src/catalogue/snapshots/moments.ts';
import { Snapshots } from '../../../src/catalogue/snapshots/snapshots.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { aCity, type CityUnderTest, parkingTerms } from './a-city.ts';

let city: CityUnderTest;

beforeAll(async () => {
  city = await aCity();
  await city.publish(parkingTerms({ id: 'dated', snapshots: { every: 'day', keep: 2, formats: ['csv', 'geojson'] } }));
});

afterAll(() => city.close());

const day = 86_400_000;
const noon = Date.UTC(2026, 0, 31, 12);

/** Snapshots of the city at moments that the test chooses, on a shelf of their own. */
async function at(start: number, directory = temporaryDirectory()) {
  const { broker, datasets } = city.availability.openData;
  let now = start;
  const entry = new URL('../../../src/encode-datasets-from-source.mjs', import.meta.url);
  const encoder = new EncodingThread<EncodingJob, Written>(entry, { live: directory, snapshots: directory });
  onTestFinished(() => encoder.close());
  const snapshots = new Snapshots({
    broker: { ...broker, clock: { now: () => now } },
    datasets,
    encoder,
    shelf: new DiskShelf(directory),
    publicUrl: 'https://data.example.org',
    timers: { after: () => () => {} },
  });
  await snapshots.start();
  const dataset = datasets.publishedOf('dated');
  return {
    snapshots,
    dataset,
    directory,
    async look(later: number) {
      now = later;
      await snapshots.look();
      return snapshots.of(dataset).map(({ moment }) => moment);
    },
  };
}

test.each([
  ['hour', '2026-01-31T12'],
  ['day', '2026-01-31'],
  ['week', '2026-01-26'],
  ['month', '2026-01-01'],
] as const)('a snapshot stands for the %s it is taken in', (every, moment) => {
  expect(momentAt(every, noon)).toBe(moment);
});

describe('Snapshots on a schedule', () => {
  test('are taken once a period, and the newest are kept', async () => {
    const { look } = await at(noon);
    expect(await look(noon)).toEqual(['2026-01-31']);
    expect(await look(noon + 60_000)).toEqual(['2026-01-31']);
    expect(await look(noon + day)).toEqual(['2026-02-01', '2026-01-31']);
    expect(await look(noon + 2 * day)).toEqual(['2026-02-02', '2026-02-01']);
  });

  test('leave out one that somebody damaged, and go on', async () => {
    const { look, directory } = await at(noon);
    await look(noon);
    await look(noon + day);
    writeFileSync(join(directory, 'snapshots/dated/2026-01-31.manifest'), '{');
    const again = await at(noon + day, directory);
    expect(again.snapshots.of(again.dataset).map(({ moment }) => moment)).toEqual(['2026-02-01']);
  });

  test('keep what was, and are found again after a restart and by other brokers', async () => {
    const { look, directory, dataset, snapshots } = await at(noon);
    await look(noon);
    const [first] = snapshots.of(dataset);
    const again = await at(noon, directory);
    expect(again.snapshots.of(dataset)).toEqual([first]);
    expect(first).toMatchObject({
      moment: '2026-01-31',
      takenAt: noon,
      rows: 3,
      files: [{ format: 'csv' }, { format: 'geojson' }],
    });
    let bytes = Buffer.alloc(0);
    if (first === undefined) throw new Error('no snapshot');
    for await (const piece of snapshots.read('dated', first, 'csv', 0, 1e9)) bytes = Buffer.concat([bytes, piece]);
    expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([
      first.files[0]?.bytes,
      first.files[0]?.sha256,
    ]);
  });
});

describe('A snapshot for the public', () => {
  test('is a file that never changes, described with its length and checksum', async () => {
    await city.availability.openData.snapshots.look();
    const moment = momentAt('day', Date.now());
    const url = `/dataset/dated/snapshots/${moment}.csv`;
    const before = await city.send('GET', url);
    expect([before.statusCode, before.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect(before.headers['content-length']).toBe(String(before.rawPayload.length));
    await city.store([{ id: 'P1', type: 'Parking', free: { type: 'Number', value: 99 } }]);
    expect((await city.send('GET', url)).body).toBe(before.body);
    expect((await city.send('GET', url, { headers: { range: 'bytes=0-1' } })).body).toBe('id');
    const hash = createHash('sha256').update(before.rawPayload).digest('hex');
    expect((await city.send('GET', '/dataset/dated.ttl')).body).toContain(`"${hash}"^^xsd:hexBinary`);
    const { resources } = (await city.send('GET', '/api/3/action/package_show?id=dated')).json().result;
    expect(resources.find((one: { url: string }) => one.url.endsWith(url))).toMatchObject({
      hash,
      size: before.rawPayload.length,
    });
    expect((await city.send('GET', '/dataset/dated')).body).toContain(`${moment} CSV`);
    expect((await city.send('GET', '/dataset/dated/snapshots/1999-01-01.csv')).statusCode).toBe(404);
    expect((await city.send('DELETE', '/admin/datasets/dated')).statusCode).toBe(204);
    expect((await city.send('GET', url)).statusCode).toBe(404);
  });
});

describe('What the public fetches', () => {
  test('is counted by day and way', async () => {
    await city.publish(parkingTerms({ id: 'counted' }));
    const { body } = await city.send('GET', '/dataset/counted/data.csv');
    await city.send('GET', '/dataset/counted/data.csv');
    await city.send('GET', '/dataset/counted/v2/entities');
    await city.send('GET', '/api/3/action/datastore_search?resource_id=counted');
    await city.availability.openData.downloads.store();
    const counts = (await city.send('GET', '/admin/datasets/counted/downloads')).json();
    const today = new Date().toISOString().slice(0, 10);
    expect(counts).toEqual([
      { day: today, way: 'csv', snapshot: false, requests: 2, bytes: 2 * Buffer.byteLength(body) },
      { day: today, way: 'datastore', snapshot: false, requests: 1, bytes: expect.any(Number) },
      { day: today, way: 'ngsi', snapshot: false, requests: 1, bytes: expect.any(Number) },
    ]);
  });

  test('is bounded a client and minute, and a dataset may have a bound of its own [RFC 6585 4]', async () => {
    const bounded = await aCity({ openDataRequestsPerMinute: 4 });
    await bounded.publish(parkingTerms({ id: 'rare', requestsPerMinute: 1 }));
    const statuses = async (path: string, times: number) => {
      const seen: number[] = [];
      for (let time = 0; time < times; time += 1) seen.push((await bounded.send('GET', path)).statusCode);
      return seen;
    };
    expect(await statuses('/dataset/rare/data.csv', 2)).toEqual([200, 429]);
    expect(await statuses('/dataset/parking/data.csv', 3)).toEqual([200, 200, 200]);
    expect(await statuses('/api/3/action/package_list', 2)).toEqual([200, 429]);
    const refused = await bounded.send('GET', '/catalog.ttl');
    expect([refused.statusCode, refused.json().error, refused.headers['retry-after']]).toEqual([
      429,
      'TooManyRequests',
      expect.stringMatching(/^\d+$/),
    ]);
    expect((await bounded.send('GET', '/v2/entities')).statusCode).toBe(200);
    await bounded.close();
  });
});
