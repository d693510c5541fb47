import { isJsonObject, type JsonValue } from '../../json.ts';
import type { Evaluation, Transform } from './transform.ts';

/** Transformations of lists and objects, and of values by lists. [V2 available transformations] */
export const listTransforms: readonly (readonly [name: string, transform: Transform])[] = [
  ['typeOf', typeOf],
  ['keys', (input, _args, { effort }) => entriesOf(input, effort)?.map(([name]) => name) ?? null],
  ['values', (input, _args, { effort }) => entriesOf(input, effort)?.map(([, value]) => value) ?? null],
  ['arrSum', (input, _args, { effort }) => sumOf(numbersIn(input, effort))],
  ['arrAvg', arrAvg],
  ['mapper', mapper],
  ['thMapper', thMapper],
];

function typeOf(input: JsonValue): string {
  if (input === null) return 'Null';
  if (Array.isArray(input)) return 'Array';
  switch (typeof input) {
    case 'string':
      return 'String';
    case 'number':
      return 'Number';
    case 'boolean':
      return 'Boolean';
    default:
      return 'Object';
  }
}

function entriesOf(
  input: JsonValue,
  effort: Evaluation['effort'],
): readonly (readonly [string, JsonValue])[] | undefined {
  if (!isJsonObject(input)) return undefined;
  const entries = Object.entries(input);
  effort.spend(entries.length);
  return entries;
}

/** The items of a list of numbers; undefined for anything else. */
function numbersIn(input: JsonValue | undefined, effort: Evaluation['effort']): readonly number[] | undefined {
  if (!isArray(input)) return undefined;
  effort.spend(input.length);
  return input.every((item) => typeof item === 'number') ? input : undefined;
}

function sumOf(numbers: readonly number[] | undefined): JsonValue {
  if (numbers === undefined) return null;
  const sum = numbers.reduce((total, number) => total + number, 0);
  return Number.isFinite(sum) ? sum : null;
}

function arrAvg(input: JsonValue, _args: readonly JsonValue[], { effort }: Evaluation): JsonValue {
  const numbers = numbersIn(input, effort);
  const sum = sumOf(numbers);
  return typeof sum === 'number' && numbers !== undefined && numbers.length > 0 ? sum / numbers.length : null;
}

/** The choice that stands where the text stands among the values. */
function mapper(input: JsonValue, [values, choices]: readonly JsonValue[], { effort }: Evaluation): JsonValue {
  if (typeof input !== 'string' || !isArray(values) || !isArray(choices)) return null;
  if (values.length !== choices.length) return null;
  effort.spend(values.length);
  return choices[values.indexOf(input)] ?? null;
}

/** The choice after as many thresholds as the number has reached; there is one choice more than thresholds. */
function thMapper(input: JsonValue, [values, choices]: readonly JsonValue[], { effort }: Evaluation): JsonValue {
  const thresholds = numbersIn(values, effort);
  if (typeof input !== 'number' || thresholds === undefined || !isArray(choices)) return null;
  if (choices.length !== thresholds.length + 1) return null;
  const above = thresholds.findIndex((threshold) => input < threshold);
  return choices[above < 0 ? thresholds.length : above] ?? null;
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
