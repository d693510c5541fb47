/*
 * The limit of writing: SQLite alone, set up as the embedded store does (write-ahead log, every commit flushed), writes the stored
 * forms of entities over those that are there, so many rows a transaction, and prints what it did. Each row differs from what is
 * there: SQLite compares, and writes nothing where a row is the same.
 *
 *     npx tsx bench/limits/sqlite-rows.ts FILE ENTITIES ROWS-A-TRANSACTION SECONDS
 */
import { DatabaseSync } from '@photostructure/sqlite';
import { encodeEntity } from '../../src/core/entity/stored-form.ts';
import { anEntity } from '../city/madrid.ts';
import { seededRandom, whole } from '../city/seeded-random.ts';

const [file = '', entities, perTransaction, seconds] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -16384',
);
const put = database.prepare(
  'INSERT INTO entities VALUES (?, ?) ON CONFLICT (sequence) DO UPDATE SET entity = excluded.entity',
);

/** Made beforehand, as what is measured is the database: rows all over the file, each as two updates leave it that take turns. */
const random = seededRandom(11);
const rows = Array.from({ length: 20_000 }, () => {
  const n = whole(random, Number(entities));
  const entity = anEntity(n);
  const updatedAfter = (ms: number) => encodeEntity({ ...entity, modifiedAt: entity.modifiedAt + ms });
  return { sequence: n + 1, texts: [updatedAfter(1000), updatedAfter(2000)] } as const;
});

let next = 0;
function transaction(): void {
  database.exec('BEGIN IMMEDIATE');
  for (let done = 0; done < Number(perTransaction); done++) {
    const { sequence, texts } = rows[next % rows.length] as (typeof rows)[number];
    put.run(sequence, texts[Math.floor(next / rows.length) % 2] as string);
    next++;
  }
  database.exec('COMMIT');
}

const latencies: number[] = [];
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
while (performance.now() - startedAt < Number(seconds) * 1000) {
  const begunAt = performance.now();
  transaction();
  latencies.push(performance.now() - begunAt);
}
const took = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
database.close();
console.log(JSON.stringify({ requests: latencies.length, seconds: took, cpuMicros: user + system, latencies }));
