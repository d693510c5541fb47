import type { EpochMs } from '../../src/core/entity/entity.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Timers } from '../../src/ports/timers.ts';
import { noon } from './entity-builder.ts';

interface Timer {
  readonly at: EpochMs;
  readonly callback: () => void;
}

/** A clock that stands at noon, and timers that ring when it is moved past them. */
export class FakeTime implements Clock, Timers {
  #now = noon;
  readonly #timers = new Set<Timer>();

  now(): EpochMs {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves the clock, ringing timers in their order; whatever they set in motion happens before the next one rings. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settled();
    }
    this.#now = end;
  }

  /** Timers that will ring. */
  get pending(): number {
    return this.#timers.size;
  }
}

/** Resolves when all that could happen by now, without time or the network, has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}
