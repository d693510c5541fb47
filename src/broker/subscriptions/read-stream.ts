import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { StoredSubscription, Subscription } from '../../core/subscription/subscription.ts';
import type { OwedNotification } from '../../ports/outbox.ts';
import type { Broker } from '../broker.ts';
import { retrieveSubscription } from './retrieve-subscription.ts';

/** Hears the notifications of a subscription, with what the subscription is by then. */
export interface NotificationReader {
  next(owed: OwedNotification, subscription: Subscription): void;
  /** There will be no more: the subscription was removed, or the broker stops. */
  end(): void;
}

/**
 * The subscription, if its notifications are there to be read.
 * Refuses with `subscriptionNotFound`, and with `unsupportedQuery` where they are sent.
 */
export function retrieveStream(broker: Broker, scope: RequestScope, id: string): StoredSubscription {
  const stored = retrieveSubscription(broker, scope, id, 'ngsiv2');
  if (streamed(broker, scope, id) === undefined) {
    const description = 'the notifications of this subscription are sent, not read: its notification has no stream';
    throw new Refusal({ kind: 'unsupportedQuery', description });
  }
  return stored;
}

/**
 * Reads the notifications of a subscription: with `after`, the id of one, those kept that came later and then what comes;
 * without it only what comes. Refuses as `retrieveStream` does. Returns what ends the reading.
 */
export function readStream(
  broker: Broker,
  scope: RequestScope,
  id: string,
  after: number | undefined,
  reader: NotificationReader,
): () => void {
  retrieveStream(broker, scope, id);
  return broker.notifier.streams.read(scope.tenant, id, after, {
    next: (owed) => {
      const subscription = streamed(broker, scope, id);
      if (subscription !== undefined) reader.next(owed, subscription);
    },
    end: () => reader.end(),
  });
}

function streamed(broker: Broker, { tenant }: RequestScope, id: string): Subscription | undefined {
  const subscription = broker.subscriptions.of(tenant).get(id)?.subscription;
  return subscription?.notification.delivery.kind === 'stream' ? subscription : undefined;
}
