import type { Geometry, Position } from 'geojson';
import { greatCircleMetres } from './great-circle.ts';
import { pointInPolygon } from './point-in-polygon.ts';
import { sidesOf } from './run.ts';
import type { Segment } from './segment.ts';
import { shapeOf } from './shape.ts';

/**
 * Metres from a place to the nearest point of another, along the sphere; 0 inside an area, `Infinity` to what has no positions.
 *
 * Sides of lines and areas are straight on the map of longitude and latitude, as in every other relation; their nearest point
 * is found on a map drawn true to scale at `from`. Cost: by positions of `to`.
 */
export function distanceMetres(from: Position, to: Geometry | Position): number {
  if (isPosition(to)) return greatCircleMetres(from, to);
  if (to.type === 'Point')
    return to.coordinates.length === 0 ? Number.POSITIVE_INFINITY : greatCircleMetres(from, to.coordinates);

  const { points, areas, runs } = shapeOf(to);
  if (areas.some((area) => pointInPolygon(from, area) !== 'outside')) return 0;
  let nearest = Number.POSITIVE_INFINITY;
  for (const point of points) nearest = Math.min(nearest, greatCircleMetres(from, point));
  for (const run of runs) for (const side of sidesOf(run)) nearest = Math.min(nearest, metresToSide(from, side));
  return nearest;
}

function isPosition(place: Geometry | Position): place is Position {
  return Array.isArray(place);
}

function metresToSide(from: Position, { ax, ay, bx, by }: Segment): number {
  const [longitude = 0, latitude = 0] = from;
  // The side lies around the globe from here where its middle is more than half a turn away.
  const turn = 360 * Math.round((longitude - (ax + bx) / 2) / 360);
  const scale = Math.cos((latitude * Math.PI) / 180);
  const x = (bx - ax) * scale;
  const y = by - ay;
  const length = x * x + y * y;
  const along = ((longitude - turn - ax) * scale * x + (latitude - ay) * y) / length;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, along));
  return greatCircleMetres(from, [ax + share * (bx - ax), ay + share * (by - ay)]);
}
