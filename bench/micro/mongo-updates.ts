/*
 * What updates of one value cost MongoDB, without HTTP and without Oriel: one call each, as bulks, and as the transactions that Oriel commits; and
 * what an index adds. All are acknowledged by a majority, on documents and indexes as Oriel has them. It starts a mongod of its own.
 *
 *     npx tsx bench/micro/mongo-updates.ts [entities] [seconds] [rounds]
 */
import { type AnyBulkWriteOperation, MongoClient } from 'mongodb';
import type { EntityForm } from '../../src/adapters/stores/mongodb/form/entity-form.ts';
import { encodeEntity } from '../../src/adapters/stores/mongodb/form/entity-form.ts';
import { TenantCollections } from '../../src/adapters/stores/mongodb/tenant/collections.ts';
import { findMongod } from '../../test/support/mongod/mongod-binary.ts';
import { ReplicaSet } from '../../test/support/mongod/replica-set.ts';
import { anEntity } from '../city/madrid.ts';
import { cpuMicrosOf } from '../contenders/server-process.ts';

const entities = Number(process.argv[2] ?? 20_000);
const seconds = Number(process.argv[3] ?? 2);
const rounds = Number(process.argv[4] ?? 2);

const binary = await findMongod();
if ('missing' in binary) throw new Error(binary.missing);
const set = await ReplicaSet.start(binary.path, 1);
const member = set.members[0];
if (member === undefined) throw new Error('a replica set without a member');
const { process: mongod } = member;
const mongodMicros = () => cpuMicrosOf(mongod);
const client = new MongoClient(set.uri, { maxPoolSize: 50, writeConcern: { w: 'majority' } });
const collections = new TenantCollections(client.db('updates'), () => 2);
await collections.make('entities');
const stored = collections.entities;

const documents: EntityForm[] = [];
for (let n = 0; n < entities; n++) {
  const entity = anEntity(n);
  if (!entity.attributes.has('intensity')) continue;
  documents.push({ _id: n + 1, revision: 'bench-0', twin: 0, ...encodeEntity(entity) });
}
for (let at = 0; at < documents.length; at += 1000) await stored.insertMany(documents.slice(at, at + 1000));
const place = documents[0]?.attributes.findIndex(({ name }) => name === 'intensity');

let next = 0;
/** Of entities that nobody else updates at the moment, each another value than before. */
function updates(count: number): AnyBulkWriteOperation<EntityForm>[] {
  return Array.from({ length: count }, () => {
    const document = documents[next++ % documents.length] as EntityForm;
    const value = { name: 'intensity', type: 'Number', value: next };
    const update = { $set: { revision: `bench-${next}`, modifiedAt: new Date(), [`attributes.${place}`]: value } };
    return { updateOne: { filter: { _id: document._id, id: document.id }, hint: '_id_', update } };
  });
}

async function oneByOne(): Promise<number> {
  const document = documents[next++ % documents.length] as EntityForm;
  const update = { $set: { 'attributes.$[named].value': next, modifiedAt: new Date() } };
  await stored.updateOne({ id: document.id }, update, { arrayFilters: [{ 'named.name': 'intensity' }] });
  return 1;
}

const bulk = (count: number) => async () => {
  await stored.bulkWrite(updates(count), { ordered: false });
  return count;
};

const transaction = (count: number) => async () => {
  await client.withSession((session) =>
    session.withTransaction(() => stored.bulkWrite(updates(count), { session, ordered: true })),
  );
  return count;
};

async function measure(name: string, callers: number, call: () => Promise<number>): Promise<void> {
  let done = 0;
  const before = { mongod: mongodMicros(), own: process.cpuUsage(), at: performance.now() };
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() - before.at < seconds * 1000) {
        const some = await call();
        done += some;
      }
    }),
  );
  const took = (performance.now() - before.at) / 1000;
  const { user, system } = process.cpuUsage(before.own);
  const micros = mongodMicros() - before.mongod;
  console.log(
    `${name.padEnd(46)} ${String(Math.round(done / took)).padStart(6)}/s; processor time an update, in µs: ` +
      `mongod ${Math.round(micros / done)}, driver ${Math.round((user + system) / done)}`,
  );
}

const indexes = {
  modified: { type: 1, modifiedAt: 1 },
  wildcard: { 'attributes.$**': 1 },
} as const;

try {
  await measure('warm-up', 2, transaction(25));
  for (let round = 0; round < rounds; round++) {
    await measure('one updateOne a call, 50 callers', 50, oneByOne);
    await measure('bulks of 50, 2 callers', 2, bulk(50));
    await measure('transactions of 25, 2 callers', 2, transaction(25));
    for (const [name, key] of Object.entries(indexes)) {
      await stored.createIndex(key, { name });
      await measure(`transactions of 25, with an index ${name}`, 2, transaction(25));
      await stored.dropIndex(name);
    }
  }
} finally {
  await client.close();
  await set.stop();
}
