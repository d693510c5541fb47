import { checkColumns } from './check-columns.ts';
import type { Issue, RowIssue } from './issue.ts';
import { buildJoinTable, type JoinTable } from './join-rows.ts';
import { createLatestMerge } from './merge-latest.ts';
import type { NgsiEntity } from './ngsi-entity.ts';
import type { RunnableMapping } from './read-mapping.ts';
import type { Row } from './row.ts';
import type { Locate } from './sources/locate-source.ts';
import { readSource, type SourceWatch } from './sources/read-source.ts';
import { compileUnpivot } from './unpivot.ts';

/** An entity and the row of the source that it comes from. */
export interface SourcedEntity {
  readonly entity: NgsiEntity;
  readonly row: number;
}

export interface ReadEntitiesOptions extends SourceWatch {
  readonly locate: Locate;
  /** Told of everything that the entities do not have as the source has it. */
  report(issue: Issue): void;
}

/**
 * The entities of a mapping's source, in the order of the rows; with `merge`, after the last row.
 *
 * Memory: the joined sources, with `merge` one entity an id, otherwise a constant. Bad rows are reported and passed
 * over; throws a `MappingError` or a `SourceError` where no row could be good.
 */
export async function* readEntities(
  { file, mapping, map }: RunnableMapping,
  options: ReadEntitiesOptions,
): AsyncGenerator<SourcedEntity> {
  const { locate } = options;
  const report = (row: number, issue: RowIssue) =>
    options.report({ mapping: mapping.title, source: mapping.source.file, row, ...issue });
  const joins: JoinTable[] = [];
  for (const rule of mapping.joins ?? []) joins.push(await buildJoinTable(rule, readSource(rule.source, locate)));
  const unfold = mapping.unpivot === undefined ? undefined : compileUnpivot(mapping.unpivot);
  const merge = mapping.merge === undefined ? undefined : createLatestMerge();

  let checked = false;
  for await (const item of readSource(mapping.source, locate, options)) {
    if (!('columns' in item)) {
      report(item.number, item.issue);
      continue;
    }
    if (!checked) {
      checkColumns(file, mapping, mapping.source.format === 'csv' ? Object.keys(item.columns) : undefined, joins);
      checked = true;
    }
    const row = joinAll(item, joins, report);
    if (row === undefined) continue;
    for (const reading of unfold === undefined ? [row] : unfold(row)) {
      if (!('columns' in reading)) {
        report(reading.number, reading.issue);
        continue;
      }
      const outcome = map(reading);
      if (outcome.kind === 'skipped') continue;
      for (const issue of outcome.issues) report(reading.number, issue);
      if (outcome.kind === 'refused') continue;
      if (merge === undefined) yield { entity: outcome.entity, row: reading.number };
      else merge.add(outcome.entity, outcome.observedAt, reading.number);
    }
  }
  if (merge !== undefined) yield* merge.entities(Object.keys(mapping.attributes));
}

/** Undefined where a required partner is missing. */
function joinAll(
  row: Row,
  joins: readonly JoinTable[],
  report: (row: number, issue: RowIssue) => void,
): Row | undefined {
  let joined = row;
  for (const table of joins) {
    const { row: next, issue } = table.join(joined);
    if (issue !== undefined) report(row.number, issue);
    if (issue?.effect === 'row refused') return undefined;
    joined = next;
  }
  return joined;
}
