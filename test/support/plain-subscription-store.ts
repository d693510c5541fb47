import type { StoredSubscription } from '../../src/core/subscription/subscription.ts';
import type { SubscriptionStore } from '../../src/ports/subscription-store.ts';
import type { PlainOutbox } from './plain-outbox.ts';

/** The contract of `SubscriptionStore` in its plainest form. */
export class PlainSubscriptionStore implements SubscriptionStore {
  readonly #byId = new Map<string, StoredSubscription>();
  readonly #outbox: PlainOutbox;

  /** Something was written once. */
  exists = false;

  constructor(outbox: PlainOutbox) {
    this.#outbox = outbox;
  }

  async list(): Promise<readonly StoredSubscription[]> {
    return [...this.#byId.values()];
  }

  async get(id: string): Promise<StoredSubscription | undefined> {
    return this.#byId.get(id);
  }

  async put(subscription: StoredSubscription): Promise<StoredSubscription> {
    this.exists = true;
    this.#byId.set(subscription.id, subscription);
    return subscription;
  }

  async remove(id: string): Promise<void> {
    this.#byId.delete(id);
    this.#outbox.removeOf(id);
  }

  async saveStates(subscriptions: readonly StoredSubscription[]): Promise<void> {
    for (const { id, state } of subscriptions) {
      const subscription = this.#byId.get(id);
      if (subscription !== undefined) this.#byId.set(id, { ...subscription, state });
    }
  }
}
