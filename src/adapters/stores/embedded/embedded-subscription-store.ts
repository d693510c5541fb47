import type { StoredSubscription } from '../../../core/subscription/subscription.ts';
import type { SubscriptionStore } from '../../../ports/subscription-store.ts';
import type { EmbeddedEntityStore } from './embedded-entity-store.ts';
import { encodeState, encodeSubscription } from './subscription-write.ts';

/** The subscriptions of one tenant: in memory as they are on the disk. */
export class EmbeddedSubscriptionStore implements SubscriptionStore {
  readonly #byId: Map<string, StoredSubscription>;
  readonly #commits: Pick<EmbeddedEntityStore, 'append'>;

  /** `stored`: in the order of creation. */
  constructor(stored: readonly StoredSubscription[], commits: Pick<EmbeddedEntityStore, 'append'>) {
    this.#byId = new Map(stored.map((subscription) => [subscription.id, subscription]));
    this.#commits = commits;
  }

  async list(): Promise<readonly StoredSubscription[]> {
    return [...this.#byId.values()];
  }

  async get(id: string): Promise<StoredSubscription | undefined> {
    return this.#byId.get(id);
  }

  async put(subscription: StoredSubscription): Promise<StoredSubscription> {
    const { id } = subscription;
    await this.#commits.append({ subscriptions: [{ kind: 'put', id, ...encodeSubscription(subscription) }] });
    this.#byId.set(id, subscription);
    return subscription;
  }

  async remove(id: string): Promise<void> {
    await this.#commits.append({ subscriptions: [{ kind: 'remove', id }] });
    this.#byId.delete(id);
  }

  async saveStates(subscriptions: readonly StoredSubscription[]): Promise<void> {
    if (subscriptions.length === 0) return;
    const writes = subscriptions.map(({ id, state }) => ({ kind: 'state', id, state: encodeState(state) }) as const);
    await this.#commits.append({ subscriptions: writes });
    for (const { id, state } of subscriptions) {
      const subscription = this.#byId.get(id);
      if (subscription !== undefined) this.#byId.set(id, { ...subscription, state });
    }
  }
}
