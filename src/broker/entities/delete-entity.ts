import type { EntityRef } from '../../core/entity/entity-ref.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityRecord, EntityWrite } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { commit } from '../changes.ts';
import { targetOf, theEntity } from './the-entity.ts';

/** Removes one entity. Refuses with `entityNotFound` and `ambiguousEntity`. [V2 remove entity] */
export async function deleteEntity(broker: Broker, scope: RequestScope, ref: EntityRef): Promise<void> {
  await commit(broker, scope, {
    target: targetOf(ref, scope),
    decide: (found) => ({ result: undefined, writes: [removalOf(theEntity(found))] }),
  });
}

/** The write that removes the entity; `expired`: because its time is up. */
export function removalOf(record: EntityRecord, cause?: 'expired'): EntityWrite {
  const expired = cause === 'expired' ? ({ expired: true } as const) : {};
  return { kind: 'remove', record, change: { kind: 'removed', before: record.entity, ...expired } };
}
