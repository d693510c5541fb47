import type { Geometry, Position } from 'geojson';
import { distanceMetres } from './distance.ts';
import { relates } from './relations.ts';

/** Where a distance is measured from: a place or, given, a geometry. */
export interface Origin {
  readonly center: Position;
  readonly reference?: Geometry;
}

/**
 * Metres from an origin to the nearest point of a geometry, as `distanceMetres` has it; 0 where they meet. Between two
 * geometries that are both more than points, from the corners of each to the other. Cost: the product of their positions.
 * [LD 4.10] [LD 4.23]
 */
export function metresFrom({ center, reference }: Origin, to: Geometry): number {
  if (reference === undefined) return distanceMetres(center, to);
  if (to.type === 'Point' && to.coordinates.length > 0) return distanceMetres(to.coordinates, reference);
  if (relates(to, 'intersects', reference)) return 0;
  let nearest = Number.POSITIVE_INFINITY;
  for (const corner of positionsOf(reference)) nearest = Math.min(nearest, distanceMetres(corner, to));
  for (const corner of positionsOf(to)) nearest = Math.min(nearest, distanceMetres(corner, reference));
  return nearest;
}

function* positionsOf(geometry: Geometry): Generator<Position> {
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) yield* positionsOf(part);
  } else yield* positionsIn(geometry.coordinates);
}

function* positionsIn(coordinates: unknown): Generator<Position> {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === 'number') yield coordinates as Position;
  else for (const part of coordinates) yield* positionsIn(part);
}
