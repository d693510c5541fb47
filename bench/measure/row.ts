import type { Workload } from '../workloads/workload.ts';

/** What one workload came to: a line of the table, a chart of the page, a member of the JSON. */
export interface Row {
  readonly workload: string;
  readonly kind: Workload['kind'];
  readonly about: string;
  readonly entities: number;
  /** What `perSecond` counts. */
  readonly unit: 'requests' | 'entities' | 'updates' | 'starts';
  readonly figures: readonly Figures[];
  readonly verdicts: readonly Verdict[];
}

/** What one contender did: the median of its rounds, and percentiles of all requests in them. NaN is null in JSON, and means not known. */
export interface Figures {
  readonly contender: string;
  readonly role: 'oriel' | 'target' | 'limit';
  readonly perSecond: number;
  /** Each round's, in the order in which they were run: how far they differ is how far the figure can be trusted. */
  readonly rounds: readonly number[];
  readonly latency?: { readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number };
  /** Processor time a request, of all threads of the process. */
  readonly cpuMicros: number;
  readonly peakBytes: number;
}

/** Whether a bar holds. */
export interface Verdict {
  readonly what: string;
  readonly measured: number;
  readonly bar: number;
  readonly holds: boolean;
}

export function atLeast(what: string, measured: number, bar: number): Verdict {
  return { what, measured, bar, holds: measured >= bar };
}

export function atMost(what: string, measured: number, bar: number): Verdict {
  return { what, measured, bar, holds: measured <= bar };
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
