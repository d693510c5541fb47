import type { OwedChange, OwedNotification, Settlement } from '../../../ports/outbox.ts';
import { encodeDetails } from './outbox-rows.ts';
import type { OutboxWrites } from './outbox-writes.ts';

/** What a commit on its way does to the outbox. */
export class PendingOutbox {
  /** What becomes owed, in the order of the ids. */
  readonly owed: OwedNotification[] = [];
  readonly #changes: { readonly change: OwedChange; readonly first: number }[] = [];
  readonly #settlements: Settlement[] = [];

  /** Takes a change; its notifications get the ids from `first` on. */
  owe(change: OwedChange, first: number): void {
    const { facts, entityId, wakes } = change;
    this.#changes.push({ change, first });
    for (const [at, { subscriptionId, alteration, ordinal }] of wakes.entries()) {
      const owedSince = facts.changedAt;
      this.owed.push({ id: first + at, subscriptionId, alteration, ordinal, entityId, facts, owedSince });
    }
  }

  settle(settlements: readonly Settlement[]): void {
    for (const settlement of settlements) this.#settlements.push(settlement);
  }

  /** Undefined where there is nothing to write. */
  writes(lastOwed: number): OutboxWrites | undefined {
    if (this.#changes.length === 0 && this.#settlements.length === 0) return undefined;
    return {
      changes: {
        ids: this.#changes.map(({ first }) => first),
        lasts: this.#changes.map(({ change, first }) => first + change.wakes.length - 1),
        entityIds: this.#changes.map(({ change }) => change.entityId),
        entities: this.#changes.map(({ change }) => change.facts.entity),
        previous: this.#changes.map(({ change }) => change.facts.previous ?? null),
        details: this.#changes.map(({ change }) => encodeDetails(change.facts)),
      },
      owed: {
        ids: this.owed.map(({ id }) => id),
        changes: this.#changes.flatMap(({ change, first }) => change.wakes.map(() => first)),
        subscriptionIds: this.owed.map(({ subscriptionId }) => subscriptionId),
        alterations: this.owed.map(({ alteration }) => alteration),
        ordinals: this.owed.map(({ ordinal }) => ordinal),
        since: this.owed.map(({ owedSince }) => owedSince),
      },
      lastOwed,
      settlements: this.#settlements,
    };
  }
}
