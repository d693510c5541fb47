import type { Target } from './path-values.ts';

/** The kinds of value in their order: a value of an earlier kind comes before every value of a later one. [V2 ordering] */
export const valueKinds = ['null', 'number', 'instant', 'text', 'object', 'array', 'boolean'] as const;

export type ValueKind = (typeof valueKinds)[number];

/** The kind of a target; a target that is absent, and a `DateTime` without a value, rank with null. */
export function kindOf(target: Target | undefined): ValueKind {
  if (target === undefined || target.value === null) return 'null';
  if (typeof target.instant === 'number') return 'instant';
  switch (typeof target.value) {
    case 'number':
      return 'number';
    case 'string':
      return 'text';
    case 'boolean':
      return 'boolean';
    default:
      return Array.isArray(target.value) ? 'array' : 'object';
  }
}

/**
 * The order of targets: negative where `a` comes first, positive where `b` does, 0 where they tie.
 *
 * By kind, then numbers and instants by size, texts by code point, false before true. Nulls tie, objects tie, arrays tie.
 * Total: antisymmetric and transitive over all values that JSON can have. [V2 ordering]
 */
export function compareTargets(a: Target | undefined, b: Target | undefined): number {
  const kind = kindOf(a);
  const otherKind = kindOf(b);
  if (kind !== otherKind) return valueKinds.indexOf(kind) - valueKinds.indexOf(otherKind);
  switch (kind) {
    case 'number':
    case 'boolean':
      return compareNumbers(Number(a?.value), Number(b?.value));
    case 'instant':
      return compareNumbers(Number(a?.instant), Number(b?.instant));
    case 'text':
      return compareTexts(String(a?.value), String(b?.value));
    case 'null':
    case 'object':
    case 'array':
      return 0;
  }
}

/** By size. */
export function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * By Unicode code point, so that the order is that of the text's UTF-8 bytes and every engine agrees on it.
 *
 * JavaScript compares UTF-16 units, in which characters beyond U+FFFF come before U+E000…U+FFFF. Cost: the common prefix.
 */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const unit = a.charCodeAt(at);
    const otherUnit = b.charCodeAt(at);
    if (unit !== otherUnit) return rankOfUnit(unit) - rankOfUnit(otherUnit);
  }
  return a.length - b.length;
}

/** Moves the surrogates, which make up the characters beyond U+FFFF, behind all other units. */
function rankOfUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
