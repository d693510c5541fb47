import { Refusal } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { RequestScope } from '../../core/scope.ts';
import {
  initialState,
  type SubscriptionDialect,
  type SubscriptionStatus,
  type SubscriptionTerms,
} from '../../core/subscription/subscription.ts';
import type { Broker } from '../broker.ts';

/** A subscription as a dialect read it from a request. */
export interface SubscriptionDraft {
  /** Absent: the broker makes one. */
  readonly id?: string;
  readonly dialect: SubscriptionDialect;
  /** What is stored; `terms` is what it means. */
  readonly document: JsonObject;
  readonly terms: SubscriptionTerms;
  /** Absent: active. */
  readonly status?: SubscriptionStatus;
}

/**
 * Creates a subscription that sees what the scope sees, and returns its id; from then on changes wake it. What is there already
 * does not. Refuses with `subscriptionExists` and `limitReached`. [V2 create subscription] [LD 5.8.1]
 */
export async function createSubscription(
  broker: Broker,
  { tenant, scopes }: RequestScope,
  { id: givenId, dialect, document, terms, status = 'active' }: SubscriptionDraft,
): Promise<string> {
  const id = givenId ?? broker.random.newId();
  const subscriptions = broker.subscriptions.of(tenant);
  const limit = broker.limits.subscriptionsPerTenant;
  return subscriptions.exclusively(async () => {
    if (givenId !== undefined) await broker.subscriptions.refresh(tenant, id);
    if (subscriptions.get(id) !== undefined) throw new Refusal({ kind: 'subscriptionExists' });
    if (subscriptions.size >= limit) throw new Refusal({ kind: 'limitReached', what: 'subscriptions', limit });
    const now = broker.clock.now();
    const state = initialState(status);
    await broker.subscriptions.put(
      tenant,
      { id, dialect, scopes, document, state, createdAt: now, modifiedAt: now },
      terms,
    );
    return id;
  });
}
