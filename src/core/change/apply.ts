import type { Entity, EpochMs } from '../entity/entity.ts';
import type { ScopePath } from '../scope.ts';
import type { NamedPatch } from './attribute-patch.ts';
import { correlatorRoot } from './correlator-root.ts';
import type { Edit } from './edit.ts';
import type { AttributeChange, EntityCreated, EntityUpdated } from './entity-change.ts';
import { defaultEntityType, type EntityDraft } from './entity-draft.ts';
import { expireParts } from './expire-parts.ts';
import type { Mutation } from './mutation.ts';
import { patchEntity, patchedAttributes, removeInstances, replaceEntity } from './patch-entity.ts';
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
 * its others stay; those of NGSI-LD go to the instance that they name. Pure. May throw the refusals of `writeAttribute`. Cost: by the attributes of the entity.
 *
 * [V2 update attributes] [V2 append attributes] [V2 replace attributes] [V2 remove attribute]
 * [LD 5.5.8] [LD 5.5.12]
 */
export function apply(entity: Entity, mutation: Mutation, now: EpochMs, correlator: string): Applied {
  const moment = Math.max(now, entity.modifiedAt);
  const edit = editOf(entity, mutation, moment);
  const { changes, missing, existing } = edit;
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
    case 'patch':
      return patchEntity(entity, mutation, moment);
    case 'replaceEntity':
      return replaceEntity(entity, mutation, moment);
    case 'removeInstances':
      return removeInstances(entity, mutation);
    case 'expireParts':
      return expireParts(entity, moment);
  }
}

type Edited = Pick<Edit, 'attributes' | 'expiresAt' | 'types' | 'scopes'>;

function edited(
  entity: Entity,
  { attributes, expiresAt, types = entity.types, scopes = entity.scopes }: Edited,
  moment: EpochMs,
  correlator: string,
): Entity {
  const { id, createdAt } = entity;
  const after = {
    id,
    types,
    scopes,
    attributes,
    createdAt,
    modifiedAt: moment,
    correlator: correlatorRoot(correlator),
  };
  return expiresAt === undefined ? after : { ...after, expiresAt };
}

/** A new entity. Operators start from nothing (`newAttributes`). Without a type it is a `defaultEntityType`. [V2 create entity] */
export function createEntity(
  draft: EntityDraft,
  scope: ScopePath,
  now: EpochMs,
  correlator: string,
): { readonly entity: Entity; readonly change: EntityCreated } {
  const types = draft.types.length > 0 ? draft.types : [defaultEntityType];
  const attributes = newAttributes(draft.writes, now);
  return creationOf(
    { id: draft.id, types, scopes: [scope], attributes, expiresAt: draft.expiresAt ?? undefined },
    now,
    correlator,
  );
}

/** An entity as an NGSI-LD client writes it. */
export interface PatchDraft {
  readonly id: string;
  readonly types: readonly string[];
  readonly scopes: readonly ScopePath[];
  readonly patches: readonly NamedPatch[];
  readonly expiresAt?: EpochMs;
}

/** A new entity. [LD 5.6.1] */
export function createPatchedEntity(
  { id, types, scopes, patches, expiresAt }: PatchDraft,
  now: EpochMs,
  correlator: string,
): { readonly entity: Entity; readonly change: EntityCreated } {
  return creationOf({ id, types, scopes, attributes: patchedAttributes(patches, now), expiresAt }, now, correlator);
}

type NewEntity = Pick<Entity, 'id' | 'types' | 'scopes' | 'attributes'> & { readonly expiresAt: EpochMs | undefined };

function creationOf(
  { expiresAt, ...content }: NewEntity,
  now: EpochMs,
  correlator: string,
): { readonly entity: Entity; readonly change: EntityCreated } {
  const { attributes } = content;
  const entity: Entity = {
    ...content,
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
