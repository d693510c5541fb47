import type { RowIssue } from './issue.ts';
import type { JoinRule } from './mapping.ts';
import { type Columns, type Row, withColumns } from './row.ts';
import type { SourceItem } from './sources/read-csv.ts';
import { compileTemplate } from './template.ts';

/** Another source by its key, held in memory. */
export interface JoinTable {
  readonly rule: JoinRule;
  /** The names of its columns, for a format in which every row has the same. */
  readonly columnNames: readonly string[] | undefined;
  /** The row with the partner's columns under the join's name; without a partner, with the issue that says so. */
  join(row: Row): { readonly row: Row; readonly issue?: RowIssue };
}

/** Reads the other source to its end; of rows with the same key the last counts. */
export async function buildJoinTable(rule: JoinRule, items: AsyncIterable<SourceItem>): Promise<JoinTable> {
  const key = compileTemplate(rule.key);
  const theirKey = compileTemplate(rule.sourceKey);
  const partners = new Map<string, Columns>();
  let columnNames: readonly string[] | undefined;
  for await (const item of items) {
    if (!('columns' in item)) continue;
    if (rule.source.format === 'csv') columnNames ??= Object.keys(item.columns);
    const value = theirKey.render(item);
    if (value !== undefined) partners.set(value, item.columns);
  }
  return {
    rule,
    columnNames,
    join(row) {
      const value = key.render(row);
      const partner = value === undefined ? undefined : partners.get(value);
      if (partner !== undefined) return { row: withColumns(row, { [rule.name]: partner }) };
      const effect = rule.required === true ? 'row refused' : 'value left out';
      const reason = `has no partner in ${rule.source.file}`;
      return { row, issue: { effect, column: key.columns.join(', '), value: value ?? '', reason } };
    },
  };
}
