import autocannon from 'autocannon';
import type { ServerProcess } from './processes.ts';

export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicrosPerRequest: number;
}

/** Keeps the connections busy with the requests, round and round, for some seconds. Fails on any answer but 2xx. */
export async function applyLoad(
  server: ServerProcess,
  requests: readonly LoadRequest[],
  seconds: number,
  connections = 50,
): Promise<Measured> {
  const cpuBefore = server.cpuMicros();
  const result = await autocannon({
    url: server.url,
    connections,
    duration: seconds,
    requests: requests.map((request) => ({
      method: request.method,
      path: request.path,
      ...(request.headers && { headers: request.headers }),
      ...(request.body !== undefined && { body: request.body }),
    })),
  });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    throw new Error(
      `${server.url}: ${result.non2xx} answers that are not 2xx, ${result.errors} errors, ${result.timeouts} timeouts`,
    );
  }
  const done = result['2xx'];
  return {
    requestsPerSecond: done / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    cpuMicrosPerRequest: (server.cpuMicros() - cpuBefore) / done,
  };
}

/** Measures each server in turn, A B A B, and gives the median of the rounds of each: what disturbs the machine disturbs both. */
export async function interleave(
  contenders: readonly { readonly server: ServerProcess; readonly requests: readonly LoadRequest[] }[],
  rounds: number,
  seconds: number,
): Promise<Measured[]> {
  for (const { server, requests } of contenders) await applyLoad(server, requests, 2);
  const all: Measured[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { server, requests }] of contenders.entries()) {
      all[index]?.push(await applyLoad(server, requests, seconds));
    }
  }
  return all.map(medianByRate);
}

function medianByRate(runs: readonly Measured[]): Measured {
  const sorted = [...runs].sort((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) throw new Error('nothing was measured');
  return median;
}
