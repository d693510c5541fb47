import type { EntityRef } from '../../core/entity/entity-ref.ts';
import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityRecord, EntityTarget, Freshness } from '../../ports/entity-store.ts';

/** Where the entity that a request names is looked for. */
export function targetOf(ref: EntityRef, scope: RequestScope): EntityTarget {
  return { id: ref.id, scopes: scope.scopes, ...(ref.type !== undefined && { type: ref.type }) };
}

/** What a request that only looks needs to see. */
export function freshnessOf({ readsCurrent }: Pick<RequestScope, 'readsCurrent'>): Freshness {
  return readsCurrent ? 'current' : 'recent';
}

/** The one entity that was found; refuses with `entityNotFound` or, several, with `ambiguousEntity`. [V2 409] */
export function theEntity(found: readonly EntityRecord[]): EntityRecord {
  const record = atMostOne(found);
  if (record === undefined) throw new Refusal({ kind: 'entityNotFound' });
  return record;
}

/** The entity that was found, if any; refuses with `ambiguousEntity`. */
export function atMostOne(found: readonly EntityRecord[]): EntityRecord | undefined {
  if (found.length > 1) throw new Refusal({ kind: 'ambiguousEntity' });
  return found[0];
}

/**
 * How messages name an entity that is there: with its type, also where the request did without, so that they say which one
 * was meant. [V2 partial update]
 */
export function refOf({ entity }: EntityRecord): EntityRef {
  const [type] = entity.types;
  return { id: entity.id, ...(type !== undefined && { type }) };
}
