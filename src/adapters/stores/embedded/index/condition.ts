import type { Subject } from './derived.ts';
import type { IndexRange } from './ordered-index.ts';

/** Looks through slots from one place to another. */
export type NextPlace = (slots: Uint32Array, from: number, stop: number, below: number) => number;

/** A part of a query, compiled for one partition. */
export interface Condition {
  /** Tells exactly whether the slot's entity fulfils it. */
  test(slot: number): boolean;
  /**
   * The first place from `from` on, before `stop`, whose slot is below `below` and fulfils it; `stop` where there is none. Where
   * it is given it finds what a test of each would, without a call a slot (bench: `near`).
   */
  readonly next?: NextPlace;
  /** About what one test takes, in nanoseconds. */
  readonly cost: number;
  /** About how many slots fulfil it. */
  readonly estimate: number;
  /** Exactly how many, if that can be told without a look at each; called once it is needed. */
  readonly count?: () => number;
  /** Sets of slots among which are all that fulfil it; any of them will do. */
  readonly candidates: readonly Candidates[];
  /** What would spare the test from decoding entities. */
  readonly wanted: readonly Subject[];
}

/** Slots to look at instead of all. */
export interface Candidates {
  readonly ranges: readonly IndexRange[];
  readonly slots: readonly number[];
  /** About how many. */
  readonly size: number;
  /** Within each range the slots are in the order of creation, and there are no loose ones. */
  readonly inCreationOrder: boolean;
  /** No slot comes twice. */
  readonly distinct: boolean;
}

/** Decoding a stored text takes about this, in nanoseconds: what a test that has no column must do. */
export const decodeCost = 6000;

/** What a test takes that only needs the outline of the entity. */
export const outlineCost = 500;

export function always(size: number): Condition {
  return { test: () => true, cost: 1, estimate: size, count: () => size, candidates: [], wanted: [] };
}

export const never: Condition = {
  test: () => false,
  cost: 1,
  estimate: 0,
  count: () => 0,
  candidates: [{ ranges: [], slots: [], size: 0, inCreationOrder: true, distinct: true }],
  wanted: [],
};

/** Both. What is unlikely and cheap is tested first. */
export function allOf(conditions: readonly Condition[], size: number): Condition {
  const [first] = conditions;
  if (first === undefined) return always(size);
  if (conditions.length === 1) return first;
  const sorted = [...conditions].sort((a, b) => dullness(a, size) - dullness(b, size));
  const [one, other] = sorted as [Condition, Condition];
  const next = one.next && nextOfAll(one.next, sorted.slice(1));
  return {
    ...(next === undefined ? {} : { next }),
    test:
      sorted.length === 2
        ? (slot) => one.test(slot) && other.test(slot)
        : (slot) => sorted.every((condition) => condition.test(slot)),
    cost: costInTurn(sorted, size),
    estimate: sorted.reduce((left, { estimate }) => left * Math.min(1, estimate / Math.max(1, size)), size),
    candidates: sorted.flatMap(({ candidates }) => candidates),
    wanted: sorted.flatMap(({ wanted }) => wanted),
  };
}

/** What the first one finds, if the others hold for it. */
function nextOfAll(first: NextPlace, others: readonly Condition[]): NextPlace {
  return (slots, from, stop, below) => {
    let place = first(slots, from, stop, below);
    while (place < stop && !others.every((other) => other.test(slots[place] as number))) {
      place = first(slots, place + 1, stop, below);
    }
    return place;
  };
}

/** What a test costs by what it rules out. */
function dullness({ cost, estimate }: Condition, size: number): number {
  return cost / Math.max(0.01, 1 - estimate / Math.max(1, size));
}

function costInTurn(conditions: readonly Condition[], size: number): number {
  let cost = 0;
  let reached = 1;
  for (const condition of conditions) {
    cost += condition.cost * reached;
    reached *= Math.min(1, condition.estimate / Math.max(1, size));
  }
  return cost;
}

/** Any of them. */
export function anyOf(conditions: readonly Condition[], size: number): Condition {
  const [first, ...others] = conditions;
  if (first === undefined) return never;
  if (others.length === 0) return first;
  const sum = conditions.reduce((total, { estimate }) => total + estimate, 0);
  const each = conditions.map(({ candidates }) => smallest(candidates));
  return {
    test: (slot) => conditions.some((condition) => condition.test(slot)),
    cost: conditions.reduce((total, { cost }) => total + cost, 0),
    estimate: Math.min(size, sum),
    candidates: each.every((one) => one !== undefined) ? [union(each)] : [],
    wanted: conditions.flatMap(({ wanted }) => wanted),
  };
}

export function smallest(candidates: readonly Candidates[]): Candidates | undefined {
  let best: Candidates | undefined;
  for (const one of candidates) if (best === undefined || one.size < best.size) best = one;
  return best;
}

function union(sets: readonly Candidates[]): Candidates {
  return {
    ranges: sets.flatMap(({ ranges }) => ranges),
    slots: sets.flatMap(({ slots }) => slots),
    size: sets.reduce((total, { size }) => total + size, 0),
    inCreationOrder: sets.every(({ inCreationOrder }) => inCreationOrder),
    distinct: false,
  };
}

/** The contrary. */
export function not(condition: Condition, size: number): Condition {
  const { count } = condition;
  return {
    test: (slot) => !condition.test(slot),
    cost: condition.cost,
    estimate: Math.max(0, size - condition.estimate),
    ...(count === undefined ? {} : { count: () => size - count() }),
    candidates: [],
    wanted: condition.wanted,
  };
}
