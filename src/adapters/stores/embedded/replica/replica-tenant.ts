import type { Awaitable } from '../../../../core/awaitable.ts';
import { decodeEntity } from '../../../../core/entity/stored-form.ts';
import type { JsonObject } from '../../../../core/json.ts';
import type { Query } from '../../../../core/query/query.ts';
import type { ScopePattern } from '../../../../core/scope.ts';
import type { DocumentChange, DocumentKind, StoredDocument } from '../../../../ports/document-store.ts';
import type { EntityPage, EntityRecord, EntityTarget, Reading, TypeSummary } from '../../../../ports/entity-store.ts';
import type { DocumentWrite } from '../document-write.ts';
import type { EntityIndex } from '../index/entity-index.ts';
import type { ReplicatedCommit } from './feed.ts';
import type { SharedMark } from './shared-mark.ts';

export interface AppliedDocument {
  readonly of: DocumentKind;
  readonly change: DocumentChange;
}

/**
 * A tenant as another process writes it, for reading.
 *
 * An answer waits until all that it may rest on is shared: nobody is shown what another process that is asked next does not
 * have yet.
 */
export class ReplicaTenant {
  readonly index: EntityIndex;
  readonly #mark: SharedMark;
  readonly #documents = new Map<DocumentKind, Map<string, JsonObject>>();
  /** The last commit that wrote to it. */
  #applied: number;

  /** `applied`: it is read from a disk that may have the commits up to that one. */
  constructor(index: EntityIndex, mark: SharedMark, applied: number) {
    this.index = index;
    this.#mark = mark;
    this.#applied = applied;
  }

  lookup(target: EntityTarget): Awaitable<readonly EntityRecord[]> {
    return this.#onceShared(this.index.lookup(target));
  }

  find(query: Query, reading?: Reading): Awaitable<EntityPage> {
    const page = this.index.find(query, reading);
    return page instanceof Promise ? page.then((late) => this.#onceShared(late)) : this.#onceShared(page);
  }

  summarizeTypes(scopes: readonly ScopePattern[]): Awaitable<readonly TypeSummary[]> {
    return this.#onceShared(this.index.summarizeTypes(scopes));
  }

  documentsOf(kind: DocumentKind): readonly StoredDocument[] {
    return [...(this.#documents.get(kind) ?? [])].map(([id, document]) => ({ id, document }));
  }

  /**
   * Takes in a commit, and answers what became of documents; one that was taken in already, with those behind it, changes
   * nothing in the end.
   */
  apply(number: number, { sequences, texts, documents }: ReplicatedCommit): readonly AppliedDocument[] {
    for (const [position, sequence] of sequences.entries()) {
      const text = texts[position] ?? null;
      if (text === null) this.index.remove(sequence);
      else this.index.put(sequence, text, decodeEntity(text));
    }
    const applied = documents.map((write) => ({ of: write.of, change: this.applyDocument(write) }));
    this.#applied = number;
    return applied;
  }

  applyDocument(write: DocumentWrite): DocumentChange {
    const { of: kind, id } = write;
    const ofKind = this.#documents.get(kind) ?? new Map<string, JsonObject>();
    this.#documents.set(kind, ofKind);
    if (write.kind === 'remove') {
      ofKind.delete(id);
      return { kind: 'removed', ids: [id] };
    }
    const document: JsonObject = JSON.parse(write.text);
    ofKind.set(id, document);
    return { kind: 'put', documents: [{ id, document }] };
  }

  /** At once where all that it rests on is shared. */
  #onceShared<Answer>(answer: Answer): Awaitable<Answer> {
    return this.#mark.whenReached(this.#applied)?.then(() => answer) ?? answer;
  }
}
