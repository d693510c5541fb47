import type { Awaitable } from '../../core/awaitable.ts';
import type { Query } from '../../core/query/query.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityPage, Reading } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';

/** The page that the query asks for, of the request's tenant. Refuses as `EntityStore.find` does. [V2 list entities] */
export function queryEntities(
  broker: Broker,
  scope: RequestScope,
  query: Query,
  reading?: Reading,
): Awaitable<EntityPage> {
  return broker.stores.tenant(scope.tenant).entities.find(query, reading);
}
