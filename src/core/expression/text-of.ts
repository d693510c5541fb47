import type { JsonValue } from '../json.ts';
import type { Effort } from './effort.ts';
import { payFor } from './json-limits.ts';

/** A value inside a text: a text as it is, anything else as JSON. Null where it nests too deep to be written. */
export function textOf(value: JsonValue, effort: Effort): string | null {
  if (!payFor(value, effort)) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
