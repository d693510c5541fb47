import type { OwedNotification } from '../../ports/outbox.ts';

/**
 * What receivers know a notification by, whichever attempt brings it. The time tells it from that of a broker whose data was
 * lost and which counts from 1 again.
 */
export function notificationIdOf({ id, subscriptionId, facts }: OwedNotification): string {
  return `${subscriptionId}-${facts.changedAt.toString(36)}-${id}`;
}
