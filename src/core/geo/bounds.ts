import type { Geometry, Position } from 'geojson';
import { earthRadiusMetres } from './great-circle.ts';

/** A box of degrees on the map. Of what has no positions, `west` > `east`, so that it meets nothing. */
export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** The smallest box around the geometry. */
export function boundsOf(geometry: Geometry): Bounds {
  const bounds = nowhere();
  eachPosition(geometry, (position) => extend(bounds, position));
  return bounds;
}

/** The smallest box around the positions of a line from one to another, both included. */
export function boundsOfStretch(line: readonly Position[], from: number, to: number): Bounds {
  const bounds = nowhere();
  for (let at = from; at <= to; at++) extend(bounds, line[at] ?? []);
  return bounds;
}

/** The smallest box around all boxes. */
export function boundsAroundAll(all: readonly Bounds[]): Bounds {
  const bounds = nowhere();
  for (const { west, south, east, north } of all) {
    bounds.west = Math.min(bounds.west, west);
    bounds.south = Math.min(bounds.south, south);
    bounds.east = Math.max(bounds.east, east);
    bounds.north = Math.max(bounds.north, north);
  }
  return bounds;
}

/** Tells whether the boxes share a point, borders included, or have one that is not farther off than `slack` degrees. */
export function boundsMeet(a: Bounds, b: Bounds, slack = 0): boolean {
  return (
    a.west <= b.east + slack && b.west <= a.east + slack && a.south <= b.north + slack && b.south <= a.north + slack
  );
}

type GrowingBounds = { -readonly [Side in keyof Bounds]: number };

function nowhere(): GrowingBounds {
  return {
    west: Number.POSITIVE_INFINITY,
    south: Number.POSITIVE_INFINITY,
    east: Number.NEGATIVE_INFINITY,
    north: Number.NEGATIVE_INFINITY,
  };
}

function extend(bounds: GrowingBounds, [longitude = Number.NaN, latitude = Number.NaN]: Position): void {
  bounds.west = Math.min(bounds.west, longitude);
  bounds.south = Math.min(bounds.south, latitude);
  bounds.east = Math.max(bounds.east, longitude);
  bounds.north = Math.max(bounds.north, latitude);
}

/**
 * A box that holds every place within that distance of the center, and a little more, so that rounding loses nothing.
 *
 * It spans all longitudes where it touches a pole or crosses the 180th meridian.
 */
export function boundsAround(center: Position, metres: number): Bounds {
  const [longitude = 0, latitude = 0] = center;
  const angle = (metres / earthRadiusMetres) * (1 + 1e-9) + 1e-12;
  const height = (angle * 180) / Math.PI;
  const south = latitude - height;
  const north = latitude + height;
  const everyLongitude = { west: -180, south: Math.max(south, -90), east: 180, north: Math.min(north, 90) };
  if (!(south > -90 && north < 90)) return everyLongitude;

  const width = (Math.asin(Math.min(1, Math.sin(angle) / Math.cos((latitude * Math.PI) / 180))) * 180) / Math.PI + 1e-9;
  const west = longitude - width;
  const east = longitude + width;
  return west < -180 || east > 180 ? everyLongitude : { west, south, east, north };
}

function eachPosition(geometry: Geometry, visit: (position: Position) => void): void {
  switch (geometry.type) {
    case 'Point':
      if (geometry.coordinates.length > 0) visit(geometry.coordinates);
      return;
    case 'MultiPoint':
    case 'LineString':
      geometry.coordinates.forEach(visit);
      return;
    case 'MultiLineString':
    case 'Polygon':
      for (const positions of geometry.coordinates) positions.forEach(visit);
      return;
    case 'MultiPolygon':
      for (const rings of geometry.coordinates) for (const ring of rings) ring.forEach(visit);
      return;
    case 'GeometryCollection':
      for (const part of geometry.geometries) eachPosition(part, visit);
  }
}
