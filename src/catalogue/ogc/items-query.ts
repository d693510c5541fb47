import type { Geometry } from 'geojson';
import { invalidRequest } from '../../core/errors.ts';
import type { Filter, Literal, Query } from '../../core/query/query.ts';
import { parseInstant } from '../../core/time/instant.ts';
import { parseCursor } from '../../dialects/ngsiv2/cursor.ts';
import { conjunctionOf } from '../../dialects/ngsiv2/parse-query.ts';
import type { Column, DatasetView } from '../dataset/dataset.ts';
import { pathOf } from '../view/column-path.ts';

const defaultLimit = 10;
const maxLimit = 10_000;

/** Parameters that say something else than what a property must be. */
const known: ReadonlySet<string> = new Set([
  'limit',
  'offset',
  'after',
  'bbox',
  'bbox-crs',
  'datetime',
  'f',
  'crs',
  'lang',
]);

/** What clients call GeoJSON in `f`. */
const jsonForms: ReadonlySet<string> = new Set(['json', 'geojson', 'application/geo+json', 'application/json']);

const crs84 = 'http://www.opengis.net/def/crs/OGC/1.3/CRS84';

/** The query that the parameters of an items request ask for. Refuses parameters that are none. [OGC 17-069r4 7.15] */
export function itemsQuery(view: DatasetView, parameters: URLSearchParams): Query {
  for (const name of ['crs', 'bbox-crs']) {
    const crs = parameters.get(name);
    if (crs !== null && crs !== crs84) throw invalidRequest(`${name} is ${crs}; there is ${crs84} alone`);
  }
  const form = parameters.get('f');
  if (form !== null && !jsonForms.has(form)) throw invalidRequest(`f is ${form}; features come as json alone`);
  const after = parameters.get('after');
  const filters = [
    ...(view.query.filter === undefined ? [] : [view.query.filter]),
    ...bboxFilter(view, parameters.get('bbox')),
    ...timeFilter(view, parameters.get('datetime')),
    ...propertyFilters(view, parameters),
  ];
  const filter = conjunctionOf(filters);
  return {
    ...view.query,
    ...(filter !== undefined && { filter }),
    limit: wholeNumber(parameters, 'limit', defaultLimit, 1, maxLimit),
    offset: wholeNumber(parameters, 'offset', 0, 0, Number.MAX_SAFE_INTEGER),
    ...(after !== null && { after: parseCursor(after), offset: 0 }),
    count: true,
  };
}

function wholeNumber(parameters: URLSearchParams, name: string, preset: number, min: number, max: number): number {
  const text = parameters.get(name);
  if (text === null) return preset;
  if (!/^\d{1,15}$/.test(text) || Number(text) < min)
    throw invalidRequest(`${name} is ${text}; it is a whole number from ${min} on`);
  return Math.min(Number(text), max);
}

/** [OGC 17-069r4 7.15.3] */
function bboxFilter({ geometry }: DatasetView, text: string | null): readonly Filter[] {
  if (text === null) return [];
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [west, south, east, north] = numbers.length === 6 ? [numbers[0], numbers[1], numbers[3], numbers[4]] : numbers;
  const isBox = (numbers.length === 4 || numbers.length === 6) && numbers.every(Number.isFinite);
  if (
    !isBox ||
    west === undefined ||
    south === undefined ||
    east === undefined ||
    north === undefined ||
    south > north
  ) {
    throw invalidRequest('bbox is west,south,east,north in degrees');
  }
  if (geometry === undefined) throw invalidRequest('the rows of this dataset have no place');
  const { attribute } = geometry;
  const within = (from: number, to: number): Filter => ({
    kind: 'geo',
    attribute,
    relation: 'intersects',
    geometry: box(from, south, to, north),
  });
  // Over the antimeridian it is two.
  return west <= east ? [within(west, east)] : [{ kind: 'or', filters: [within(west, 180), within(-180, east)] }];
}

function box(west: number, south: number, east: number, north: number): Geometry {
  if (west === east && south === north) return { type: 'Point', coordinates: [west, south] };
  if (west === east || south === north)
    return {
      type: 'LineString',
      coordinates: [
        [west, south],
        [east, north],
      ],
    };
  return {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  };
}

/** The column that tells when: the one of that name in shared data models, else the first that holds instants. */
export function timeColumn({ columns }: DatasetView): Column | undefined {
  const instants = columns.filter(({ kind }) => kind === 'instant');
  return instants.find(({ attribute }) => attribute === 'dateObserved') ?? instants[0];
}

/** [OGC 17-069r4 7.15.4] */
function timeFilter(view: DatasetView, text: string | null): readonly Filter[] {
  const column = timeColumn(view);
  if (text === null) return [];
  const ends = text.split('/');
  const [from, to] = ends.length === 1 ? [ends[0], ends[0]] : ends;
  if (ends.length > 2 || from === undefined || to === undefined) throw badTime(text);
  const [first, last] = [momentOf(from, text), momentOf(to, text)];
  // What has no time is of every time.
  if (column === undefined) return [];
  const path = pathOf(column);
  const compare = (operator: '>=' | '<=', operand: Literal): Filter => ({ kind: 'compare', path, operator, operand });
  const bounds = [
    ...(first === undefined ? [] : [compare('>=', first)]),
    ...(last === undefined ? [] : [compare('<=', last)]),
  ];
  const inside = conjunctionOf(bounds);
  return inside === undefined
    ? []
    : [{ kind: 'or', filters: [inside, { kind: 'not', filter: { kind: 'exists', path } }] }];
}

function momentOf(text: string, whole: string): Literal | undefined {
  if (text === '' || text === '..') return undefined;
  const value = parseInstant(text);
  if (value === undefined) throw badTime(whole);
  return { kind: 'instant', value };
}

function badTime(text: string) {
  return invalidRequest(
    `datetime is ${text}; it is a moment such as 2026-01-31T12:00:00Z, or two with / between, of which one may be ..`,
  );
}

/** Any other parameter names a column and what it must hold. [OGC 17-069r4 7.15.5] */
function propertyFilters({ columns }: DatasetView, parameters: URLSearchParams): readonly Filter[] {
  return [...parameters].flatMap(([name, text]): Filter[] => {
    if (known.has(name)) return [];
    const column = columns.find((one) => one.name === name && one.kind !== 'geometry' && one.kind !== 'json');
    if (column === undefined) throw invalidRequest(`${name} is no parameter, and no property of this collection`);
    return [{ kind: 'compare', path: pathOf(column), operator: '==', operands: [literalOf(column, text)] }];
  });
}

function literalOf({ name, kind }: Column, text: string): Literal {
  if (kind === 'number' && text.trim() !== '' && Number.isFinite(Number(text)))
    return { kind: 'number', value: Number(text) };
  if (kind === 'boolean' && /^(true|false)$/.test(text)) return { kind: 'boolean', value: text === 'true' };
  if (kind === 'text') return { kind: 'text', value: text };
  const instant = kind === 'instant' ? parseInstant(text) : undefined;
  if (instant === undefined) throw invalidRequest(`${name} is ${text}; it holds values of kind ${kind}`);
  return { kind: 'instant', value: instant };
}
