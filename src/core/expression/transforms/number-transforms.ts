import type { JsonValue } from '../../json.ts';
import type { Transform } from './transform.ts';

/** Transformations of numbers, and of texts into numbers. [V2 available transformations] */
export const numberTransforms: readonly (readonly [name: string, transform: Transform])[] = [
  ['parseInt', (input) => parsed(input, Math.trunc)],
  ['parseFloat', (input) => parsed(input, (number) => number)],
  ['isNaN', (input) => typeof input !== 'number'],
  ['floor', number(Math.floor)],
  ['ceil', number(Math.ceil)],
  // Halves go away from zero, which `Math.round` does for positive numbers only.
  ['round', number((input) => Math.sign(input) * Math.round(Math.abs(input)))],
  ['toFixed', toFixed],
  ['log', number(Math.log)],
  ['log10', number(Math.log10)],
  ['log2', number(Math.log2)],
  ['sqrt', number(Math.sqrt)],
];

function number(compute: (input: number) => number): Transform {
  return (input) => (typeof input === 'number' ? finite(compute(input)) : null);
}

/** What JSON cannot write is null, and it knows no negative zero. */
function finite(result: number): JsonValue {
  return Number.isFinite(result) ? result + 0 : null;
}

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The number that a text is in full; a number stands for itself. */
function parsed(input: JsonValue, convert: (number: number) => number): JsonValue {
  if (typeof input === 'number') return finite(convert(input));
  if (typeof input !== 'string' || input.length > maxDigits || !decimal.test(input)) return null;
  return finite(convert(Number(input)));
}

/** Longer texts are no numbers that anyone means. */
const maxDigits = 400;

/** The number, rounded to that many decimals. */
function toFixed(input: JsonValue, [decimals]: readonly JsonValue[]): JsonValue {
  if (typeof input !== 'number' || typeof decimals !== 'number') return null;
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 100) return null;
  return finite(Number(input.toFixed(decimals)));
}
