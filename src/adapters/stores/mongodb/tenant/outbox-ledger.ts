import { Refusal } from '../../../../core/errors.ts';
import type { OwedChange } from '../../../../ports/outbox.ts';

/** Seconds after which there may be room again: what is owed goes out meanwhile. */
const retryAfterSeconds = 5;

/** Counts what is owed, stored and on its way: exactly what this broker does, and what others do when it is counted anew. */
export class OutboxLedger {
  readonly #maxOwed: number;
  #stored = 0;
  #pending = 0;

  constructor(maxOwed: number) {
    this.#maxOwed = maxOwed;
  }

  /** What is stored. */
  get size(): number {
    return this.#stored;
  }

  /** Refuses as `overloaded` where there is no room for all that the changes owe; else keeps room for it. Returns how much. */
  admit(changes: readonly OwedChange[]): number {
    const count = changes.reduce((sum, { wakes }) => sum + wakes.length, 0);
    if (count > 0 && this.#stored + this.#pending + count > this.#maxOwed) {
      throw new Refusal({ kind: 'overloaded', retryAfterSeconds });
    }
    this.#pending += count;
    return count;
  }

  /** Room was kept for what is stored now, or never will be. */
  release(count: number): void {
    this.#pending -= count;
  }

  /** So many more are stored, or fewer. */
  add(count: number): void {
    this.#stored = Math.max(0, this.#stored + count);
  }

  /** So many were counted. */
  set(count: number): void {
    this.#stored = count;
  }
}
