import type { Entity } from '../entity/entity.ts';

/** The same for what several sources say of one entity. */
export function entityKey({ id, types }: Entity): string {
  return JSON.stringify([id, types]);
}

/**
 * One entity of what two sources say of it: of an attribute that both have, the first has its say. The first itself where the
 * second adds nothing.
 */
export function mergeEntities(first: Entity, second: Entity): Entity {
  const added = [...second.attributes].filter(([name]) => !first.attributes.has(name));
  if (added.length === 0) return first;
  return {
    ...first,
    attributes: new Map([...first.attributes, ...added]),
    modifiedAt: Math.max(first.modifiedAt, second.modifiedAt),
  };
}
