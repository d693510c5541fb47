import type { StoredSubscription, SubscriptionState } from '../core/subscription/subscription.ts';

/** The subscriptions of one tenant, as they were written. Refusals: `storeUnavailable`; then nothing has changed. */
export interface SubscriptionStore {
  /** All of them, in the order in which they were created. */
  list(): Promise<readonly StoredSubscription[]>;

  /**
   * Adds a subscription, or replaces the one of its id, state included; resolves once that is durable. The first write of
   * a tenant brings it to be, and refuses with `limitReached` where there are too many.
   */
  put(subscription: StoredSubscription): Promise<void>;

  /** Removes a subscription with all that it is owed, dead letters included; resolves once that is durable. */
  remove(id: string): Promise<void>;

  /**
   * Replaces the states of subscriptions, by id, passing over those that do not exist; resolves once that is durable.
   * Cheap in bulk: what comes together with other writes shares their commit.
   */
  saveStates(states: ReadonlyMap<string, SubscriptionState>): Promise<void>;
}
