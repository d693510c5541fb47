import type { BatchAction } from '../../core/change/batch-action.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import { expiryName, type WriteOptions } from '../../core/change/mutation.ts';
import { type AttributesOfEntity, type ForwardingFailure, Refusal, type RefusalReason } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { type BatchOutcome, batchUpdate, refOfDraft, refuseLargeBatch, updateEach } from '../entities/batch-update.ts';
import { refuseBatch } from '../entities/refuse-batch.ts';
import { type ForwardedOutcome, failuresOf, forwardDrafts } from './forward-drafts.ts';
import { mayForward } from './forwardable.ts';
import { type SplitDraft, splitDraft } from './split-draft.ts';

/**
 * Updates one entity where it is: `here` does what is to be done here, with the draft that is left of it, and providers, and
 * owners in this process, get what is theirs. First here: what is refused here as a whole goes nowhere else.
 *
 * Refuses as `here` does; and, after what could be done is done, with `forwardingFailed`, `attributesMissing` or
 * `attributesExist`. [V2 registration] [V2 partial update]
 */
export async function writeEntity<Result>(
  broker: Broker,
  scope: RequestScope,
  action: BatchAction,
  draft: EntityDraft,
  options: Pick<WriteOptions, 'overrideMetadata' | 'forced'>,
  here: (draft: EntityDraft) => Promise<Result>,
): Promise<Result | undefined> {
  const claimed = broker.owners.claim(scope, action, draft);
  if (claimed !== undefined) {
    const { rest } = claimed;
    const result = rest === undefined ? undefined : await writeUnclaimed(broker, scope, action, rest, options, here);
    await claimed.take();
    return result;
  }
  return writeUnclaimed(broker, scope, action, draft, options, here);
}

async function writeUnclaimed<Result>(
  broker: Broker,
  scope: RequestScope,
  action: BatchAction,
  draft: EntityDraft,
  options: Pick<WriteOptions, 'overrideMetadata' | 'forced'>,
  here: (draft: EntityDraft) => Promise<Result>,
): Promise<Result | undefined> {
  const split = await splitDraft(broker, scope, action, draft);
  if (split === undefined) return here(draft);
  let result: Result | undefined;
  let reason: RefusalReason | undefined;
  try {
    if (split.here !== undefined) result = await here(split.here);
  } catch (error) {
    if (!(error instanceof Refusal) || !leavesTheRest(error.reason)) throw error;
    reason = error.reason;
  }
  const outcomes = await forwardDrafts(broker, scope, split.elsewhere, { action, options });
  const whole = combined(draft, split, { written: reason === undefined && split.here !== undefined, reason }, outcomes);
  if (whole.reason !== undefined) throw new Refusal(whole.reason);
  return result;
}

/**
 * As `batchUpdate`, for entities that providers have a part of: each part goes to its provider, those of one provider together.
 * Refuses likewise, and with `forwardingFailed`. [V2 batch update] [V2 registration]
 */
export async function writeEntities(
  broker: Broker,
  scope: RequestScope,
  action: BatchAction,
  drafts: readonly EntityDraft[],
  options: WriteOptions,
): Promise<void> {
  refuseLargeBatch(broker, drafts);
  const claims = drafts.map((draft) => broker.owners.claim(scope, action, draft));
  if (claims.every((claimed) => claimed === undefined)) {
    return writeUnclaimedEntities(broker, scope, action, drafts, options);
  }
  const rest = drafts.flatMap((draft, index) => {
    const claimed = claims[index];
    if (claimed === undefined) return [draft];
    return claimed.rest === undefined ? [] : [claimed.rest];
  });
  if (rest.length > 0) await writeUnclaimedEntities(broker, scope, action, rest, options);
  await Promise.all(claims.map((claimed) => claimed?.take()));
}

async function writeUnclaimedEntities(
  broker: Broker,
  scope: RequestScope,
  action: BatchAction,
  drafts: readonly EntityDraft[],
  options: WriteOptions,
): Promise<void> {
  if (!mayForward(broker, scope)) return batchUpdate(broker, scope, action, drafts, options);
  const splits = await Promise.all(drafts.map((draft) => splitDraft(broker, scope, action, draft)));
  const local = drafts.flatMap((draft, index) => {
    const split = splits[index];
    const own = split === undefined ? draft : split.here;
    return own === undefined ? [] : [{ index, own }];
  });
  const outcomes = await updateEach(
    broker,
    scope,
    action,
    local.map(({ own }) => own),
    options,
  );
  const byIndex = new Map(local.map(({ index }, place) => [index, outcomes[place]]));
  // An entity that is refused here as a whole goes nowhere else.
  const forwarded = splits.flatMap((split, index) => {
    const reason = byIndex.get(index)?.reason;
    return split === undefined || (reason !== undefined && !leavesTheRest(reason)) ? [] : split.elsewhere;
  });
  const answers = await forwardDrafts(broker, scope, forwarded, { action, options });
  const answersTo = new Map(answers.map((answer) => [answer.draft, answer]));
  refuseBatch(
    drafts.map((draft, index): BatchOutcome => {
      const split = splits[index];
      const own = byIndex.get(index);
      if (split === undefined && own !== undefined) return own;
      if (split === undefined) return nothingOf(draft);
      const part = split.elsewhere
        .map(({ draft: sent }) => answersTo.get(sent))
        .filter((answer) => answer !== undefined);
      if (part.length === 0 && own !== undefined) return own;
      return combined(draft, split, own ?? { written: false }, part);
    }),
  );
}

function nothingOf(draft: EntityDraft): BatchOutcome {
  return { entity: refOfDraft(draft), written: false };
}

/** Refusals that say that something is missing or in the way here, and leave the rest of a request to be done. */
function leavesTheRest({ kind }: RefusalReason): boolean {
  return (
    kind === 'entityNotFound' ||
    kind === 'attributeNotFound' ||
    kind === 'attributesMissing' ||
    kind === 'attributesExist'
  );
}

/** What became of an entity, here and elsewhere. */
function combined(
  draft: EntityDraft,
  split: SplitDraft,
  own: { readonly written: boolean; readonly reason?: RefusalReason | undefined },
  outcomes: readonly ForwardedOutcome[],
): BatchOutcome {
  const entity = refOfDraft(draft);
  const failures = failuresOf(draft, outcomes);
  const written = own.written || isPartial(own.reason) || outcomes.some(({ failure }) => failure === undefined);
  const missing = missingHere(split, own.reason, draft);
  const reason = reasonOf(failures, missing, own.reason, written);
  return { entity, written, ...(reason !== undefined && { reason }) };
}

function reasonOf(
  failures: readonly ForwardingFailure[],
  missing: readonly AttributesOfEntity[],
  own: RefusalReason | undefined,
  written: boolean,
): RefusalReason | undefined {
  if (failures.length > 0) return { kind: 'forwardingFailed', failures, missing, written };
  if (missing.length > 0) return { kind: 'attributesMissing', missing, written };
  return own?.kind === 'attributesExist' ? { ...own, written } : own;
}

function isPartial(reason: RefusalReason | undefined): boolean {
  return (reason?.kind === 'attributesMissing' || reason?.kind === 'attributesExist') && reason.written;
}

/** What is neither here nor anybody's. */
function missingHere(
  { here }: SplitDraft,
  reason: RefusalReason | undefined,
  draft: EntityDraft,
): readonly AttributesOfEntity[] {
  switch (reason?.kind) {
    case 'attributesMissing':
      return reason.missing;
    case 'entityNotFound':
    case 'attributeNotFound': {
      const names = here?.writes.map(({ name }) => name) ?? [];
      if (here?.expiresAt !== undefined) names.push(expiryName);
      return [{ entity: refOfDraft(draft), attributes: names }];
    }
    default:
      return [];
  }
}
