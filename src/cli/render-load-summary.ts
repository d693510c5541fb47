import type { IssueGroup } from '../load/issue-report.ts';
import type { LoadOutcome } from '../load/load-mapping.ts';

export interface LoadResult extends LoadOutcome {
  readonly title: string;
  readonly attribution: string | undefined;
}

const mostGroupsShown = 12;

/** What was loaded and what not and why, for people; `dryRun`: nothing was sent. */
export function renderSummary(results: readonly LoadResult[], groups: readonly IssueGroup[], dryRun: boolean): string {
  const lines: string[] = [];
  for (const { title, attribution, loaded, refused } of results) {
    const verb = dryRun ? 'ready to be loaded' : 'loaded';
    const refusals = refused === 0 ? '' : `, ${refused} refused by the broker`;
    lines.push(`${title}: ${loaded} ${loaded === 1 ? 'entity' : 'entities'} ${verb}${refusals}`);
    const own = groups.filter((group) => group.mapping === title);
    for (const group of own.slice(0, mostGroupsShown)) lines.push(`  ${renderGroup(group)}`);
    if (own.length > mostGroupsShown) {
      lines.push(`  and ${own.length - mostGroupsShown} more kinds of trouble; --report FILE lists all`);
    }
    if (attribution !== undefined) lines.push(`  ${attribution}`);
  }
  return `${lines.join('\n')}\n`;
}

function renderGroup({ effect, attribute, column, reason, count, examples }: IssueGroup): string {
  const about = [attribute, column === undefined ? undefined : `column ${column}`].filter((part) => part !== undefined);
  const where = about.length === 0 ? '' : ` (${about.join(', ')})`;
  const rows = examples.map(({ row, value, entity }) => {
    const said = value === undefined || value === '' ? (row === undefined ? entity : undefined) : `"${shorten(value)}"`;
    return [row === undefined ? undefined : `row ${row}`, said].filter((part) => part !== undefined).join(' ');
  });
  return `${count} × ${effect}${where}: ${reason}; ${count > examples.length ? 'such as ' : ''}${rows.join(', ')}`;
}

function shorten(value: string): string {
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}
