import type { AttributeChange } from '../../../core/change/entity-change.ts';
import { type Attribute, attributeOf, type Entity, type EpochMs } from '../../../core/entity/entity.ts';
import { decodedEntity } from '../../../core/entity/recent-forms.ts';
import { decodeEntity } from '../../../core/entity/stored-form.ts';
import type { ChangeOrigin } from '../../../core/subscription/change-origin.ts';
import type { ConditionContext } from '../../../core/subscription/condition.ts';
import type { NotificationFacts } from '../../../core/subscription/notification-facts.ts';
import type { Alteration } from '../../../core/subscription/subscription.ts';

/** An entity and what happened to it, as expressions and notifications look at it. */
export interface ChangedEntity {
  /** After the change; for a deletion, before it. */
  readonly entity: Entity;
  /** Before the change, with at least those attributes that the change touched; undefined where there was no entity. Read when asked for, as few ask. */
  readonly previous: () => Entity | undefined;
  /** What the request did to which attributes; empty for a deletion. */
  readonly changes: readonly AttributeChange[];
  readonly alteration: Alteration;
  readonly origin: ChangeOrigin;
  readonly changedAt: EpochMs;
}

/** The change that a notification tells of. */
export function changeOfFacts(facts: NotificationFacts): ChangedEntity {
  const { entity, previous, attributes, alteration, origin, changedAt } = facts;
  let before: Entity | undefined;
  return {
    entity: decodedEntity(entity),
    previous() {
      if (previous !== undefined) before ??= decodeEntity(previous);
      return before;
    },
    changes: attributes,
    alteration,
    origin,
    changedAt,
  };
}

/** The change that a condition judges, at that moment. */
export function changeOfCondition({ entity, change, origin }: ConditionContext, now: EpochMs): ChangedEntity {
  const changes = change.kind === 'removed' ? [] : change.attributes;
  const previous = change.kind === 'updated' ? change.before : undefined;
  return {
    entity,
    previous: () => previous,
    changes,
    alteration: alterationOf(change.kind, changes),
    origin,
    changedAt: now,
  };
}

function alterationOf(kind: ConditionContext['change']['kind'], changes: readonly AttributeChange[]): Alteration {
  switch (kind) {
    case 'created':
      return 'entityCreate';
    case 'removed':
      return 'entityDelete';
    case 'updated':
      return changes.some(({ changed, metadataChanged }) => changed || metadataChanged)
        ? 'entityChange'
        : 'entityUpdate';
  }
}

/** What an attribute was before the change; undefined where it is new, or the request did not name it. [V2 builtin metadata] */
export function previousOf({ previous, changes }: ChangedEntity, name: string): Attribute | undefined {
  if (!changes.some((change) => change.name === name)) return undefined;
  const before = previous();
  return before && attributeOf(before, name);
}

/** What the request did to an attribute; undefined where it did not name it. [V2 builtin metadata] */
export function actionOn({ changes }: ChangedEntity, name: string): AttributeChange['action'] | undefined {
  return changes.find((change) => change.name === name)?.action;
}
