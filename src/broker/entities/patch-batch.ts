import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { commitEach, type Outcome } from '../changes.ts';
import type { Report } from './apply-to.ts';
import { type BatchStep, stepCommand } from './patch-entity.ts';

/**
 * Does every step, in order and in one commit, and tells what became of each; one that is refused leaves the others alone.
 *
 * Refuses the whole with `limitReached` where there are too many. [LD 5.6.7] [LD 5.6.8] [LD 5.6.9] [LD 5.6.10] [LD 5.6.20]
 */
export function patchBatch(
  broker: Broker,
  scope: RequestScope,
  steps: readonly BatchStep[],
): Promise<Outcome<'created' | Report>[]> {
  const { entitiesPerBatch } = broker.limits;
  if (steps.length > entitiesPerBatch) {
    throw new Refusal({ kind: 'limitReached', what: 'entities of a batch', limit: entitiesPerBatch });
  }
  return commitEach(
    broker,
    scope,
    steps.map((step) => stepCommand(broker, scope, step)),
  );
}
