import type { EpochMs } from '../../core/entity/entity.ts';
import { matches } from '../../core/query/evaluate.ts';
import type { Query } from '../../core/query/query.ts';
import type { TenantName } from '../../core/scope.ts';
import type { EntityRecord, WriteCommand } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { commitEach, leave } from '../changes.ts';
import { applyTo } from './apply-to.ts';
import { removalOf } from './delete-entity.ts';
import { removalsPerCommit } from './remove-matches.ts';

/**
 * Removes, from every tenant, the entities whose time is up, and from others their attributes and sub-attributes whose time
 * is; returns how many entities were removed or changed.
 *
 * One that a write renews in the meantime stays. For a sweeper to call every now and then: between two calls an entity
 * outlives its time. Refuses as the store does; what was removed by then is removed. [V2 transient entities] [LD 4.22]
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
    const outcomes = await commitEach(
      broker,
      origin,
      records.map((record) => expiry(record, query, broker.clock.now(), origin.correlator)),
    );
    const expired = outcomes.filter((outcome) => outcome.kind === 'done' && outcome.result).length;
    total += expired;
    if (expired === 0 || records.length < query.limit) return total;
  }
}

/** Removes the entity that was seen, or what of it has to go, if that is still so. */
function expiry(seen: EntityRecord, query: Query, now: EpochMs, correlator: string): WriteCommand<boolean> {
  return {
    target: { id: seen.entity.id, scopes: [] },
    decide: (found) => {
      const record = found.find(({ sequence }) => sequence === seen.sequence);
      if (record === undefined || !matches(record.entity, query)) return leave(false);
      const { expiresAt = Number.POSITIVE_INFINITY } = record.entity;
      if (expiresAt <= now) return { result: true, writes: [removalOf(record, 'expired')] };
      const { writes } = applyTo(record, { kind: 'expireParts' }, now, correlator);
      return { result: writes.length > 0, writes };
    },
  };
}

/** By the time that something of an entity is due, so that a store finds a page without looking at the rest of what is due. */
function expiredBy(now: EpochMs): Query {
  const path = { kind: 'builtin', name: 'dueAt' } as const;
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
