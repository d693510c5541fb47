import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { StoredSubscription } from '../../core/subscription/subscription.ts';
import type { Broker } from '../broker.ts';

/**
 * A subscription of the tenant, wherever in the tree it was made; its counters are those of this moment.
 * Refuses with `subscriptionNotFound`. [V2 retrieve subscription]
 */
export function retrieveSubscription(broker: Broker, { tenant }: RequestScope, id: string): StoredSubscription {
  const known = broker.subscriptions.of(tenant).get(id);
  if (known === undefined) throw new Refusal({ kind: 'subscriptionNotFound' });
  return known.stored;
}
