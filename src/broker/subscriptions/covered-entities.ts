import type { Query } from '../../core/query/query.ts';
import type { EntitiesPage } from '../../core/subscription/notification-facts.ts';
import type { Subscription } from '../../core/subscription/subscription.ts';

/** The question which entities a subscription covers at this moment, in the order of creation. [LD 5.8.6] */
export function coveredEntities(
  { selectors, scopes, filter }: Subscription,
  { offset, limit }: EntitiesPage,
  { count }: { readonly count: boolean },
): Query {
  return { selectors, scopes, ...(filter !== undefined && { filter }), order: [], offset, limit, count };
}
