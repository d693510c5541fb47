/*
 * What the index alone takes, without HTTP and disk: microseconds a query, a put, a load; memory.
 *
 *   node --expose-gc --import tsx bench/micro/index-bench.ts [entities]
 */
import { EntityIndex } from '../../src/adapters/stores/embedded/index/entity-index.ts';
import type { Attribute, AttributeInstances, Entity, EpochMs } from '../../src/core/entity/entity.ts';
import { decodeEntity, encodeEntity } from '../../src/core/entity/stored-form.ts';
import type { Filter, Query } from '../../src/core/query/query.ts';

const size = Number(process.argv[2] ?? 100_000);
const now = Date.UTC(2026, 0, 31, 12);

/** Numbers that look random and are the same in every run. */
let seed = 42;
function random(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

function attribute(at: EpochMs, content: Partial<Attribute>): AttributeInstances {
  const times = { createdAt: at, modifiedAt: at };
  const unit: Attribute = { kind: 'property', value: 'CEL', declaredType: 'Text', ...times };
  const isNumber = content.declaredType === 'Number';
  const subAttributes = new Map([['unit', unit]]);
  return [{ ...content, ...(isNumber ? { subAttributes } : {}), ...times } as Attribute];
}

function anEntity(at: number): Entity {
  return {
    id: `urn:ngsi-ld:AirQualityObserved:Madrid:${String(at).padStart(8, '0')}`,
    types: ['AirQualityObserved'],
    scopes: ['/'],
    attributes: new Map([
      [
        'temperature',
        attribute(now + at, { kind: 'property', value: Math.round(random() * 1e6) / 1e4, declaredType: 'Number' }),
      ],
      ['serial', attribute(now + at, { kind: 'property', value: at, declaredType: 'Number' })],
      [
        'status',
        attribute(now + at, {
          kind: 'property',
          value: ['ok', 'worn', 'broken', 'lost'][Math.floor(random() ** 3 * 4)] ?? 'ok',
          declaredType: 'Text',
        }),
      ],
      [
        'name',
        attribute(now + at, {
          kind: 'property',
          value: `Station ${Math.floor(random() * 1e9)} Calle de Alcalá`,
          declaredType: 'Text',
        }),
      ],
      [
        'location',
        attribute(now + at, {
          kind: 'geo',
          geometry: { type: 'Point', coordinates: [-3.9 + random() * 0.4, 40.3 + random() * 0.3] },
          declaredType: 'geo:json',
        }),
      ],
    ]),
    createdAt: now + at,
    modifiedAt: now + at,
    correlator: 'a6f0c6a6-6b5e-11ee-b962-0242ac120002',
  };
}

const index = new EntityIndex({ cacheBytes: 64 << 20, queryTimeoutMs: 60_000, yieldAfterMs: 10 });

function megabytes(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().rss / 2 ** 20);
}

function load(): void {
  const before = megabytes();
  let characters = 0;
  index.beginLoad();
  let takenMs = 0;
  for (let at = 0; at < size; ) {
    const texts: string[] = [];
    for (const end = Math.min(size, at + 1000); at < end; at++) texts.push(encodeEntity(anEntity(at)));
    const start = process.cpuUsage();
    for (const [i, text] of texts.entries()) index.put(at - texts.length + i, text, decodeEntity(text));
    const { user, system } = process.cpuUsage(start);
    takenMs += (user + system) / 1000;
    for (const text of texts) characters += text.length;
  }
  const start = performance.now();
  index.endLoad();
  const endMs = performance.now() - start;
  console.log(
    `load ${size} entities of ${Math.round(characters / size)} characters: ${(takenMs / 1000).toFixed(1)} s of CPU, ${(endMs / 1000).toFixed(1)} s to end it, ` +
      `RSS ${before} → ${megabytes()} MB`,
  );
}

function aQuery(filter: Filter | undefined, more: Partial<Query> = {}): Query {
  return {
    selectors: [{ types: ['AirQualityObserved'] }],
    scopes: [],
    ...(filter === undefined ? {} : { filter }),
    order: [],
    offset: 0,
    limit: 20,
    count: false,
    ...more,
  };
}

const path = (name: string) => ({ kind: 'attribute', attribute: name, subAttributes: [], members: [] }) as const;
const above = (name: string, value: number): Filter => ({
  kind: 'compare',
  path: path(name),
  operator: '>',
  operand: { kind: 'number', value },
});
const isText = (name: string, value: string): Filter => ({
  kind: 'compare',
  path: path(name),
  operator: '==',
  operands: [{ kind: 'text', value }],
});
const near = (metres: number): Filter => ({ kind: 'near', center: [-3.7, 40.42], maxDistance: metres });

/** The best of many short series: what the index takes, not what else the machine has to do. */
async function measure(name: string, query: Query): Promise<void> {
  const page = await index.find(query);
  let best = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + 500; performance.now() < end; ) {
    const start = performance.now();
    let runs = 0;
    do {
      await index.find(query);
      runs++;
    } while (performance.now() - start < 2);
    best = Math.min(best, ((performance.now() - start) * 1000) / runs);
  }
  const count = page.count === undefined ? '' : `, count ${page.count}`;
  console.log(`${best.toFixed(1).padStart(10)} µs  ${name} (${page.records.length} rows${count})`);
}

load();
await measure('all', aQuery(undefined));
for (const percent of [0.001, 0.01, 0.1, 0.4, 1, 3, 10, 50, 90]) {
  await measure(`temperature, ${percent} % match`, aQuery(above('temperature', 100 - percent)));
}
for (const percent of [0.01, 1, 50]) {
  await measure(`serial, the last ${percent} % match`, aQuery(above('serial', size * (1 - percent / 100))));
}
await measure('status == ok', aQuery(isText('status', 'ok')));
await measure('status == lost', aQuery(isText('status', 'lost')));
await measure(
  'status == lost; temperature > 99',
  aQuery({ kind: 'and', filters: [isText('status', 'lost'), above('temperature', 99)] }),
);
for (const metres of [50, 200, 1000, 2000, 5000, 50_000]) await measure(`near ${metres} m`, aQuery(near(metres)));
for (const metres of [200, 2000, 50_000]) {
  const order = [{ by: { kind: 'distance' as const, center: [-3.7, 40.42] }, descending: false }];
  await measure(`near ${metres} m, nearest first`, aQuery(near(metres), { order }));
}
for (const descending of [false, true]) {
  const way = descending ? 'descending' : 'ascending';
  await measure(`by temperature ${way}`, aQuery(undefined, { order: [{ by: path('temperature'), descending }] }));
  await measure(
    `by status, name ${way}`,
    aQuery(undefined, {
      order: [
        { by: path('status'), descending },
        { by: path('name'), descending },
      ],
    }),
  );
  await measure(
    `temperature > 50, by name ${way}`,
    aQuery(above('temperature', 50), { order: [{ by: path('name'), descending }] }),
  );
}
await measure('count of temperature > 50', aQuery(above('temperature', 50), { count: true }));
await measure(
  'count of temperature > 50 and status',
  aQuery({ kind: 'and', filters: [above('temperature', 50), isText('status', 'ok')] }, { count: true }),
);
await measure('page after a cursor', aQuery(above('temperature', 50), { after: { sequence: size / 2 } }));
await measure('page at a deep offset', aQuery(undefined, { offset: size / 2 }));
const builtinOrder = [{ by: { kind: 'builtin', name: 'modifiedAt' } as const, descending: true }];
const begun = performance.now();
await index.find(aQuery(undefined, { order: builtinOrder }));
console.log(`${(performance.now() - begun).toFixed(0).padStart(10)} ms  by modifiedAt, for the first time`);
await measure('by modifiedAt', aQuery(undefined, { order: builtinOrder }));

function update(): void {
  const updates: [number, string, Entity][] = [];
  for (let i = 0; i < 20_000; i++) {
    const at = Math.floor(random() * size);
    const entity = index.record(at)?.entity;
    if (entity === undefined) continue;
    const attributes = new Map(entity.attributes).set(
      'temperature',
      attribute(now + size + i, { kind: 'property', value: random() * 100, declaredType: 'Number' }),
    );
    const changed = { ...entity, attributes, modifiedAt: now + size + i };
    updates.push([at, encodeEntity(changed), changed]);
  }
  const start = performance.now();
  for (const [at, text, entity] of updates) index.put(at, text, entity);
  console.log(
    `${(((performance.now() - start) * 1000) / updates.length).toFixed(1).padStart(10)} µs  put of one changed attribute`,
  );
}

update();
console.log(`RSS ${megabytes()} MB`);
