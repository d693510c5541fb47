import type { Geometry, Position } from 'geojson';
import { invalidRequest, Refusal } from '../../core/errors.ts';
import { isClosed } from '../../core/geo/geojson-check.ts';
import { maxQueryPositions } from '../../core/geo/position-limits.ts';
import type { GeoFilter } from '../../core/query/query.ts';
import { parseNumber } from './numbers.ts';
import { boxRing } from './parse-geo-value.ts';

/** A geo query in its three parts; empty text is as if it were not there. */
export interface GeoExpression {
  readonly georel: string | undefined;
  readonly geometry: string | undefined;
  readonly coords: string | undefined;
}

/** Says what is wrong in the words of the place where it stands. */
type Refuse = (what: string) => Refusal;

/** A geo query from the URL; undefined where there is none. Refuses one that lacks a part. [V2 geographical queries] */
export function parseGeoParameters({ georel, geometry, coords }: GeoExpression): GeoFilter | undefined {
  const refuse: Refuse = (what) => invalidRequest(`Invalid query: ${what}`);
  if (coords && !geometry) throw refuse('URI param /coords/ used without /geometry/');
  if (geometry && !coords) throw refuse('URI param /geometry/ used without /coords/');
  if (georel && !geometry) throw refuse('URI param /georel/ used without /geometry/');
  if (geometry && !georel) throw refuse('URI param /geometry/ used without /georel/');
  if (!georel || !geometry || !coords) return undefined;
  return parseGeoFilter(georel, geometry, coords, refuse);
}

/** A geo query from the `expression` of a payload; as `parseGeoParameters`. [V2 query operation] */
export function parseGeoExpression({ georel, geometry, coords }: GeoExpression): GeoFilter | undefined {
  const given = [georel, geometry, coords].filter((part) => part !== undefined).length;
  if (given === 0) return undefined;
  if (georel === undefined || geometry === undefined || coords === undefined) {
    throw invalidRequest('partial geo expression: geometry, georel and coords have to be provided together');
  }
  return parseGeoFilter(georel, geometry, coords, (what) => invalidRequest(`error parsing geo-query fields: ${what}`));
}

function parseGeoFilter(georel: string, geometry: string, coords: string, refuse: Refuse): GeoFilter {
  const shape = parseShape(geometry, refuse);
  const relation = parseRelation(georel, refuse);
  checkCombination(relation.name, shape);
  const positions = parseCoords(coords, refuse);
  if (relation.name === 'near') {
    const { maxDistance, minDistance } = relation;
    return {
      kind: 'near',
      center: pointOf(positions, refuse),
      ...(maxDistance !== undefined && { maxDistance }),
      ...(minDistance !== undefined && { minDistance }),
    };
  }
  return { kind: 'geo', relation: relation.name, geometry: geometryOf(shape, positions, refuse) };
}

const shapes = ['point', 'line', 'box', 'polygon'] as const;
type Shape = (typeof shapes)[number];

function parseShape(text: string, refuse: Refuse): Shape {
  let shape: Shape | undefined;
  for (const item of text.split(';')) {
    const found = shapes.find((name) => name === item);
    if (found === undefined) throw refuse('error parsing geometry: Invalid selector in geometry specification');
    if (shape !== undefined) throw refuse('error parsing geometry: geometry-type present more than once');
    shape = found;
  }
  if (shape === undefined) throw refuse('error parsing geometry: empty geometry');
  return shape;
}

const relations = ['near', 'coveredBy', 'intersects', 'equals', 'disjoint'] as const;
type RelationName = (typeof relations)[number];
const distances = ['maxDistance', 'minDistance'] as const;

interface Relation {
  readonly name: RelationName;
  readonly maxDistance?: number;
  readonly minDistance?: number;
}

function parseRelation(text: string, refuse: Refuse): Relation {
  let name: RelationName | undefined;
  const limits: { maxDistance?: number; minDistance?: number } = {};
  for (const item of text.split(';')) {
    const relation = relations.find((known) => known === item);
    const limit = distances.find((known) => item.startsWith(`${known}:`));
    if (relation !== undefined) {
      if (name !== undefined) throw refuse('georel type present more than once');
      name = relation;
    } else if (limit !== undefined) {
      if (limits[limit] !== undefined) throw refuse(`${limit} present more than once`);
      const metres = parseNumber(item.slice(limit.length + 1));
      if (metres === undefined || metres < 0) throw refuse(`invalid number for ${limit}`);
      limits[limit] = metres;
    } else {
      throw refuse('Invalid modifier in georel parameter');
    }
  }
  for (const limit of distances) {
    if (limits[limit] !== undefined && name !== 'near') {
      throw refuse(`${limit} erroneously used with georel /${name ?? ''}/`);
    }
  }
  if (name === undefined) throw refuse('empty georel');
  if (name === 'near' && limits.maxDistance === undefined && limits.minDistance === undefined) {
    throw refuse('georel /near/ without either minDistance nor maxDistance');
  }
  return { name, ...limits };
}

/** Valid, but not answered. [V2 query resolution] */
function checkCombination(relation: RelationName, shape: Shape): void {
  if (relation === 'coveredBy' && (shape === 'point' || shape === 'line')) {
    throw unsupported(`${shape} geometry cannot be used with coveredBy georel`);
  }
  if (relation === 'near' && shape !== 'point') {
    throw unsupported('georel /near/ used with geometry different than point');
  }
}

function unsupported(description: string): Refusal {
  return new Refusal({ kind: 'unsupportedQuery', description });
}

/** `coords` gives latitude first, GeoJSON has longitude first. */
function parseCoords(text: string, refuse: Refuse): Position[] {
  const pairs = text.split(';');
  if (pairs.length > maxQueryPositions) {
    throw refuse(`coords have ${pairs.length} positions, at most ${maxQueryPositions} are allowed`);
  }
  return pairs.map((pair) => {
    const parts = pair.split(',');
    if (parts.length !== 2) throw refuse('invalid point in URI param /coords/');
    const [latitude, longitude] = parts.map((part) => parseNumber(part.trim()));
    if (latitude === undefined || longitude === undefined) throw refuse('invalid coordinates');
    if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) throw refuse('invalid coordinates');
    return [longitude, latitude];
  });
}

function pointOf(positions: readonly Position[], refuse: Refuse): Position {
  const [position, ...more] = positions;
  if (position === undefined || more.length > 0) throw refuse('invalid number of coordinates for /point/');
  return position;
}

function geometryOf(shape: Shape, positions: Position[], refuse: Refuse): Geometry {
  switch (shape) {
    case 'point':
      return { type: 'Point', coordinates: pointOf(positions, refuse) };
    case 'line':
      if (positions.length < 2) throw refuse('invalid number of coordinates for /line/');
      return { type: 'LineString', coordinates: positions };
    case 'box': {
      const [first, second, ...more] = positions;
      if (first === undefined || second === undefined || more.length > 0) {
        throw refuse('invalid number of coordinates for /box/');
      }
      const ring = boxRing(first, second);
      if (ring === undefined) throw refuse('box coordinates are not defining an actual box');
      return { type: 'Polygon', coordinates: [ring] };
    }
    case 'polygon':
      if (positions.length < 4) throw refuse('Too few coordinates for polygon');
      if (!isClosed(positions)) throw refuse('First and last point in polygon not the same');
      return { type: 'Polygon', coordinates: [positions] };
  }
}
