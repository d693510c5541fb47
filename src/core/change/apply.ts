import type { Entity, EpochMs } from '../entity/entity.ts';
import type { ScopePath } from '../scope.ts';
import { correlatorRoot } from './correlator-root.ts';
import type { Edit } from './edit.ts';
import type { AttributeChange, EntityCreated, EntityUpdated } from './entity-change.ts';
import { defaultEntityType, type EntityDraft } from './entity-draft.ts';
import type { Mutation } from './mutation.ts';
import { removeAttributes } from './remove-attributes.ts';
import { hasMetadata, namesOf, newAttributes, replaceAttributes } from './replace-attributes.ts';
import { writeAttributes } from './write-attributes.ts';

/**
 * What a mutation made of an entity. Every name that it wrote, found missing or found in the way is in exactly one place; an
 * operation that makes no attribute of none has written nothing.
 */
export interface Applied {
  /** The entity itself where nothing of it differs. */
  readonly entity: Entity;
  /** Undefined: nothing was written. Present with `after === before`: something was, and all of it was equal. */
  readonly change: EntityUpdated | undefined;
  /** Attributes that had to exist and do not, in the order of the request. */
  readonly missing: readonly string[];
  /** Attributes that must not exist and do, in the order of the request. */
  readonly existing: readonly string[];
}

/**
 * The meaning of a mutation.
 *
 * An attribute that exists keeps its place and its time of creation; new ones follow. Attributes that the mutation does
 * not name, and those that it writes as they are, stay the same objects. `modifiedAt` of attribute and entity move only
 * with a change (see `writeAttribute`), to `now` but never backwards. Writes go to the default instance of an attribute;
 * its others stay. Pure. May throw the refusals of `writeAttribute`. Cost: by the attributes of the entity.
 *
 * [V2 update attributes] [V2 append attributes] [V2 replace attributes] [V2 remove attribute]
 */
export function apply(entity: Entity, mutation: Mutation, now: EpochMs, correlator: string): Applied {
  const moment = Math.max(now, entity.modifiedAt);
  const { changes, missing, existing, ...edit } = editOf(entity, mutation, moment);
  if (changes.length === 0 && !edit.differs) return { entity, change: undefined, missing, existing };
  const after = edit.differs ? edited(entity, edit, moment, correlator) : entity;
  return { entity: after, change: { kind: 'updated', before: entity, after, attributes: changes }, missing, existing };
}

function editOf(entity: Entity, mutation: Mutation, moment: EpochMs): Edit {
  switch (mutation.kind) {
    case 'append':
    case 'update':
      return writeAttributes(entity, mutation, moment);
    case 'replace':
      return replaceAttributes(entity, mutation, moment);
    case 'remove':
      return removeAttributes(entity, mutation);
  }
}

function edited(
  entity: Entity,
  { attributes, expiresAt }: Pick<Edit, 'attributes' | 'expiresAt'>,
  moment: EpochMs,
  correlator: string,
): Entity {
  const { expiresAt: _, ...rest } = entity;
  return {
    ...rest,
    attributes,
    modifiedAt: moment,
    ...(expiresAt !== undefined && { expiresAt }),
    correlator: correlatorRoot(correlator),
  };
}

/** A new entity. Operators start from nothing (`newAttributes`). Without a type it is a `defaultEntityType`. [V2 create entity] */
export function createEntity(
  draft: EntityDraft,
  scope: ScopePath,
  now: EpochMs,
  correlator: string,
): { readonly entity: Entity; readonly change: EntityCreated } {
  const attributes = newAttributes(draft.writes, now);
  const expiresAt = draft.expiresAt ?? undefined;
  const entity: Entity = {
    id: draft.id,
    types: draft.types.length > 0 ? draft.types : [defaultEntityType],
    scopes: [scope],
    attributes,
    createdAt: now,
    modifiedAt: now,
    ...(expiresAt !== undefined && { expiresAt }),
    correlator: correlatorRoot(correlator),
  };
  const changes = [...namesOf(attributes, expiresAt)].map((name): AttributeChange => {
    return { name, action: 'append', changed: true, metadataChanged: hasMetadata(attributes.get(name)) };
  });
  return { entity, change: { kind: 'created', after: entity, attributes: changes } };
}
