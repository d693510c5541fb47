import { compares } from '../../../../core/query/evaluate.ts';
import type { Literal, Operand, OrderComparison } from '../../../../core/query/query.ts';
import { renderInstant } from '../../../../core/time/instant.ts';
import { Kind } from './cells.ts';
import type { ValueIndexes } from './column.ts';
import type { Bound, IndexRange } from './ordered-index.ts';

/* Where in the indexes of a column the values lie that a comparison holds for. */

/** All that equals the operand or lies in it, among the whole values or among the members of arrays. */
export function rangesEqualTo(operand: Operand, indexes: ValueIndexes): IndexRange[] {
  if (operand.kind !== 'range') return rangesBetween(operand, operand, indexes);
  return operand.from.kind === operand.to.kind ? rangesBetween(operand.from, operand.to, indexes) : [];
}

/** All that is of the ends' kind and between them, both included. */
function rangesBetween(from: Literal, to: Literal, indexes: ValueIndexes): IndexRange[] {
  if (from.kind === 'number' && to.kind === 'number') {
    return [{ index: indexes.numbers, low: startOf(from.value), high: endOf(to.value) } as IndexRange];
  }
  if (from.kind === 'instant' && to.kind === 'instant') {
    return [{ index: indexes.instants, low: startOf(from.value), high: endOf(to.value) } as IndexRange];
  }
  if (from.kind === 'text' && to.kind === 'text') {
    return [{ index: indexes.texts, low: startOf(from.value), high: endOf(to.value) } as IndexRange];
  }
  if (from.kind === 'moment' && to.kind === 'moment') {
    return [
      { index: indexes.instants, low: startOf(from.value), high: endOf(to.value) } as IndexRange,
      { index: indexes.texts, low: startOf(dayOf(from.value)), high: endOfPrefix(dayOf(to.value)) } as IndexRange,
    ];
  }
  return kindsBetween(from, to).map((kind) => keyRange(kind, indexes.kinds));
}

/**
 * The day of a moment, as the texts that name a moment of that day begin: whoever looks for texts by time finds them from day to
 * day, and tests what it finds. Of years that no such text has, the nearest that it can.
 */
function dayOf(moment: number): string {
  if (moment < yearZero) return '0000';
  return moment > lastMoment ? '9999' : renderInstant(moment).slice(0, '2026-01-31'.length);
}

const yearZero = Date.parse('0000-01-01T00:00:00.000Z');
const lastMoment = Date.parse('9999-12-31T23:59:59.999Z');

function kindsBetween(from: Literal, to: Literal): Kind[] {
  if (from.kind === 'null') return [Kind.null];
  const low = from.kind === 'boolean' && from.value ? 1 : 0;
  const high = to.kind === 'boolean' && !to.value ? 0 : 1;
  return [Kind.false, Kind.true].slice(low, high + 1);
}

/** All that compares so with the operand; of a moment, and more texts of the same day. */
export function rangesInOrder({ operator, operand }: OrderComparison, indexes: ValueIndexes): IndexRange[] {
  if (operand.kind === 'null') {
    return operator === '<=' || operator === '>=' ? [keyRange(Kind.null, indexes.kinds)] : [];
  }
  if (operand.kind === 'boolean') {
    const kinds = [false, true].filter((one) => compares({ ...comparisonOf(operator, operand) }, { value: one }));
    return kinds.map((one) => keyRange(one ? Kind.true : Kind.false, indexes.kinds));
  }
  if (operand.kind === 'moment') {
    const { value } = operand;
    const day = dayOf(value);
    const instants = rangesInOrder(comparisonOf(operator, { kind: 'instant', value }), indexes);
    const texts = operator === '<' || operator === '<=' ? { high: endOfPrefix(day) } : { low: startOf(day) };
    return [...instants, { index: indexes.texts, low: startOf('0'), high: endOfPrefix('9'), ...texts } as IndexRange];
  }
  const index =
    operand.kind === 'text' ? indexes.texts : operand.kind === 'number' ? indexes.numbers : indexes.instants;
  const { value } = operand;
  switch (operator) {
    case '<':
      return [{ index, low: undefined, high: startOf(value) } as IndexRange];
    case '<=':
      return [{ index, low: undefined, high: endOf(value) } as IndexRange];
    case '>':
      return [{ index, low: endOf(value), high: undefined } as IndexRange];
    case '>=':
      return [{ index, low: startOf(value), high: undefined } as IndexRange];
  }
}

function comparisonOf(operator: OrderComparison['operator'], operand: Literal): OrderComparison {
  return { kind: 'compare', path: { kind: 'builtin', name: 'id' }, operator, operand };
}

export function startOf<Key>(key: Key): Bound<Key> {
  return { key, sequence: Number.NEGATIVE_INFINITY };
}

export function endOf<Key>(key: Key): Bound<Key> {
  return { key, sequence: Number.POSITIVE_INFINITY };
}

/** All slots under one key. */
export function keyRange<Key>(key: Key, index: IndexRange<Key>['index']): IndexRange {
  return { index, low: startOf(key), high: endOf(key) } as unknown as IndexRange;
}

/** Before the first text, by code point, that comes after all texts with the prefix. */
export function endOfPrefix(prefix: string): Bound<string> | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    // Half a character: texts do not continue it in the order of code points.
    if (last >= 0xd800 && last <= 0xdfff) return undefined;
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return startOf(String.fromCodePoint(...points, next));
  }
  return undefined;
}
