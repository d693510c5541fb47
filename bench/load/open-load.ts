import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { BenchRequest, Contender } from '../contenders/contender.ts';
import { machineMs } from './machine-clock.ts';
import type { Stretch } from './steady-load.ts';

/**
 * Sends requests at a fixed rate for some seconds, whether earlier ones are answered or not. A latency counts from the moment at which
 * the request was to be sent: what waits in a queue, here or there, waits. Fails on any answer but 2xx.
 */
export async function openLoad(
  contender: Contender,
  requests: readonly BenchRequest[],
  seconds: number,
  connections: number,
  perSecond: number,
): Promise<Stretch> {
  const pool = new Pool(contender.url, { connections });
  const latencies: number[] = [];
  const underWay: Promise<void>[] = [];
  const cpuBefore = contender.process?.cpuMicros() ?? Number.NaN;
  const startedAt = machineMs();
  const sendAt = async (due: number, { method, path, headers, body }: BenchRequest): Promise<void> => {
    const response = await pool.request({
      method,
      path,
      headers: { ...contender.headers, ...headers },
      ...(body !== undefined && { body }),
    });
    await response.body.dump();
    if (response.statusCode >= 300) throw new Error(`${contender.name}: ${method} ${path} got ${response.statusCode}`);
    latencies.push(machineMs() - due);
  };
  const total = seconds * perSecond;
  for (let sent = 0; sent < total; ) {
    const now = machineMs();
    for (; sent < total && startedAt + (sent * 1000) / perSecond <= now; sent++) {
      const request = requests[sent % requests.length];
      if (request === undefined) throw new Error('a workload without requests');
      underWay.push(sendAt(startedAt + (sent * 1000) / perSecond, request));
    }
    await sleep(1);
  }
  await Promise.all(underWay);
  const took = (machineMs() - startedAt) / 1000;
  await pool.close();
  return {
    requests: latencies.length,
    seconds: took,
    cpuMicros: (contender.process?.cpuMicros() ?? Number.NaN) - cpuBefore,
    latencies,
  };
}
