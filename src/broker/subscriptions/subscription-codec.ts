import type { JsonObject } from '../../core/json.ts';
import type { NotificationFacts } from '../../core/subscription/notification-facts.ts';
import type { Needless, OutgoingNotification, Unsendable } from '../../core/subscription/outgoing-notification.ts';
import type { Subscription, SubscriptionDialect, SubscriptionTerms } from '../../core/subscription/subscription.ts';

/** What the broker asks of the dialect that a subscription is written in. */
export interface SubscriptionCodec {
  /** What a stored document means. Throws where it means nothing to this release. */
  restore(document: JsonObject): SubscriptionTerms;
  /**
   * The message to send, or why there is none; the same for the same arguments, but for what it shows of entities that did not change. A
   * promise where that, or what names mean, is not at hand.
   */
  render(
    subscription: Subscription,
    facts: NotificationFacts,
    envelope: NotificationIdentity,
  ): RenderedNotification | Promise<RenderedNotification>;
}

export type RenderedNotification = OutgoingNotification | Needless | Unsendable;

/** What tells a notification from others. */
export interface NotificationIdentity {
  /** The same for every attempt, also after a restart: receivers drop by it what they have had. Unique in the world. */
  readonly id: string;
  /** Place among all that one request owes, from 1 on. */
  readonly ordinal: number;
}

export type SubscriptionCodecs = { readonly [Dialect in SubscriptionDialect]: SubscriptionCodec };
