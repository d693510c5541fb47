import type { TenantName } from '../core/scope.ts';
import type { StoredSubscription } from '../core/subscription/subscription.ts';

/** The subscriptions of one tenant, as they were written. Refusals: `storeUnavailable`; then nothing has changed. */
export interface SubscriptionStore {
  /** All of them, in the order in which they were created. */
  list(): Promise<readonly StoredSubscription[]>;

  /** One as it stands now, whichever broker wrote it. */
  get(id: string): Promise<StoredSubscription | undefined>;

  /**
   * Adds a subscription, or replaces the one of its id, state included; resolves once that is durable, with the subscription in its
   * new revision. The first write of a tenant brings it to be, and refuses with `limitReached` where there are too many.
   */
  put(subscription: StoredSubscription): Promise<StoredSubscription>;

  /** Removes a subscription with all that it is owed, dead letters included; resolves once that is durable. */
  remove(id: string): Promise<void>;

  /**
   * Replaces the states of subscriptions with those given, and nothing else of them, passing over those that do not exist, and those that
   * were put since they were as given, by whichever broker: their `revision` tells. So a state that was counted on from an older one takes
   * back nothing, whether or not this broker has heard of the newer one. Resolves once that is durable.
   * Cheap in bulk: what comes together with other writes shares their commit.
   */
  saveStates(subscriptions: readonly StoredSubscription[]): Promise<void>;
}

/**
 * Hears of subscriptions once another broker's change of them is durable; counters in their states may be behind. One change
 * may be told more than once; what is told last of a subscription is how it stands.
 */
export type StoredSubscriptionListener = (
  tenant: TenantName,
  change:
    | { readonly kind: 'put'; readonly subscription: StoredSubscription }
    | { readonly kind: 'removed'; readonly id: string },
) => void;
