import { encodeEntity } from '../../src/core/entity/stored-form.ts';
import type { TenantName } from '../../src/core/scope.ts';

import type { WriteCommand } from '../../src/ports/entity-store.ts';
import type { OwedChange } from '../../src/ports/outbox.ts';
import { anEntity, noon } from './entity-builder.ts';
import { byId, created, updated } from './store-commands.ts';

/** A change of an entity to a value that some subscriptions are owed. */
export function anOwedChange(
  entityId: string,
  subscriptionIds: readonly string[],
  value = 0,
  changedAt = noon + value,
): OwedChange {
  return {
    entityId,
    facts: {
      origin: { tenant: '' as TenantName, correlator: 'c1' },
      entity: encodeEntity(anEntity({ id: entityId, values: { n: value } })),
      attributes: [{ name: 'n', action: 'update', changed: true, metadataChanged: false }],
      changedAt,
    },
    wakes: subscriptionIds.map((subscriptionId, at) => ({
      subscriptionId,
      alteration: 'entityChange',
      ordinal: at + 1,
    })),
  };
}

/** Creates the entity or updates it, and owes that to the subscriptions. */
export function writeOwing(
  entityId: string,
  subscriptionIds: readonly string[],
  value = 0,
  changedAt = noon + value,
): WriteCommand<'created' | 'updated'> {
  const after = anEntity({ id: entityId, values: { n: value } });
  const owed = subscriptionIds.length === 0 ? [] : [anOwedChange(entityId, subscriptionIds, value, changedAt)];
  return {
    target: byId(entityId),
    decide([record]) {
      if (record === undefined) return { result: 'created', writes: [created(after)], owed };
      return { result: 'updated', writes: [updated(record, after)], owed };
    },
  };
}
