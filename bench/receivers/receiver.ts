import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerProcess, startServer } from '../contenders/server-process.ts';
import type { Receipts, ReceiverPorts } from './receipts.ts';

/** A receiver of notifications in its own process. */
export interface Receiver {
  readonly ports: ReceiverPorts;
  /**
   * When all notifications of each of these values had come, by `machineMs`; with each value goes how many there are to be. Fails when one has
   * not come, and none comes any more.
   */
  arrivals(values: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, number>>;
  stop(): Promise<void>;
}

/** How often is asked what came, and how long nothing may come before what is missing is lost. */
const pollMs = 50;
const patienceMs = 15_000;

/** Starts `bench/receivers/<program>.ts`. */
export async function startReceiver(program: string, args: readonly string[]): Promise<Receiver> {
  const server = await startServer(['--import', 'tsx', `bench/receivers/${program}.ts`, ...args], {}, '/');
  return {
    ports: (await getJson(server, '/')) as ReceiverPorts,
    arrivals: (values) => arrivals(server, values),
    stop: () => server.stop(),
  };
}

async function arrivals(
  server: ServerProcess,
  values: ReadonlyMap<number, number>,
): Promise<ReadonlyMap<number, number>> {
  const came = new Map<number, number>();
  const missing = new Map(values);
  let lastNews = performance.now();
  for (;;) {
    const receipts = (await getJson(server, '/receipts')) as ReturnType<Receipts['take']>;
    for (const { at, body } of receipts) {
      const value = valueIn(body);
      const left = missing.get(value);
      if (left === undefined) continue;
      came.set(value, at);
      if (left > 1) missing.set(value, left - 1);
      else missing.delete(value);
    }
    if (missing.size === 0) return came;
    if (receipts.length > 0) lastNews = performance.now();
    if (performance.now() - lastNews > patienceMs) {
      throw new Error(`notifications of ${missing.size} of ${values.size} updates never came`);
    }
    await sleep(pollMs);
  }
}

/** The intensity in a normalized notification. */
function valueIn(body: string): number {
  const notification = JSON.parse(body) as {
    readonly data: readonly [{ readonly intensity: { readonly value: number } }];
  };
  return notification.data[0].intensity.value;
}

async function getJson(server: ServerProcess, path: string): Promise<unknown> {
  return (await fetch(server.url + path)).json();
}
