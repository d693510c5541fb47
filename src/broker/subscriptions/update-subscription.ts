import { invalidRequest } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { RequestScope } from '../../core/scope.ts';
import type {
  StoredSubscription,
  Subscription,
  SubscriptionDialect,
  SubscriptionStatus,
  SubscriptionTerms,
} from '../../core/subscription/subscription.ts';
import type { Broker } from '../broker.ts';
import { retrieveSubscription } from './retrieve-subscription.ts';

/** What a request makes of a subscription. */
export interface SubscriptionChange {
  /** The whole of what is stored then. */
  readonly document: JsonObject;
  readonly terms: SubscriptionTerms;
  /** Absent: it stays. */
  readonly status?: SubscriptionStatus;
}

/**
 * Changes a subscription as `change` says of what is stored; counters stay. What it is owed is sent as the changed one says,
 * once it is active. Refuses with `subscriptionNotFound`, with what `change` throws, and to send what was there to be read, or
 * the other way round. [V2 update subscription] [LD 5.8.2]
 */
export async function updateSubscription(
  broker: Broker,
  scope: RequestScope,
  { id, dialect }: { readonly id: string; readonly dialect: SubscriptionDialect },
  change: (stored: StoredSubscription) => SubscriptionChange,
): Promise<void> {
  const { tenant } = scope;
  await broker.subscriptions.of(tenant).exclusively(async () => {
    await broker.subscriptions.refresh(tenant, id);
    const stored = retrieveSubscription(broker, scope, id, dialect);
    const { document, terms, status } = change(stored);
    refuseOtherWay(broker.subscriptions.of(tenant).get(id)?.subscription, terms);
    const given = status === undefined ? undefined : { status, statusGiven: broker.random.newId() };
    await broker.subscriptions.put(tenant, { ...stored, document, modifiedAt: broker.clock.now() }, terms, given);
  });
}

/** What a stream keeps is not owed to anybody, and what is owed is not kept: neither can become the other. */
function refuseOtherWay(before: Subscription | undefined, { notification }: SubscriptionTerms): void {
  if (before === undefined) return;
  const wasStream = before.notification.delivery.kind === 'stream';
  if (wasStream === (notification.delivery.kind === 'stream')) return;
  throw invalidRequest('a subscription with a stream keeps it, and no other gets one: create another subscription');
}
