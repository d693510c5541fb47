import { Refusal } from '../../../../core/errors.ts';
import type { WriteCommand } from '../../../../ports/entity-store.ts';
import { unavailable } from '../refuse-failure.ts';

/** A call on its way: its commands, and who waits for it. */
export interface Call {
  readonly commands: readonly WriteCommand<unknown>[];
  readonly ids: readonly string[];
  resolve(results: unknown[]): void;
  reject(error: unknown): void;
}

/** Commits under way at once. One more would split what arrives meanwhile into smaller ones. */
const maxConcurrent = 2;

/** Commands in one commit, beyond which further calls go into the next: what a transaction takes without strain. */
const maxCommands = 1000;

/**
 * Gathers calls into commits: all that arrives while some are under way travels in the next. Calls about one id follow each other, so
 * no two commits of this broker ever meet on an entity, and many calls about one entity become one write of it.
 */
export class WriteQueue {
  readonly #maxPending: number;
  readonly #commit: (calls: readonly Call[]) => Promise<void>;
  #waiting: Call[] = [];
  readonly #busy = new Set<string>();
  #underWay = 0;
  #pendingCommands = 0;
  #scheduled = false;
  #drained: (() => void) | undefined;

  /** `commit` settles every call, and never rejects. */
  constructor(maxPending: number, commit: (calls: readonly Call[]) => Promise<void>) {
    this.#maxPending = maxPending;
    this.#commit = commit;
  }

  add<Result>(commands: readonly WriteCommand<Result>[]): Promise<Result[]> {
    if (this.#drained !== undefined) return Promise.reject(unavailable('the store is closing'));
    if (this.#pendingCommands >= this.#maxPending) {
      return Promise.reject(new Refusal({ kind: 'overloaded', retryAfterSeconds: 1 }));
    }
    this.#pendingCommands += commands.length;
    return new Promise<Result[]>((resolve, reject) => {
      const ids = [...new Set(commands.map(({ target }) => target.id))];
      this.#waiting.push({ commands, ids, resolve: resolve as (results: unknown[]) => void, reject });
      this.#schedule();
    }).finally(() => {
      this.#pendingCommands -= commands.length;
    });
  }

  /** Resolves when every call that was accepted is settled; later ones are refused. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      this.#tellDrained();
    });
  }

  /** At the end of this turn of the event loop, so that the requests that were read in it share a commit. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay >= maxConcurrent || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#begin();
    });
  }

  async #begin(): Promise<void> {
    const calls = this.#take();
    if (calls.length === 0) return;
    this.#underWay++;
    for (const { ids } of calls) for (const id of ids) this.#busy.add(id);
    this.#schedule();
    await this.#commit(calls);
    for (const { ids } of calls) for (const id of ids) this.#busy.delete(id);
    this.#underWay--;
    this.#schedule();
    this.#tellDrained();
  }

  /** The calls whose turn it is: none about an id that is under way, or that an earlier call waits for. */
  #take(): readonly Call[] {
    const taken: Call[] = [];
    const left: Call[] = [];
    const blocked = new Set<string>();
    let commands = 0;
    for (const call of this.#waiting) {
      const mayGo = commands < maxCommands && !call.ids.some((id) => this.#busy.has(id) || blocked.has(id));
      if (mayGo) {
        taken.push(call);
        commands += call.commands.length;
      } else {
        left.push(call);
        for (const id of call.ids) blocked.add(id);
      }
    }
    this.#waiting = left;
    return taken;
  }

  #tellDrained(): void {
    if (this.#underWay === 0 && this.#waiting.length === 0) this.#drained?.();
  }
}
