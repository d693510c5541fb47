import { once } from 'node:events';
import { createServer } from 'node:http';
import { machineMs } from '../load/machine-clock.ts';

/** Messages and when they came, to be fetched by the benchmark: decoding them here would cost the broker processor time. */
export class Receipts {
  #received: { readonly at: number; readonly body: string }[] = [];

  add(body: string): void {
    this.#received.push({ at: machineMs(), body });
  }

  /** Those since the last time. */
  take(): readonly { readonly at: number; readonly body: string }[] {
    return this.#received.splice(0);
  }
}

/**
 * Lets the benchmark ask, at the port in `ORIEL_PORT`: `/` for the ports of the receiver, `/receipts` for what came since it
 * last asked. It listens there before the receiver takes ports of its own, which could be that one otherwise.
 */
export async function serveReceipts(receipts: Receipts, listen: () => Promise<ReceiverPorts>): Promise<void> {
  let ports: ReceiverPorts | undefined;
  const server = createServer((request, response) => {
    response.statusCode = ports === undefined ? 503 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/receipts' ? receipts.take() : (ports ?? {})));
  }).listen(Number(process.env.ORIEL_PORT), '127.0.0.1');
  await once(server, 'listening');
  ports = await listen();
}

export interface ReceiverPorts {
  /** Where messages are taken. */
  readonly live: readonly number[];
  /** Where connections are taken, and nothing is ever answered. */
  readonly hanging: readonly number[];
}
