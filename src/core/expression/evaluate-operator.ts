import { equalJson } from '../change/equal-json.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { compareTexts } from '../query/compare-values.ts';
import type { Effort } from './effort.ts';
import type { BinaryOperator, UnaryOperator } from './expression-node.ts';
import { payFor } from './json-limits.ts';
import { textOf } from './text-of.ts';

/** The operators that look at both sides whatever they are. */
export type StrictOperator = Exclude<BinaryOperator, '&&' | '||'>;

/** Tells what counts as true: anything but null, false, 0, the empty text, and what cannot be said. */
export function isTruthy(value: JsonValue | undefined): boolean {
  return Boolean(value);
}

/**
 * What an operator makes of two values; undefined where it makes nothing of them.
 *
 * Numbers compute and compare with numbers, texts compare with texts; `+` also joins a text with any scalar. Equal means
 * equal as JSON, so a number never equals a text. What is not defined differs from everything that is not null, and no
 * other operator makes anything of it. [V2 failsafe cases]
 */
export function evaluateBinary(
  operator: StrictOperator,
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  effort: Effort,
): JsonValue | undefined {
  if (operator === '!=') return !equals(left ?? null, right ?? null, effort);
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case '==':
      return equals(left, right, effort);
    case 'in':
      return isIn(left, right, effort);
    case '+':
      return typeof left === 'string' || typeof right === 'string'
        ? joined(left, right, effort)
        : computed(operator, left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compared(operator, left, right, effort);
    default:
      return computed(operator, left, right);
  }
}

/** What an operator makes of one value: any can be negated, what is not defined included; numbers have a negative. */
export function evaluateUnary(operator: UnaryOperator, value: JsonValue | undefined): JsonValue | undefined {
  if (operator === '!') return !isTruthy(value);
  return typeof value === 'number' ? 0 - value : undefined;
}

function equals(left: JsonValue, right: JsonValue, effort: Effort): boolean {
  if (typeof left !== typeof right) return false;
  // What is longest decides how long comparing can take; paying for one side is paying for the shorter at least.
  payFor(left, effort);
  return equalJson(left, right);
}

/** A part of a text, an item of a list, the name of a member. */
function isIn(left: JsonValue, right: JsonValue, effort: Effort): boolean | undefined {
  if (typeof right === 'string' && typeof left === 'string') {
    effort.spend(right.length);
    return right.includes(left);
  }
  if (Array.isArray(right)) return right.some((item: JsonValue) => equals(item, left, effort));
  return isJsonObject(right) && typeof left === 'string' ? Object.hasOwn(right, left) : undefined;
}

function joined(left: JsonValue, right: JsonValue, effort: Effort): string | undefined {
  if (!isJoinable(left) || !isJoinable(right)) return undefined;
  return `${textOf(left, effort)}${textOf(right, effort)}`;
}

function isJoinable(value: JsonValue): boolean {
  return typeof value !== 'object';
}

function compared(
  operator: '<' | '<=' | '>' | '>=',
  left: JsonValue,
  right: JsonValue,
  effort: Effort,
): boolean | undefined {
  const order = orderOf(left, right, effort);
  if (order === undefined) return undefined;
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function orderOf(left: JsonValue, right: JsonValue, effort: Effort): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left !== 'string' || typeof right !== 'string') return undefined;
  effort.spend(Math.min(left.length, right.length));
  return compareTexts(left, right);
}

/** Undefined for what JSON cannot write, such as a division by zero. */
function computed(
  operator: '+' | '-' | '*' | '/' | '//' | '%' | '^',
  left: JsonValue,
  right: JsonValue,
): number | undefined {
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const result = compute(operator, left, right);
  // Adding 0 takes the sign from a negative zero.
  return Number.isFinite(result) ? result + 0 : undefined;
}

function compute(operator: '+' | '-' | '*' | '/' | '//' | '%' | '^', left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '//':
      return Math.floor(left / right);
    case '%':
      return left % right;
    case '^':
      return left ** right;
  }
}
