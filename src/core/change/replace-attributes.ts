import type { AttributeInstances, Entity, EpochMs } from '../entity/entity.ts';
import { deletionOf, type Edit } from './edit.ts';
import type { AttributeChange } from './entity-change.ts';
import { type AttributeWrite, expiryName, type ReplaceMutation } from './mutation.ts';
import { writeAttribute } from './write-attribute.ts';

/** A replacement is a change whatever it says: all its attributes are new, and what it does not name is gone. */
export function replaceAttributes(entity: Entity, mutation: ReplaceMutation, moment: EpochMs): Edit {
  const attributes = newAttributes(mutation.writes, moment);
  const expiresAt = mutation.expiresAt ?? undefined;
  const before = namesOf(entity.attributes, entity.expiresAt);
  const after = namesOf(attributes, expiresAt);
  const changes: AttributeChange[] = [];
  for (const name of after) {
    changes.push({
      name,
      action: before.has(name) ? 'update' : 'append',
      changed: true,
      metadataChanged: hasMetadata(entity.attributes.get(name)) || hasMetadata(attributes.get(name)),
    });
  }
  for (const name of before) if (!after.has(name)) changes.push(deletionOf(name));
  return { attributes, expiresAt, differs: true, changes, missing: [], existing: [] };
}

/**
 * Attributes as if nothing had been there: created now, operators starting from nothing. Those that could only take
 * something away make no attribute. [V2 update operators in create or replace]
 */
export function newAttributes(
  writes: readonly AttributeWrite[],
  moment: EpochMs,
): ReadonlyMap<string, AttributeInstances> {
  const options = { overrideMetadata: false, forced: false, entityIsNew: true };
  const attributes = new Map<string, AttributeInstances>();
  for (const write of writes) {
    const written = writeAttribute(undefined, write, options, moment);
    if (written !== undefined) attributes.set(write.name, [written.attribute]);
  }
  return attributes;
}

/** The attributes of an entity, the expiry as the last of them. */
export function namesOf(
  attributes: ReadonlyMap<string, AttributeInstances>,
  expiresAt: EpochMs | undefined,
): ReadonlySet<string> {
  const names = new Set(attributes.keys());
  return expiresAt === undefined ? names : names.add(expiryName);
}

/** Tells whether the attribute has metadata. */
export function hasMetadata(instances: AttributeInstances | undefined): boolean {
  return instances?.[0].subAttributes !== undefined;
}
