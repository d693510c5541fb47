import type { Entity } from '../../src/core/entity/entity.ts';
import { attributeOf, jsonValueOf } from '../../src/core/entity/entity.ts';
import type { Query } from '../../src/core/query/query.ts';
import { everyScope } from '../../src/core/scope.ts';
import type { EntityRecord, EntityTarget, EntityWrite, WriteCommand } from '../../src/ports/entity-store.ts';
import { aProperty } from './entity-builder.ts';

/** Everything, in the order of creation. */
export const everything: Query = {
  selectors: [],
  scopes: [],
  order: [],
  offset: 0,
  limit: Number.MAX_SAFE_INTEGER,
  count: false,
};

/** Every entity of the id. */
export function byId(id: string): EntityTarget {
  return { id, scopes: [everyScope] };
}

/** Exactly this entity, as an operation that creates it looks for it. */
export function exactly({ id, types, scopes }: Entity): EntityTarget {
  const [type] = types;
  return {
    id,
    ...(type === undefined ? {} : { type }),
    scopes: scopes.map((path) => ({ path, subtree: false })),
  };
}

export function created(entity: Entity): EntityWrite {
  return { kind: 'create', change: { kind: 'created', after: entity, attributes: [] } };
}

export function updated(record: EntityRecord, after: Entity): EntityWrite {
  return { kind: 'update', record, change: { kind: 'updated', before: record.entity, after, attributes: [] } };
}

export function removed(record: EntityRecord): EntityWrite {
  return { kind: 'remove', record, change: { kind: 'removed', before: record.entity } };
}

/** Creates the entity unless it is there; tells which. */
export function create(entity: Entity): WriteCommand<'created' | 'exists'> {
  return {
    target: exactly(entity),
    decide: (found) =>
      found.length === 0 ? { result: 'created', writes: [created(entity)] } : { result: 'exists', writes: [] },
  };
}

/** Changes what the target covers; tells how many that were. */
export function update(target: EntityTarget, change: (entity: Entity) => Entity): WriteCommand<number> {
  return {
    target,
    decide: (found) => ({
      result: found.length,
      writes: found.map((record) => updated(record, change(record.entity))),
    }),
  };
}

/** Removes what the target covers; tells how many that were. */
export function remove(target: EntityTarget): WriteCommand<number> {
  return { target, decide: (found) => ({ result: found.length, writes: found.map(removed) }) };
}

/** Writes nothing and throws. */
export function failing(target: EntityTarget, error: Error): WriteCommand<never> {
  return {
    target,
    decide: () => {
      throw error;
    },
  };
}

/** The entity with a property set to a number. */
export function withNumber(entity: Entity, name: string, value: number): Entity {
  return { ...entity, attributes: new Map(entity.attributes).set(name, [aProperty(value)]) };
}

/** The number that a property has; 0 if it is not there. */
export function numberOf(entity: Entity, name: string): number {
  const attribute = attributeOf(entity, name);
  return attribute === undefined ? 0 : Number(jsonValueOf(attribute));
}
