import { createEntity } from '../../core/change/apply.ts';
import type { BatchAction } from '../../core/change/batch-action.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import { expiryName, type Mutation, type WriteOptions } from '../../core/change/mutation.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import type { EntityRef } from '../../core/entity/entity-ref.ts';
import { Refusal, type RefusalReason } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { WriteCommand } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { commitEach } from '../changes.ts';
import { applyTo, reasonOf } from './apply-to.ts';
import { defaultScope } from './create-entity.ts';
import { removalOf } from './delete-entity.ts';
import { draftOptions } from './draft-options.ts';
import { refuseBatch } from './refuse-batch.ts';
import { atMostOne, targetOf, theEntity } from './the-entity.ts';

/** What became of one entity of a batch. */
export interface BatchOutcome {
  readonly entity: EntityRef;
  /** All of it or, beside a reason, part of it. */
  readonly written: boolean;
  /** Absent: all of it was done. */
  readonly reason?: RefusalReason;
}

/**
 * Does the action to every entity, in order and in one commit; what cannot be done is left out and refused afterwards.
 *
 * `append` creates the entities that are not there; the others miss them. `delete` takes attributes from entities, or the
 * whole entity where the draft names none. Refuses before anything is written with `limitReached`; afterwards with
 * `entitiesNotFound`, `attributesMissing`, `attributesExist` or `batchRefused`. [V2 batch update] [V2 notify]
 */
export async function batchUpdate(
  broker: Broker,
  scope: RequestScope,
  action: BatchAction,
  drafts: readonly EntityDraft[],
  options: WriteOptions,
): Promise<void> {
  refuseBatch(await updateEach(broker, scope, action, drafts, options));
}

/** As `batchUpdate`, with the outcome of each entity instead of a refusal of all. */
export async function updateEach(
  broker: Broker,
  scope: RequestScope,
  action: BatchAction,
  drafts: readonly EntityDraft[],
  options: WriteOptions,
): Promise<readonly BatchOutcome[]> {
  refuseLargeBatch(broker, drafts);
  const now = broker.clock.now();
  const commands = drafts.map((draft) => commandOf(scope, action, draft, options, now));
  const outcomes = await commitEach(broker, scope, commands);
  return outcomes.map((outcome, index) => {
    if (outcome.kind === 'done') return outcome.result;
    return { entity: refOfDraft(drafts[index] as EntityDraft), written: false, reason: outcome.reason };
  });
}

/** Refuses with `limitReached` what are more entities than a batch may have. */
export function refuseLargeBatch({ limits: { entitiesPerBatch } }: Broker, drafts: readonly EntityDraft[]): void {
  if (drafts.length <= entitiesPerBatch) return;
  throw new Refusal({ kind: 'limitReached', what: 'entities of a batch', limit: entitiesPerBatch });
}

function commandOf(
  scope: RequestScope,
  action: BatchAction,
  draft: EntityDraft,
  options: WriteOptions,
  now: EpochMs,
): WriteCommand<BatchOutcome> {
  const entity = refOfDraft(draft);
  const mutation = mutationOf(action, draft, draftOptions(draft, options));
  const creates = action === 'append' || action === 'appendStrict';
  return {
    target: targetOf(entity, scope),
    decide: (found) => {
      const record = creates ? atMostOne(found) : theEntity(found);
      if (record === undefined) {
        const { change } = createEntity(draft, scope.scope ?? defaultScope, now, scope.correlator);
        return { result: { entity, written: true }, writes: [{ kind: 'create', change }] };
      }
      if (mutation === 'remove entity') return { result: { entity, written: true }, writes: [removalOf(record)] };
      const { result: report, writes } = applyTo(record, mutation, now, scope.correlator);
      const reason = reasonOf(report);
      return { result: { entity: report.entity, written: report.written, ...(reason && { reason }) }, writes };
    },
  };
}

function mutationOf(action: BatchAction, draft: EntityDraft, options: WriteOptions): Mutation | 'remove entity' {
  const { writes } = draft;
  switch (action) {
    case 'append':
      return { kind: 'append', strict: false, writes, ...options };
    case 'appendStrict':
      return { kind: 'append', strict: true, writes, ...options };
    case 'update':
      return { kind: 'update', writes, ...options };
    case 'replace':
      return { kind: 'replace', writes, ...options };
    case 'delete': {
      const names = writes.map(({ name }) => name);
      if (draft.expiresAt !== undefined) names.push(expiryName);
      return names.length === 0 ? 'remove entity' : { kind: 'remove', names };
    }
  }
}

/** How messages name the entity of a draft. */
export function refOfDraft({ id, types: [type] }: EntityDraft): EntityRef {
  return { id, ...(type !== undefined && { type }) };
}
