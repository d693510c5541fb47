import type { EpochMs } from '../../core/entity/entity.ts';
import type { Query } from '../../core/query/query.ts';
import type { TenantName } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { removalsPerCommit, removeMatches } from './remove-matches.ts';

/**
 * Removes, from every tenant, the entities whose time is up, and returns how many.
 *
 * One that a write renews in the meantime stays. For a sweeper to call every now and then: between two calls an entity
 * outlives its time. Refuses as the store does; what was removed by then is removed. [V2 transient entities]
 */
export async function expireEntities(broker: Broker): Promise<number> {
  const query = expiredBy(broker.clock.now());
  let removed = 0;
  for (const tenant of broker.stores.tenants()) removed += await expireInTenant(broker, tenant, query);
  return removed;
}

/** What was removed is gone from the next page, and what was renewed has left it too, so each page is the first. */
async function expireInTenant(broker: Broker, tenant: TenantName, query: Query): Promise<number> {
  const origin = { tenant, correlator: broker.random.newId() };
  let total = 0;
  for (;;) {
    const { records } = await broker.stores.tenant(tenant).entities.find(query);
    const removed = await removeMatches(broker, origin, records, query, 'expired');
    total += removed;
    if (removed === 0 || records.length < query.limit) return total;
  }
}

/** By expiry, so that a store finds a page without looking at the rest of what is due. */
function expiredBy(now: EpochMs): Query {
  const path = { kind: 'builtin', name: 'expiresAt' } as const;
  return {
    selectors: [],
    scopes: [],
    filter: { kind: 'compare', path, operator: '<=', operand: { kind: 'instant', value: now } },
    order: [{ by: path, descending: false }],
    offset: 0,
    limit: removalsPerCommit,
    count: false,
  };
}
