import type { Geometry, Position } from 'geojson';

/** West, south, east, north in degrees. */
export type Bounds = readonly [number, number, number, number];

/** Where a place is, as one position: a point itself, of any other the middle of its bounds; undefined for no place. */
export function middleOf(geometry: Geometry | undefined): readonly [number, number] | undefined {
  if (geometry === undefined) return undefined;
  if (geometry.type === 'Point') return [geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0];
  const bounds = boundsOf(geometry);
  if (bounds === undefined) return undefined;
  const [west, south, east, north] = bounds;
  return [(west + east) / 2, (south + north) / 2];
}

/** The bounds of a place; undefined where it has no position. */
export function boundsOf(geometry: Geometry): Bounds | undefined {
  let bounds: Bounds | undefined;
  for (const [x = 0, y = 0] of positionsOf(geometry)) {
    bounds =
      bounds === undefined
        ? [x, y, x, y]
        : [Math.min(bounds[0], x), Math.min(bounds[1], y), Math.max(bounds[2], x), Math.max(bounds[3], y)];
  }
  return bounds;
}

/** Bounds around both. */
export function joined(one: Bounds | undefined, other: Bounds | undefined): Bounds | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return [
    Math.min(one[0], other[0]),
    Math.min(one[1], other[1]),
    Math.max(one[2], other[2]),
    Math.max(one[3], other[3]),
  ];
}

function* positionsOf(geometry: Geometry): Generator<Position> {
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) yield* positionsOf(part);
  } else yield* positionsIn(geometry.coordinates);
}

type Nested = Position | readonly Nested[];

function* positionsIn(nested: Nested): Generator<Position> {
  if (typeof nested[0] === 'number') yield nested as Position;
  else for (const part of nested as readonly Nested[]) yield* positionsIn(part);
}
