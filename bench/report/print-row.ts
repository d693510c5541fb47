import type { Row } from '../measure/row.ts';
import { megabytes, micros, milliseconds, number, processorRatio, ratioToLimit, verdict } from './words.ts';

/** A row for the terminal: a line a contender, and a line a bar. */
export function printRow(row: Row): void {
  console.log(`${row.workload}  ${row.entities.toLocaleString('en-GB')} entities`);
  for (const figures of row.figures) {
    const { contender, perSecond, latency, cpuMicros, peakBytes } = figures;
    const ratio = ratioToLimit(row, figures);
    const byProcessor = processorRatio(row, figures);
    console.log(
      [
        `  ${contender.padEnd(24)}`,
        `${number(perSecond)} ${row.unit}/s`.padStart(20),
        (Number.isNaN(ratio) ? '' : `${ratio.toFixed(2)} of limit`).padStart(14),
        latency === undefined
          ? ''
          : `p50 ${milliseconds(latency.p50Ms)}, p95 ${milliseconds(latency.p95Ms)}, p99 ${milliseconds(latency.p99Ms)}`,
        `cpu ${micros(cpuMicros)}${Number.isNaN(byProcessor) ? '' : ` (${byProcessor.toFixed(2)})`}`,
        `peak ${megabytes(peakBytes)}`,
      ].join('  '),
    );
  }
  for (const one of row.verdicts) console.log(`  ${verdict(one)}`);
}
