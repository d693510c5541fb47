import type { StoredSubscription, SubscriptionState } from '../../../core/subscription/subscription.ts';

/** One step of what a commit does to subscriptions; texts are as `StoredTexts` has them. */
export type SubscriptionWrite =
  | ({ readonly kind: 'put'; readonly id: string } & StoredTexts)
  /** With all that it is owed. */
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'state'; readonly id: string; readonly state: string };

/** A subscription as its row keeps it: the state, which changes often, apart from the rest, which is long. */
export interface StoredTexts {
  /** JSON of the `StoredSubscription` without its state. */
  readonly subscription: string;
  /** JSON of the `SubscriptionState`. */
  readonly state: string;
}

export function encodeSubscription({ state, ...subscription }: StoredSubscription): StoredTexts {
  return { subscription: JSON.stringify(subscription), state: encodeState(state) };
}

export function encodeState(state: SubscriptionState): string {
  return JSON.stringify(state);
}

export function decodeSubscription({ subscription, state }: StoredTexts): StoredSubscription {
  return { ...JSON.parse(subscription), state: JSON.parse(state) };
}
