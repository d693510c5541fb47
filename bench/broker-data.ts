import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { writeCounters } from './city.ts';
import { runToEnd } from './processes.ts';

export const cli = 'dist/cli.js';
export const results = 'bench/results';

/** A data directory with so many counters; made once and kept, because a million take a while. */
export async function prepareData(entities: number): Promise<string> {
  const directory = `${results}/data-${entities}`;
  if (existsSync(directory)) return directory;
  const file = `${results}/counters-${entities}.ndjson`;
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  await writeCounters(file, entities);
  await runToEnd([cli, 'import', file], { ORIEL_DATA: unfinished });
  rmSync(file);
  renameSync(unfinished, directory);
  return directory;
}

/** A copy of a data directory for one run, in place of the one of an earlier run. */
export function copyData(directory: string, name: string): string {
  const copy = `${results}/${name}`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(directory, copy, { recursive: true });
  return copy;
}
