import type { Query } from '../../../../core/query/query.ts';
import type { Condition } from './condition.ts';
import type { Subject } from './derived.ts';
import type { SlotCursor } from './index-cursor.ts';
import { type Leg, type Scan, SlotSet } from './leg.ts';
import type { Partition } from './partition.ts';
import { queryCondition, type SlotsOfId } from './query-condition.ts';
import { keyReader } from './row-order.ts';
import { planScan, type ScanTask, type Strategy } from './scan-plan.ts';
import type { TimeSlice } from './time-slice.ts';
import { type Row, TopRows } from './top-rows.ts';
import { type Stretch, visit, visitAll } from './visit.ts';

/** What a search looks through. */
export interface SearchSpace {
  /** The partitions in which the selectors may find something, by age. */
  partitionsFor(query: Query): ReadonlySet<Partition>;
  readonly slotsOfId: SlotsOfId;
}

export interface Found {
  /** The page. */
  readonly rows: readonly Row[];
  /** All matches; 0 where the query did not ask. */
  readonly count: number;
  /** The sequence of the last row looked at for the page, where there may be more. */
  readonly last: number | undefined;
}

/** How a search goes about it; what it finds is the same whatever it is told. */
export interface SearchOptions {
  readonly strategy: Strategy;
  /** More decoded entities than this by one query, and more than a share of the partition, are worth a derived column. */
  readonly fewDecodes: number;
}

/**
 * Answers one query. Yields when its time slice is over; whatever changes before it is resumed, it goes on where it was.
 *
 * Every partition offers its rows to one list of the best, and stops where that list has no place for what follows; so many
 * partitions in the order of creation cost little more than one.
 */
export class Search {
  private readonly top: TopRows;
  private readonly wanted: number;
  private readonly after: number;
  private count = 0;
  /** Slots looked at. */
  private visits = 0;
  /** The index may have changed since the search began: what was found must be looked at again. */
  private wasPaused = false;

  constructor(
    private readonly query: Query,
    private readonly space: SearchSpace,
    private readonly slice: TimeSlice,
    private readonly options: SearchOptions,
  ) {
    this.wanted = query.limit === 0 ? 0 : query.limit + (query.after === undefined ? query.offset : 0);
    this.after = query.after?.sequence ?? Number.NEGATIVE_INFINITY;
    this.top = new TopRows(query.order, this.wanted);
  }

  *run(): Generator<void, Found, void> {
    let looked = 0;
    for (const partition of this.space.partitionsFor(this.query)) {
      if (++looked % 64 === 0) yield* this.giveWay();
      if (!this.isBeaten(partition)) yield* this.searchPartition(partition);
    }
    return this.found();
  }

  /** Nothing in the partition comes before what was found. */
  private isBeaten(partition: Partition): boolean {
    if (this.query.count || this.query.order.length > 0) return false;
    return this.top.isFull && (this.top.worst?.sequence ?? Number.NEGATIVE_INFINITY) <= partition.firstSequence;
  }

  /** `spared`: what spares it from decoding entities has been built, as far as it can be. */
  private *searchPartition(partition: Partition, spared = false): Generator<void, void, void> {
    const { query } = this;
    const task = this.taskFor(partition);
    if (task === undefined) return;
    const plan = planScan(task, this.options.strategy);
    const missing = spared || plan.decodes === 0 ? [] : missingOf(task);
    const bearable =
      missing.length === 0 ? Number.POSITIVE_INFINITY : partition.bearableDecodes(missing, this.options.fewDecodes);
    if (plan.decodes > bearable) {
      yield* this.derive(missing, partition);
      yield* this.searchPartition(partition, true);
      return;
    }
    if (task.counting || this.wanted > 0) {
      // How many it decodes is a guess: where matches are rare it decodes many more, and gives up for what spares it that.
      const mostVisits = task.counting ? plan.mostVisits : Math.min(plan.mostVisits, bearable);
      const before = this.visits;
      const isDone = yield* this.scan(plan.first, mostVisits, task);
      if (missing.length > 0) partition.noteDecodes(missing, this.visits - before);
      if (!isDone) this.top.drop(partition);
      if (!isDone && mostVisits < plan.mostVisits) {
        yield* this.derive(missing, partition);
        yield* this.searchPartition(partition, true);
        return;
      }
      if (!isDone && plan.instead !== undefined) yield* this.scan(plan.instead, Number.POSITIVE_INFINITY, task);
    }
    if (query.count && !task.counting) this.count += task.condition.count?.() ?? 0;
  }

  private taskFor(partition: Partition): ScanTask | undefined {
    const { query, top, wanted } = this;
    const condition = queryCondition(query, partition, this.space.slotsOfId);
    if (condition === undefined) return undefined;
    const readers = query.order.map((key) => keyReader(key, partition));
    return {
      query,
      partition,
      condition,
      readers,
      top,
      wanted,
      counting: query.count && condition.count === undefined,
    };
  }

  /** Builds what spares a task from decoding entities. Other queries go on with it if this one's time runs out. */
  private *derive(subjects: readonly Subject[], partition: Partition): Generator<void, void, void> {
    for (const subject of subjects) {
      const derived = partition.derive(subject);
      while (derived?.build(64) === false) yield* this.giveWay();
    }
  }

  /** Looks through the legs of a scan; false where it has given up after the most visits. */
  private *scan(scan: Scan, mostVisits: number, task: ScanTask): Generator<void, boolean, void> {
    const seen = scan.distinct ? undefined : new SlotSet();
    const steps = this.slice.stepsOf(task.condition.cost);
    let left = mostVisits;
    for (const leg of scan.legs) {
      const cursor = leg.open();
      for (;;) {
        const { visits, isLegOver } = this.visit(cursor, leg, task, seen, Math.min(steps, left));
        left -= visits;
        this.visits += visits;
        if (isLegOver) break;
        if (left <= 0) return false;
        if (this.slice.isOver()) {
          cursor.pause();
          yield* this.giveWay();
        }
      }
    }
    return true;
  }

  private visit(cursor: SlotCursor, leg: Leg, task: ScanTask, seen: SlotSet | undefined, most: number): Stretch {
    if (!task.counting) return visit(cursor, leg, task, this.after, seen, most);
    const stretch = visitAll(cursor, task, this.after, seen, most);
    this.count += stretch.matches;
    return stretch;
  }

  private *giveWay(): Generator<void, void, void> {
    if (!this.slice.isOver()) return;
    this.wasPaused = true;
    yield;
  }

  private found(): Found {
    const { query } = this;
    const rows = this.top.sorted().slice(this.wanted - query.limit);
    const mayBeMore = query.order.length === 0 && query.limit > 0 && rows.length === query.limit;
    const last = mayBeMore ? rows.at(-1)?.sequence : undefined;
    return { rows: this.wasPaused ? this.stillMatching(rows) : rows, count: this.count, last };
  }

  private stillMatching(rows: readonly Row[]): Row[] {
    const conditions = new Map<Partition, Condition | undefined>();
    const sequences = new Set<number>();
    return rows.filter(({ partition, slot, sequence }) => {
      if (sequences.has(sequence) || partition.sequences.at(slot) !== sequence) return false;
      sequences.add(sequence);
      if (!conditions.has(partition)) {
        conditions.set(partition, queryCondition(this.query, partition, this.space.slotsOfId));
      }
      return conditions.get(partition)?.test(slot) === true;
    });
  }
}

/** What would spare a task from decoding entities, had it been built. */
function missingOf({ condition, readers }: ScanTask): readonly Subject[] {
  return [...condition.wanted, ...readers.flatMap(({ wanted }) => wanted)];
}
