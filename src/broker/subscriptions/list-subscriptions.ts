import { everyScope, type RequestScope, type ScopePattern } from '../../core/scope.ts';
import type { StoredSubscription, SubscriptionDialect } from '../../core/subscription/subscription.ts';
import type { Broker } from '../broker.ts';

export interface SubscriptionListing {
  /** Those that were written in it. */
  readonly dialect: SubscriptionDialect;
  readonly offset: number;
  readonly limit: number;
  /** Which of them to list; absent: all. */
  readonly where?: (subscription: StoredSubscription) => boolean;
}

export interface SubscriptionPage {
  readonly subscriptions: readonly StoredSubscription[];
  /** All that the listing covers, whatever the page. */
  readonly count: number;
}

/**
 * The subscriptions that were made in exactly one of the scopes, in the order of creation; every subscription where the request
 * sees every scope. [V2 list subscriptions] [LD 5.8.4]
 */
export function listSubscriptions(
  broker: Broker,
  { tenant, scopes }: RequestScope,
  { dialect, offset, limit, where = () => true }: SubscriptionListing,
): SubscriptionPage {
  const listed: StoredSubscription[] = [];
  for (const { stored } of broker.subscriptions.of(tenant)) {
    if (stored.dialect === dialect && isListed(stored, scopes) && where(stored)) listed.push(stored);
  }
  return { subscriptions: listed.slice(offset, offset + limit), count: listed.length };
}

function isListed(subscription: StoredSubscription, scopes: readonly ScopePattern[]): boolean {
  if (scopes.length === 0 || scopes.some((scope) => isSame(scope, everyScope))) return true;
  return scopes.some((scope) => subscription.scopes.some((own) => isSame(scope, own)));
}

function isSame(a: ScopePattern, b: ScopePattern): boolean {
  return a.path === b.path && a.subtree === b.subtree;
}
