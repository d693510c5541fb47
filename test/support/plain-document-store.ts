import type { DocumentChange, DocumentStore, StoredDocument } from '../../src/ports/document-store.ts';

/** The contract of `DocumentStore` in its plainest form. */
export class PlainDocumentStore implements DocumentStore {
  readonly #byId = new Map<string, StoredDocument>();
  readonly #tell: (change: DocumentChange) => void;

  /** Something was written once. */
  exists = false;

  constructor(tell: (change: DocumentChange) => void) {
    this.#tell = tell;
  }

  async list(): Promise<readonly StoredDocument[]> {
    return [...this.#byId.values()];
  }

  async put(documents: readonly StoredDocument[]): Promise<void> {
    this.exists = true;
    for (const stored of documents) this.#byId.set(stored.id, stored);
    this.#tell({ kind: 'put', documents });
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#byId.delete(id);
    this.#tell({ kind: 'removed', ids });
  }
}
