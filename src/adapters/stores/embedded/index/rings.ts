import { boundsAround } from '../../../../core/geo/bounds.ts';
import type { DistanceKey, Filter } from '../../../../core/query/query.ts';
import { metresTo } from './geo-condition.ts';
import { type Leg, rangeLeg, slotsLeg } from './leg.ts';
import type { LocationIndex } from './location-index.ts';
import type { IndexRange } from './ordered-index.ts';
import type { ScanTask } from './scan-plan.ts';

/** Metres beyond which nothing can match. */
export function limitOf(key: DistanceKey, filter: Filter | undefined): number {
  if (filter?.kind === 'and')
    return Math.min(Number.POSITIVE_INFINITY, ...filter.filters.map((one) => limitOf(key, one)));
  if (filter?.kind !== 'near' || filter.attribute !== key.attribute || filter.reference !== undefined)
    return Number.POSITIVE_INFINITY;
  const isSameCenter = filter.center.every((coordinate, at) => coordinate === key.center[at]);
  return isSameCenter ? (filter.maxDistance ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

const halfTheEarthMetres = 20_037_600;

/**
 * From the center outward, ring after ring, each twice as wide as what lies within, until the rows found are nearer than what
 * is left. The first holds about `few` entities; beyond `limit` metres nothing matches.
 */
export function* rings(
  key: DistanceKey,
  places: LocationIndex,
  few: number,
  limit: number,
  task: ScanTask,
): Iterable<Leg> {
  const { partition, top } = task;
  const metres = (slot: number) => metresTo(slot, key.center, places, partition, key.attribute);
  let outer = Math.min(limit, halfTheEarthMetres);
  let found = places.within(boundsAround(key.center, outer));
  while (found.size > few && outer > 1) {
    outer /= 4;
    found = places.within(boundsAround(key.center, outer));
  }
  for (let inner = -1; ; inner = outer, outer *= 2) {
    const isLast = outer >= Math.min(limit, halfTheEarthMetres);
    const [from, to] = [inner, isLast ? Number.POSITIVE_INFINITY : outer];
    const test = (slot: number) => {
      const distance = metres(slot);
      return distance > from && distance <= to;
    };
    if (isLast && limit === Number.POSITIVE_INFINITY) {
      // The farthest are those that have no place.
      yield { ...rangeLeg({ index: partition.creation, low: undefined, high: undefined } as IndexRange, 'none'), test };
      return;
    }
    const { ranges, slots } = isLast
      ? places.within(boundsAround(key.center, limit))
      : places.within(boundsAround(key.center, outer));
    for (const range of ranges) yield { ...rangeLeg(range, 'none'), test };
    yield { ...slotsLeg(slots), test };
    const { worst } = top;
    if (isLast || (worst !== undefined && (worst.keys[0]?.number ?? 0) <= outer)) return;
  }
}
