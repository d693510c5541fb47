import type { Entity } from '../entity/entity.ts';
import { deletionOf, type Edit } from './edit.ts';
import { expiryName, type RemoveAttributesMutation } from './mutation.ts';

/** Takes attributes away; without its expiry an entity stays for good. */
export function removeAttributes(entity: Entity, mutation: RemoveAttributesMutation): Edit {
  const attributes = new Map(entity.attributes);
  const removed: string[] = [];
  const missing: string[] = [];
  let { expiresAt } = entity;
  for (const name of mutation.names) {
    if (attributes.delete(name)) {
      removed.push(name);
    } else if (name === expiryName && expiresAt !== undefined) {
      expiresAt = undefined;
      removed.push(name);
    } else {
      missing.push(name);
    }
  }
  const differs = removed.length > 0;
  return { attributes, expiresAt, differs, changes: removed.map(deletionOf), missing, existing: [] };
}
