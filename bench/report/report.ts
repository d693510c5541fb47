import { cpus, release, totalmem, type } from 'node:os';
import type { Row } from '../measure/row.ts';

/** What a run wrote, and what `compare` reads. */
export interface Report {
  /** When the run began, as ISO 8601. */
  readonly at: string;
  readonly command: string;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}
