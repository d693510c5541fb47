import { MessageChannel, Worker } from 'node:worker_threads';
import type { Encoder } from '../../ports/encoder.ts';
import type { EncodingRequest, FromEncoding, ToEncoding } from './encoding-messages.ts';
import { Inbox } from './inbox.ts';

/**
 * Memory of the thread. Beyond the first it ends and its jobs fail; a file of any size takes much less. Hardly anything that it makes
 * lives on, so there is nothing to gain by more room for what is young.
 */
const resourceLimits = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 24 };

/**
 * A thread that makes files, as the main thread sees it. It starts with the first job and serves all; if it dies, which only a bug or
 * a lack of memory can bring about, its jobs reject and the next one starts another.
 */
export class EncodingThread<Job, Progress> implements Encoder<Job, Progress> {
  readonly #entry: URL;
  readonly #setup: unknown;
  readonly #inboxes = new Set<Inbox<FromEncoding<Progress>>>();
  #worker: Worker | undefined;
  #isClosed = false;

  /** `entry` is the module that the thread runs: it calls `serveEncoding`, which gives it `setup`, plain data. */
  constructor(entry: URL, setup: unknown) {
    this.#entry = entry;
    this.#setup = setup;
  }

  async *encode(job: Job, batches: AsyncIterable<readonly string[]>): AsyncGenerator<Progress> {
    const { port1: port, port2 } = new MessageChannel();
    const send = (message: ToEncoding) => port.postMessage(message);
    const inbox = new Inbox<FromEncoding<Progress>>();
    port.on('message', (message: FromEncoding<Progress>) => inbox.put(message));
    this.#inboxes.add(inbox);
    const texts = batches[Symbol.asyncIterator]();
    try {
      this.#running().postMessage({ job, port: port2 } satisfies EncodingRequest<Job>, [port2]);
      for (;;) {
        const message = await inbox.next();
        switch (message.kind) {
          case 'wanted': {
            const next = await texts.next();
            send(next.done ? { kind: 'end' } : { kind: 'batch', texts: next.value });
            break;
          }
          case 'progress':
            yield message.progress;
            send({ kind: 'taken' });
            break;
          case 'done':
            return;
          case 'failed':
            throw message.error;
        }
      }
    } finally {
      this.#inboxes.delete(inbox);
      port.close();
      await texts.return?.();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #running(): Worker {
    if (this.#isClosed) throw new Error('no more files are made');
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#entry, { workerData: this.#setup, resourceLimits });
    worker.on('error', (error) => this.#fail(worker, error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => this.#fail(worker, new Error('the encoding thread has ended')));
    this.#worker = worker;
    return worker;
  }

  #fail(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const inbox of this.#inboxes) inbox.fail(error);
  }
}
