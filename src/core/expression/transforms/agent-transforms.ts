import { isJsonObject, type JsonValue } from '../../json.ts';
import { parseInstant } from '../../time/instant.ts';
import type { Effort } from '../effort.ts';
import { payFor, withinJsonLimits } from '../json-limits.ts';
import { textOf } from '../text-of.ts';
import { replaceMatches } from './pattern-transforms.ts';
import type { Evaluation, Transform } from './transform.ts';
import { type TransformVocabulary, transforms } from './transforms.ts';

/**
 * The transformations that provisioned devices know: those of the language, and over them those of IoT Agents, whose names
 * are in lower case and which differ where both have one (`indexOf` gives -1, `now` milliseconds). As all transformations
 * they give null for what they are not made for, where an agent would fail or make `NaN`. [IoTA available functions]
 */
export const agentTransforms: TransformVocabulary = new Map<string, Transform>([
  ...transforms,
  ['jsonparse', (input) => (typeof input === 'string' ? parsedJson(input) : null)],
  ['jsonstringify', written((input) => JSON.stringify(input))],
  ['tostring', (input, _args, { effort }) => textOf(input, effort)],
  ['indexOf', text((input, [part]) => (typeof part === 'string' ? input.indexOf(part) : null))],
  ['length', text((input) => input.length)],
  ['trim', text((input) => input.trim())],
  ['substr', text(substr)],
  ['touppercase', text((input) => input.toUpperCase())],
  ['tolowercase', text((input) => input.toLowerCase())],
  ['urlencode', text((input) => attempted(() => encodeURI(input)))],
  ['urldecode', text((input) => attempted(() => decodeURI(input)))],
  ['replacestr', text((input, args, { effort }) => replaced(input, args, false, effort))],
  ['replaceallstr', text((input, args, { effort }) => replaced(input, args, true, effort))],
  ['replaceregexp', (input, args, evaluation) => replaceMatches(input, args, evaluation, 'first')],
  ['replaceallregexp', (input, args, evaluation) => replaceMatches(input, args, evaluation, 'all')],
  ['hextostring', text(hexToString)],
  ['addreduce', list((items) => items.reduce(sum, undefined) ?? null)],
  ['lengtharray', list((items) => items.length)],
  ['isarray', (input) => Array.isArray(input)],
  ['joinarrtostr', list(joined)],
  ['concatarr', list((items, [more]) => (isList(more) ? [...items, ...more] : null))],
  ['slice', slice],
  ['addset', list((items, [item = null]) => [...new Set([...items, item])])],
  ['removeset', list((items, [item = null]) => [...new Set(items)].filter((each) => each !== item))],
  ['mapper', mapped],
  ['thmapper', mappedByThreshold],
  ['typeof', (input) => (input === null ? 'object' : typeof input)],
  ['isnan', (input) => Number.isNaN(Number(input))],
  ['parseint', (input) => finite(Number.parseInt(scalarText(input), 10))],
  ['parsefloat', (input) => finite(Number.parseFloat(scalarText(input)))],
  ['round', numeric(Math.round)],
  ['floor', numeric(Math.floor)],
  ['ceil', numeric(Math.ceil)],
  ['tofixed', toFixed],
  ['bitwisemask', bitwiseMask],
  ['toisodate', isoDate],
  ['toisostring', isoDate],
  ['gettime', (input) => finite(instantOf(input))],
  ['timeoffset', (input) => (Number.isNaN(instantOf(input)) ? null : 0)],
  ['now', (_input, _args, evaluation) => evaluation.now],
]);

type TextTransform = (input: string, args: readonly JsonValue[], evaluation: Evaluation) => JsonValue;
type ListTransform = (items: readonly JsonValue[], args: readonly JsonValue[], effort: Effort) => JsonValue;

/** Takes anything for its text, as the agents do; what comes out is paid for. */
function text(transform: TextTransform): Transform {
  return (input, args, evaluation) => {
    const from = textOf(input, evaluation.effort);
    return from === null ? null : paid(transform(from, args, evaluation), evaluation);
  };
}

function list(transform: ListTransform): Transform {
  return (input, args, evaluation) => {
    if (!isList(input) || !payFor(input, evaluation.effort)) return null;
    for (const arg of args) if (!payFor(arg, evaluation.effort)) return null;
    return paid(transform(input, args, evaluation.effort), evaluation);
  };
}

function written(transform: (input: JsonValue) => string): Transform {
  return (input, _args, { effort }) => (payFor(input, effort) ? transform(input) : null);
}

function numeric(compute: (input: number) => number): Transform {
  return (input) => finite(compute(Number.parseFloat(scalarText(input))));
}

function paid(value: JsonValue, { effort }: Evaluation): JsonValue {
  return payFor(value, effort) ? value : null;
}

function finite(number: number): JsonValue {
  return Number.isFinite(number) ? number + 0 : null;
}

/** What an array or an object says as a number is nothing. */
function scalarText(input: JsonValue): string {
  return typeof input === 'object' ? '' : String(input).slice(0, 400);
}

function parsedJson(input: string): JsonValue {
  try {
    const value = JSON.parse(input) as JsonValue;
    return withinJsonLimits(value) ? value : null;
  } catch {
    return null;
  }
}

/** So many characters from a position on; a negative one counts from the end. */
function substr(input: string, [from = 0, length]: readonly JsonValue[]): JsonValue {
  if (typeof from !== 'number' || (length !== undefined && typeof length !== 'number')) return null;
  const start = from < 0 ? Math.max(0, input.length + from) : from;
  return input.slice(start, length === undefined ? undefined : Math.max(start, start + length));
}

/** Half a surrogate pair cannot be encoded, and bytes that are no UTF-8 cannot be decoded. */
function attempted(convert: () => string): JsonValue {
  try {
    return convert();
  } catch {
    return null;
  }
}

/** Whatever the replacement is made of stands as it is. */
function replaced(input: string, [from, to]: readonly JsonValue[], all: boolean, effort: Effort): JsonValue {
  if (typeof from !== 'string' || typeof to !== 'string') return null;
  if (!all) return input.replace(from, () => to);
  const parts = input.split(from);
  effort.spend(parts.length * (to.length + 1));
  return parts.join(to);
}

function hexToString(input: string): JsonValue {
  if (!/^(?:[0-9A-Fa-f]{2})*$/.test(input)) return null;
  return new TextDecoder().decode(Uint8Array.from(input.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
}

function sum(total: JsonValue | undefined, item: JsonValue): JsonValue {
  if (total === undefined) return item;
  if (typeof total === 'number' && typeof item === 'number') return finite(total + item);
  return typeof total === 'object' || typeof item === 'object' ? null : `${total}${item}`;
}

function joined(items: readonly JsonValue[], [separator = ',']: readonly JsonValue[], effort: Effort): JsonValue {
  if (typeof separator !== 'string') return null;
  effort.spend(items.length * (separator.length + 1));
  return items.map((item) => scalarText(item)).join(separator);
}

function slice(input: JsonValue, [from = 0, to]: readonly JsonValue[], evaluation: Evaluation): JsonValue {
  if (typeof from !== 'number' || (to !== undefined && typeof to !== 'number')) return null;
  if (typeof input !== 'string' && !isList(input)) return null;
  return paid(input.slice(from, to), evaluation);
}

/** The choice that stands where the value stands among the values. */
function mapped(input: JsonValue, [values, choices]: readonly JsonValue[], { effort }: Evaluation): JsonValue {
  if (!isList(values) || !isList(choices)) return null;
  effort.spend(values.length);
  const at = values.findIndex((value) => value === input || scalarText(value) === scalarText(input));
  return choices[at] ?? null;
}

/** The choice of the first threshold that the number does not pass; after the last one there is none. */
function mappedByThreshold(
  input: JsonValue,
  [values, choices]: readonly JsonValue[],
  { effort }: Evaluation,
): JsonValue {
  if (typeof input !== 'number' || !isList(values) || !isList(choices)) return null;
  effort.spend(values.length);
  return choices[values.findIndex((threshold) => typeof threshold === 'number' && input <= threshold)] ?? null;
}

function toFixed(input: JsonValue, [decimals = 0]: readonly JsonValue[]): JsonValue {
  const number = Number.parseFloat(scalarText(input));
  if (!Number.isFinite(number) || typeof decimals !== 'number') return null;
  return Number.isInteger(decimals) && decimals >= 0 && decimals <= 100 ? number.toFixed(decimals) : null;
}

function bitwiseMask(input: JsonValue, [mask, operator, shift = 0]: readonly JsonValue[]): JsonValue {
  const number = Number.parseInt(scalarText(input), 10);
  if (!Number.isFinite(number) || typeof mask !== 'number' || typeof shift !== 'number') return null;
  switch (operator) {
    case '&':
      return (number & mask) >> shift;
    case '|':
      return (number | mask) >> shift;
    case '^':
      return (number ^ mask) >> shift;
    default:
      return number >> shift;
  }
}

/** Milliseconds since 1970, from such, from their text or from a date; NaN where it is none. */
function instantOf(input: JsonValue): number {
  if (typeof input === 'number') return input;
  return typeof input === 'string' ? (parseInstant(input) ?? Number.NaN) : Number.NaN;
}

function isoDate(input: JsonValue): JsonValue {
  const date = new Date(instantOf(input));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value) && !isJsonObject(value);
}
