import type { Filter } from 'mongodb';
import { scopesMatch } from '../../../../core/scope.ts';
import type { EntityTarget } from '../../../../ports/entity-store.ts';
import type { EntityForm } from '../form/entity-form.ts';
import { encodeText } from '../form/text-form.ts';
import type { RecordCache, StoredRecord } from '../record-cache.ts';
import { answerMs, inTime } from '../refuse-failure.ts';
import type { TenantCollections } from './collections.ts';
import type { KnownEntities } from './known-entities.ts';

/** Which writes a read sees: those of a majority, which last, or all that the primary has. */
export type ReadConcern = 'majority' | 'local';

/** Reads on their way to MongoDB at once; those that come meanwhile travel together in the next. */
const maxConcurrent = 2;

/** Ids in one read. */
const maxIds = 1000;

interface Waiter {
  resolve(records: readonly StoredRecord[]): void;
  reject(error: unknown): void;
}

/** Entities by id: reads that arrive together are one, as a round trip costs more than what it carries. */
export class PointReads {
  readonly #collections: TenantCollections;
  readonly #cache: RecordCache;
  readonly #known: KnownEntities;
  readonly #waiting = new Map<string, Waiter[]>();
  #underWay = 0;
  #scheduled = false;

  constructor(collections: TenantCollections, cache: RecordCache, known: KnownEntities) {
    this.#collections = collections;
    this.#cache = cache;
    this.#known = known;
  }

  /** All entities of the id in the order of creation, as a majority has them now. */
  ofId(id: string): Promise<readonly StoredRecord[]> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(id);
      if (waiters === undefined) this.#waiting.set(id, [{ resolve, reject }]);
      else waiters.push({ resolve, reject });
      this.#schedule();
    });
  }

  /** All entities of the ids by id, those of one in the order of creation; ids without any are left out. */
  async ofIds(ids: readonly string[], level: ReadConcern): Promise<ReadonlyMap<string, readonly StoredRecord[]>> {
    const filter = { id: ids.length === 1 ? encodeText(ids[0] ?? '') : { $in: ids.map(encodeText) } };
    const watch = this.#known.watch();
    try {
      const found = await this.#find(filter, level);
      // What no majority has may be undone.
      if (level === 'majority') for (const [id, records] of found) watch.admit(id, records);
      return found;
    } finally {
      watch.end();
    }
  }

  async #find(filter: Filter<EntityForm>, level: ReadConcern): Promise<ReadonlyMap<string, readonly StoredRecord[]>> {
    const cursor = this.#collections.entities.find(filter, {
      raw: true,
      readConcern: { level },
      batchSize: 10_000,
    });
    const found = new Map<string, StoredRecord[]>();
    for (const bson of await inTime(cursor.toArray(), answerMs)) {
      const record = this.#cache.recordOf(bson as unknown as Uint8Array);
      const ofId = found.get(record.state.id);
      if (ofId === undefined) found.set(record.state.id, [record]);
      else ofId.push(record);
    }
    for (const records of found.values()) if (records.length > 1) records.sort((a, b) => a.sequence - b.sequence);
    return found;
  }

  #schedule(): void {
    if (this.#scheduled || this.#underWay >= maxConcurrent || this.#waiting.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#read();
    });
  }

  async #read(): Promise<void> {
    const taken = new Map<string, Waiter[]>();
    for (const [id, waiters] of this.#waiting) {
      if (taken.size >= maxIds) break;
      taken.set(id, waiters);
      this.#waiting.delete(id);
    }
    this.#underWay++;
    this.#schedule();
    try {
      const found = await this.ofIds([...taken.keys()], 'majority');
      for (const [id, waiters] of taken) for (const { resolve } of waiters) resolve(found.get(id) ?? []);
    } catch (error) {
      for (const waiters of taken.values()) for (const { reject } of waiters) reject(error);
    }
    this.#underWay--;
    this.#schedule();
  }
}

/** Tells whether the target, whose id is the entity's, covers it. */
export function covers(target: EntityTarget, { entity }: Pick<StoredRecord, 'entity'>): boolean {
  return (target.type === undefined || entity.types.includes(target.type)) && scopesMatch(target.scopes, entity.scopes);
}
