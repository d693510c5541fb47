/*
 * What a broker on MongoDB can at best do with one call of the driver a request: reads an entity by its id, reads twenty by type and a
 * number (with the index that this wants), or writes so many in one bulk, durable; and prints what it did.
 *
 *     npx tsx bench/limits/mongodb-driver.ts URI mongodb-find-one|mongodb-query|mongodb-bulk-write ENTITIES ROWS-A-CALL SECONDS
 */
import { type Collection, MongoClient } from 'mongodb';
import { encodeEntity } from '../../src/core/entity/stored-form.ts';
import { anEntity, counterType } from '../city/madrid.ts';
import { intensityAbove } from '../city/readings.ts';
import { seededRandom, whole } from '../city/seeded-random.ts';
import { inDatabase } from '../contenders/oriel.ts';
import type { DriverLimit } from '../workloads/workload.ts';

interface Row {
  readonly _id: number;
  readonly type: string | undefined;
  readonly intensity: number | undefined;
  readonly entity: string;
}

const [uri = '', limit, entitiesText, rowsACall, seconds] = process.argv.slice(2);
const entities = Number(entitiesText);
const callers = 50;

function rowOf(n: number): Row {
  const entity = anEntity(n);
  const intensity = entity.attributes.get('intensity')?.[0];
  return {
    _id: n,
    type: entity.types[0],
    intensity: intensity?.kind === 'property' ? Number(intensity.value) : undefined,
    entity: encodeEntity(entity),
  };
}

async function fill(rows: Collection<Row>): Promise<void> {
  if ((await rows.estimatedDocumentCount()) === entities) return;
  await rows.deleteMany({});
  for (let first = 0; first < entities; first += 5000) {
    await rows.insertMany(Array.from({ length: Math.min(5000, entities - first) }, (_, at) => rowOf(first + at)));
  }
  await rows.createIndex({ type: 1, intensity: 1 });
}

const random = seededRandom(13);
const known = Array.from({ length: 2000 }, () => rowOf(whole(random, entities)));
/** Ends what is written, so that no two writes are the same: MongoDB keeps nothing of one that changes nothing. */
let written = Date.now();

const calls: Readonly<Record<DriverLimit, (rows: Collection<Row>) => Promise<unknown>>> = {
  'mongodb-find-one': (rows) => rows.findOne({ _id: whole(random, entities) }),
  'mongodb-query': (rows) =>
    rows
      .find({ type: counterType, intensity: { $gt: intensityAbove(0.5) * (0.95 + 0.05 * random()) } })
      .limit(20)
      .toArray(),
  'mongodb-bulk-write': (rows) =>
    rows.bulkWrite(
      Array.from({ length: Number(rowsACall) }, () => {
        const row = known[whole(random, known.length)] as Row;
        return { updateOne: { filter: { _id: row._id }, update: { $set: { entity: `${row.entity}${written++}` } } } };
      }),
      { ordered: false, writeConcern: { w: 'majority', journal: true } },
    ),
};

const client = new MongoClient(inDatabase(uri, `benchdriver${entities}`), { maxPoolSize: callers });
const rows = client.db().collection<Row>('rows');
await fill(rows);
const call = calls[limit as DriverLimit];
const latencies: number[] = [];
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await Promise.all(
  Array.from({ length: callers }, async () => {
    while (performance.now() - startedAt < Number(seconds) * 1000) {
      const begunAt = performance.now();
      await call(rows);
      latencies.push(performance.now() - begunAt);
    }
  }),
);
const took = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
await client.close();
console.log(JSON.stringify({ requests: latencies.length, seconds: took, cpuMicros: user + system, latencies }));
