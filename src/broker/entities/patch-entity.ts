import { type Awaitable, whenKnown } from '../../core/awaitable.ts';
import { createPatchedEntity, type PatchDraft } from '../../core/change/apply.ts';
import type { Mutation } from '../../core/change/mutation.ts';
import { Refusal } from '../../core/errors.ts';
import { evaluate } from '../../core/query/evaluate.ts';
import type { Filter } from '../../core/query/query.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityRecord, WriteCommand } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { commit } from '../changes.ts';
import { applyTo, type Report } from './apply-to.ts';
import { removalOf } from './delete-entity.ts';
import { atMostOne, freshnessOf, theEntity } from './the-entity.ts';

/** Which entity of an id is meant; NGSI-LD knows entities by their id alone. [LD 4.16] */
export interface EntityChoice {
  readonly id: string;
  /** Must hold for the entity, which is not there otherwise: a selection of types. [LD 4.17] */
  readonly filter?: Filter;
}

/** The entities that a choice may mean, among those of the id. */
export function chosen({ filter }: EntityChoice, found: readonly EntityRecord[]): readonly EntityRecord[] {
  return filter === undefined ? found : found.filter(({ entity }) => evaluate(filter, entity));
}

/** The entity that a choice means. Refuses with `entityNotFound` and `ambiguousEntity`. [LD 5.7.1] */
export function retrieveChosen(
  broker: Broker,
  scope: Pick<RequestScope, 'tenant' | 'scopes' | 'readsCurrent'>,
  choice: EntityChoice,
): Awaitable<EntityRecord> {
  const { tenant, scopes } = scope;
  return whenKnown(
    broker.stores.tenant(tenant).entities.lookup({ id: choice.id, scopes }, freshnessOf(scope)),
    (found) => theEntity(chosen(choice, found)),
  );
}

/** Creates an entity. Refuses with `entityExists` where any entity has its id. [LD 5.6.1] */
export async function createPatched(broker: Broker, scope: RequestScope, draft: PatchDraft): Promise<void> {
  await commit(broker, scope, creation(broker, scope, draft));
}

/** The command of `createPatched`. */
export function creation(broker: Broker, scope: RequestScope, draft: PatchDraft): WriteCommand<'created'> {
  const now = broker.clock.now();
  return {
    target: { id: draft.id, scopes: [] },
    decide: (found) => {
      if (found.length > 0) throw new Refusal({ kind: 'entityExists' });
      const { change } = createPatchedEntity(draft, now, scope.correlator);
      return { result: 'created', writes: [{ kind: 'create', change }] };
    },
  };
}

/**
 * Does to an entity what the mutation says, and reports what it left undone; `whole`: what it cannot do as a whole it does not
 * do at all. Refuses with `entityNotFound` and `ambiguousEntity`; and, `whole`, with `attributeNotFound`.
 *
 * [LD 5.6.2] [LD 5.6.3] [LD 5.6.4] [LD 5.6.5] [LD 5.6.17] [LD 5.6.18] [LD 5.6.19]
 */
export function patchEntity(
  broker: Broker,
  scope: RequestScope,
  choice: EntityChoice,
  mutation: Mutation,
  { whole }: { readonly whole: boolean },
): Promise<Report> {
  const now = broker.clock.now();
  return commit(broker, scope, {
    target: { id: choice.id, scopes: scope.scopes },
    decide: (found) => {
      const decision = applyTo(theEntity(chosen(choice, found)), mutation, now, scope.correlator);
      if (whole && decision.result.missing.length > 0) throw new Refusal({ kind: 'attributeNotFound' });
      return decision;
    },
  });
}

/** Removes an entity. Refuses with `entityNotFound` and `ambiguousEntity`. [LD 5.6.6] */
export async function removeChosen(broker: Broker, scope: RequestScope, choice: EntityChoice): Promise<void> {
  await commit(broker, scope, {
    target: { id: choice.id, scopes: scope.scopes },
    decide: (found) => ({ result: undefined, writes: [removalOf(theEntity(chosen(choice, found)))] }),
  });
}

/** What one item of a batch asks. */
export interface BatchStep {
  readonly id: string;
  /** What an entity that is not there becomes; absent: it must be there. */
  readonly draft?: PatchDraft;
  /** What happens to one that is there; absent: it must not be. */
  readonly mutation?: Mutation | 'remove';
}

/** The command of one step of a batch: what became of its entity. [LD 5.6.7] [LD 5.6.8] [LD 5.6.9] [LD 5.6.10] [LD 5.6.20] */
export function stepCommand(
  broker: Broker,
  scope: RequestScope,
  { id, draft, mutation }: BatchStep,
): WriteCommand<'created' | Report> {
  const now = broker.clock.now();
  return {
    target: { id, scopes: scope.scopes },
    decide: (found) => {
      const record = draft === undefined ? theEntity(found) : atMostOne(found);
      if (record === undefined) {
        const { change } = createPatchedEntity(draft as PatchDraft, now, scope.correlator);
        return { result: 'created', writes: [{ kind: 'create', change }] };
      }
      if (mutation === undefined) throw new Refusal({ kind: 'entityExists' });
      if (mutation !== 'remove') return applyTo(record, mutation, now, scope.correlator);
      const result: Report = { entity: { id }, missing: [], existing: [], written: true };
      return { result, writes: [removalOf(record)] };
    },
  };
}
