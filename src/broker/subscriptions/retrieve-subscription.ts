import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { StoredSubscription, SubscriptionDialect } from '../../core/subscription/subscription.ts';
import type { Broker } from '../broker.ts';

/**
 * A subscription of the tenant, wherever in the tree it was made; its counters are those of this moment. With a dialect, only one that was
 * written in it: no other can show it. Refuses with `subscriptionNotFound`. [V2 retrieve subscription] [LD 5.8.3]
 */
export function retrieveSubscription(
  broker: Broker,
  { tenant }: RequestScope,
  id: string,
  dialect?: SubscriptionDialect,
): StoredSubscription {
  const known = broker.subscriptions.of(tenant).get(id);
  if (known === undefined || (dialect !== undefined && known.stored.dialect !== dialect))
    throw new Refusal({ kind: 'subscriptionNotFound' });
  return known.stored;
}
