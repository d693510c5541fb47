import { type ChildProcess, fork } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Followers, Replica } from '../adapters/stores/embedded/replica/followers.ts';
import type { Config } from '../config/options.ts';
import type { Logger } from '../observe/log.ts';
import type { Timers } from '../ports/timers.ts';
import type { Door } from './door.ts';
import { type FromWorker, feedDescriptor, type ToWorker } from './messages.ts';

export interface WorkerProcessesOptions {
  readonly config: Config;
  readonly sockets: string;
  readonly door: Door;
  /** Those who must have what is committed before anybody is shown it; undefined where workers read from a database. */
  readonly followers: Followers | undefined;
  readonly timers: Timers;
  readonly log: Logger;
}

/** The first delay before a worker that ended is replaced; it doubles with each that did not last, up to the longest. */
const firstDelayMs = 100;
const longestDelayMs = 10_000;
/** A worker that ran for so long had begun well. */
const lastedMs = 60_000;
/** What a worker has to end, beyond the time that requests under way have. */
const endingMs = 2000;

/** The worker processes 2 to `config.workers`: started, replaced when they die, stopped together. They end with this process. */
export class WorkerProcesses {
  readonly #options: WorkerProcessesOptions;
  readonly #processes = new Set<ChildProcess>();
  #stopping = false;

  constructor(options: WorkerProcessesOptions) {
    this.#options = options;
  }

  /** Resolves when each worker answers, or has failed to once. */
  async start(): Promise<void> {
    const numbers = Array.from({ length: this.#options.config.workers - 1 }, (_, index) => index + 2);
    await Promise.all(numbers.map((worker) => this.#run(worker, firstDelayMs)));
  }

  /** Lets requests under way end; resolves when all processes are gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { timers, config } = this.#options;
    await Promise.all(
      [...this.#processes].map(async (child) => {
        const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
        tell(child, { kind: 'stop' });
        const callOff = timers.after(config.shutdownTimeoutMs + endingMs, () => child.kill('SIGKILL'));
        await gone;
        callOff();
      }),
    );
  }

  #run(worker: number, delayMs: number): Promise<void> {
    const { config, sockets, door, followers, timers, log } = this.#options;
    const child = startProcess();
    const startedAt = Date.now();
    this.#processes.add(child);
    return new Promise((resolve) => {
      const lacking = new Set(followers === undefined ? ['ready'] : ['ready', 'current']);
      const has = (what: 'ready' | 'current') => {
        lacking.delete(what);
        if (lacking.size > 0 || this.#stopping) return;
        door.letIn(child);
        log.info({ worker, pid: child.pid }, 'a worker answers');
        resolve();
      };
      const replica: Replica = {
        channel: child.stdio[feedDescriptor] as Duplex,
        onCurrent: () => has('current'),
        end: () => {
          log.error({ worker, pid: child.pid }, 'a worker does not take in what is written, and is ended');
          child.kill('SIGKILL');
        },
      };
      let left = false;
      const onLeft = (why: object) => {
        if (left) return;
        left = true;
        this.#processes.delete(child);
        door.letOut(child);
        followers?.left(replica);
        resolve();
        if (this.#stopping) return;
        const lasted = Date.now() - startedAt > lastedMs;
        const nextDelayMs = lasted ? firstDelayMs : delayMs;
        log.error({ worker, pid: child.pid, ...why }, 'a worker ended, and is replaced');
        timers.after(nextDelayMs, () => {
          if (!this.#stopping) void this.#run(worker, Math.min(nextDelayMs * 2, longestDelayMs));
        });
      };
      child.on('error', (err) => log.error({ worker, err }, 'a worker cannot be reached'));
      child.on('exit', (code, signal) => onLeft({ code, signal }));
      child.on('message', (message) => has((message as FromWorker).kind));
      tell(child, { kind: 'begin', config, worker, sockets });
      followers?.joined(replica);
    });
  }
}

function tell(child: ChildProcess, message: ToWorker): void {
  // A process that is gone is heard of by its exit.
  if (child.connected) child.send(message, () => undefined);
}

/** From a compiled build the worker is a `.js` beside this file; from source, what reads TypeScript here does so there. */
function startProcess(): ChildProcess {
  const entry = import.meta.url.endsWith('.js') ? './worker.js' : './worker.ts';
  return fork(fileURLToPath(new URL(entry, import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
  });
}
