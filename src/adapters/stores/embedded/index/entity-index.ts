import { setImmediate } from 'node:timers/promises';
import type { Awaitable } from '../../../../core/awaitable.ts';
import type { Entity } from '../../../../core/entity/entity.ts';
import type { Query } from '../../../../core/query/query.ts';
import { type ScopePattern, scopesMatch } from '../../../../core/scope.ts';
import type { EntityPage, EntityRecord, EntityTarget, Reading, TypeSummary } from '../../../../ports/entity-store.ts';
import { defaultBlockSize, type IndexMode } from './index-mode.ts';
import { listKey } from './list-key.ts';
import { Partition } from './partition.ts';
import { RecordCache } from './record-cache.ts';
import type { Strategy } from './scan-plan.ts';
import { type Found, Search, type SearchOptions, type SearchSpace } from './search.ts';
import { skipOffset } from './skip-offset.ts';
import { TimeSlice } from './time-slice.ts';
import { summarize } from './type-summaries.ts';

export interface EntityIndexOptions {
  /** About what decoded entities and their renderings may take, beside the index itself. */
  readonly cacheBytes: number;
  /** A query that takes longer is refused with `queryTimeout`. */
  readonly queryTimeoutMs: number;
  /** A query that takes longer at a stretch lets others go first. */
  readonly yieldAfterMs: number;
  /** Entries that a block of an ordered index holds; tests make it small, so that blocks split. */
  readonly blockSize?: number;
  /** Holds queries to one way of searching, for tests that compare them. */
  readonly strategy?: Strategy;
  /** Entities that a query may decode before it has a column built instead; tests make it small. */
  readonly fewDecodes?: number;
}

interface Place {
  readonly partition: Partition;
  readonly slot: number;
  readonly sequence: number;
}

/**
 * All entities of one tenant, in memory: answers `Query` without the disk and without anybody declaring an index.
 *
 * An entity is its stored text, its values column by column, and a place in the indexes of each; it is decoded when it
 * is asked for, and then kept while `cacheBytes` allow. What a put or a remove costs depends on what it changes, not on the
 * size of the entity or of the tenant.
 */
export class EntityIndex {
  private readonly partitions = new Map<string, Partition>();
  private readonly allPartitions = new Set<Partition>();
  private readonly partitionsByType = new Map<string, Set<Partition>>();
  private readonly places = new Map<number, Place>();
  private readonly placesById = new Map<string, Place | readonly Place[]>();
  /** Puts and removals so far. */
  private changes = 0;
  /** The one of `changes` after which a partition was gone. */
  private lastDrop = 0;
  private readonly cache: RecordCache;
  private readonly mode: IndexMode;
  private readonly searchOptions: SearchOptions;
  private readonly space: SearchSpace;

  constructor(private readonly options: EntityIndexOptions) {
    this.cache = new RecordCache(options.cacheBytes);
    this.mode = { blockSize: options.blockSize ?? defaultBlockSize, isLoading: false };
    this.searchOptions = { strategy: options.strategy ?? 'cheapest', fewDecodes: options.fewDecodes ?? 1000 };
    this.space = {
      partitionsFor: (query) => this.partitionsFor(query),
      slotsOfId: (partition, id) =>
        this.placesOf(id)
          .filter((one) => one.partition === partition)
          .map(({ slot }) => slot),
    };
  }

  get size(): number {
    return this.places.size;
  }

  /** How many sets of types there are that an entity has. */
  get typesCount(): number {
    return this.partitions.size;
  }

  /** Tells whether an entity has exactly these types. Cost: one look-up. */
  hasTypes(types: readonly string[]): boolean {
    return this.partitions.has(listKey(types));
  }

  /**
   * Takes in an entity under its place in the order of creation, in place of what was there under it. `text` is the entity in
   * the stored form. A later put of the same sequence must have the same id.
   */
  put(sequence: number, text: string, entity: Entity): void {
    const place = this.places.get(sequence);
    const key = listKey(entity.types);
    this.changes++;
    if (place !== undefined && listKey(place.partition.types) === key) {
      place.partition.lastChange = this.changes;
      place.partition.replace(place.slot, text, entity);
      return;
    }
    if (place !== undefined) this.remove(sequence);
    const partition = this.partitionOf(key, entity.types);
    partition.lastChange = this.changes;
    const created = { partition, slot: partition.insert(sequence, text, entity), sequence };
    this.places.set(sequence, created);
    const same = this.placesById.get(entity.id);
    this.placesById.set(entity.id, same === undefined ? created : [...listOf(same), created].sort(bySequence));
  }

  /** Announces many puts and few queries: until `endLoad`, puts take less time, and the first query after them more. */
  beginLoad(): void {
    this.mode.isLoading = true;
  }

  /** Puts in order what `beginLoad` let wait. Costs a sort of each attribute's values, at a stretch. */
  endLoad(): void {
    this.mode.isLoading = false;
    for (const partition of this.allPartitions) partition.settle();
  }

  /** Forgets the entity; nothing happens where there is none. */
  remove(sequence: number): void {
    const place = this.places.get(sequence);
    if (place === undefined) return;
    const { partition, slot } = place;
    const id = partition.ids[slot] as string;
    const [first, ...others] = listOf(this.placesById.get(id)).filter((one) => one !== place);
    if (first === undefined) this.placesById.delete(id);
    else this.placesById.set(id, others.length === 0 ? first : [first, ...others]);
    this.places.delete(sequence);
    partition.remove(slot);
    partition.lastChange = ++this.changes;
    if (partition.size === 0) this.dropPartition(partition);
  }

  record(sequence: number): EntityRecord | undefined {
    const place = this.places.get(sequence);
    return place?.partition.recordAt(place.slot);
  }

  /** In the order of creation. */
  lookup({ id, type, scopes }: EntityTarget): EntityRecord[] {
    const places = this.placesById.get(id);
    if (places === undefined) return [];
    // Almost always there is one.
    if (isOne(places)) return covers(places, type, scopes) ? [places.partition.recordAt(places.slot)] : [];
    return places.filter((place) => covers(place, type, scopes)).map(({ partition, slot }) => partition.recordAt(slot));
  }

  /** As the port has it. Refuses with `queryTimeout`. A query that is answered within one time slice is answered at once, and sees one moment. */
  find(query: Query, reading: Reading = 'again'): Awaitable<EntityPage> {
    const slice = new TimeSlice(this.options.yieldAfterMs, this.options.queryTimeoutMs);
    const search = new Search(skipOffset(query, this.space), this.space, slice, this.searchOptions).run();
    const step = search.next();
    return step.done ? pageOf(step.value, query, reading) : this.goOn(search, slice, query, reading);
  }

  private async goOn(
    search: Generator<void, Found>,
    slice: TimeSlice,
    query: Query,
    reading: Reading,
  ): Promise<EntityPage> {
    for (;;) {
      await setImmediate();
      slice.restart();
      const step = search.next();
      if (step.done) return pageOf(step.value, query, reading);
    }
  }

  /** As the port has it. Costs by types, scopes and attribute names, not by entities. */
  summarizeTypes(scopes: readonly ScopePattern[]): readonly TypeSummary[] {
    return summarize(this.allPartitions, scopes);
  }

  /** As the port has it, for as long as the index lives. A type that is gone renames the states of all others, too. */
  stateOf(types: readonly string[]): string {
    const partitions = new Set(types.flatMap((type) => [...(this.partitionsByType.get(type) ?? [])]));
    return [this.lastDrop, ...[...partitions].map(({ lastChange }) => lastChange)].join('.');
  }

  private placesOf(id: string): readonly Place[] {
    return listOf(this.placesById.get(id));
  }

  private partitionsFor({ selectors }: Query): ReadonlySet<Partition> {
    if (selectors.length === 0) return this.allPartitions;
    const [{ ids: firstIds, types: firstTypes = [] } = {}, ...others] = selectors;
    const [onlyType, ...otherTypes] = firstTypes;
    if (onlyType !== undefined && otherTypes.length === 0 && others.length === 0 && firstIds === undefined) {
      return this.partitionsByType.get(onlyType) ?? noPartitions;
    }
    const found = new Set<Partition>();
    for (const { ids, types } of selectors) {
      if (ids !== undefined) for (const id of ids) for (const { partition } of this.placesOf(id)) found.add(partition);
      else if (types !== undefined) {
        for (const type of types) for (const partition of this.partitionsByType.get(type) ?? []) found.add(partition);
      } else return this.allPartitions;
    }
    return found;
  }

  private partitionOf(key: string, types: readonly string[]): Partition {
    let partition = this.partitions.get(key);
    if (partition !== undefined) return partition;
    partition = new Partition(types, this.mode, this.cache);
    this.partitions.set(key, partition);
    this.allPartitions.add(partition);
    for (const type of types) {
      const sameType = this.partitionsByType.get(type) ?? new Set();
      this.partitionsByType.set(type, sameType.add(partition));
    }
    return partition;
  }

  private dropPartition(partition: Partition): void {
    this.lastDrop = this.changes;
    this.partitions.delete(listKey(partition.types));
    this.allPartitions.delete(partition);
    for (const type of partition.types) {
      const sameType = this.partitionsByType.get(type);
      sameType?.delete(partition);
      if (sameType?.size === 0) this.partitionsByType.delete(type);
    }
  }
}

const noPartitions: ReadonlySet<Partition> = new Set();

function pageOf({ rows, count, last }: Found, query: Query, reading: Reading): EntityPage {
  return {
    records: rows.map(({ partition, slot }) =>
      reading === 'once' ? partition.passingRecordAt(slot) : partition.recordAt(slot),
    ),
    ...(query.count ? { count } : {}),
    ...(last === undefined ? {} : { next: { sequence: last } }),
  };
}

function covers({ partition, slot }: Place, type: string | undefined, scopes: readonly ScopePattern[]): boolean {
  if (type !== undefined && !partition.types.includes(type)) return false;
  return scopesMatch(scopes, partition.groupAt(slot)?.scopes ?? []);
}

function bySequence(a: Place, b: Place): number {
  return a.sequence - b.sequence;
}

function listOf(places: Place | readonly Place[] | undefined): readonly Place[] {
  if (places === undefined) return [];
  return isOne(places) ? [places] : places;
}

function isOne(places: Place | readonly Place[]): places is Place {
  return !Array.isArray(places);
}
