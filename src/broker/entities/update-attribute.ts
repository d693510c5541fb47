import type { AttributeWrite, Mutation, WriteOptions } from '../../core/change/mutation.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { commit } from '../changes.ts';
import { applyTo } from './apply-to.ts';
import { targetOf, theEntity } from './the-entity.ts';

/**
 * Updates an attribute that is there. Refuses with `entityNotFound`, `ambiguousEntity` and `attributeNotFound`.
 *
 * [V2 update attribute data] [V2 update attribute value]
 */
export function updateAttribute(
  broker: Broker,
  scope: RequestScope,
  ref: EntityRef,
  write: AttributeWrite,
  options: WriteOptions,
): Promise<void> {
  return mutateAttribute(broker, scope, ref, { kind: 'update', writes: [write], ...options });
}

/** Moves the expiry of an entity that has one, or ends it (null): the expiry as the attribute that clients see in it. Refuses likewise. */
export function updateExpiry(
  broker: Broker,
  scope: RequestScope,
  ref: EntityRef,
  expiresAt: EpochMs | null,
  { overrideMetadata, forced }: WriteOptions,
): Promise<void> {
  return mutateAttribute(broker, scope, ref, { kind: 'update', writes: [], overrideMetadata, forced, expiresAt });
}

/** Removes an attribute, or the expiry under its name among attributes. Refuses as `updateAttribute` does. [V2 remove attribute] */
export function removeAttribute(broker: Broker, scope: RequestScope, ref: EntityRef, name: string): Promise<void> {
  return mutateAttribute(broker, scope, ref, { kind: 'remove', names: [name] });
}

/** One attribute that is missing leaves nothing to write, so here it refuses the whole. */
async function mutateAttribute(broker: Broker, scope: RequestScope, ref: EntityRef, mutation: Mutation): Promise<void> {
  const now = broker.clock.now();
  await commit(broker, scope, {
    target: targetOf(ref, scope),
    decide: (found) => {
      const decision = applyTo(theEntity(found), mutation, now, scope.correlator);
      if (decision.result.missing.length > 0) throw new Refusal({ kind: 'attributeNotFound' });
      return decision;
    },
  });
}
