import type { Entity } from '../entity/entity.ts';
import { distanceMetres } from '../geo/distance.ts';
import { locationsOf } from '../geo/locations.ts';
import { compareNumbers, compareTargets } from './compare-values.ts';
import { targetOf } from './path-values.ts';
import type { DistanceKey, OrderKey } from './query.ts';

/** An entity and its place in the order of creation. */
export interface Ranked {
  readonly entity: Entity;
  readonly sequence: number;
}

/**
 * The meaning of `order`: a total order of the entities of a tenant.
 *
 * The first key that tells two entities apart decides; where none does, the earlier created comes first, whichever way the
 * keys run. An entity without a location is farther than any that has one. [V2 ordering]
 */
export function compareEntities(order: readonly OrderKey[]): (a: Ranked, b: Ranked) => number {
  return (a, b) => {
    for (const key of order) {
      const compared = compareBy(key, a.entity, b.entity);
      if (compared !== 0) return key.descending ? -compared : compared;
    }
    return a.sequence - b.sequence;
  };
}

function compareBy({ by }: OrderKey, a: Entity, b: Entity): number {
  if (by.kind === 'distance') return compareNumbers(distanceOf(by, a), distanceOf(by, b));
  return compareTargets(targetOf(by, a), targetOf(by, b));
}

/** Metres from the place that the key names to the entity's location; `Infinity` where it has none. */
export function distanceOf(key: DistanceKey, entity: Entity): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const location of locationsOf(entity, key.attribute)) {
    nearest = Math.min(nearest, distanceMetres(key.center, location));
  }
  return nearest;
}
