import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Entity } from '../../../core/entity/entity.ts';

/**
 * Which sequence the entity of an identity (id, types and scopes) has, for a tenant of any size in little memory:
 * a table in a temporary file, which is gone with the table.
 */
export class IdentityTable {
  readonly #database: DatabaseSyncInstance;
  readonly #get: StatementSyncInstance;
  readonly #set: StatementSyncInstance;

  constructor() {
    // An empty name makes a file that SQLite itself removes; what it loses in a crash is of no use after one.
    this.#database = new DatabaseSync('');
    this.#database.exec(
      `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
       CREATE TABLE identities (identity TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
       BEGIN`,
    );
    this.#get = this.#database.prepare('SELECT sequence FROM identities WHERE identity = ?');
    this.#set = this.#database.prepare('INSERT OR REPLACE INTO identities VALUES (?, ?)');
  }

  sequenceOf(entity: Entity): number | undefined {
    return this.#get.get(identityOf(entity))?.sequence;
  }

  set(entity: Entity, sequence: number): void {
    this.#set.run(identityOf(entity), sequence);
  }

  close(): void {
    this.#database.close();
  }
}

/** As JSON, in which a text that is not well-formed Unicode is still told from others. */
function identityOf({ id, types, scopes }: Entity): string {
  return JSON.stringify([id, [...types].sort(), [...scopes].sort()]);
}
