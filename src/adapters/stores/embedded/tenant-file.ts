import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Commit, CommitReceipt } from './commit-log.ts';
import { DocumentTable, listDocuments } from './document-table.ts';
import type { DocumentRow } from './document-write.ts';
import { OutboxTable } from './outbox-table.ts';
import { SubscriptionTable } from './subscription-table.ts';
import { checkTenantFile, migrateTenantFile, tenantFileVersion } from './tenant-schema.ts';

/** Rows as they stand in a tenant's file, in the order of creation. */
export interface StoredRows {
  readonly sequences: number[];
  readonly texts: string[];
}

/** A chunk ends with whichever comes first; one entity may exceed the characters. */
const maxChunkRows = 1000;
const maxChunkCharacters = 1_000_000;

/**
 * Pages in the write-ahead log before it is folded into the file. More make that rarer, which random updates of a
 * large tenant gain by, and the log longer to read after a crash: 8000 pages are 32 MB, read in a fraction of a second.
 */
const checkpointPages = 8000;

/** Pages of the file kept in memory, in KB, as far as the tenant has as many: updates find the upper levels of the tree there. */
const cacheKb = 16_384;

/** How long to wait for a lock that another connection holds, in milliseconds. */
const lockTimeoutMs = 2000;

/**
 * The SQLite file of one tenant. All calls block: it lives in the disk thread, or in a command of its own.
 *
 * A commit is durable when `commit` returns (write-ahead log, flushed at every commit).
 */
export class TenantFile {
  readonly outbox: OutboxTable;
  readonly subscriptions: SubscriptionTable;
  readonly documents: DocumentTable;
  readonly #database: DatabaseSyncInstance;
  readonly #put: StatementSyncInstance;
  readonly #remove: StatementSyncInstance;
  readonly #count: StatementSyncInstance;
  readonly #text: StatementSyncInstance;

  private constructor(database: DatabaseSyncInstance) {
    this.#database = database;
    this.outbox = new OutboxTable(database);
    this.subscriptions = new SubscriptionTable(database);
    this.documents = new DocumentTable(database);
    this.#put = database.prepare(
      'INSERT INTO entities VALUES (?, ?) ON CONFLICT (sequence) DO UPDATE SET entity = excluded.entity',
    );
    this.#remove = database.prepare('DELETE FROM entities WHERE sequence = ?');
    this.#count = database.prepare('UPDATE counters SET value = ? WHERE name = ?');
    this.#text = database.prepare('SELECT entity FROM entities WHERE sequence = ?');
  }

  /** Opens the file for writing, makes it if it is not there, and brings it to the present version. */
  static open(path: string): TenantFile {
    const database = new DatabaseSync(path, { timeout: lockTimeoutMs });
    try {
      database.exec(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = ${checkpointPages}; PRAGMA cache_size = -${cacheKb}`,
      );
      migrateTenantFile(database, path);
      return new TenantFile(database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** The highest sequence ever given out, the number of entities, and the highest id ever given to what is owed. */
  counters(): Counters {
    return readCounters(this.#database);
  }

  /** All rows in the order of creation, chunk by chunk; writes meanwhile may or may not be among them. */
  chunks(): IterableIterator<StoredRows> {
    return readChunks(this.#database);
  }

  /** The stored form of one entity, or undefined if there is none of this sequence. */
  textOf(sequence: number): string | undefined {
    return this.#text.get(sequence)?.entity;
  }

  /** Writes all of it, durably, or throws and leaves the file as it was. */
  commit({
    sequences,
    texts,
    lastSequence,
    entities,
    subscriptions = [],
    documents = [],
    outbox,
  }: Commit): CommitReceipt {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const [position, sequence] of sequences.entries()) {
        const text = texts[position];
        if (text === null) this.#remove.run(sequence);
        else this.#put.run(sequence, text);
      }
      this.#count.run(lastSequence, 'sequence');
      this.#count.run(entities, 'entities');
      for (const write of subscriptions) this.subscriptions.write(write);
      for (const write of documents) this.documents.write(write);
      let owed = outbox === undefined ? this.outbox.size : this.outbox.write(outbox);
      for (const write of subscriptions) if (write.kind === 'remove') owed -= this.outbox.removeOf(write.id);
      this.#database.exec('COMMIT');
      this.outbox.keep(owed);
      return { owed };
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Folds the log into the file and closes it. */
  close(): void {
    this.#database.close();
  }
}

/**
 * Reads a tenant's file as it stands at one moment, without a lock: a broker may be writing to it.
 * Throws if the file is not there, is not Oriel's, or is newer than this release.
 */
export function* readTenantFile(path: string): Generator<StoredRows & { readonly total: number }> {
  const database = new DatabaseSync(path, { readOnly: true, timeout: lockTimeoutMs });
  try {
    database.exec('BEGIN');
    const version = checkTenantFile(database, path);
    if (version === 0) return;
    if (version < tenantFileVersion) throw new Error(`${path} is in an older form; start the broker on it once`);
    const total = readCounters(database).entities;
    for (const { sequences, texts } of readChunks(database)) yield { sequences, texts, total };
  } finally {
    database.close();
  }
}

/** The documents in a tenant's file as they stand at one moment, without a lock; throws as `readTenantFile`. */
export function readTenantDocuments(path: string): DocumentRow[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: lockTimeoutMs });
  try {
    return checkTenantFile(database, path) === tenantFileVersion ? listDocuments(database) : [];
  } finally {
    database.close();
  }
}

interface Counters {
  lastSequence: number;
  entities: number;
  lastOwed: number;
}

function readCounters(database: DatabaseSyncInstance): Counters {
  const counters = new Map<string, number>();
  for (const { name, value } of database.prepare('SELECT name, value FROM counters').all()) counters.set(name, value);
  return {
    lastSequence: counters.get('sequence') ?? 0,
    entities: counters.get('entities') ?? 0,
    lastOwed: counters.get('owed') ?? 0,
  };
}

function* readChunks(database: DatabaseSyncInstance): Generator<StoredRows, void, undefined> {
  // Row by row: `iterate` of this driver does not keep its statement from being collected, and reads freed memory then.
  const next = database.prepare('SELECT sequence, entity FROM entities WHERE sequence > ? ORDER BY sequence LIMIT 1', {
    returnArrays: true,
  });
  let chunk: StoredRows = { sequences: [], texts: [] };
  let characters = 0;
  for (let row = next.get(0); row !== undefined; row = next.get(row[0])) {
    chunk.sequences.push(row[0]);
    chunk.texts.push(row[1]);
    characters += row[1].length;
    if (chunk.sequences.length < maxChunkRows && characters < maxChunkCharacters) continue;
    yield chunk;
    chunk = { sequences: [], texts: [] };
    characters = 0;
  }
  if (chunk.sequences.length > 0) yield chunk;
}
