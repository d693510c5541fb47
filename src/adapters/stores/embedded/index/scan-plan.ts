import { boundsAround } from '../../../../core/geo/bounds.ts';
import type { DistanceKey, Query } from '../../../../core/query/query.ts';
import { Kind } from './cells.ts';
import type { Column } from './column.ts';
import { type Candidates, type Condition, decodeCost, smallest } from './condition.ts';
import { afterSequence } from './index-cursor.ts';
import { descendingLeg, type Leg, rangeLeg, type Scan, slotsLeg } from './leg.ts';
import type { IndexRange } from './ordered-index.ts';
import type { Partition } from './partition.ts';
import { limitOf, rings } from './rings.ts';
import type { KeyReader } from './row-order.ts';
import type { TopRows } from './top-rows.ts';
import { keyRange } from './value-ranges.ts';

/** How one partition is searched. */
export interface ScanPlan {
  readonly first: Scan;
  /** After this many visits that did not find all, `instead` will do better. */
  readonly mostVisits: number;
  readonly instead?: Scan;
  /** About how many entities it must decode. */
  readonly decodes: number;
}

/** What a plan is made for. */
export interface ScanTask {
  readonly query: Query;
  readonly partition: Partition;
  readonly condition: Condition;
  readonly readers: readonly KeyReader[];
  readonly top: TopRows;
  /** Rows wanted: offset and limit together. */
  readonly wanted: number;
  /** Every match must be visited, to be counted. */
  readonly counting: boolean;
}

/** Which plans are allowed: all but in tests, which hold them against each other. */
export type Strategy = 'cheapest' | 'walk' | 'candidates' | 'change over';

/** Nanoseconds to reach a slot: in turn, or by way of an index, which is all over the memory. */
const walkCost = 3;
const reachCost = 20;
/** How much more than a hope a sure thing may cost. */
const certainty = 1.25;
/** How much longer a test takes on slots all over the memory. */
const scatter = 3;

/** One way to search, and what it would take in nanoseconds. */
interface Option {
  readonly scan: Scan;
  /** If matches lie evenly. */
  readonly expected: number;
  /** If they all lie at the end. */
  readonly worst: number;
  readonly costPerVisit: number;
  /** About how many entities it decodes, if matches lie evenly. */
  readonly decodes: number;
}

/**
 * Chooses how to search a partition.
 *
 * Either in an order that allows to stop at the limit: of creation, of equal values, of the first key asked for; what that
 * costs depends on where the matches lie. Or through the fewest candidates that some part of the filter leaves, all of
 * them, which costs what it costs. The first is tried, if it promises more, for as long as the second would take; so the
 * whole never costs more than twice the better of the two.
 */
export function planScan(task: ScanTask, strategy: Strategy): ScanPlan {
  const gathered = gathering(task, strategy);
  const ordered = task.counting ? undefined : cheapestOrdered(task, strategy);
  if (
    ordered === undefined ||
    (strategy !== 'walk' && strategy !== 'change over' && gathered.worst <= ordered.expected * certainty)
  ) {
    return { first: gathered.scan, mostVisits: Number.POSITIVE_INFINITY, decodes: gathered.decodes };
  }
  const { scan: first, decodes } = ordered;
  if (strategy === 'change over') return { first, mostVisits: 1, instead: gathered.scan, decodes };
  if (strategy === 'walk' || ordered.worst <= gathered.worst) {
    return { first, mostVisits: Number.POSITIVE_INFINITY, decodes };
  }
  return { first, mostVisits: 64 + gathered.worst / ordered.costPerVisit, instead: gathered.scan, decodes };
}

/** All of some set, whatever the order. */
function gathering(task: ScanTask, strategy: Strategy): Option {
  const { partition, condition, readers, wanted, counting } = task;
  const { size } = partition;
  const least = strategy === 'walk' ? undefined : smallest(condition.candidates);
  const isWorth = least !== undefined && (strategy === 'candidates' || least.size * scatter < size);
  const visits = isWorth ? least.size : size;
  const share = Math.min(1, Math.max(condition.estimate, 0.1) / Math.max(1, visits));
  // A row is tested only if it would have a place; how often that is, is the sum of the chances, one after the other.
  const entering = (wanted / share) * (1 + Math.log(Math.max(1, (visits * share) / Math.max(1, wanted))));
  const tests = counting ? visits : Math.min(visits, entering);
  const keyCost = readers.reduce((total, { cost }) => total + cost, 0);
  const cost =
    500 + visits * ((isWorth ? reachCost : walkCost) + keyCost) + tests * condition.cost * (isWorth ? scatter : 1);
  const scan = isWorth ? candidatesScan(least, task, 'none') : walk(task, 'none');
  const decodes = tests * decodeShare(condition.cost) + visits * decodeShare(keyCost);
  return { scan, expected: cost, worst: cost, costPerVisit: cost / Math.max(1, visits), decodes };
}

/** How many entities could be decoded in the same time: none where it is no more than what columns take. */
function decodeShare(costNs: number): number {
  return costNs < decodeCost / 20 ? 0 : Math.min(1, costNs / decodeCost);
}

function cheapestOrdered(task: ScanTask, strategy: Strategy): Option | undefined {
  const options = task.query.order.length === 0 ? inCreationOrder(task, strategy) : alongFirstKey(task);
  return options.reduce<Option | undefined>(
    (best, option) => (best === undefined || option.expected < best.expected ? option : best),
    undefined,
  );
}

function inCreationOrder(task: ScanTask, strategy: Strategy): Option[] {
  const { partition, condition } = task;
  const options: Option[] = [];
  for (const candidates of strategy === 'walk' ? [] : condition.candidates) {
    if (!candidates.inCreationOrder) continue;
    options.push(
      option(candidatesScan(candidates, task, 'exact'), candidates.size, reachCost + condition.cost * scatter, task),
    );
  }
  if (strategy !== 'candidates') {
    options.push(option(walk(task, 'exact'), partition.size, walkCost + condition.cost, task));
  }
  return options;
}

function option(scan: Scan, size: number, costPerVisit: number, { condition, wanted }: ScanTask): Option {
  const share = Math.min(1, Math.max(condition.estimate, 0.1) / Math.max(1, size));
  const visits = Math.min(size, wanted / share);
  const decodes = visits * decodeShare(condition.cost);
  return { scan, expected: visits * costPerVisit, worst: size * costPerVisit, costPerVisit, decodes };
}

/** The whole partition, as it was created. */
function walk({ partition, query, counting }: ScanTask, sorted: Leg['sorted']): Scan {
  const { after } = query;
  const low = after === undefined || counting ? undefined : startAfter(after.sequence);
  return {
    legs: [rangeLeg({ index: partition.creation, low, high: undefined } as IndexRange, sorted)],
    distinct: true,
  };
}

function startAfter(sequence: number): { key: number; sequence: number } {
  return { key: afterSequence(sequence), sequence: Number.NEGATIVE_INFINITY };
}

function candidatesScan(candidates: Candidates, { query, counting }: ScanTask, sorted: Leg['sorted']): Scan {
  const { after } = query;
  const isRun = sorted === 'exact' && after !== undefined && !counting;
  const legs = candidates.ranges.map((range) => {
    const { low } = range;
    if (!isRun || low === undefined) return rangeLeg(range, sorted);
    return rangeLeg({ ...range, low: { key: low.key, sequence: afterSequence(after.sequence) } }, sorted);
  });
  if (candidates.slots.length > 0) legs.push(slotsLeg(candidates.slots));
  return { legs, distinct: candidates.distinct };
}

/** In the order of the first key, as far as it is known without looking at every entity. */
function alongFirstKey(task: ScanTask): Option[] {
  const { query, readers, partition, condition } = task;
  const [key] = query.order;
  const [reader] = readers;
  if (key === undefined || reader === undefined) return [];
  if (key.by.kind === 'distance') return key.descending ? [] : outward(key.by, task);
  if (reader.column === undefined) return [];
  const sorted = query.order.length === 1 ? 'exact' : 'firstKey';
  const legs =
    reader.column === 'absent' ? walk(task, sorted).legs : valueLegs(reader.column, key.descending, sorted, task);
  return [option({ legs, distinct: true }, partition.size, reachCost + reader.cost + condition.cost * scatter, task)];
}

/** The values of a column in their order, kind by kind. */
function valueLegs(column: Column, descending: boolean, sorted: Leg['sorted'], task: ScanTask): Leg[] {
  const { partition } = task;
  const { cells, whole } = column;
  const all = (index: unknown): IndexRange => ({ index, low: undefined, high: undefined }) as IndexRange;
  const leg = descending ? descendingLeg : rangeLeg;
  const run = (kind: Kind) => rangeLeg(keyRange(kind, whole.kinds), sorted);
  const unlisted = (kind: Kind): Leg => {
    const leg = rangeLeg(all(partition.creation), sorted);
    return { ...leg, test: (slot) => cells.kindAt(slot) === kind };
  };
  const nulls: Leg[] = [run(Kind.emptyInstant), run(Kind.null)];
  if (cells.count < partition.size) nulls.push(unlisted(Kind.absent));
  const groups: Leg[][] = [
    nulls,
    [leg(all(whole.numbers), sorted)],
    [leg(all(whole.instants), sorted)],
    [leg(all(whole.texts), sorted)],
    whole.size < cells.count ? [unlisted(Kind.object)] : [],
    whole.size < cells.count ? [unlisted(Kind.array)] : [],
    [run(Kind.false)],
    [run(Kind.true)],
  ];
  return (descending ? groups.reverse() : groups).flat();
}

/** From the center outward, ring after ring, until the rows found are nearer than the next ring. */
function outward(key: DistanceKey, task: ScanTask): Option[] {
  const { partition, condition, wanted, query } = task;
  if (key.reference !== undefined || partition.manifold.has(key.attribute ?? '')) return [];
  if (key.attribute !== undefined && partition.columns.get(key.attribute) === undefined) return [];
  const places =
    key.attribute === undefined
      ? partition.places
      : partition.derivedOf({ kind: 'places', attribute: key.attribute })?.places;
  if (places === undefined) return [];
  const limit = limitOf(key, query.filter);
  const within = Number.isFinite(limit) ? places.within(boundsAround(key.center, limit)).size : partition.size;
  const share = Math.min(1, Math.max(condition.estimate, 0.1) / Math.max(1, within));
  const visits = Math.min(within, (4 * wanted) / share + 64);
  const costPerVisit = reachCost + 250 + condition.cost;
  return [
    {
      scan: { legs: rings(key, places, visits, limit, task), distinct: true },
      expected: 30_000 + visits * costPerVisit,
      worst: 30_000 + 2 * within * costPerVisit,
      costPerVisit,
      decodes: visits * decodeShare(condition.cost),
    },
  ];
}
