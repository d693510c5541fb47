import type { Entity } from '../entity/entity.ts';
import { locationsOf } from '../geo/locations.ts';
import { metresFrom } from '../geo/metres-from.ts';
import { collatorOf, compareCollated } from './collated-order.ts';
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
 * keys run. An entity without a location is farther than any that has one. [V2 ordering] [LD 4.23]
 */
export function compareEntities(order: readonly OrderKey[]): (a: Ranked, b: Ranked) => number {
  const keys = order.map(ofDefaultInstance);
  return (a, b) => {
    for (const key of keys) {
      const compared = compareBy(key, a.entity, b.entity);
      if (compared !== 0) return key.descending ? -compared : compared;
    }
    return a.sequence - b.sequence;
  };
}

/** The key as it orders: an order looks at the default instance of an attribute, whatever its path asks for. */
export function ofDefaultInstance(key: OrderKey): OrderKey {
  if (key.by.kind !== 'attribute' || key.by.instances === undefined) return key;
  const { instances: _, ...by } = key.by;
  return { ...key, by };
}

function compareBy({ by, collation }: OrderKey, a: Entity, b: Entity): number {
  if (by.kind === 'distance') return compareNumbers(distanceOf(by, a), distanceOf(by, b));
  if (collation !== undefined) return compareCollated(targetOf(by, a), targetOf(by, b), collatorOf(collation));
  return compareTargets(targetOf(by, a), targetOf(by, b));
}

/** Metres from the place that the key names to the entity's location; `Infinity` where it has none. */
export function distanceOf(key: DistanceKey, entity: Entity): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const location of locationsOf(entity, key.attribute)) {
    nearest = Math.min(nearest, metresFrom(key, location));
  }
  return nearest;
}
