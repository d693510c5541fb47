import { Worker } from 'node:worker_threads';
import type { DiskCalls, DiskReply, DiskRequest } from './disk-calls.ts';

interface Caller {
  resolve(reply: unknown): void;
  reject(error: Error): void;
}

/**
 * The disk thread, as the main thread sees it: calls that are answered in the order in which they are made.
 *
 * If the thread dies, which only a bug or a lack of memory can bring about, every call from then on rejects.
 */
export class Disk {
  readonly #worker: Worker;
  /** Calls on their way, oldest first; few, as a tenant has one at a time. */
  readonly #callers: Caller[] = [];
  #failure: Error | undefined;

  constructor() {
    this.#worker = startWorker();
    this.#worker.on('message', (message: DiskReply) => this.#receive(message));
    this.#worker.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#fail(new Error('the disk thread has ended')));
  }

  /** Rejects with what the disk thread threw. */
  call<Kind extends keyof DiskCalls>(
    kind: Kind,
    request: DiskCalls[Kind]['request'],
  ): Promise<DiskCalls[Kind]['reply']> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#worker.postMessage({ kind, request } as DiskRequest);
      this.#callers.push({ resolve: resolve as (reply: unknown) => void, reject });
    });
  }

  /** Ends the thread after all that was asked of it, files closed and the directory let go. */
  async close(): Promise<void> {
    try {
      await this.call('close', undefined);
    } finally {
      await this.#worker.terminate();
    }
  }

  #receive(message: DiskReply): void {
    const caller = this.#callers.shift();
    if ('error' in message) caller?.reject(message.error);
    else caller?.resolve(message.reply);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const caller of this.#callers.splice(0)) caller.reject(this.#failure);
  }
}

/** From a compiled build the worker is a `.js` beside this file; from source, tsx reads the `.ts`. */
function startWorker(): Worker {
  const compiled = import.meta.url.endsWith('.js');
  return new Worker(new URL(compiled ? './disk-worker.js' : './disk-worker-from-source.mjs', import.meta.url));
}
