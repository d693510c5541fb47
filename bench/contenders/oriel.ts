import { rmSync } from 'node:fs';
import { copyData, prepareData, results, startArguments } from '../city/prepare-data.ts';
import type { Contender } from './contender.ts';
import { fillThroughApi } from './fill.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** A broker of ours in a process of its own. */
export interface Oriel extends Contender {
  readonly role: 'oriel';
  readonly process: ServerProcess;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

/** Starts Oriel on the embedded store, on a copy of a city of so many entities; `variables` set what else is to be set. */
export async function startOriel(
  name: string,
  entities: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<Oriel> {
  const data = copyData(
    await prepareData(entities),
    `run-${[name, ...Object.values(variables)].join('-').replaceAll(/[^a-z0-9]+/gi, '-')}`,
  );
  const oriel = await start(name, { ORIEL_DATA: data, ...variables });
  return {
    ...oriel,
    async stop() {
      await oriel.stop();
      rmSync(data, { recursive: true });
    },
  };
}

/**
 * Starts Oriel on a MongoDB, in databases that are called `bench…`: one that is filled once and only read, and one that workloads
 * write to (`fresh`), filled anew.
 */
export async function startOrielOnMongo(
  uri: string,
  entities: number,
  fresh: boolean,
  variables: Readonly<Record<string, string>> = {},
): Promise<Oriel> {
  const oriel = await start('oriel-mongodb', {
    ORIEL_STORE: inDatabase(uri, `bench${entities}${fresh ? 'written' : 'read'}`),
    ORIEL_DATA: `${results}/run-oriel-mongodb`,
    ...variables,
  });
  await fillThroughApi(oriel, entities, fresh);
  return oriel;
}

/** The connection string with another database. */
export function inDatabase(uri: string, name: string): string {
  return uri.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${name}`);
}

async function start(name: string, env: Readonly<Record<string, string>>): Promise<Oriel> {
  const process = await startServer(
    [...profilerFlags(), ...startArguments],
    { ORIEL_LOG_LEVEL: 'warn', ORIEL_ADMIN: 'on', ...env },
    '/health/ready',
  );
  return { name, role: 'oriel', url: process.url, headers: {}, process, stop: () => process.stop() };
}

/** `BENCH_NODE_FLAGS="--cpu-prof --cpu-prof-dir=…"` is handed to the broker's Node. */
function profilerFlags(): readonly string[] {
  return process.env.BENCH_NODE_FLAGS?.split(' ').filter((flag) => flag !== '') ?? [];
}
