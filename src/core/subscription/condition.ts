import type { EntityChange } from '../change/entity-change.ts';
import type { Entity } from '../entity/entity.ts';
import type { ChangeOrigin } from './change-origin.ts';

/** A condition beyond what a `Filter` can say: an expression that a client wrote, compiled. */
export interface Condition {
  /** As the client wrote it. */
  readonly source: string;
  /** Never throws: what cannot be evaluated does not hold. Bounded in time, without side effects. */
  test(context: ConditionContext): boolean;
}

/** What a condition can look at. */
export interface ConditionContext {
  /** After the change; for a deletion, before it. */
  readonly entity: Entity;
  readonly change: EntityChange;
  readonly origin: ChangeOrigin;
}
