import type { Attribute, Entity, EpochMs } from './entity.ts';

/** The first moment at which the entity, one of its attributes or anything of these ceases to exist; undefined: nothing ever does. [LD 4.22] */
export function dueAtOf(entity: Entity): EpochMs | undefined {
  let due = entity.expiresAt ?? Number.POSITIVE_INFINITY;
  for (const instances of entity.attributes.values()) {
    for (const instance of instances) due = Math.min(due, firstExpiry(instance));
  }
  return due === Number.POSITIVE_INFINITY ? undefined : due;
}

function firstExpiry({ expiresAt, subAttributes }: Attribute): EpochMs {
  let due = expiresAt ?? Number.POSITIVE_INFINITY;
  if (subAttributes !== undefined) for (const one of subAttributes.values()) due = Math.min(due, firstExpiry(one));
  return due;
}
