import { rmSync } from 'node:fs';
import { cli, copyData, prepareData } from '../city/prepare-data.ts';
import type { Contender } from './contender.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** A broker of ours in a process of its own. */
export interface Oriel extends Contender {
  readonly role: 'oriel';
  readonly process: ServerProcess;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

/** Starts Oriel on the embedded store, on a copy of a city of so many entities. */
export async function startOriel(
  name: string,
  entities: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Oriel> {
  const data = copyData(await prepareData(entities), `run-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`);
  const process = await startServer(
    [...profilerFlags(), cli, 'start'],
    { ORIEL_DATA: data, ORIEL_LOG_LEVEL: 'warn', ORIEL_ADMIN: 'on', ...env },
    '/health/ready',
  );
  return {
    name,
    role: 'oriel',
    url: process.url,
    headers: {},
    process,
    async stop() {
      await process.stop();
      rmSync(data, { recursive: true });
    },
  };
}

/** `BENCH_NODE_FLAGS="--cpu-prof --cpu-prof-dir=…"` is handed to the broker's Node. */
function profilerFlags(): readonly string[] {
  return process.env.BENCH_NODE_FLAGS?.split(' ').filter((flag) => flag !== '') ?? [];
}
