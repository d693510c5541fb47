import type { JsonValue } from '../core/json.ts';
import { compileCondition } from './condition.ts';
import type { RowIssue } from './issue.ts';
import type { UnpivotRule } from './mapping.ts';
import { type Row, textOf, withColumns } from './row.ts';
import { compileTemplate } from './template.ts';

export type Unfolded = Row | { readonly number: number; readonly issue: RowIssue };

/** Unfolds one wide row (a column an hour) into one row a reading, in the order of the range. */
export type Unfold = (row: Row) => Iterable<Unfolded>;

/**
 * Readings whose value is empty are passed over; those that are not `valid` are issues that name the source's column.
 *
 * Throws an `Error` for a rule that makes no sense.
 */
export function compileUnpivot(rule: UnpivotRule): Unfold {
  const valid = rule.valid === undefined ? () => true : compileCondition(rule.valid);
  const steps = stepsOf(rule);
  const family = `${rule.value} of ${steps.at(0)?.origins.get(rule.value)} to ${steps.at(-1)?.origins.get(rule.value)}`;

  return function* unfold(row) {
    for (const { n, origins } of steps) {
      const columns: Record<string, JsonValue> = { [rule.number]: n };
      for (const [name, origin] of origins) columns[name] = row.columns[origin] ?? '';
      const value = textOf(columns[rule.value]);
      if (value === '') continue;
      const reading: Row = { ...withColumns(row, columns), origins };
      if (valid(reading)) {
        yield reading;
      } else {
        const column = origins.get(rule.value) ?? rule.value;
        yield {
          number: row.number,
          issue: { effect: 'value left out', column, family, value, reason: 'marked as not valid' },
        };
      }
    }
  };
}

/** By n: new column → column of the source. */
export function stepsOf(
  rule: UnpivotRule,
): readonly { readonly n: number; readonly origins: ReadonlyMap<string, string> }[] {
  if (!Object.hasOwn(rule.columns, rule.value)) throw new Error(`value: "${rule.value}" is none of the new columns`);
  const [first, last] = rule.range;
  if (last < first || last - first > 10_000) throw new Error('range: runs upwards, over at most 10000 steps');
  const templates = Object.entries(rule.columns).map(([name, source]) => [name, compileTemplate(source)] as const);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const n = first + index;
    const row: Row = { number: 0, columns: { n } };
    return { n, origins: new Map(templates.map(([name, template]) => [name, template.render(row) ?? ''])) };
  });
}
