import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import type { DocumentRow, DocumentWrite } from './document-write.ts';

/** The documents in a tenant's file, of every kind. All calls block. */
export class DocumentTable {
  readonly #database: DatabaseSyncInstance;
  readonly #put: StatementSyncInstance;
  readonly #remove: StatementSyncInstance;

  constructor(database: DatabaseSyncInstance) {
    this.#database = database;
    this.#put = database.prepare(
      `INSERT INTO documents (kind, id, document) VALUES (?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document`,
    );
    this.#remove = database.prepare('DELETE FROM documents WHERE kind = ? AND id = ?');
  }

  /** In the order of creation. */
  list(): DocumentRow[] {
    return listDocuments(this.#database);
  }

  /** Within the transaction of a commit. */
  write(write: DocumentWrite): void {
    switch (write.kind) {
      case 'put':
        this.#put.run(write.of, write.id, write.text);
        return;
      case 'remove':
        this.#remove.run(write.of, write.id);
        return;
    }
  }
}

/** All documents in a tenant's file, in the order of creation. */
export function listDocuments(database: DatabaseSyncInstance): DocumentRow[] {
  const rows = database.prepare('SELECT kind, id, document FROM documents ORDER BY position').all();
  return rows.map(({ kind, id, document }) => ({ of: kind, id, text: document }));
}
