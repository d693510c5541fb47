import type { AbstractCursor, Document } from 'mongodb';
import { matches } from '../../../../core/query/evaluate.ts';
import type { Query } from '../../../../core/query/query.ts';
import type { EntityPage, Reading } from '../../../../ports/entity-store.ts';
import { allOf, type Candidates, exactly } from '../query/candidates.ts';
import { type CompiledOrder, compileOrder } from '../query/compile-order.ts';
import { compileQuery } from '../query/compile-query.ts';
import { FirstRecords } from '../query/first-records.ts';
import type { RecordCache, StoredRecord } from '../record-cache.ts';
import { queryTimeout, refusing } from '../refuse-failure.ts';
import type { TenantCollections } from './collections.ts';

/** Queries of a tenant that MongoDB works on at once; those that come meanwhile wait, and the same ones are asked once. */
const maxConcurrent = 8;

/** Documents that come at once where all are to be looked at. */
const batchSize = 1000;

/** What `readHeader` reads; MongoDB keeps the order in which they are stored. */
const headersOnly = { revision: 1, twin: 1, id: 1 } as const;

interface Asked {
  readonly query: Query;
  readonly page: Promise<EntityPage>;
  readonly begin: () => void;
}

/**
 * Answers queries. Where MongoDB can tell what a query means, it finds, orders, pages and counts; where it cannot, it finds
 * candidates, and the core decides on each.
 */
export class EntityQueries {
  readonly #collections: TenantCollections;
  readonly #cache: RecordCache;
  readonly #limitMs: number;
  /** Not begun yet, by what they ask. */
  readonly #waiting = new Map<string, Asked>();
  #underWay = 0;
  /** All entities of the last page that was read whole were known in the states that they had. */
  #wereKnown = false;

  constructor(collections: TenantCollections, cache: RecordCache, queryTimeoutMs: number) {
    this.#collections = collections;
    this.#cache = cache;
    this.#limitMs = queryTimeoutMs;
  }

  /** As `EntityStore.find`. The same query by several at once, before it has begun, has one answer. Waiting for a turn counts as time of the query. */
  find(query: Query, reading: Reading = 'again'): Promise<EntityPage> {
    const text = `${reading} ${textOf(query)}`;
    const waiting = this.#waiting.get(text);
    if (waiting !== undefined) return waiting.page;
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const answered = begun.then(() => this.#answer(query, reading));
    const page = refusing(() => answered, this.#limitMs);
    const asked = { query, page, begin };
    this.#waiting.set(text, asked);
    setImmediate(() => this.#beginMore());
    const ended = () => {
      this.#underWay--;
      this.#beginMore();
    };
    answered.then(ended, ended);
    page.catch(() => {
      if (this.#waiting.get(text) === asked) this.#waiting.delete(text);
    });
    return page;
  }

  #beginMore(): void {
    for (const [text, { begin }] of this.#waiting) {
      if (this.#underWay >= maxConcurrent) return;
      this.#waiting.delete(text);
      this.#underWay++;
      begin();
    }
  }

  async #answer(query: Query, reading: Reading): Promise<EntityPage> {
    const candidates = compileQuery(query);
    const order = compileOrder(query.order);
    if (!candidates.isExact || order === undefined) return this.#answerByLooking(query, candidates, reading);
    return this.#answerByMongo(query, candidates, order, reading);
  }

  async #answerByMongo(
    query: Query,
    candidates: Candidates,
    order: CompiledOrder,
    reading: Reading,
  ): Promise<EntityPage> {
    const { offset, limit, count } = query;
    const counting = count ? this.#count(candidates.filter) : undefined;
    // Waited for below: should the page fail first, this failure is told as that one.
    counting?.catch(() => undefined);
    const { filter } = afterCursor(query, candidates);
    const cursorOf = (what: 'headers' | 'whole') => this.#cursor(filter, order, { offset, limit }, what);
    const records = limit === 0 ? [] : await this.#read(cursorOf, reading);
    return pageOf(query, records, await counting);
  }

  /** One more than the page, to know whether there is another. */
  #cursor(
    filter: Document,
    { stages, sort, made }: CompiledOrder,
    { offset, limit }: Pick<Query, 'offset' | 'limit'>,
    what: 'headers' | 'whole',
  ): AbstractCursor<Document> {
    const some = Math.min(limit + 1, Number.MAX_SAFE_INTEGER);
    const options = { raw: true, maxTimeMS: this.#limitMs, allowDiskUse: true, batchSize: Math.min(some, batchSize) };
    const { entities } = this.#collections;
    if (stages.length === 0) {
      const shown = what === 'headers' ? { ...options, projection: headersOnly } : options;
      const cursor = entities.find(filter, shown).sort(sort).skip(offset);
      return some > maxLimit ? cursor : cursor.limit(some);
    }
    const paging = [...(offset > 0 ? [{ $skip: offset }] : []), ...(some > maxLimit ? [] : [{ $limit: some }])];
    const last = what === 'headers' ? { $project: headersOnly } : { $unset: [...made] };
    return entities.aggregate([{ $match: filter }, ...stages, { $sort: sort }, ...paging, last], options);
  }

  /**
   * A page, where its entities are likely to be known by their headers alone, which cost MongoDB and the driver a third less than the whole. Where one of
   * them is not, the page is asked for anew: what is read later may not be what the query means any more.
   */
  async #read(
    cursorOf: (what: 'headers' | 'whole') => AbstractCursor<Document>,
    reading: Reading,
  ): Promise<readonly StoredRecord[]> {
    if (this.#wereKnown && reading === 'again') {
      const known = this.#allKnown(await cursorOf('headers').toArray());
      if (known !== undefined) return known;
    }
    const documents = await cursorOf('whole').toArray();
    const known = this.#allKnown(documents);
    this.#wereKnown = known !== undefined;
    return known ?? documents.map((bson) => this.#cache.recordOf(bson as unknown as Uint8Array, reading));
  }

  #allKnown(documents: readonly Document[]): readonly StoredRecord[] | undefined {
    const records: StoredRecord[] = [];
    for (const bson of documents) {
      const record = this.#cache.known(bson as unknown as Uint8Array);
      if (record === undefined) return undefined;
      records.push(record);
    }
    return records;
  }

  #count(filter: Document): Promise<number> {
    const everything = Object.keys(filter).length === 0;
    // Without an index named it would read every document.
    return this.#collections.entities.countDocuments(filter, {
      maxTimeMS: this.#limitMs,
      ...(everything && { hint: '_id_' }),
    });
  }

  /** Looks at every candidate, or as many as the page takes, and decides itself. */
  async #answerByLooking(query: Query, candidates: Candidates, reading: Reading): Promise<EntityPage> {
    const { order, offset, limit, count, after } = query;
    const wanted = offset + limit + 1;
    const inCreationOrder = order.length === 0;
    const first = new FirstRecords(order, wanted);
    const { filter } = count ? candidates : afterCursor(query, candidates);
    const cursor = this.#collections.entities
      .find(filter, {
        raw: true,
        maxTimeMS: this.#limitMs,
        batchSize: Math.min(wanted * 2, batchSize),
        allowDiskUse: true,
      })
      .sort(inCreationOrder ? { _id: 1 } : {});
    let matching = 0;
    let offered = 0;
    await this.#look(cursor, reading, (record) => {
      if (!candidates.isExact && !matches(record.entity, query)) return true;
      matching++;
      if (record.sequence > (after?.sequence ?? 0) && (!inCreationOrder || offered < wanted)) {
        first.offer(record);
        offered++;
      }
      return count || !inCreationOrder || offered < wanted;
    });
    return pageOf(query, limit === 0 ? [] : first.page(offset, limit + 1), count ? matching : undefined);
  }

  /** Until `visit` says that it has seen enough. */
  async #look(
    cursor: AbstractCursor<Document>,
    reading: Reading,
    visit: (record: StoredRecord) => boolean,
  ): Promise<void> {
    const endsAt = performance.now() + this.#limitMs;
    try {
      while (await cursor.hasNext()) {
        for (const bson of cursor.readBufferedDocuments()) {
          if (!visit(this.#cache.recordOf(bson as unknown as Uint8Array, reading))) return;
        }
        if (performance.now() > endsAt) throw queryTimeout(this.#limitMs);
      }
    } finally {
      await cursor.close();
    }
  }
}

/** The largest limit that MongoDB takes. */
const maxLimit = 2 ** 31 - 1;

function afterCursor({ after }: Query, candidates: Candidates): Candidates {
  return after === undefined ? candidates : allOf([exactly({ _id: { $gt: after.sequence } }), candidates]);
}

/** `records`: those of the page and, if there is one, the next. */
function pageOf({ order, limit }: Query, records: readonly StoredRecord[], count: number | undefined): EntityPage {
  const page = records.slice(0, limit);
  const last = page.at(-1);
  return {
    records: page,
    ...(count !== undefined && { count }),
    ...(order.length === 0 && last !== undefined && records.length > limit && { next: { sequence: last.sequence } }),
  };
}

/** Equal for queries that ask the same. */
function textOf(query: Query): string {
  return JSON.stringify(query);
}
