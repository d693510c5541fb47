import autocannon, { type Client, type Request, type Result } from 'autocannon';
import type { BenchRequest, Contender } from '../contenders/contender.ts';

/** What one contender did in one stretch of time. */
export interface Stretch {
  readonly requests: number;
  readonly seconds: number;
  /** Processor time of the contender in all; NaN where it is not known. */
  readonly cpuMicros: number;
  /** One a request, in milliseconds. */
  readonly latencies: readonly number[];
}

/**
 * Keeps the connections busy for some seconds: each sends its own part of the requests, round and round, the next when the last
 * one is answered. So a slow contender is asked less, and its latency is that of a full house (`openLoad` hides nothing). Fails on any
 * answer but 2xx.
 */
export async function steadyLoad(
  contender: Contender,
  requests: readonly BenchRequest[],
  seconds: number,
  connections: number,
): Promise<Stretch> {
  const parts = shared(requests, connections).map((part) =>
    part.map(({ method, path, headers, body }) => ({
      method,
      path,
      headers: { ...contender.headers, ...headers },
      ...(body !== undefined && { body }),
    })),
  );
  const [first] = parts;
  if (first === undefined) throw new Error('a workload without requests');
  const latencies: number[] = [];
  let clients = 0;
  const cpuBefore = contender.process?.cpuMicros() ?? Number.NaN;
  const result = await new Promise<Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: contender.url,
        connections,
        duration: seconds,
        requests: first.slice(0, 1) as Request[],
        setupClient: (client: Client) => client.setRequests((parts[clients++ % parts.length] ?? first) as Request[]),
      },
      (error: unknown, done) => (error ? reject(error) : resolve(done)),
    );
    run.on('response', (_client, _status, _bytes, responseTime) => latencies.push(responseTime));
  });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    throw new Error(
      `${contender.name}: ${result.non2xx} answers that are not 2xx, ${result.errors} errors, ${result.timeouts} timeouts`,
    );
  }
  return {
    requests: result['2xx'],
    seconds: result.duration,
    cpuMicros: (contender.process?.cpuMicros() ?? Number.NaN) - cpuBefore,
    latencies,
  };
}

/** A part of the requests for each connection, in their order; all of them for each where there are fewer than connections. */
function shared(requests: readonly BenchRequest[], connections: number): readonly (readonly BenchRequest[])[] {
  if (requests.length < connections) return [requests];
  const size = Math.floor(requests.length / connections);
  return Array.from({ length: connections }, (_, at) => requests.slice(at * size, (at + 1) * size));
}
