import type { JsonValue } from '../core/json.ts';

/** What came of reading one value from a row. */
export type Reading<Value = JsonValue> =
  | { readonly kind: 'value'; readonly value: Value; readonly corrected?: Problem }
  /** The column is empty: nothing to say, nothing to report. */
  | { readonly kind: 'absent' }
  /** There is something, but no value: a mark for none, or a text that cannot be read. */
  | { readonly kind: 'problem'; readonly problem: Problem };

export interface Problem {
  /** The column, as the source names it; several with commas. */
  readonly column: string;
  /** What stands there. */
  readonly value: string;
  /** The same words for the same kind of trouble, whatever the value: reports group by it. */
  readonly reason: string;
}

export const absent: Reading<never> = { kind: 'absent' };

export function read<Value>(value: Value): Reading<Value> {
  return { kind: 'value', value };
}

export function problem(column: string, value: string, reason: string): Reading<never> {
  return { kind: 'problem', problem: { column, value, reason } };
}
