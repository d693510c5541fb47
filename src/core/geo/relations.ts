import type { Geometry, Position } from 'geojson';
import type { GeoRelationFilter } from '../query/query.ts';
import { boundsMeet } from './bounds.ts';
import { covers } from './covers.ts';
import { isAlong, isOn, meets } from './meets.ts';
import { everyPiece, type Piece } from './pieces.ts';
import { isInAny } from './point-in-polygon.ts';
import { nearTo } from './run.ts';
import { tolerance } from './segment.ts';
import { type Shape, shapeOf } from './shape.ts';
import { Steps, TooIntricate } from './steps.ts';

/**
 * Tells whether `geometry` stands in the relation to `reference`: for any two types of GeoJSON geometry.
 *
 * Sides are straight on the map of longitude and latitude, and no side goes across the 180th meridian. Borders and ends
 * belong to what they bound. What has no positions stands in no relation. Two geometries that are too intricate for it to
 * be found within `maxSteps` count as meeting, and as nothing more. Cost: at most these; a point against an area, the
 * positions of the area. [V2 geographical queries] [LD 4.10]
 */
export function relates(
  geometry: Geometry,
  relation: GeoRelationFilter['relation'],
  reference: Geometry,
  steps: Steps = new Steps(),
): boolean {
  try {
    return stands(geometry, relation, reference, steps);
  } catch (error) {
    if (error instanceof TooIntricate) return relation === 'intersects';
    throw error;
  }
}

function stands(
  geometry: Geometry,
  relation: GeoRelationFilter['relation'],
  reference: Geometry,
  steps: Steps,
): boolean {
  const other = shapeOf(reference);
  if (geometry.type === 'Point' && geometry.coordinates.length > 0 && !isEmpty(other)) {
    // Most entities are points and most queries one of these: no need to take the point apart.
    if (relation === 'coveredBy' || relation === 'intersects') return holdsPlace(other, geometry.coordinates, steps);
    if (relation === 'disjoint') return !holdsPlace(other, geometry.coordinates, steps);
  }
  const shape = shapeOf(geometry);
  if (isEmpty(shape) || isEmpty(other)) return false;
  switch (relation) {
    case 'coveredBy':
      return covers(other, shape, steps);
    case 'contains':
      return covers(shape, other, steps);
    case 'intersects':
      return meets(shape, other, steps);
    case 'disjoint':
      return !meets(shape, other, steps);
    case 'equals':
      return covers(shape, other, steps) && covers(other, shape, steps);
    case 'overlaps':
      return overlaps(shape, other, steps);
  }
}

function isEmpty({ points, lines, areas }: Shape): boolean {
  return points.length === 0 && lines.length === 0 && areas.length === 0;
}

function holdsPlace(shape: Shape, place: Position, steps: Steps): boolean {
  const { west, south, east, north } = shape.bounds;
  const [x = Number.NaN, y = Number.NaN] = place;
  const isInBounds = x >= west - tolerance && x <= east + tolerance && y >= south - tolerance && y <= north + tolerance;
  return isInBounds && (shape.isBox || isOn(place, shape, steps));
}

/** Tells whether they share places of the highest dimension that both have, and neither covers the other. */
function overlaps(a: Shape, b: Shape, steps: Steps): boolean {
  if (dimensionOf(a) !== dimensionOf(b) || !boundsMeet(a.bounds, b.bounds, tolerance)) return false;
  if (covers(a, b, steps) || covers(b, a, steps)) return false;
  switch (dimensionOf(a)) {
    case 0:
      return a.points.some((point) => isOn(point, b, steps));
    case 1:
      return somePiece(a, b, steps, ({ middle }) => isAlong(middle, b, steps));
    default:
      return hasAreaIn(a, b, steps) || hasAreaIn(b, a, steps);
  }
}

/** Tells whether right beside a side of `a` there is a place within both. */
function hasAreaIn(a: Shape, b: Shape, steps: Steps): boolean {
  return somePiece(a, b, steps, ({ beside }) =>
    beside.some((place) => isInAny(place, a.areas, steps) && isInAny(place, b.areas, steps)),
  );
}

/** Tells whether the condition holds for one of the pieces into which the sides of `b` cut those of `a`. */
function somePiece(a: Shape, b: Shape, steps: Steps, holds: (piece: Piece) => boolean): boolean {
  return nearTo(b.bounds, a.runs, steps).some((run) => {
    const near = nearTo(run.bounds, b.runs, steps);
    return !everyPiece(run, near, steps, (piece) => !holds(piece));
  });
}

function dimensionOf({ lines, areas }: Shape): 0 | 1 | 2 {
  return areas.length > 0 ? 2 : lines.length > 0 ? 1 : 0;
}
