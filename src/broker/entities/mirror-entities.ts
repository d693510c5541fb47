import { apply, createEntity } from '../../core/change/apply.ts';
import { correlatorRoot } from '../../core/change/correlator-root.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Decision, EntityRecord, WriteCommand } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { commitEach, leave } from '../changes.ts';
import { type BatchOutcome, refOfDraft, refuseLargeBatch } from './batch-update.ts';
import { defaultScope } from './create-entity.ts';
import { removalOf } from './delete-entity.ts';
import { refuseBatch } from './refuse-batch.ts';
import { atMostOne, targetOf } from './the-entity.ts';

/** What another broker says of an entity of its own. */
export interface EntityNotice {
  readonly draft: EntityDraft;
  /** It is there no more; the draft says what it was. */
  readonly deleted: boolean;
}

export interface NoticeOptions {
  /** What a notice says of an entity is all of it: what it does not name is taken away, expiry and metadata too. */
  readonly whole: boolean;
  readonly overrideMetadata: boolean;
  readonly forced: boolean;
}

/**
 * Makes entities here what they are at another broker, in order and in one commit. What is deleted there is deleted here, if it
 * is here; what is not is created or updated. A notice that comes again changes nothing.
 *
 * Brokers may mirror each other. What this one told others comes back then (`via`): it wakes nobody, and where the entity was written here
 * since it is left alone, as what comes back is older.
 *
 * Refuses as `batchUpdate` does. [V2 notify operation]
 */
export async function mirrorEntities(
  broker: Broker,
  scope: RequestScope,
  notices: readonly EntityNotice[],
  options: NoticeOptions,
): Promise<void> {
  const drafts = notices.map(({ draft }) => draft);
  refuseLargeBatch(broker, drafts);
  const now = broker.clock.now();
  const hasReturned = scope.via?.includes(broker.providers.settings.hostAlias) ?? false;
  const origin: RequestScope = hasReturned ? { ...scope, hasReturned } : scope;
  const outcomes = await commitEach(
    broker,
    origin,
    notices.map((notice) => commandOf(notice, origin, options, now)),
  );
  refuseBatch(
    outcomes.map((outcome, index): BatchOutcome => {
      const entity = refOfDraft(drafts[index] as EntityDraft);
      return outcome.kind === 'done' ? { entity, written: true } : { entity, written: false, reason: outcome.reason };
    }),
  );
}

function commandOf(
  { draft, deleted }: EntityNotice,
  scope: RequestScope,
  options: NoticeOptions,
  now: EpochMs,
): WriteCommand<undefined> {
  return {
    target: targetOf(refOfDraft(draft), scope),
    decide(found) {
      const record = atMostOne(found);
      if (scope.hasReturned && record?.entity.correlator !== correlatorRoot(scope.correlator)) return leave(undefined);
      if (deleted) return record === undefined ? leave(undefined) : { result: undefined, writes: [removalOf(record)] };
      if (record !== undefined) return updating(record, draft, options, now, scope.correlator);
      const { change } = createEntity(draft, scope.scope ?? defaultScope, now, scope.correlator);
      return { result: undefined, writes: [{ kind: 'create', change }] };
    },
  };
}

function updating(
  record: EntityRecord,
  draft: EntityDraft,
  { whole, overrideMetadata, forced }: NoticeOptions,
  now: EpochMs,
  correlator: string,
): Decision<undefined> {
  const { entity } = record;
  const told = new Set(draft.writes.map(({ name }) => name));
  const names = whole ? [...entity.attributes.keys()].filter((name) => !told.has(name)) : [];
  const expiresAt = whole ? (draft.expiresAt ?? null) : draft.expiresAt;
  const cut = apply(entity, { kind: 'remove', names }, now, correlator);
  const written = apply(
    cut.entity,
    {
      kind: 'append',
      strict: false,
      writes: draft.writes,
      overrideMetadata: whole || overrideMetadata,
      forced,
      ...(expiresAt !== undefined && (expiresAt !== null || entity.expiresAt !== undefined) && { expiresAt }),
    },
    now,
    correlator,
  );
  const attributes = [...(written.change?.attributes ?? []), ...(cut.change?.attributes ?? [])];
  if (attributes.length === 0) return leave(undefined);
  const change = { kind: 'updated', before: entity, after: written.entity, attributes } as const;
  return { result: undefined, writes: [{ kind: 'update', record, change }] };
}
