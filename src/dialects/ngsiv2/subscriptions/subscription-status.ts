import type { EpochMs } from '../../../core/entity/entity.ts';
import { isExpired } from '../../../core/subscription/match-subscriptions.ts';
import { type StoredSubscription, subscriptionStatuses } from '../../../core/subscription/subscription.ts';
import type { SubscriptionDocument } from './subscription-document.ts';

/** What GET can say of a subscription. [V2 subscription payload datamodel] */
export const shownStatuses = [...subscriptionStatuses, 'expired'] as const;

/** Once its time is up a subscription is `expired`, whatever its status; nothing is ever `failed`: `failsCounter` says that. */
export function shownStatus({ document, state }: StoredSubscription, now: EpochMs): (typeof shownStatuses)[number] {
  const { expires } = document as SubscriptionDocument;
  return expires !== undefined && isExpired({ expiresAt: Date.parse(expires) }, now) ? 'expired' : state.status;
}
