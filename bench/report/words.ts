import type { Figures, Row, Verdict } from '../measure/row.ts';

/** Figures as people read them: three digits that matter. NaN, and null from JSON, are not known. */
export function number(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en-GB');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function milliseconds(value: number | null | undefined): string {
  return `${number(value ?? Number.NaN)} ms`;
}

export function micros(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  return value >= 10_000 ? `${number(value / 1000)} ms` : `${number(value)} µs`;
}

export function megabytes(bytes: number | null): string {
  return bytes === null || Number.isNaN(bytes) ? '–' : `${number(bytes / 2 ** 20)} MB`;
}

/** The best of the limits: what figures are set in relation to. */
export function limitOf({ figures }: Row): Figures | undefined {
  return figures.find(({ role }) => role === 'limit');
}

export function ratioToLimit(row: Row, figures: Figures): number {
  const limit = limitOf(row);
  return limit === undefined || figures.role === 'limit' ? Number.NaN : figures.perSecond / limit.perSecond;
}

/** As `ratioToLimit`, of processor time: steadier on a busy machine, and of no use where contenders have threads that others lack. */
export function processorRatio(row: Row, figures: Figures): number {
  const limit = limitOf(row);
  return limit === undefined || figures.role === 'limit' ? Number.NaN : limit.cpuMicros / figures.cpuMicros;
}

export function verdict({ what, measured, bar, holds }: Verdict): string {
  return `${holds ? 'ok   ' : 'BELOW'} ${what}: ${number(measured)} (bar ${number(bar)})`;
}
