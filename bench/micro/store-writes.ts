/*
 * How fast the embedded store takes writes, beside what the disk can do at all: single-attribute updates, each acknowledged when
 * durable, by 1, 50 and 500 writers that wait for one another's commits; and one flush a write without the store.
 *
 *     npx tsx bench/micro/store-writes.ts [entities] [seconds]
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import type { Entity } from '../../src/core/entity/entity.ts';
import type { TenantName } from '../../src/core/scope.ts';
import type { EntityStore, WriteCommand } from '../../src/ports/entity-store.ts';

const entities = Number(process.argv[2] ?? 10_000);
const seconds = Number(process.argv[3] ?? 5);
const start = Date.now();

function aSpot(number: number): Entity {
  const base = { createdAt: start, modifiedAt: start };
  return {
    id: `urn:ngsi-ld:ParkingSpot:${number}`,
    types: ['ParkingSpot'],
    scopes: ['/madrid'],
    ...base,
    attributes: new Map([
      ['status', [{ kind: 'property', declaredType: 'Text', value: 'free', ...base }]],
      ['temperature', [{ kind: 'property', declaredType: 'Number', value: 20.5, ...base }]],
      ['name', [{ kind: 'property', declaredType: 'Text', value: `Spot ${number}`, ...base }]],
      ['floor', [{ kind: 'property', declaredType: 'Number', value: number % 7, ...base }]],
      [
        'location',
        [
          {
            kind: 'geo',
            declaredType: 'geo:json',
            geometry: { type: 'Point', coordinates: [-3.7 + (number % 1000) / 5000, 40.4 + (number % 777) / 5000] },
            ...base,
          },
        ],
      ],
    ]),
  };
}

function create(entity: Entity): WriteCommand<void> {
  return {
    target: { id: entity.id, scopes: [] },
    decide: () => ({
      result: undefined,
      writes: [{ kind: 'create', change: { kind: 'created', after: entity, attributes: [] } }],
    }),
  };
}

function setTemperature(number: number, value: number): WriteCommand<void> {
  return {
    target: { id: `urn:ngsi-ld:ParkingSpot:${number}`, scopes: [] },
    decide: ([record]) => {
      if (record === undefined) throw new Error('no such entity');
      const before = record.entity;
      const now = Date.now();
      const after: Entity = {
        ...before,
        modifiedAt: now,
        attributes: new Map(before.attributes).set('temperature', [
          { kind: 'property', declaredType: 'Number', value, createdAt: before.createdAt, modifiedAt: now },
        ]),
      };
      return {
        result: undefined,
        writes: [{ kind: 'update', record, change: { kind: 'updated', before, after, attributes: [] } }],
      };
    },
  };
}

async function updatesBy(store: EntityStore, writers: number): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let updates = 0;
  let next = 0;
  async function write(): Promise<void> {
    while (performance.now() < until) {
      next = (next + 7919) % entities;
      await store.write([setTemperature(next, updates++ % 400)]);
    }
  }
  await Promise.all(Array.from({ length: writers }, write));
  return updates / seconds;
}

function flushes(directory: string): number {
  const file = openSync(join(directory, 'flush'), 'w');
  const page = Buffer.alloc(4096, 1);
  const from = performance.now();
  let done = 0;
  for (; performance.now() - from < 1000; done++) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  closeSync(file);
  return done;
}

const directory = mkdtempSync(join(tmpdir(), 'oriel-bench-'));
const log = { info: console.log, warn: console.log, error: console.log };
const settings = {
  cacheBytes: 256 * 2 ** 20,
  queryTimeoutMs: 30_000,
  maxTenants: 10,
  maxTypes: 10_000,
  maxPendingWrites: 10_000,
  maxOwed: 1_000_000,
  log,
};
const tenant = 'bench' as TenantName;
try {
  const flushRate = flushes(directory);
  console.log(`flushes of 4 KB, one after the other: ${flushRate}/s`);
  for (const place of [directory, undefined]) {
    const stores = await openEmbeddedStores({ ...settings, directory: place });
    const store = stores.tenant(tenant).entities;
    const from = performance.now();
    for (let first = 0; first < entities; first += 1000) {
      const count = Math.min(1000, entities - first);
      await store.write(Array.from({ length: count }, (_, offset) => create(aSpot(first + offset))));
    }
    const created = entities / ((performance.now() - from) / 1000);
    const name = place === undefined ? 'memory  ' : 'embedded';
    console.log(`${name} created in batches of 1000: ${created.toFixed()}/s`);
    for (const writers of [1, 50, 500]) {
      const rate = await updatesBy(stores.tenant(tenant).entities, writers);
      const ratio = place === undefined ? '' : ` (${(rate / flushRate).toFixed(1)} a flush)`;
      console.log(`${name} updates by ${writers} writers: ${rate.toFixed()}/s${ratio}`);
    }
    await stores.close();
  }
  const from = performance.now();
  const stores = await openEmbeddedStores({ ...settings, directory });
  console.log(`opened with ${entities} entities in ${((performance.now() - from) / 1000).toFixed(2)} s`);
  console.log(`resident: ${(process.memoryUsage().rss / 2 ** 20).toFixed()} MB`);
  await stores.close();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
