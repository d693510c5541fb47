import { once } from 'node:events';
import { cpSync, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { encodeEntity } from '../../src/core/entity/stored-form.ts';
import { runToEnd } from '../contenders/server-process.ts';
import { anEntity } from './madrid.ts';

export const cli = 'dist/cli.js';

/** A broker is started as `npm start` and the image start it. */
export const startArguments: readonly string[] = ['--max-semi-space-size=64', cli, 'start'];
export const results = 'bench/results';

/** Grows when the entities are made otherwise: data of an earlier form are not taken for these. */
const form = 2;

/** A data directory with so many entities; made once and kept, because a million take a while. */
export async function prepareData(entities: number): Promise<string> {
  mkdirSync(results, { recursive: true });
  const directory = `${results}/city-${form}-${entities}`;
  if (existsSync(directory)) return directory;
  console.error(`preparing ${entities} entities, which is done once`);
  const file = `${results}/city-${entities}.ndjson`;
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  await writeEntities(file, entities);
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

/** Writes entities 0 … count-1 to a file that `oriel import` reads. Same count, same bytes. */
async function writeEntities(file: string, count: number): Promise<void> {
  const out = createWriteStream(file);
  for (let n = 0; n < count; n++) {
    if (!out.write(`${encodeEntity(anEntity(n))}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
