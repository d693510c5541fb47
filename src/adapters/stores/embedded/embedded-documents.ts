import type { JsonObject } from '../../../core/json.ts';
import type { DocumentChange, DocumentKind, DocumentStore, StoredDocument } from '../../../ports/document-store.ts';
import type { DocumentRow } from './document-write.ts';
import type { EmbeddedEntityStore } from './embedded-entity-store.ts';

/** The documents of one tenant, of every kind: in memory as they are on the disk. */
export class EmbeddedDocuments {
  readonly #byKind = new Map<DocumentKind, Map<string, JsonObject>>();
  readonly #commits: Pick<EmbeddedEntityStore, 'append'>;
  readonly #tell: (kind: DocumentKind, change: DocumentChange) => void;

  /** `rows`: in the order of creation. `tell` hears of each change once it is durable. */
  constructor(
    rows: readonly DocumentRow[],
    commits: Pick<EmbeddedEntityStore, 'append'>,
    tell: (kind: DocumentKind, change: DocumentChange) => void,
  ) {
    for (const { of, id, text } of rows) this.#known(of).set(id, JSON.parse(text));
    this.#commits = commits;
    this.#tell = tell;
  }

  of(kind: DocumentKind): DocumentStore {
    const known = this.#known(kind);
    return {
      list: async (): Promise<readonly StoredDocument[]> => [...known].map(([id, document]) => ({ id, document })),
      put: async (documents) => {
        if (documents.length === 0) return;
        await this.#commits.append({
          documents: documents.map(({ id, document }) => ({
            kind: 'put',
            of: kind,
            id,
            text: JSON.stringify(document),
          })),
        });
        for (const { id, document } of documents) known.set(id, document);
        this.#tell(kind, { kind: 'put', documents });
      },
      remove: async (ids) => {
        if (ids.length === 0) return;
        await this.#commits.append({ documents: ids.map((id) => ({ kind: 'remove', of: kind, id })) });
        for (const id of ids) known.delete(id);
        this.#tell(kind, { kind: 'removed', ids });
      },
    };
  }

  #known(kind: DocumentKind): Map<string, JsonObject> {
    let known = this.#byKind.get(kind);
    if (known === undefined) {
      known = new Map();
      this.#byKind.set(kind, known);
    }
    return known;
  }
}
