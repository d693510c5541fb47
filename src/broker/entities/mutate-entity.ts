import type { Mutation } from '../../core/change/mutation.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { commit } from '../changes.ts';
import { applyTo, reasonOf } from './apply-to.ts';
import { targetOf, theEntity } from './the-entity.ts';

/**
 * Does to one entity what the mutation says.
 *
 * Refuses with `entityNotFound` and `ambiguousEntity`; and, after what could be written is durable, with
 * `attributesMissing` or `attributesExist`. [V2 update attributes] [V2 append attributes] [V2 replace attributes]
 */
export async function mutateEntity(
  broker: Broker,
  scope: RequestScope,
  ref: EntityRef,
  mutation: Mutation,
): Promise<void> {
  const now = broker.clock.now();
  const report = await commit(broker, scope, {
    target: targetOf(ref, scope),
    decide: (found) => applyTo(theEntity(found), mutation, now, scope.correlator),
  });
  const reason = reasonOf(report);
  if (reason !== undefined) throw new Refusal(reason);
}
