import type { Broker } from '../../broker/broker.ts';
import { matches } from '../../core/query/evaluate.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { Dataset } from '../dataset/dataset.ts';

/** The row of an entity; undefined where the dataset has none of that id. Cost: one look-up. */
export async function retrieveRow(
  broker: Broker,
  { tenant, view }: Dataset,
  id: string,
): Promise<EntityRecord | undefined> {
  const found = await broker.stores.tenant(tenant).entities.lookup({ id, scopes: view.query.scopes });
  return found.find(({ entity }) => matches(entity, view.query));
}
