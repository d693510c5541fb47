import { compares } from '../../../../core/query/evaluate.ts';
import type { Comparison, EqualityComparison, Operand, OrderComparison } from '../../../../core/query/query.ts';
import { Kind } from './cells.ts';
import type { Column, ValueIndexes } from './column.ts';
import type { Candidates, Condition } from './condition.ts';
import type { IndexRange } from './ordered-index.ts';
import { endOf, endOfPrefix, rangesEqualTo, rangesInOrder, startOf } from './value-ranges.ts';

/** A comparison on a column. Exact: what the column cannot decide faster, `compares` decides on the column's target. */
export function comparisonCondition(comparison: Comparison, column: Column): Condition {
  switch (comparison.operator) {
    case '==':
      return equality(comparison, column);
    case '!=':
      return contrary(comparison, equality({ ...comparison, operator: '==' }, column), column);
    case '~=':
      return pattern(comparison, column);
    case '!~=':
      return contrary(comparison, pattern({ ...comparison, operator: '~=' }, column), column);
    default:
      return order(comparison, column);
  }
}

function equality(comparison: EqualityComparison, column: Column): Condition {
  const [operand, ...others] = comparison.operands;
  const isOne = others.length === 0;
  const isRun = comparison.operands.every(({ kind }) => kind !== 'range' && kind !== 'moment');
  return (comparison.operands.some(isMoment) ? inexact : exact)(
    (isOne ? equalityTest(operand, column) : undefined) ?? plainTest(comparison, column),
    (indexes) => comparison.operands.flatMap((one) => rangesEqualTo(one, indexes)),
    column,
    isOne ||
      (isRun && new Set(comparison.operands.map((one) => JSON.stringify(one))).size === comparison.operands.length),
    isRun,
  );
}

function order(comparison: OrderComparison, column: Column): Condition {
  return (isMoment(comparison.operand) ? inexact : exact)(
    orderTest(comparison, column) ?? plainTest(comparison, column),
    (indexes) => rangesInOrder(comparison, indexes),
    column,
    true,
    comparison.operand.kind === 'boolean' || comparison.operand.kind === 'null',
  );
}

function isMoment(operand: Operand): boolean {
  return operand.kind === 'range' ? isMoment(operand.from) : operand.kind === 'moment';
}

/** As `exact`, where the ranges hold more than what the condition holds for. */
function inexact(...parameters: Parameters<typeof exact>): Condition {
  const { count: _, ...condition } = exact(...parameters);
  return condition;
}

/** A condition that holds for exactly the slots of ranges, in the indexes of whole values and in those of members. */
function exact(
  test: Condition['test'],
  rangesIn: (indexes: ValueIndexes) => IndexRange[],
  column: Column,
  areApart: boolean,
  areRuns: boolean,
): Condition {
  const whole = rangesIn(column.whole);
  const hasMembers = column.members !== undefined && column.members.size > 0;
  const ranges = hasMembers && column.members !== undefined ? [...whole, ...rangesIn(column.members)] : whole;
  const size = ranges.reduce((total, { index, low, high }) => total + index.estimateRange(low, high), 0);
  const distinct = areApart && !hasMembers;
  const condition: Condition = {
    test,
    cost: 6,
    estimate: Math.min(size, column.cells.count),
    candidates: [{ ranges, slots: [], size, inCreationOrder: areRuns, distinct }],
    wanted: [],
  };
  if (!distinct) return condition;
  const count = () => whole.reduce((total, { index, low, high }) => total + index.countRange(low, high), 0);
  return { ...condition, count };
}

/** What is there and does not compare so. A `DateTime` without a value is there but compares with nothing. */
function contrary(comparison: Comparison, condition: Condition, column: Column): Condition {
  const { kinds } = column.whole;
  const comparable = () =>
    column.cells.count - kinds.countRange(startOf<number>(Kind.emptyInstant), endOf<number>(Kind.emptyInstant));
  const { count } = condition;
  return {
    test: plainTest(comparison, column),
    cost: condition.cost + 20,
    estimate: Math.max(0, column.cells.count - condition.estimate),
    ...(count === undefined ? {} : { count: () => comparable() - count() }),
    candidates: presentSlots(column),
    wanted: [],
  };
}

/** The slots that hold anything, where they are few among many. */
export function presentSlots(column: Column): readonly Candidates[] {
  const sparse = column.cells.sparseSlots();
  if (sparse === undefined) return [];
  const slots = [...sparse];
  return [{ ranges: [], slots, size: slots.length, inCreationOrder: false, distinct: true }];
}

function pattern(comparison: Extract<Comparison, { operator: '~=' | '!~=' }>, column: Column): Condition {
  const { prefix = '' } = comparison.pattern;
  const test = plainTest(comparison, column);
  const condition = inexact(
    test,
    ({ texts }) => [{ index: texts, low: startOf(prefix), high: endOfPrefix(prefix) } as IndexRange],
    column,
    true,
    false,
  );
  const { cells } = column;
  return {
    ...condition,
    cost: 800,
    estimate: prefix === '' ? condition.estimate / 4 : condition.estimate,
    test: (slot) => {
      const kind = cells.kindAt(slot);
      if (kind === Kind.text && prefix !== '' && !(cells.valueAt(slot) as string).startsWith(prefix)) return false;
      return (kind === Kind.text || kind === Kind.array) && test(slot);
    },
  };
}

function plainTest(comparison: Comparison, column: Column): (slot: number) => boolean {
  return (slot) => compares(comparison, column.targetAt(slot));
}

function equalityTest(operand: Operand | undefined, column: Column): ((slot: number) => boolean) | undefined {
  if (operand === undefined) return undefined;
  if (operand.kind === 'range') {
    const { from, to } = operand;
    if (from.kind !== to.kind) return () => false;
    if (from.kind === 'number' && to.kind === 'number') return numberTest(column, Kind.number, from.value, to.value);
    if (from.kind === 'instant' && to.kind === 'instant') return numberTest(column, Kind.instant, from.value, to.value);
    return undefined;
  }
  if (operand.kind === 'number') return numberTest(column, Kind.number, operand.value, operand.value);
  if (operand.kind === 'instant') return numberTest(column, Kind.instant, operand.value, operand.value);
  if (operand.kind !== 'text') return undefined;
  const { value } = operand;
  const { cells } = column;
  return (slot) => {
    if (cells.kinds[slot] === Kind.text) return cells.values[slot] === value;
    const kind = cells.kindAt(slot);
    if (kind === Kind.text) return cells.valueAt(slot) === value;
    return kind === Kind.array && (cells.valueAt(slot) as readonly unknown[]).includes(value);
  };
}

function orderTest({ operator, operand }: OrderComparison, column: Column): ((slot: number) => boolean) | undefined {
  if (operand.kind !== 'number' && operand.kind !== 'instant') return undefined;
  const kind = operand.kind === 'number' ? Kind.number : Kind.instant;
  const { value } = operand;
  switch (operator) {
    case '<':
      return numberTest(column, kind, Number.NEGATIVE_INFINITY, previousNumber(value));
    case '<=':
      return numberTest(column, kind, Number.NEGATIVE_INFINITY, value);
    case '>':
      return numberTest(column, kind, nextNumber(value), Number.POSITIVE_INFINITY);
    case '>=':
      return numberTest(column, kind, value, Number.POSITIVE_INFINITY);
  }
}

/** From `low` to `high`, both included: one form for all comparisons of numbers, so that the test is short. */
function numberTest(column: Column, wanted: Kind, low: number, high: number): (slot: number) => boolean {
  const { cells } = column;
  const slowly = (slot: number) => {
    const kind = cells.kindAt(slot);
    if (kind === wanted) return cells.numberAt(slot) >= low && cells.numberAt(slot) <= high;
    if (kind !== Kind.array || wanted !== Kind.number) return false;
    return (cells.valueAt(slot) as readonly unknown[]).some(
      (member) => typeof member === 'number' && member >= low && member <= high,
    );
  };
  return (slot) => {
    // Out of bounds, and of a sparse column, there are no kinds.
    if (cells.kinds[slot] !== wanted) return slowly(slot);
    const number = cells.numbers[slot] as number;
    return number >= low && number <= high;
  };
}

const bits = new DataView(new ArrayBuffer(8));

/** The next larger double. */
function nextNumber(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

function previousNumber(value: number): number {
  return -nextNumber(-value);
}
