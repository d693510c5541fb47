import type { EpochMs } from '../../core/entity/entity.ts';
import type { Random } from '../../ports/random.ts';
import type { NotifierSettings } from './notifier-settings.ts';
import { retryDelayMs } from './retry-delay.ts';

/** How patient a breaker is. */
export type BreakerSettings = Pick<
  NotifierSettings,
  'maxConcurrency' | 'failuresToPause' | 'firstRetryMs' | 'longestRetryMs' | 'longestAskedMs'
>;

/**
 * Keeps attempts from an endpoint that fails time after time.
 *
 * After so many failures in a row it is left alone for a while, then tried by one attempt: if that fails it is left alone for
 * longer, if it succeeds all is well again. Nor is it tried as long as it asks to be left alone, whatever else went well. How
 * many attempts may be under way grows with each success and halves with each failure, so that an endpoint that hangs ties up
 * little.
 */
export class CircuitBreaker {
  readonly #settings: BreakerSettings;
  readonly #random: Random;
  #failures = 0;
  #pausedUntil: EpochMs = Number.NEGATIVE_INFINITY;
  #window: number;

  constructor(settings: BreakerSettings, random: Random) {
    this.#settings = settings;
    this.#random = random;
    this.#window = Math.min(4, settings.maxConcurrency);
  }

  /** When the next attempt may begin, beside so many that are under way; undefined: once one of them ends. */
  nextAttemptAt(underWay: number, now: EpochMs): EpochMs | undefined {
    const isFree = this.isPausing ? underWay === 0 : underWay < this.#window;
    return isFree ? Math.max(now, this.#pausedUntil) : undefined;
  }

  /** The endpoint has failed too often, and no attempt has succeeded since. */
  get isPausing(): boolean {
    return this.#failures >= this.#settings.failuresToPause;
  }

  /** Answers whether this ended a pause. */
  succeed(): boolean {
    const wasPausing = this.isPausing;
    if (wasPausing) this.#pausedUntil = Number.NEGATIVE_INFINITY;
    this.#failures = 0;
    this.#window = Math.min(this.#settings.maxConcurrency, this.#window + 1);
    return wasPausing;
  }

  fail(now: EpochMs, retryAfterMs = 0): void {
    this.#failures++;
    this.#window = Math.max(1, Math.floor(this.#window / 2));
    const times = this.#failures - this.#settings.failuresToPause + 1;
    const pauseMs = times > 0 ? retryDelayMs(times, this.#settings, this.#random) : 0;
    const askedMs = Math.min(retryAfterMs, this.#settings.longestAskedMs);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs, now + askedMs);
  }
}
