import type { Attribute, AttributeInstances, Entity } from '../../../core/entity/entity.ts';
import type { Subscription } from '../../../core/subscription/subscription.ts';
import type { ChangedEntity } from './changed-entity.ts';

/** What a notification shows of an entity. */
export interface Selection {
  /** With the attributes that may be shown. */
  readonly entity: Entity;
  /** As in a projection: which of them, builtins included; absent: all. */
  readonly attrs?: readonly string[];
}

/** What of a subscription decides which attributes are shown. */
export type SelectingSubscription = Pick<Subscription, 'notifyOnMetadataChange'> & {
  readonly notification: Pick<Subscription['notification'], 'attributes' | 'onlyChanged'>;
};

/**
 * Selects what a notification shows: the attributes it asks for; of those, with `onlyChangedAttrs`, the ones that differ from
 * before and the `patched` ones, which the subscription itself made; with `covered`, the ones that are not there as null.
 * Builtins are shown whatever changed. A deletion changes everything. [V2 subscription notification] [V2 covered subscriptions]
 */
export function selectAttributes(
  changed: ChangedEntity,
  { notification, notifyOnMetadataChange }: SelectingSubscription,
  patched: ReadonlySet<string>,
): Selection {
  const { attributes, onlyChanged } = notification;
  const { entity, changes, alteration } = changed;
  const differing = new Set(patched);
  for (const change of changes) {
    if (change.changed || (notifyOnMetadataChange && change.metadataChanged)) differing.add(change.name);
  }
  const isShown = (name: string): boolean => !onlyChanged || alteration === 'entityDelete' || differing.has(name);
  switch (attributes.kind) {
    case 'all':
      return { entity: filtered(entity, isShown) };
    case 'except':
      return { entity: filtered(entity, (name) => isShown(name) && !attributes.names.includes(name)) };
    case 'only': {
      const missing = attributes.covered ? attributes.names.filter((name) => !has(entity, name)) : [];
      return { entity: covering(filtered(entity, isShown), missing, changed), attrs: attributes.names };
    }
  }
}

function filtered(entity: Entity, isShown: (name: string) => boolean): Entity {
  const shown = [...entity.attributes].filter(([name]) => isShown(name));
  return shown.length === entity.attributes.size ? entity : { ...entity, attributes: new Map(shown) };
}

/** Builtins that every entity has in a notification, and the name for all attributes. */
const alwaysThere: ReadonlySet<string> = new Set(['*', 'dateCreated', 'dateModified', 'servicePath', 'alterationType']);

function has(entity: Entity, name: string): boolean {
  return (
    entity.attributes.has(name) || alwaysThere.has(name) || (name === 'dateExpires' && entity.expiresAt !== undefined)
  );
}

function covering(entity: Entity, missing: readonly string[], { changedAt }: ChangedEntity): Entity {
  if (missing.length === 0) return entity;
  const nothing: Attribute = {
    kind: 'property',
    value: null,
    declaredType: 'None',
    createdAt: changedAt,
    modifiedAt: changedAt,
  };
  const attributes = new Map<string, AttributeInstances>(entity.attributes);
  for (const name of missing) attributes.set(name, [nothing]);
  return { ...entity, attributes };
}
