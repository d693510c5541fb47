import type { RequestScope } from '../../core/scope.ts';
import type { SubscriptionDialect } from '../../core/subscription/subscription.ts';
import type { Broker } from '../broker.ts';
import { retrieveSubscription } from './retrieve-subscription.ts';

/**
 * Removes a subscription with all that it is owed; what is on its way to the receiver still arrives.
 * Refuses with `subscriptionNotFound`. [V2 delete subscription] [LD 5.8.5]
 */
export async function deleteSubscription(
  broker: Broker,
  scope: RequestScope,
  id: string,
  dialect: SubscriptionDialect,
): Promise<void> {
  const { tenant } = scope;
  await broker.subscriptions.of(tenant).exclusively(async () => {
    await broker.subscriptions.refresh(tenant, id);
    retrieveSubscription(broker, scope, id, dialect);
    await broker.subscriptions.remove(tenant, id);
    await broker.synchronizations.forget(tenant, id);
  });
}
