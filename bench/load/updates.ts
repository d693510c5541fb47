import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { Pool } from 'undici';
import { counterId } from '../city/madrid.ts';
import { beyondIntensity } from '../city/readings.ts';
import type { Contender } from '../contenders/contender.ts';
import { machineMs } from './machine-clock.ts';

/** Updates that were acknowledged, by the values they wrote. */
export interface Acknowledged {
  /** By `machineMs`, as all times here. */
  readonly startedAt: number;
  readonly at: ReadonlyMap<number, number>;
}

/** Gives each update a value of its own, by which its notification is known, and lets the counters take turns. */
export class Updates {
  readonly #counters: number;
  #last = beyondIntensity;

  constructor(counters: number) {
    this.#counters = counters;
  }

  next(): { readonly value: number; readonly path: string } {
    const value = ++this.#last;
    return { value, path: `/v2/entities/${counterId(this.counterOf(value))}/attrs/intensity/value` };
  }

  counterOf(value: number): number {
    return value % this.#counters;
  }
}

const connections = 50;
const headers = { 'content-type': 'text/plain' };

/** Keeps the connections busy with updates for some seconds. Fails on any answer but 204. */
export async function updateAtFullSpeed(server: Contender, updates: Updates, seconds: number): Promise<Acknowledged> {
  const at = new Map<number, number>();
  const startedAt = machineMs();
  const result = await autocannon({
    url: server.url,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'PUT',
        headers,
        setupRequest(request, context) {
          const { value, path } = updates.next();
          Object.assign(context, { value });
          return { ...request, path, body: String(value) };
        },
        onResponse(status, _body, context) {
          if (status === 204) at.set((context as { readonly value: number }).value, machineMs());
        },
      },
    ],
  });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    throw new Error(`${result.non2xx} answers are not 2xx, ${result.errors} errors, ${result.timeouts} timeouts`);
  }
  return { startedAt, at };
}

/** Sends updates at a steady rate for some seconds, whether earlier ones are answered or not. Fails on any answer but 204. */
export async function updateAtRate(
  server: Contender,
  updates: Updates,
  seconds: number,
  perSecond: number,
): Promise<Acknowledged> {
  const pool = new Pool(server.url, { connections });
  const at = new Map<number, number>();
  const underWay: Promise<void>[] = [];
  const startedAt = machineMs();
  const send = async (): Promise<void> => {
    const { value, path } = updates.next();
    const { statusCode, body } = await pool.request({ method: 'PUT', path, headers, body: String(value) });
    await body.dump();
    if (statusCode !== 204) throw new Error(`${path}: answered ${statusCode}`);
    at.set(value, machineMs());
  };
  for (let sent = 0; sent < seconds * perSecond; ) {
    const due = ((machineMs() - startedAt) / 1000) * perSecond;
    for (; sent < due; sent++) underWay.push(send());
    await sleep(1);
  }
  await Promise.all(underWay);
  await pool.close();
  return { startedAt, at };
}
