import type { Geometry } from 'geojson';
import { type Bounds, boundsAround, boundsOf } from '../../../../core/geo/bounds.ts';
import { distanceMetres } from '../../../../core/geo/distance.ts';
import { locationsOf } from '../../../../core/geo/locations.ts';
import { relates } from '../../../../core/geo/relations.ts';
import { tolerance } from '../../../../core/geo/segment.ts';
import type { GeoFilter, GeoRelationFilter, NearFilter } from '../../../../core/query/query.ts';
import type { Condition } from './condition.ts';
import { decodeCost } from './condition.ts';
import type { LocationIndex } from './location-index.ts';
import type { Partition } from './partition.ts';

/** A condition on places, decided by the index for points, and by bounding box, then on the decoded entity for the rest. */
export function geoCondition(filter: GeoFilter, places: LocationIndex, partition: Partition): Condition {
  return filter.kind === 'near' ? near(filter, places, partition) : relation(filter, places, partition);
}

function near(filter: NearFilter, places: LocationIndex, partition: Partition): Condition {
  const { center, minDistance = 0, maxDistance = Number.POSITIVE_INFINITY } = filter;
  const holds = (metres: number) => metres >= minDistance && metres <= maxDistance;
  if (maxDistance === Number.POSITIVE_INFINITY) {
    return unbounded(
      places,
      (slot) => places.has(slot) && holds(metresTo(slot, center, places, partition, filter.attribute)),
    );
  }
  const bounds = boundsAround(center, maxDistance);
  return within(bounds, places, (slot) => holds(metresTo(slot, center, places, partition, filter.attribute)));
}

/** Metres from the center to the slot's place; `Infinity` without one. */
export function metresTo(
  slot: number,
  center: readonly number[],
  places: LocationIndex | undefined,
  partition: Partition,
  attribute: string | undefined,
): number {
  const longitude = places?.longitudeAt(slot) ?? Number.NaN;
  if (places !== undefined && !Number.isNaN(longitude)) {
    return distanceMetres(center as number[], [longitude, places.latitudeAt(slot)]);
  }
  if (places !== undefined && !places.has(slot)) return Number.POSITIVE_INFINITY;
  const geometry = locationsOf(partition.entityAt(slot), attribute)[0];
  return geometry === undefined ? Number.POSITIVE_INFINITY : distanceMetres(center as number[], geometry);
}

function relation(filter: GeoRelationFilter, places: LocationIndex, partition: Partition): Condition {
  const holds = (slot: number) => {
    const geometry = geometryAt(slot, places, partition, filter.attribute);
    return geometry !== undefined && relates(geometry, filter.relation, filter.geometry);
  };
  if (filter.relation === 'disjoint') return unbounded(places, holds);
  const { west, south, east, north } = boundsOf(filter.geometry);
  const bounds = {
    west: west - tolerance,
    south: south - tolerance,
    east: east + tolerance,
    north: north + tolerance,
  };
  return within(bounds, places, holds);
}

function geometryAt(
  slot: number,
  places: LocationIndex,
  partition: Partition,
  attribute: string | undefined,
): Geometry | undefined {
  const longitude = places.longitudeAt(slot);
  if (!Number.isNaN(longitude)) return { type: 'Point', coordinates: [longitude, places.latitudeAt(slot)] };
  return !places.has(slot) ? undefined : locationsOf(partition.entityAt(slot), attribute)[0];
}

/** `holds` decides for what may meet the bounds. */
function within(bounds: Bounds, places: LocationIndex, holds: (slot: number) => boolean): Condition {
  const { ranges, slots, size } = places.within(bounds);
  return {
    test: (slot) => places.mayMeet(slot, bounds) && holds(slot),
    next: (slots, from, stop, below) => {
      let place = places.nextWithin(bounds, slots, from, stop, below);
      while (place < stop && !holds(slots[place] as number)) {
        place = places.nextWithin(bounds, slots, place + 1, stop, below);
      }
      return place;
    },
    cost: 15 + decodeCost * places.extentShare,
    // The stretches of the curve hold more than the box, and the box more than what lies in it.
    estimate: Math.min(size * 0.6, places.size),
    candidates: [{ ranges, slots, size, inCreationOrder: false, distinct: true }],
    wanted: [],
  };
}

function unbounded(places: LocationIndex, test: (slot: number) => boolean): Condition {
  return { test, cost: 150 + decodeCost * places.extentShare, estimate: places.size, candidates: [], wanted: [] };
}
