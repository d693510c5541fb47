import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderSummary } from '../../src/cli/render-load-summary.ts';
import type { Issue } from '../../src/load/issue.ts';
import { createIssueReport } from '../../src/load/issue-report.ts';
import { aDirectory } from './a-mapping.ts';

function anIssue(changes: Partial<Issue> = {}): Issue {
  return {
    effect: 'value left out',
    mapping: 'Sensors',
    source: 'sensors.csv',
    row: 2,
    attribute: 'x',
    column: 'x',
    value: '-1',
    reason: 'is not a number',
    ...changes,
  };
}

describe('The report of a load', () => {
  it('puts together what is alike, the gravest first', () => {
    const report = createIssueReport();
    for (let row = 2; row < 12; row += 1) report.add(anIssue({ row }));
    report.add(anIssue({ row: 20, effect: 'row refused', column: 'lon, lat', reason: 'has no position' }));
    expect(report.groups()).toMatchObject([
      { effect: 'row refused', reason: 'has no position', count: 1 },
      { effect: 'value left out', reason: 'is not a number', count: 10 },
    ]);
    expect(report.groups()[1]?.examples.map(({ row }) => row)).toEqual([2, 3, 4]);
  });

  it('says a thing once a row, however many readings the row unfolds into', () => {
    const report = createIssueReport();
    for (let hour = 1; hour <= 24; hour += 1) {
      report.add(anIssue({ reason: 'lies outside of the bounds' }));
      report.add(anIssue({ column: `H${hour}`, family: 'VALUE of H1 to H24', reason: 'marked as not valid' }));
    }
    expect(report.groups()).toMatchObject([
      { column: 'VALUE of H1 to H24', count: 24 },
      { column: 'x', count: 1 },
    ]);
  });

  it('does not grow without bounds where every refusal is worded differently', () => {
    const report = createIssueReport();
    for (let row = 0; row < 2000; row += 1) report.add(anIssue({ row, reason: `refused for reason ${row}` }));
    const groups = report.groups();
    expect(groups.length).toBeLessThan(600);
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(2000);
  });

  it('writes every issue to a file, a line of JSON each', () => {
    const file = join(aDirectory({}), 'report.ndjson');
    const report = createIssueReport(file);
    const issues = Array.from({ length: 3000 }, (_, row) => anIssue({ row, value: 'á' }));
    for (const issue of issues) report.add(issue);
    report.close();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(issues);
  });
});

describe('The summary', () => {
  it('says what was loaded, what not and why, with examples', () => {
    const report = createIssueReport();
    for (let row = 2; row < 12; row += 1) report.add(anIssue({ row }));
    report.add(anIssue({ effect: 'entity refused', entity: 'urn:1', row: 9, reason: '400 BadRequest: no' }));
    const results = [
      { title: 'Sensors', attribution: 'City of X', loaded: 99, refused: 1 },
      { title: 'Roads', attribution: undefined, loaded: 1, refused: 0 },
    ];
    expect(renderSummary(results, report.groups(), false)).toBe(
      [
        'Sensors: 99 entities loaded, 1 refused by the broker',
        '  1 × entity refused (x, column x): 400 BadRequest: no; row 9 "-1"',
        '  10 × value left out (x, column x): is not a number; such as row 2 "-1", row 3 "-1", row 4 "-1"',
        '  City of X',
        'Roads: 1 entity loaded',
        '',
      ].join('\n'),
    );
    expect(renderSummary(results.slice(1), [], true)).toBe('Roads: 1 entity ready to be loaded\n');
  });
});
