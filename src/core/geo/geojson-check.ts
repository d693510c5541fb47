import type { Position } from 'geojson';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';

/** The number of positions in the coordinates of what may be a geometry, however deep they stand. */
export function positionsIn(geometry: JsonValue | undefined): number {
  return isJsonObject(geometry) ? count(geometry.coordinates) : 0;

  function count(coordinates: JsonValue | undefined): number {
    if (!Array.isArray(coordinates)) return 0;
    if (typeof coordinates[0] === 'number') return 1;
    return (coordinates as readonly JsonValue[]).reduce<number>((sum, part) => sum + count(part), 0);
  }
}

/** Tells whether a value is a geometry of GeoJSON, a collection apart: lines have two positions, rings four and end where they begin. [RFC 7946] */
export function isGeometry(geometry: JsonObject): boolean {
  const coordinates = geometry.coordinates;
  switch (geometry.type) {
    case 'Point':
      return isPosition(coordinates);
    case 'MultiPoint':
      return isListOf(coordinates, 1, isPosition);
    case 'LineString':
      return isLine(coordinates);
    case 'MultiLineString':
      return isListOf(coordinates, 1, isLine);
    case 'Polygon':
      return isPolygon(coordinates);
    case 'MultiPolygon':
      return isListOf(coordinates, 1, isPolygon);
    default:
      return false;
  }
}

type Check = (value: JsonValue | undefined) => boolean;

function isListOf(value: JsonValue | undefined, least: number, check: Check): boolean {
  return Array.isArray(value) && value.length >= least && (value as readonly JsonValue[]).every(check);
}

function isPosition(value: JsonValue | undefined): boolean {
  return isListOf(value, 2, (part) => typeof part === 'number') && isOnEarth(value as Position);
}

function isLine(value: JsonValue | undefined): boolean {
  return isListOf(value, 2, isPosition);
}

function isRing(value: JsonValue | undefined): boolean {
  return isListOf(value, 4, isPosition) && isClosed(value as unknown as Position[]);
}

function isPolygon(value: JsonValue | undefined): boolean {
  return isListOf(value, 1, isRing);
}

/** Tells whether there is such a longitude and latitude. */
export function isOnEarth([longitude = Number.NaN, latitude = Number.NaN]: Position): boolean {
  return longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90;
}

/** Tells whether the first and the last position are the same. */
export function isClosed(positions: readonly Position[]): boolean {
  const first = positions[0];
  const last = positions.at(-1);
  return first !== undefined && first[0] === last?.[0] && first[1] === last?.[1];
}
