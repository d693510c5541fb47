import type { Geometry, Position } from 'geojson';
import { invalidRequest } from '../../../core/errors.ts';
import { isGeometry, positionsIn } from '../../../core/geo/geojson-check.ts';
import { maxQueryPositions } from '../../../core/geo/position-limits.ts';
import type { JsonValue } from '../../../core/json.ts';
import type { GeoFilter, GeoRelationFilter } from '../../../core/query/query.ts';
import type { LdVocabulary } from '../context/context-vocabulary.ts';

/** The parts of a geo-query as a client gives them; coordinates as JSON. [LD 4.10] [LD 5.2.13] */
export interface GeoTerms {
  readonly georel?: string | undefined;
  readonly geometry?: string | undefined;
  readonly coordinates?: JsonValue | undefined;
  readonly geoproperty?: string | undefined;
}

const relations: Readonly<Record<string, GeoRelationFilter['relation']>> = {
  within: 'coveredBy',
  contains: 'contains',
  overlaps: 'overlaps',
  intersects: 'intersects',
  equals: 'equals',
  disjoint: 'disjoint',
};

const near = /^near;(maxDistance|minDistance)==((?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/;

/** The filter of a geo-query; undefined where there is none. Refuses one that lacks a part. [LD 4.10] */
export function parseGeoQuery(terms: GeoTerms, vocabulary: LdVocabulary): GeoFilter | undefined {
  const { georel, geometry, coordinates, geoproperty = 'location' } = terms;
  if (georel === undefined && geometry === undefined && coordinates === undefined) return undefined;
  if (georel === undefined || geometry === undefined || coordinates === undefined) {
    throw invalidRequest('a geo-query has all of georel, geometry and coordinates');
  }
  const attribute = vocabulary.expand(geoproperty);
  const reference = parseReference(geometry, coordinates);
  const relation = Object.hasOwn(relations, georel) ? relations[georel] : undefined;
  if (relation !== undefined) return { kind: 'geo', attribute, relation, geometry: reference };
  const [, limit, metres] = near.exec(georel) ?? [];
  if (limit === undefined || Number(metres) === 0) {
    throw invalidRequest(
      `georel ${JSON.stringify(georel)} is none of ${Object.keys(relations).join(', ')}, near;maxDistance==METRES and near;minDistance==METRES`,
    );
  }
  return { kind: 'near', attribute, ...originOf(reference), [limit]: Number(metres) };
}

/** A geometry by its type and its coordinates. [LD 4.10] [LD 4.23.3] */
export function parseReference(type: string, coordinates: JsonValue): Geometry {
  const geometry = { type, coordinates };
  const count = positionsIn(geometry);
  if (count > maxQueryPositions) {
    throw invalidRequest(`coordinates have ${count} positions, at most ${maxQueryPositions} are allowed`);
  }
  if (!isGeometry(geometry)) {
    throw invalidRequest(`coordinates are not those of a ${type}, longitude before latitude, as GeoJSON has it`);
  }
  return geometry as unknown as Geometry;
}

/** Where distances are measured from. */
export function originOf(geometry: Geometry): { readonly center: Position; readonly reference?: Geometry } {
  if (geometry.type === 'Point') return { center: geometry.coordinates };
  return { center: firstPosition(geometry), reference: geometry };
}

function firstPosition(geometry: Geometry): Position {
  let part: unknown = geometry.type === 'GeometryCollection' ? [] : geometry.coordinates;
  while (Array.isArray(part) && Array.isArray(part[0])) part = part[0];
  return part as Position;
}
