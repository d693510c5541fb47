import type { Figures, Row } from '../measure/row.ts';
import type { Report } from './report.ts';
import { limitOf } from './words.ts';

/** One contender in one workload, in two reports. */
export interface Difference {
  readonly workload: string;
  readonly contender: string;
  /** What was compared: ratios to the limit hold across machines, rates only on the same one. */
  readonly measure: 'ratio to the limit' | 'per second';
  readonly before: number;
  readonly after: number;
  readonly change: number;
  /** How far rounds of one run lay apart, the larger of the two: a change within it says nothing. */
  readonly noise: number;
  readonly verdict: 'regression' | 'improvement' | 'same';
}

/**
 * What became slower or faster from one report to the next, by more than the tolerance (a share) and more than the noise of both.
 * Workloads that only one of them has are left out.
 */
export function compareReports(before: Report, after: Report, tolerance: number): readonly Difference[] {
  return after.rows.flatMap((row) => {
    const earlier = before.rows.find(
      ({ workload, entities }) => workload === row.workload && entities === row.entities,
    );
    if (earlier === undefined) return [];
    return row.figures
      .filter(({ role }) => role !== 'limit')
      .flatMap((figures) => {
        const own = earlier.figures.find(({ contender }) => contender === figures.contender);
        return own === undefined ? [] : [difference(earlier, own, row, figures, tolerance)];
      });
  });
}

function difference(earlier: Row, own: Figures, row: Row, figures: Figures, tolerance: number): Difference {
  const limits = [limitOf(earlier), limitOf(row)] as const;
  const relative = limits[0] !== undefined && limits[1] !== undefined;
  const before = own.perSecond / (relative ? limits[0].perSecond : 1);
  const after = figures.perSecond / (relative ? limits[1].perSecond : 1);
  const change = after / before - 1;
  const noise = Math.max(noiseOf(own), noiseOf(figures));
  const matters = Math.abs(change) > Math.max(tolerance, noise);
  return {
    workload: row.workload,
    contender: figures.contender,
    measure: relative ? 'ratio to the limit' : 'per second',
    before,
    after,
    change,
    noise,
    verdict: !matters ? 'same' : change < 0 ? 'regression' : 'improvement',
  };
}

function noiseOf({ rounds, perSecond }: Figures): number {
  return (Math.max(...rounds) - Math.min(...rounds)) / 2 / perSecond;
}
