import type { ChildProcess } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { connectionMessage } from './messages.ts';

/**
 * The port that the public knows. Connections go to the processes that answer, by turns: this one and those that were let in.
 *
 * By turns, since a connection lasts: where processes take connections for themselves, one that happened to be idle has most
 * of them for good.
 */
export class Door {
  readonly #server: Server;
  readonly #workers = new Set<ChildProcess>();
  #turn = 0;

  /** `serve` takes the connections of this process; they are paused. */
  constructor(serve: (socket: Socket) => void) {
    // As a server of HTTP takes connections.
    this.#server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (socket) => {
      const worker = this.#next();
      if (worker === undefined) serve(socket);
      else worker.send(connectionMessage, socket, (error) => error && socket.destroy());
    });
  }

  /** Resolves with the port; rejects as the runtime does. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** The worker gets its share of the connections from now on. */
  letIn(worker: ChildProcess): void {
    this.#workers.add(worker);
  }

  /** It gets no more. */
  letOut(worker: ChildProcess): void {
    this.#workers.delete(worker);
  }

  /** Takes no more connections; those that were taken go on. */
  close(): void {
    this.#server.close();
  }

  #next(): ChildProcess | undefined {
    this.#turn = (this.#turn + 1) % (this.#workers.size + 1);
    return [...this.#workers][this.#turn - 1];
  }
}
