import type { Geometry, Position } from 'geojson';
import { invalidRequest } from '../../core/errors.ts';
import { isClosed, isGeometry, isOnEarth, positionsIn } from '../../core/geo/geojson-check.ts';
import { maxStoredPositions } from '../../core/geo/position-limits.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { parseNumber } from './numbers.ts';
import type { GeoType } from './special-types.ts';

/** A place as a client wrote it: GeoJSON (longitude first), and the value where it says more or otherwise than the geometry. */
export interface GeoValue {
  readonly geometry: Geometry;
  readonly value?: JsonValue;
}

/**
 * The place that the value of an attribute of a geo type names; undefined for null, which is no place. The value is kept as
 * it is: clients get back what they wrote. `context` is what the error text begins with. [V2 geospatial properties]
 */
export function parseGeoValue(type: GeoType, value: JsonValue, context = ''): GeoValue | undefined {
  if (value === null) return undefined;
  const place = placeOf(type, value);
  if (typeof place === 'string') throw invalidRequest(context + place);
  return place;
}

/** The place, or what is wrong with the value. */
function placeOf(type: GeoType, value: JsonValue): GeoValue | string {
  const count = type === 'geo:json' ? positionsIn(geometryIn(value)) : Array.isArray(value) ? value.length : 1;
  if (count > maxStoredPositions) return `${type} has ${count} positions, at most ${maxStoredPositions} are allowed`;
  if (type === 'geo:json') return geoJsonOf(value);
  const text = typeof value === 'string' ? value : '';
  const positions = type === 'geo:point' ? positionsOf([text]) : positionsOf(value);
  if (typeof positions === 'string') return positions;
  switch (type) {
    case 'geo:point':
      return { geometry: { type: 'Point', coordinates: positions[0] ?? [] }, value };
    case 'geo:line':
      if (positions.length < 2) return 'geo:line uses at least 2 coordinates';
      return { geometry: { type: 'LineString', coordinates: positions }, value };
    case 'geo:box':
      return boxOf(positions, value);
    case 'geo:polygon':
      if (positions.length < 4) return 'geo:polygon uses at least 4 coordinates';
      if (!isClosed(positions)) return 'geo:polygon first and last coordinates must match';
      return { geometry: { type: 'Polygon', coordinates: [positions] }, value };
  }
}

/** The geometry that a GeoJSON value stands for: itself, that of a Feature, or that of the one Feature of a collection. */
export function geometryIn(value: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(value)) return undefined;
  if (value.type === 'Feature') return value.geometry;
  if (value.type !== 'FeatureCollection') return value;
  const features = value.features;
  return Array.isArray(features) && features.length === 1 ? geometryIn(features[0]) : undefined;
}

function boxOf(positions: readonly Position[], value: JsonValue): GeoValue | string {
  const [first, second, ...more] = positions;
  if (first === undefined || second === undefined || more.length > 0) return 'geo:box uses exactly 2 coordinates';
  const ring = boxRing(first, second);
  if (ring === undefined) return 'geo:box coordinates are not defining an actual box';
  return { geometry: { type: 'Polygon', coordinates: [ring] }, value };
}

/** The ring around the box between two opposite corners, or undefined where it has no area. */
export function boxRing(first: Position, second: Position): Position[] | undefined {
  const [x1 = 0, y1 = 0] = first;
  const [x2 = 0, y2 = 0] = second;
  if (x1 === x2 || y1 === y2) return undefined;
  const [west, east] = x1 < x2 ? [x1, x2] : [x2, x1];
  const [south, north] = y1 < y2 ? [y1, y2] : [y2, y1];
  return [
    [west, south],
    [west, north],
    [east, north],
    [east, south],
    [west, south],
  ];
}

function positionsOf(value: JsonValue): Position[] | string {
  if (!Array.isArray(value)) return 'geo:line, geo:box and geo:polygon needs array of strings as value';
  const positions: Position[] = [];
  for (const item of value as readonly JsonValue[]) {
    if (typeof item !== 'string') {
      return 'geo:line, geo:box and geo:polygon needs array of strings but some element is not a string';
    }
    const position = parseLatLon(item);
    if (position === undefined) return `geo coordinates format error [see Orion user manual]: ${item}`;
    positions.push(position);
  }
  return positions;
}

/** A `latitude,longitude` pair as a position (longitude first), or undefined. */
export function parseLatLon(text: string): Position | undefined {
  const parts = text.split(',');
  if (parts.length !== 2) return undefined;
  const latitude = parseNumber(parts[0]?.trim() ?? '');
  const longitude = parseNumber(parts[1]?.trim() ?? '');
  if (latitude === undefined || longitude === undefined) return undefined;
  const position = [longitude, latitude];
  return isOnEarth(position) ? position : undefined;
}

function geoJsonOf(value: JsonValue): GeoValue | string {
  if (!isJsonObject(value)) return 'geo:json needs an object or null as value';
  const geometry = geometryIn(value);
  if (!isJsonObject(geometry) || !isGeometry(geometry)) return 'Wrong GeoJson';
  const place = geometry as unknown as Geometry;
  return geometry === value ? { geometry: place } : { geometry: place, value };
}
