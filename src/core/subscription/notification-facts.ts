import type { AttributeChange, EntityChange } from '../change/entity-change.ts';
import type { AttributeInstances, Entity, EpochMs } from '../entity/entity.ts';
import { encodeForReuse } from '../entity/recent-forms.ts';
import { encodeEntity } from '../entity/stored-form.ts';
import type { ChangeOrigin } from './change-origin.ts';
import type { Alteration } from './subscription.ts';

/**
 * All that the notification of one change is rendered from, whatever the entity and the subscription have become since.
 * JSON-able: it waits in the outbox.
 */
export interface NotificationFacts extends ChangeFacts {
  /** What happened, in the eyes of the subscription that was woken. */
  readonly alteration: Alteration;
}

/** The part that all subscriptions woken by one change share. */
export interface ChangeFacts {
  readonly origin: ChangeOrigin;
  /** Stored form of the entity after the change; for a deletion, before it. */
  readonly entity: string;
  /**
   * Stored form of the entity before the change, with those attributes only that the change touched: what `previousValue`
   * is taken from. Absent where there was none.
   */
  readonly previous?: string;
  /** Empty for a deletion. */
  readonly attributes: readonly AttributeChange[];
  readonly changedAt: EpochMs;
  /**
   * Nothing changed: an interval of the subscription is over, and this page of what it covers is to be told, as it is when it is told. There
   * is no `entity` then: its text is `null`.
   */
  readonly page?: EntitiesPage;
}

/** Some of the entities that a subscription covers, in the order of creation. */
export interface EntitiesPage {
  readonly offset: number;
  readonly limit: number;
}

/** The facts of a change. Cost: twice the encoding of the entity at most. */
export function changeFacts(change: EntityChange, origin: ChangeOrigin, changedAt: EpochMs): ChangeFacts {
  switch (change.kind) {
    case 'created':
      return { origin, entity: encodeForReuse(change.after), attributes: change.attributes, changedAt };
    case 'removed':
      return { origin, entity: encodeForReuse(change.before), attributes: [], changedAt };
    case 'updated':
      return {
        origin,
        entity: encodeForReuse(change.after),
        previous: encodeEntity(withAttributes(change.before, change.attributes)),
        attributes: change.attributes,
        changedAt,
      };
  }
}

function withAttributes(entity: Entity, changes: readonly AttributeChange[]): Entity {
  const attributes = new Map<string, AttributeInstances>();
  for (const { name } of changes) {
    const instances = entity.attributes.get(name);
    if (instances !== undefined) attributes.set(name, instances);
  }
  return { ...entity, attributes };
}
