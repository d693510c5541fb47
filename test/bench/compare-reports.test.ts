import { describe, expect, it } from 'vitest';
import type { Figures, Row } from '../../bench/measure/row.ts';
import { compareReports } from '../../bench/report/compare-reports.ts';
import { renderPage } from '../../bench/report/render-page.ts';
import type { Report } from '../../bench/report/report.ts';

function figures(role: Figures['role'], rounds: readonly number[]): Figures {
  return {
    contender: role,
    role,
    perSecond: rounds[1] ?? Number.NaN,
    rounds,
    cpuMicros: 20,
    peakBytes: Number.NaN,
    latency: { p50Ms: 1, p95Ms: 2, p99Ms: 3 },
  };
}

function aReport(...all: readonly (readonly Figures[])[]): Report {
  const rows = all.map(
    (own, at): Row => ({
      workload: `workload-${at}`,
      kind: 'requests',
      about: 'Something <is> measured.',
      entities: 10_000,
      unit: 'requests',
      figures: own,
      verdicts: [],
    }),
  );
  const machine = { processor: 'any', cores: 2, memoryBytes: 2 ** 34, system: 'Linux', node: 'v20.19.0' };
  return { at: '2026-01-31T12:00:00.000Z', command: 'npm run bench', machine, rows };
}

describe('Two reports of the benchmark', () => {
  it('are compared by their ratios to the limit, which hold on a slower machine', () => {
    const before = aReport([figures('oriel', [490, 500, 510]), figures('limit', [1000, 1000, 1000])]);
    const after = aReport([figures('oriel', [245, 250, 255]), figures('limit', [500, 500, 500])]);
    expect(compareReports(before, after, 0.1)).toMatchObject([{ contender: 'oriel', change: 0, verdict: 'same' }]);
  });

  it('name what became slower, and what became faster', () => {
    const before = aReport([figures('oriel', [495, 500, 505])], [figures('oriel', [495, 500, 505])]);
    const after = aReport([figures('oriel', [395, 400, 405])], [figures('oriel', [595, 600, 605])]);
    expect(compareReports(before, after, 0.1).map(({ verdict }) => verdict)).toEqual(['regression', 'improvement']);
  });

  it('take nothing for a change that lies within the rounds of either', () => {
    const before = aReport([figures('oriel', [300, 500, 700])]);
    const after = aReport([figures('oriel', [395, 400, 405])]);
    expect(compareReports(before, after, 0.1).map(({ verdict }) => verdict)).toEqual(['same']);
  });

  it('leave out what only one of them has', () => {
    expect(compareReports(aReport(), aReport([figures('oriel', [1, 1, 1])]), 0.1)).toEqual([]);
  });
});

describe('The page of a report', () => {
  it('loads nothing from elsewhere, shows what is not known as such, and takes texts for texts', () => {
    const page = renderPage(aReport([figures('oriel', [1, 2, 3]), figures('limit', [4, 5, 6])]));
    expect(page).not.toMatch(/<script|<link|src=|url\(/);
    expect(page).toContain('Something &#60;is&#62; measured.');
    expect(page).toContain('<td>–</td>');
    expect(page).not.toContain('NaN');
  });
});
