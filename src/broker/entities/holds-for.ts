import type { Entity } from '../../core/entity/entity.ts';
import { relationshipTargets } from '../../core/entity/relationship-object.ts';
import { Refusal } from '../../core/errors.ts';
import { evaluate } from '../../core/query/evaluate.ts';
import type { LinkedFilter, OpenFilter } from '../../core/query/linked-filter.ts';
import type { EntityStore } from '../../ports/entity-store.ts';

/** Entities that are looked up for one entity. */
const mostLookups = 10_000;

/**
 * Tells whether a filter that follows relationships holds for an entity, with what it links to as that is now. Means what `resolveLinks`
 * does for a query. Refuses with `unsupportedQuery` where too much is linked to. Cost: a look-up for each link followed. [LD 4.9]
 */
export async function holdsFor(entities: EntityStore, filter: OpenFilter, entity: Entity): Promise<boolean> {
  let lookups = 0;

  async function holds(part: OpenFilter, of: Entity): Promise<boolean> {
    switch (part.kind) {
      case 'linked':
        return holdsForLinked(part, of);
      case 'and':
        for (const one of part.filters) if (!(await holds(one, of))) return false;
        return true;
      case 'or':
        for (const one of part.filters) if (await holds(one, of)) return true;
        return false;
      default:
        return evaluate(part, of);
    }
  }

  async function holdsForLinked({ relationship, types, filter: inner }: LinkedFilter, of: Entity): Promise<boolean> {
    for (const id of new Set(relationshipTargets(of.attributes.get(relationship) ?? []))) {
      if (++lookups > mostLookups) {
        const description = `q follows more than ${mostLookups} links of one entity`;
        throw new Refusal({ kind: 'unsupportedQuery', description });
      }
      for (const { entity: target } of await entities.lookup({ id, scopes: [] })) {
        const isMeant = types === undefined || types.some((type) => target.types.includes(type));
        if (isMeant && (await holds(inner, target))) return true;
      }
    }
    return false;
  }

  return holds(filter, entity);
}
