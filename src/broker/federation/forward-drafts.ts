import type { EntityDraft } from '../../core/change/entity-draft.ts';
import type { ForwardingFailure } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { refOfDraft } from '../entities/batch-update.ts';
import type { ForwardedUpdate } from './provider-dialect.ts';
import { nameOfProvider, type ProviderGroup, providerKey } from './provider-group.ts';
import type { ForwardedDraft } from './split-draft.ts';

/** What came of a draft that was forwarded. */
export interface ForwardedOutcome extends ForwardedDraft {
  /** Undefined: it was done. */
  readonly failure: Omit<ForwardingFailure, 'entity' | 'attributes'> | undefined;
}

/**
 * Sends drafts to their providers, all at once, what is for one provider in one request; resolves with the outcomes in the order of
 * the drafts. Never rejects. Nothing is held meanwhile: a provider may call back before it answers, and is served.
 */
export async function forwardDrafts(
  broker: Broker,
  scope: RequestScope,
  drafts: readonly ForwardedDraft[],
  update: Omit<ForwardedUpdate, 'drafts'>,
): Promise<readonly ForwardedOutcome[]> {
  const byProvider = new Map<string, ForwardedDraft[]>();
  for (const one of drafts) {
    const key = providerKey(one.group);
    const known = byProvider.get(key);
    if (known === undefined) byProvider.set(key, [one]);
    else known.push(one);
  }
  const failures = new Map<ForwardedDraft, ForwardedOutcome['failure']>();
  await Promise.all(
    [...byProvider.values()].map(async (part) => {
      const group = groupOf(part);
      const failure = await send(broker, scope, group, { ...update, drafts: part.map(({ draft }) => draft) });
      for (const one of part) failures.set(one, failure);
    }),
  );
  return drafts.map((one) => ({ ...one, failure: failures.get(one) }));
}

/** One group of all that goes to a provider, so that each of its registrations counts the request once. */
function groupOf(drafts: readonly ForwardedDraft[]): ProviderGroup {
  const [first] = drafts as [ForwardedDraft];
  const registrations = [...new Set(drafts.flatMap(({ group }) => group.registrations))];
  return { ...first.group, registrations };
}

async function send(
  broker: Broker,
  scope: RequestScope,
  group: ProviderGroup,
  update: ForwardedUpdate,
): Promise<ForwardedOutcome['failure']> {
  const { providers } = broker;
  const provider = nameOfProvider(group.provider);
  const dialect = providers.dialectOf(group);
  const message = dialect.renderUpdate(update, group.provider, providers.envelopeOf(group, scope));
  const outcome = await providers.ask(group, scope, message);
  if (outcome.kind !== 'answered') return { provider, reason: outcome.reason, kind: 'unreached' };
  const verdict = dialect.judgeUpdate(outcome.status, outcome.body);
  return verdict.kind === 'done' ? undefined : { provider, ...verdict };
}

/**
 * What is left undone of one entity, seen over all providers: where several were asked for an attribute, since any of them may
 * have it, one that did it is enough.
 */
export function failuresOf(draft: EntityDraft, outcomes: readonly ForwardedOutcome[]): readonly ForwardingFailure[] {
  const entity = refOfDraft(draft);
  const done = outcomes.filter(({ failure }) => failure === undefined);
  const namesDone = new Set(done.flatMap((outcome) => outcome.draft.writes.map(({ name }) => name)));
  const undone = outcomes.flatMap(({ draft: { writes }, failure }): ForwardingFailure[] => {
    if (failure === undefined) return [];
    if (writes.length === 0) return done.length > 0 ? [] : [{ ...failure, entity }];
    const attributes = writes.map(({ name }) => name).filter((name) => !namesDone.has(name));
    return attributes.length === 0 ? [] : [{ ...failure, entity, attributes }];
  });
  // Of several that were asked, those that do not have it say nothing where another had something to say.
  const telling = undone.filter(({ kind }) => kind !== 'unknown');
  return telling.length > 0 ? telling : undone;
}
