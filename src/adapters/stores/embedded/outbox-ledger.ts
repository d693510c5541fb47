import { Refusal } from '../../../core/errors.ts';
import type { OwedChange } from '../../../ports/outbox.ts';

/** Seconds after which there may be room again: what is owed goes out meanwhile. */
const retryAfterSeconds = 5;

/** Counts the rows of an outbox, durable and on their way, and gives out their ids. */
export class OutboxLedger {
  readonly #maxOwed: number;
  #durable: number;
  #pending = 0;
  #lastId: number;

  constructor(counts: { readonly owed: number; readonly lastOwed: number }, maxOwed: number) {
    this.#durable = counts.owed;
    this.#lastId = counts.lastOwed;
    this.#maxOwed = maxOwed;
  }

  /** Durable rows. */
  get size(): number {
    return this.#durable;
  }

  /** The highest id that was ever given out. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Refuses as `overloaded` where there is no room for all that the changes owe. */
  admit(changes: readonly OwedChange[]): void {
    const count = changes.reduce((sum, { wakes }) => sum + wakes.length, 0);
    if (count > 0 && this.#durable + this.#pending + count > this.#maxOwed) {
      throw new Refusal({ kind: 'overloaded', what: 'notifications', retryAfterSeconds });
    }
  }

  /** Ids for so many rows that are on their way now; the first of them. */
  take(count: number): number {
    const first = this.#lastId + 1;
    this.#lastId += count;
    this.#pending += count;
    return first;
  }

  /** Rows that were on their way have arrived, or never will. */
  settle(count: number): void {
    this.#pending -= count;
  }

  /** Sets how many rows are durable. */
  count(owed: number): void {
    this.#durable = owed;
  }
}
