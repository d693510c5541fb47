import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemTimers } from '../adapters/runtime/system-timers.ts';
import { Followers } from '../adapters/stores/embedded/replica/followers.ts';
import { isMongoUri } from '../config/option-kinds.ts';
import type { Config } from '../config/options.ts';
import type { Logger } from '../observe/log.ts';
import { Door } from './door.ts';
import { socketOf } from './messages.ts';
import { serveConnection } from './serve-connection.ts';
import { WorkerProcesses } from './worker-processes.ts';

/** How long an acknowledgement waits for a worker that does not take in what is written, before the worker is ended. */
const patienceMs = 5000;

/** The server of the first process. */
export interface FirstServer {
  readonly server: Server;
  listen(place: { readonly path: string }): Promise<string>;
}

/** What the first of several processes has for the others (docs/scaling.md). */
export class SharedWork {
  /** Whom what is committed is told; undefined where workers read from a database. */
  readonly followers: Followers | undefined;
  readonly #config: Config;
  readonly #log: Logger;
  readonly #sockets: string;
  #door: Door | undefined;
  #processes: WorkerProcesses | undefined;

  private constructor(config: Config, log: Logger, sockets: string) {
    this.#config = config;
    this.#log = log;
    this.#sockets = sockets;
    this.followers = isMongoUri(config.store) ? undefined : new Followers(systemTimers, patienceMs);
  }

  static async open(config: Config, log: Logger): Promise<SharedWork> {
    return new SharedWork(config, log, await mkdtemp(join(tmpdir(), 'oriel-workers-')));
  }

  /** Listens, for the public and for workers: all is served by this process, until there are others. Answers the URL. */
  async listen(app: FirstServer): Promise<string> {
    const { host, port } = this.#config;
    await app.listen({ path: socketOf(this.#sockets, 1) });
    this.#door = new Door((connection) => serveConnection(app.server, connection));
    const taken = await this.#door.listen(host, port);
    return `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  }

  /** Starts the workers; resolves when each answers, or has failed to once. */
  async start(): Promise<void> {
    if (this.#door === undefined) throw new Error('it does not listen');
    this.#processes = new WorkerProcesses({
      config: this.#config,
      sockets: this.#sockets,
      door: this.#door,
      followers: this.followers,
      timers: systemTimers,
      log: this.#log,
    });
    await this.#processes.start();
  }

  /** Takes no more connections, and has the workers end what is under way; resolves when they are gone. */
  async stop(): Promise<void> {
    this.#door?.close();
    await this.#processes?.stop();
    rmSync(this.#sockets, { recursive: true, force: true });
  }
}
