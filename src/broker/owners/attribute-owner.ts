import type { BatchAction } from '../../core/change/batch-action.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Wanted } from '../federation/wanted.ts';

/** A part of an update that somebody in this process answers for. */
export interface ClaimedPart {
  /** What is left of the update; undefined: nothing. */
  readonly rest: EntityDraft | undefined;
  /** Does it. Resolves once nothing of it can be lost; may refuse. */
  take(): Promise<void>;
}

/**
 * Somebody in this process who answers for attributes that are not the store's: devices, for what they can be told to do and
 * for what they tell when they are asked.
 */
export interface AttributeOwner {
  /** The part of an update that is its own; undefined where none is. Cost: a look-up where it owns nothing of the entity. */
  claim(scope: RequestScope, action: BatchAction, draft: EntityDraft): ClaimedPart | undefined;

  /** Has up to date, in the store, what of the entity is told only when it is asked for; undefined where nothing is. Never rejects. */
  refresh(scope: RequestScope, ref: EntityRef, wanted: Wanted): Promise<void> | undefined;
}

/** Nobody, until somebody comes. */
export class AttributeOwners implements AttributeOwner {
  #owner: AttributeOwner | undefined;

  /** Sets who answers from now on. */
  register(owner: AttributeOwner): void {
    this.#owner = owner;
  }

  claim(scope: RequestScope, action: BatchAction, draft: EntityDraft): ClaimedPart | undefined {
    return this.#owner?.claim(scope, action, draft);
  }

  refresh(scope: RequestScope, ref: EntityRef, wanted: Wanted): Promise<void> | undefined {
    return this.#owner?.refresh(scope, ref, wanted);
  }
}
