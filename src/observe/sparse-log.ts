import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

const periodMs = 10_000;
const linesPerPeriod = 10;

/** Warnings that clients can cause in any number: some of each period are logged, and how many were not. */
export class SparseLog {
  readonly #log: Log;
  readonly #clock: Clock;
  #since = 0;
  #lines = 0;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  warn(details: object, message: string): void {
    const now = this.#clock.now();
    if (now - this.#since >= periodMs) {
      const unseen = this.#lines - linesPerPeriod;
      if (unseen > 0) this.#log.warn({ unseen }, 'further warnings about MQTT clients were left out');
      this.#since = now;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines <= linesPerPeriod) this.#log.warn(details, message);
  }
}
