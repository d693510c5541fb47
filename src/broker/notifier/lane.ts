import type { Clock } from '../../ports/clock.ts';
import type { Timers } from '../../ports/timers.ts';
import type { Chain } from './chain.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import { Fifo } from './fifo.ts';

/** How an attempt ended, as far as the endpoint is concerned. */
export interface AttemptEnd {
  /** `neither`: the endpoint had no part in it. */
  readonly endpoint: 'succeeded' | 'failed' | 'neither';
  readonly retryAfterMs?: number;
}

export interface LaneParts {
  readonly breaker: CircuitBreaker;
  readonly clock: Clock;
  readonly timers: Timers;
  /**
   * Begins to send the first of a chain; undefined where there is nothing to send at present, and the chain was put where it
   * belongs. The promise never rejects, and by its end the chain is where it belongs too.
   */
  attempt(chain: Chain): Promise<AttemptEnd> | undefined;
}

/** What goes to one endpoint: chains take turns, as many at once as its breaker lets. A slow endpoint delays nobody else. */
export class Lane {
  readonly #parts: LaneParts;
  readonly #ready = new Fifo<Chain>();
  /** Chains that rest because an attempt failed. */
  readonly #failed = new Set<Chain>();
  #underWay = 0;
  #cancelTimer: (() => void) | undefined;
  #pumping = false;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  /** Nothing waits here or is under way. */
  get isIdle(): boolean {
    return this.#underWay === 0 && this.#ready.size === 0 && this.#failed.size === 0;
  }

  /** Puts a chain in line, whatever it did before; it must not be in another, and not be sending. */
  offer(chain: Chain): void {
    chain.cancelRest?.();
    chain.cancelRest = undefined;
    this.#failed.delete(chain);
    chain.state = 'ready';
    chain.lane = this;
    this.#ready.push(chain);
    this.#pump();
  }

  /** Lets a chain rest after a failure; it comes back by itself, or as soon as the endpoint answers after a pause. */
  rest(chain: Chain, delayMs: number): void {
    chain.state = 'resting';
    chain.lane = this;
    this.#failed.add(chain);
    chain.cancelRest = this.#parts.timers.after(delayMs, () => this.offer(chain));
  }

  /** Forgets a chain; what is under way ends by itself. */
  withdraw(chain: Chain): void {
    chain.cancelRest?.();
    chain.cancelRest = undefined;
    this.#failed.delete(chain);
    chain.lane = undefined;
  }

  close(): void {
    this.#cancelTimer?.();
    for (const chain of this.#failed) chain.cancelRest?.();
  }

  #pump(): void {
    // An attempt may end by offering the chain again, at once.
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#ready.size > 0 && this.#mayBegin()) {
      const chain = this.#ready.shift();
      if (chain === undefined || chain.lane !== this || chain.state !== 'ready') continue;
      const attempt = this.#parts.attempt(chain);
      if (attempt === undefined) continue;
      this.#underWay++;
      void attempt.then((end) => this.#end(end));
    }
    this.#pumping = false;
  }

  #mayBegin(): boolean {
    const now = this.#parts.clock.now();
    const at = this.#parts.breaker.nextAttemptAt(this.#underWay, now);
    if (at === undefined) return false;
    if (at <= now) return true;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#parts.timers.after(at - now, () => {
      this.#cancelTimer = undefined;
      this.#pump();
    });
    return false;
  }

  #end({ endpoint, retryAfterMs }: AttemptEnd): void {
    this.#underWay--;
    const { breaker, clock } = this.#parts;
    if (endpoint === 'failed') breaker.fail(clock.now(), retryAfterMs);
    if (endpoint === 'succeeded' && breaker.succeed()) for (const chain of [...this.#failed]) this.offer(chain);
    this.#pump();
  }
}
