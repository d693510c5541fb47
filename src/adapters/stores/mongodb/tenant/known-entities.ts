import type { RecordCache, StoredRecord } from '../record-cache.ts';

/** What is heard of entities between the beginning of a read, or a write, and its end. */
export interface Watch {
  /** Keeps these as all entities of the id, unless something newer was heard of one of them meanwhile. */
  admit(id: string, records: readonly StoredRecord[]): void;
  /** What this writes has another state now, as whoever else reads it meanwhile must know; as `KnownEntities.hear`. */
  tellOthers(sequence: number, revision: Revision, id?: string): void;
  end(): void;
}

/** How an entity stands; undefined: it is gone, or nobody says. */
export type Revision = string | undefined;

/**
 * All entities of some ids, as they stand by what was heard: what this broker reads and writes goes in, what another one changes goes
 * out. Nothing is kept that has left the cache of records, so it is as large as that is.
 *
 * A read, or a write, may come back after news of what it is about. So it is watched from before it is sent, and what
 * it brings is kept only where nothing newer was heard.
 */
export class KnownEntities {
  readonly #cache: RecordCache;
  readonly #isCurrent: () => boolean;
  readonly #byId = new Map<string, readonly StoredRecord[]>();
  readonly #watching = new Set<HeardMeanwhile>();
  /** By `performance.now()`. */
  #distrustsUntil = Number.NEGATIVE_INFINITY;

  /** `isCurrent`: whether all news are heard in time. */
  constructor(cache: RecordCache, isCurrent: () => boolean) {
    this.#cache = cache;
    this.#isCurrent = isCurrent;
    cache.onForget = ({ state }) => this.#byId.delete(state.id);
  }

  /** All entities of the id in the order of creation; undefined where they are not known, or may be older than they may be. */
  ofId(id: string): readonly StoredRecord[] | undefined {
    const records = this.#byId.get(id);
    if (records === undefined || !this.#isTrusted()) return undefined;
    for (const record of records) this.#cache.use(record);
    return records;
  }

  /** To be called before a read or a write is sent, and ended when what came of it is kept. */
  watch(): Watch {
    const heard = new HeardMeanwhile();
    this.#watching.add(heard);
    return {
      admit: (id, records) => {
        const isKept = records.length > 0 && records.every((record) => this.#cache.peek(record.sequence) === record);
        if (isKept && this.#isTrusted() && heard.agreesWith(id, records)) this.#byId.set(id, records);
        else this.#byId.delete(id);
      },
      tellOthers: (sequence, revision, id) => {
        for (const other of this.#watching) if (other !== heard) other.add(sequence, revision, id);
      },
      end: () => this.#watching.delete(heard),
    };
  }

  /** An entity has another state now: a new one where `id` is given, the one of that place in the order of creation else. */
  hear(sequence: number, revision: Revision, id?: string): void {
    for (const heard of this.#watching) heard.add(sequence, revision, id);
    const known = id ?? this.#cache.peek(sequence)?.state.id;
    if (known === undefined) return;
    const records = this.#byId.get(known);
    if (id === undefined && records?.some(({ state }) => state.sequence === sequence && state.revision === revision))
      return;
    this.#byId.delete(known);
  }

  /** News may have been missed. */
  clear(): void {
    this.#byId.clear();
    for (const heard of this.#watching) heard.addAll();
  }

  /** Nobody knows what became of a write of this broker, whose own are not heard of: nothing is known until it is done, or never will be. */
  distrust(): void {
    this.clear();
    this.#distrustsUntil = performance.now() + openCommitMs;
  }

  #isTrusted(): boolean {
    return this.#isCurrent() && performance.now() > this.#distrustsUntil;
  }
}

/** A commit that began longer ago than this, in milliseconds, is done or never will be: MongoDB gives transactions a minute. */
export const openCommitMs = 120_000;

class HeardMeanwhile {
  readonly #revisions = new Map<number, Revision>();
  readonly #created = new Set<string>();
  #everything = false;

  add(sequence: number, revision: Revision, id: string | undefined): void {
    this.#revisions.set(sequence, revision);
    if (id !== undefined) this.#created.add(id);
  }

  addAll(): void {
    this.#everything = true;
  }

  agreesWith(id: string, records: readonly StoredRecord[]): boolean {
    if (this.#everything || this.#created.has(id)) return false;
    return records.every(({ state: { sequence, revision } }) => {
      return !this.#revisions.has(sequence) || this.#revisions.get(sequence) === revision;
    });
  }
}
