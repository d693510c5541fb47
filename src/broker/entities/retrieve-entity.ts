import type { EntityRef } from '../../core/entity/entity-ref.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { freshnessOf, targetOf, theEntity } from './the-entity.ts';

/** The entity of that id, type if given, and scope. Refuses with `entityNotFound` and `ambiguousEntity`. [V2 retrieve entity] */
export async function retrieveEntity(broker: Broker, scope: RequestScope, ref: EntityRef): Promise<EntityRecord> {
  return theEntity(await broker.stores.tenant(scope.tenant).entities.lookup(targetOf(ref, scope), freshnessOf(scope)));
}
