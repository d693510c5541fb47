import { setImmediate } from 'node:timers/promises';
import type { Broker } from '../../broker/broker.ts';
import { queryEntities } from '../../broker/entities/query-entities.ts';
import type { Awaitable } from '../../core/awaitable.ts';
import type { Cursor, Query } from '../../core/query/query.ts';
import type { RequestScope, TenantName } from '../../core/scope.ts';
import type { EntityPage, EntityRecord, Reading } from '../../ports/entity-store.ts';

/** Entities that are looked at before others have their turn. */
const batchSize = 250;

/**
 * All that the query matches, in the order of creation, some at a time: memory does not grow with their number, and other
 * requests are served between them. It is no moment's truth: what changes meanwhile is seen as it is when its turn comes.
 */
export async function* entityBatches(
  broker: Broker,
  tenant: TenantName,
  query: Query,
): AsyncGenerator<readonly EntityRecord[]> {
  let after: Cursor | undefined;
  do {
    const page = await findIn(
      broker,
      tenant,
      {
        ...query,
        order: [],
        offset: 0,
        limit: batchSize,
        count: false,
        ...(after && { after }),
      },
      'once',
    );
    if (page.records.length > 0) yield page.records;
    after = page.next;
    await setImmediate();
  } while (after !== undefined);
}

/** One page of what the query matches. */
export function findIn(broker: Broker, tenant: TenantName, query: Query, reading?: Reading): Awaitable<EntityPage> {
  return queryEntities(broker, scopeOf(tenant, query), query, reading);
}

function scopeOf(tenant: TenantName, query: Query): RequestScope {
  return { tenant, scopes: query.scopes, scope: undefined, correlator: 'open-data' };
}
