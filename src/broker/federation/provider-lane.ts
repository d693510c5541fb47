import type { Clock } from '../../ports/clock.ts';
import type { Timers } from '../../ports/timers.ts';
import type { CircuitBreaker } from '../notifier/circuit-breaker.ts';
import { Fifo } from '../notifier/fifo.ts';

export interface ProviderLaneParts {
  readonly breaker: CircuitBreaker;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Nobody was asked. */
export interface TurnedAway {
  readonly kind: 'turnedAway';
  readonly reason: string;
}

interface Waiting {
  /** Its turn has come, or never will. */
  end(turnedAway?: TurnedAway): void;
  isGone: boolean;
}

/**
 * What goes to one provider: as much at once as its breaker lets, the rest waits for its turn, and nothing waits for one that
 * is left alone because it failed too often. What a provider asks back while it is asked passes through no lane.
 */
export class ProviderLane {
  readonly #parts: ProviderLaneParts;
  readonly #waiting = new Fifo<Waiting>();
  #underWay = 0;

  constructor(parts: ProviderLaneParts) {
    this.#parts = parts;
  }

  get isIdle(): boolean {
    return this.#underWay === 0 && this.#waiting.size === 0;
  }

  /** Makes the attempt when its turn comes, within the time; `hasFailed` tells what its outcome means for the provider. */
  async attempt<Outcome>(
    timeoutMs: number,
    send: () => Promise<Outcome>,
    hasFailed: (outcome: Outcome) => boolean,
  ): Promise<Outcome | TurnedAway> {
    const turnedAway = this.#take() ? undefined : await this.#turn(timeoutMs);
    if (turnedAway !== undefined) return turnedAway;
    const { breaker, clock } = this.#parts;
    try {
      const outcome = await send();
      if (hasFailed(outcome)) breaker.fail(clock.now());
      else breaker.succeed();
      return outcome;
    } finally {
      this.#underWay--;
      this.#pump();
    }
  }

  /** Takes the place of one under way, if there is one. */
  #take(): boolean {
    const { breaker, clock } = this.#parts;
    const now = clock.now();
    const at = breaker.nextAttemptAt(this.#underWay, now);
    if (at === undefined || at > now) return false;
    this.#underWay++;
    return true;
  }

  #turn(timeoutMs: number): Promise<TurnedAway | undefined> {
    const { breaker, timers } = this.#parts;
    if (breaker.isPausing) return Promise.resolve(leftAlone);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        isGone: false,
        end(turnedAway) {
          cancel();
          resolve(turnedAway);
        },
      };
      const cancel = timers.after(timeoutMs, () => {
        waiting.isGone = true;
        resolve({ kind: 'turnedAway', reason: 'Timeout was reached, waiting for others that ask the same provider' });
      });
      this.#waiting.push(waiting);
    });
  }

  #pump(): void {
    const { breaker } = this.#parts;
    while (this.#waiting.size > 0) {
      const begins = !breaker.isPausing && this.#take();
      if (!begins && !breaker.isPausing) return;
      let next = this.#waiting.shift();
      while (next?.isGone) next = this.#waiting.shift();
      if (next === undefined) {
        if (begins) this.#underWay--;
        return;
      }
      next.end(begins ? undefined : leftAlone);
    }
  }
}

const leftAlone: TurnedAway = { kind: 'turnedAway', reason: 'it failed too often, and is left alone for a while' };
