import { createEntity } from '../../core/change/apply.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import { equalContent } from '../../core/change/equal-content.ts';
import type { AttributeWrite, Mutation } from '../../core/change/mutation.ts';
import { attributeOf, type Entity, type EpochMs } from '../../core/entity/entity.ts';
import type { RefusalReason } from '../../core/errors.ts';
import type { Violation } from '../../core/model/violation.ts';
import type { ScopePath } from '../../core/scope.ts';
import type { ChangeOrigin } from '../../core/subscription/change-origin.ts';
import type { WriteCommand } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { commitEach } from '../changes.ts';
import { applyTo } from './apply-to.ts';
import { atMostOne } from './the-entity.ts';

/** What was seen of one entity at one moment. */
export interface Observation {
  readonly path: ScopePath;
  /** With exactly one type. Writes without `observedAt` count as seen now. */
  readonly draft: EntityDraft;
  /** Attributes that were seen later already keep what they have. */
  readonly lastObservedWins: boolean;
}

/** What became of one observation; `stale`: nothing of it was news. */
export type ObservationOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'stale' }
  /** These of its attributes were refused, the others are stored. */
  | { readonly kind: 'refused'; readonly refused: readonly RefusedWrite[]; readonly stored: boolean };

export interface RefusedWrite {
  /** Absent: the entity as a whole was. */
  readonly attribute?: string;
  readonly reason: RefusalReason;
}

/**
 * Writes what devices saw: entities that are not there are created, attributes appended or updated. All of it goes in one
 * commit. Where an entity is refused as a whole, its attributes are tried one by one, so that a bad one does not take the
 * good ones with it. One outcome an observation; rejects, with nothing acknowledged, as `commitEach` does.
 */
export async function recordObservations(
  broker: Broker,
  origin: ChangeOrigin,
  observations: readonly Observation[],
): Promise<ObservationOutcome[]> {
  const now = broker.clock.now();
  const commands = observations.map((observation) => commandOf(observation, now, origin.correlator));
  const outcomes = await commitEach(broker, origin, commands);
  const settled: ObservationOutcome[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const observation = observations[index] as Observation;
    settled.push(
      outcome.kind === 'done'
        ? { kind: outcome.result }
        : await recordWhatCan(broker, origin, observation, outcome.reason),
    );
  }
  return settled;
}

/** Without the attributes that the refusal names or, where it names none, attribute by attribute. */
async function recordWhatCan(
  broker: Broker,
  origin: ChangeOrigin,
  observation: Observation,
  reason: RefusalReason,
): Promise<ObservationOutcome> {
  const { writes } = observation.draft;
  if (writes.length < 2) return { kind: 'refused', refused: [refusedWrite(writes[0], reason)], stored: false };
  const blamed = writes.filter(({ name }) => violationsOf(name, reason).length > 0);
  if (blamed.length > 0 && blamed.length < writes.length) {
    const rest = writes.filter((write) => !blamed.includes(write));
    const [outcome] = await recordParts(broker, origin, observation, [rest]);
    if (outcome?.kind === 'done') {
      const refused = blamed.map((write) => refusedWrite(write, reason));
      return { kind: 'refused', refused, stored: true };
    }
  }
  const outcomes = await recordParts(
    broker,
    origin,
    observation,
    writes.map((write) => [write]),
  );
  const refused = outcomes.flatMap((outcome, index) =>
    outcome.kind === 'refused' ? [refusedWrite(writes[index], outcome.reason)] : [],
  );
  // What is wrong with all of them together may be wrong with none of them alone.
  if (refused.length === 0) return { kind: 'stored' };
  return { kind: 'refused', refused, stored: refused.length < outcomes.length };
}

/** The same observation in parts, one command each. */
function recordParts(
  broker: Broker,
  origin: ChangeOrigin,
  observation: Observation,
  parts: readonly (readonly AttributeWrite[])[],
) {
  const now = broker.clock.now();
  const commands = parts.map((writes) =>
    commandOf({ ...observation, draft: { ...observation.draft, writes } }, now, origin.correlator),
  );
  return commitEach(broker, origin, commands);
}

/** How the attribute is not what its data model says. */
function violationsOf(name: string, reason: RefusalReason): readonly Violation[] {
  if (reason.kind !== 'modelViolated') return [];
  const own = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return reason.violations.filter(({ path }) => path === own || path.startsWith(`${own}/`));
}

function refusedWrite(write: AttributeWrite | undefined, reason: RefusalReason): RefusedWrite {
  if (write === undefined) return { reason };
  const { name } = write;
  const violations = violationsOf(name, reason);
  const own = reason.kind === 'modelViolated' && violations.length > 0 ? { ...reason, violations } : reason;
  return { attribute: name, reason: own };
}

function commandOf(
  { path, draft, lastObservedWins }: Observation,
  now: EpochMs,
  correlator: string,
): WriteCommand<'stored' | 'stale'> {
  const [type] = draft.types;
  return {
    target: { id: draft.id, scopes: [{ path, subtree: false }], ...(type !== undefined && { type }) },
    decide: (found) => {
      const record = atMostOne(found);
      if (record === undefined) {
        const { change } = createEntity(draft, path, now, correlator);
        return { result: 'stored', writes: [{ kind: 'create', change }] };
      }
      const writes = lastObservedWins ? draft.writes.filter((write) => isNews(write, record.entity)) : draft.writes;
      if (writes.length === 0) return { result: 'stale', writes: [] };
      const mutation: Mutation = { kind: 'append', strict: false, writes, overrideMetadata: false, forced: false };
      return { result: 'stored', writes: applyTo(record, mutation, now, correlator).writes };
    },
  };
}

/** What was seen before what is there is no news, nor is the same thing of the same moment: it came twice. */
function isNews({ name, observedAt, content }: AttributeWrite, entity: Entity): boolean {
  const current = observedAt === undefined ? undefined : attributeOf(entity, name);
  if (observedAt === undefined || current?.observedAt === undefined) return true;
  if (observedAt !== current.observedAt) return observedAt > current.observedAt;
  return content.kind === 'operation' || !equalContent(current, content);
}
