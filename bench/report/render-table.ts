import type { Figures, Row } from '../measure/row.ts';
import type { Report } from './report.ts';
import { megabytes, micros, milliseconds, number, processorRatio, ratioToLimit } from './words.ts';

/** The report in Markdown, as docs/performance.md has it: when, where and by which command, then a line a contender. */
export function renderTable({ at, command, machine, rows }: Report): string {
  const header = [
    'workload',
    'contender',
    'per second',
    'of the limit',
    'by processor time',
    'p50',
    'p99',
    'processor a request',
    'peak memory',
    'bar',
  ];
  return [
    `${at.slice(0, 10)}, \`${command}\`: ${machine.processor}, ${machine.cores} cores, ${megabytes(machine.memoryBytes)}, ${machine.system}, Node ${machine.node}.`,
    '',
    line(header),
    line(header.map((_, at) => (at < 2 || at === header.length - 1 ? '---' : '--:'))),
    ...rows.flatMap((row) => row.figures.map((figures, at) => line(cellsOf(row, figures, at === 0)))),
    '',
  ].join('\n');
}

function cellsOf(row: Row, figures: Figures, isFirst: boolean): readonly string[] {
  const { contender, perSecond, latency, cpuMicros, peakBytes } = figures;
  return [
    isFirst ? `\`${row.workload}\` (${row.entities.toLocaleString('en-GB')})` : '',
    contender,
    `${number(perSecond)} ${row.unit}`,
    number(ratioToLimit(row, figures)),
    number(processorRatio(row, figures)),
    milliseconds(latency?.p50Ms),
    milliseconds(latency?.p99Ms),
    micros(cpuMicros),
    megabytes(peakBytes),
    isFirst
      ? row.verdicts
          .map(
            ({ what, measured, bar, holds }) =>
              `${what}: ${number(measured)}, bar ${number(bar)}${holds ? '' : ' – missed'}`,
          )
          .join('; ')
      : '',
  ];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
