import type { MongoClient } from 'mongodb';
import type { DocumentChange, DocumentKind, DocumentStore, StoredDocument } from '../../../../ports/document-store.ts';
import { decodeObject, encodeObject, type JsonForm } from '../form/json-form.ts';
import { decodeText, encodeText } from '../form/text-form.ts';
import { isConflict, refusing } from '../refuse-failure.ts';
import type { TenantCollections } from './collections.ts';
import type { Counters } from './counters.ts';

/** A document of the broker as one of the collection `documents`. */
interface DocumentForm {
  readonly _id: DocumentKey;
  /** Place in the order of creation. */
  readonly position: number;
  /** Another one with every put. */
  readonly revision: string;
  readonly document: { readonly [field: string]: JsonForm };
}

interface DocumentKey {
  readonly kind: DocumentKind;
  readonly id: string;
}

export interface DocumentsParts {
  readonly client: MongoClient;
  readonly collections: TenantCollections;
  readonly counters: Counters;
  /** Called before the first write; may refuse. */
  readonly admit: () => Promise<void>;
  /** A text that no write was ever given. */
  readonly newRevision: () => string;
  readonly tell: (kind: DocumentKind, change: DocumentChange) => void;
}

/** The documents of one tenant, of all kinds, which every broker writes. */
export class MongoDocuments {
  readonly #parts: DocumentsParts;
  /** Of the documents that this broker has told of, by kind and id. */
  readonly #revisions = new Map<DocumentKind, Map<string, string>>();

  constructor(parts: DocumentsParts) {
    this.#parts = parts;
  }

  of(kind: DocumentKind): DocumentStore {
    return {
      list: () => refusing(() => this.#list(kind)),
      put: (documents) => refusing(() => this.#put(kind, documents)),
      remove: (ids) => refusing(() => this.#remove(kind, ids)),
    };
  }

  /** Tells how documents stand that another broker may have changed. */
  async follow(kind: DocumentKind, ids: readonly string[]): Promise<void> {
    const keys = ids.map((id) => keyOf(kind, id));
    const found = new Map<string, DocumentForm>();
    for await (const form of this.#stored.find({ _id: { $in: keys } })) found.set(decodeText(form._id.id), form);
    const changed = [...found.values()].filter(
      (form) => this.#revisionsOf(kind).get(decodeText(form._id.id)) !== form.revision,
    );
    if (changed.length > 0) this.#parts.tell(kind, { kind: 'put', documents: changed.map((form) => this.#know(form)) });
    const gone = ids.filter((id) => !found.has(id) && this.#revisionsOf(kind).delete(id));
    if (gone.length > 0) this.#parts.tell(kind, { kind: 'removed', ids: gone });
  }

  /** Those that stand in another revision than this broker has told of, new ones and gone ones among them, by kind. */
  async changedElsewhere(): Promise<ReadonlyMap<DocumentKind, readonly string[]>> {
    const standing = new Map<DocumentKind, Map<string, string>>();
    for await (const { _id, revision } of this.#stored.find({}, { projection: { revision: 1 } })) {
      const ofKind = standing.get(_id.kind) ?? new Map<string, string>();
      standing.set(_id.kind, ofKind.set(decodeText(_id.id), revision));
    }
    const changed = new Map<DocumentKind, string[]>();
    for (const kind of new Set([...standing.keys(), ...this.#revisions.keys()])) {
      const now = standing.get(kind) ?? new Map<string, string>();
      const known = this.#revisionsOf(kind);
      const ids = new Set([...now.keys(), ...known.keys()]);
      changed.set(
        kind,
        [...ids].filter((id) => now.get(id) !== known.get(id)),
      );
    }
    return changed;
  }

  get #stored() {
    return this.#parts.collections.named<DocumentForm>('documents');
  }

  #revisionsOf(kind: DocumentKind): Map<string, string> {
    const known = this.#revisions.get(kind) ?? new Map<string, string>();
    this.#revisions.set(kind, known);
    return known;
  }

  async #list(kind: DocumentKind): Promise<readonly StoredDocument[]> {
    const forms = await this.#stored.find({ '_id.kind': kind }).sort({ position: 1 }).toArray();
    return forms.map((form) => this.#know(form));
  }

  async #put(kind: DocumentKind, documents: readonly StoredDocument[]): Promise<void> {
    if (documents.length === 0) return;
    const { client, collections, counters, admit, newRevision, tell } = this.#parts;
    await admit();
    await collections.make('documents', 'counters');
    const revision = newRevision();
    const { position } = await counters.reserve({ position: documents.length });
    const operations = documents.map(({ id, document }, place) => ({
      updateOne: {
        filter: { _id: keyOf(kind, id) },
        update: { $set: { revision, document: encodeObject(document) }, $setOnInsert: { position: position + place } },
        upsert: true,
      },
    }));
    await untilAlone(() =>
      client.withSession((session) => session.withTransaction(() => this.#stored.bulkWrite(operations, { session }))),
    );
    for (const { id } of documents) this.#revisionsOf(kind).set(id, revision);
    tell(kind, { kind: 'put', documents });
  }

  async #remove(kind: DocumentKind, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#stored.deleteMany({ _id: { $in: ids.map((id) => keyOf(kind, id)) } });
    for (const id of ids) this.#revisionsOf(kind).delete(id);
    this.#parts.tell(kind, { kind: 'removed', ids });
  }

  #know({ _id, revision, document }: DocumentForm): StoredDocument {
    const id = decodeText(_id.id);
    this.#revisionsOf(_id.kind).set(id, revision);
    return { id, document: decodeObject(document) };
  }
}

/** The order of the fields is part of what the key is. */
function keyOf(kind: DocumentKind, id: string): DocumentKey {
  return { kind, id: encodeText(id) };
}

/** Once more where another broker put the same document at the same moment. */
async function untilAlone(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}
