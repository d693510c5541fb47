import type { JsonValue } from '../../json.ts';
import { parseInstant } from '../../time/instant.ts';
import type { Evaluation, Transform } from './transform.ts';

/** Transformations of times, which are seconds since 1970-01-01T00:00:00Z here. [V2 available transformations] */
export const timeTransforms: readonly (readonly [name: string, transform: Transform])[] = [
  ['now', now],
  ['toIsoString', toIsoString],
  ['getTime', getTime],
];

/** So many seconds from now: `0|now`. */
function now(input: JsonValue, _args: readonly JsonValue[], evaluation: Evaluation): JsonValue {
  return typeof input === 'number' ? Math.floor(evaluation.now / 1000) + input : null;
}

/** The furthest that a `Date` reaches, either way. */
const furthest = 8_640_000_000_000;

/** `2026-01-31T12:00:00+00:00`; with milliseconds where there are any. */
function toIsoString(input: JsonValue): JsonValue {
  if (typeof input !== 'number' || Math.abs(input) > furthest) return null;
  const text = new Date(Math.floor(input * 1000)).toISOString();
  return text.replace(/(?:\.000)?Z$/, '+00:00');
}

/** The whole seconds of what is written as a date, or a date and time. */
function getTime(input: JsonValue): JsonValue {
  const instant = typeof input === 'string' ? parseInstant(input) : undefined;
  return instant === undefined ? null : Math.floor(instant / 1000);
}
