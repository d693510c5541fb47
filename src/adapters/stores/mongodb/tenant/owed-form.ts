import type { ChangeFacts } from '../../../../core/subscription/notification-facts.ts';
import type { Alteration } from '../../../../core/subscription/subscription.ts';
import type { DeadLetter, OwedChange, OwedNotification } from '../../../../ports/outbox.ts';
import { decodeText, encodeText } from '../form/text-form.ts';

/** A notification that is owed, or a dead letter: a document of the collection `owed`. */
export interface OwedForm {
  readonly _id: number;
  readonly subscription: string;
  readonly alteration: Alteration;
  readonly ordinal: number;
  readonly since: Date;
  readonly entity: string;
  /** Where the change owes nobody else: its facts; otherwise the `_id` of its document in `changes`. */
  readonly facts?: FactsForm;
  readonly change?: number;
  /** The broker that committed it. */
  readonly broker: string;
  readonly diedAt?: Date;
  readonly attempts?: number;
  readonly reason?: string;
}

/** The facts of a change that several are owed: a document of the collection `changes`. */
export interface ChangeForm extends FactsForm {
  /** Ids of the first and the last notification that it owes. */
  readonly _id: number;
  readonly last: number;
}

/** Stored forms of entities are JSON texts, as they stand in notifications; the rest is JSON. */
export interface FactsForm {
  readonly entity: string;
  readonly previous?: string;
  readonly changedAt: Date;
  readonly details: string;
}

/** What becomes owed, as its listeners hear of it and as it is stored. */
export interface Owing {
  readonly notifications: readonly OwedNotification[];
  readonly owed: readonly OwedForm[];
  readonly changes: readonly ChangeForm[];
}

/** Gives what changes owe their ids, from `first` on. */
export function oweChanges(changes: readonly OwedChange[], first: number, broker: string): Owing {
  const owing = { notifications: [] as OwedNotification[], owed: [] as OwedForm[], changes: [] as ChangeForm[] };
  let id = first;
  for (const { facts, entityId, wakes } of changes) {
    const form = encodeFacts(facts);
    const change = id;
    if (wakes.length > 1) owing.changes.push({ _id: change, last: change + wakes.length - 1, ...form });
    for (const { subscriptionId, alteration, ordinal } of wakes) {
      owing.notifications.push({
        id,
        subscriptionId,
        alteration,
        ordinal,
        entityId,
        facts,
        owedSince: facts.changedAt,
      });
      owing.owed.push({
        _id: id++,
        subscription: encodeText(subscriptionId),
        alteration,
        ordinal,
        since: new Date(facts.changedAt),
        entity: encodeText(entityId),
        ...(wakes.length > 1 ? { change } : { facts: form }),
        broker,
      });
    }
  }
  return owing;
}

function encodeFacts({ entity, previous, changedAt, ...details }: ChangeFacts): FactsForm {
  // JSON has no half of a character that UTF-8 would not have.
  return {
    entity,
    ...(previous !== undefined && { previous }),
    changedAt: new Date(changedAt),
    details: JSON.stringify(details),
  };
}

export function decodeFacts({ entity, previous, changedAt, details }: FactsForm): ChangeFacts {
  return {
    ...JSON.parse(details),
    entity,
    ...(previous !== undefined && { previous }),
    changedAt: changedAt.getTime(),
  };
}

/** `facts`: of its change. */
export function decodeOwed(form: OwedForm, facts: ChangeFacts): OwedNotification {
  return {
    id: form._id,
    subscriptionId: decodeText(form.subscription),
    alteration: form.alteration,
    ordinal: form.ordinal,
    entityId: decodeText(form.entity),
    facts,
    owedSince: form.since.getTime(),
  };
}

export function decodeDeadLetter(form: OwedForm, facts: ChangeFacts): DeadLetter {
  return {
    ...decodeOwed(form, facts),
    diedAt: form.diedAt?.getTime() ?? 0,
    attempts: form.attempts ?? 0,
    reason: decodeText(form.reason ?? ''),
  };
}
