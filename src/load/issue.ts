import type { Problem } from './reading.ts';

/** What a load could not bring in as the source has it. One line of the report. */
export interface Issue {
  readonly effect: IssueEffect;
  readonly mapping: string;
  readonly source: string;
  /** As in `Row.number`; absent where no one row is meant. */
  readonly row?: number;
  readonly entity?: string;
  readonly attribute?: string;
  readonly column?: string;
  /** Of many columns that are alike, what they are together: reports group by it instead of by the column. */
  readonly family?: string;
  readonly value?: string;
  /** The same words for the same kind of trouble. */
  readonly reason: string;
}

export const issueEffects = ['row refused', 'entity refused', 'value left out', 'value corrected'] as const;

/**
 * `row refused`: it became no entity. `entity refused`: the broker would not have it. `value left out`: the entity was
 * loaded without it. `value corrected`: it was read from other columns than the first that the mapping names.
 */
export type IssueEffect = (typeof issueEffects)[number];

/** An issue before it is known which load it belongs to. */
export type RowIssue = Pick<Issue, 'effect' | 'entity' | 'attribute' | 'column' | 'family' | 'value' | 'reason'>;

export function rowIssue(
  effect: IssueEffect,
  problem: Problem,
  about: Pick<RowIssue, 'entity' | 'attribute'>,
): RowIssue {
  return { effect, ...about, column: problem.column, value: problem.value, reason: problem.reason };
}
