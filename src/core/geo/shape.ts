import type { Geometry, Position } from 'geojson';
import { type Bounds, boundsAroundAll, boundsOf } from './bounds.ts';
import { type Run, runsOf } from './run.ts';

/** A geometry taken apart into what relations look at, whatever its type. */
export interface Shape {
  readonly points: readonly Position[];
  readonly lines: readonly Path[];
  readonly areas: readonly Area[];
  /** Those of all lines and areas. */
  readonly runs: readonly Run[];
  readonly bounds: Bounds;
  /** The shape is one area and equal to its bounds. */
  readonly isBox: boolean;
}

/** A line, or one ring of an area. */
export interface Path {
  readonly start: Position;
  readonly runs: readonly Run[];
}

/** An outer ring and its holes. */
export interface Area {
  readonly rings: readonly Path[];
  /** Those of all rings. */
  readonly runs: readonly Run[];
  readonly bounds: Bounds;
}

const shapes = new WeakMap<Geometry, Shape>();

/** The parts of a geometry. Cost: by positions, once a geometry object, which must not change afterwards. */
export function shapeOf(geometry: Geometry): Shape {
  // Not worth remembering, and there may be millions of them.
  if (geometry.type === 'Point') return takeApart(geometry);
  let shape = shapes.get(geometry);
  if (shape === undefined) {
    shape = takeApart(geometry);
    shapes.set(geometry, shape);
  }
  return shape;
}

function takeApart(geometry: Geometry): Shape {
  const points: Position[] = [];
  const lines: Path[] = [];
  const areas: Area[] = [];
  collect(geometry);
  return {
    points,
    lines,
    areas,
    runs: [...lines, ...areas].flatMap(({ runs }) => runs),
    bounds: boundsOf(geometry),
    isBox: geometry.type === 'Polygon' && isBox(geometry.coordinates),
  };

  function collect(part: Geometry): void {
    switch (part.type) {
      case 'Point':
        collectPoint(part.coordinates);
        return;
      case 'MultiPoint':
        part.coordinates.forEach(collectPoint);
        return;
      case 'LineString':
        lines.push(...pathOf(part.coordinates));
        return;
      case 'MultiLineString':
        for (const line of part.coordinates) lines.push(...pathOf(line));
        return;
      case 'Polygon':
        collectArea(part.coordinates);
        return;
      case 'MultiPolygon':
        part.coordinates.forEach(collectArea);
        return;
      case 'GeometryCollection':
        part.geometries.forEach(collect);
    }
  }

  function collectPoint(position: Position): void {
    if (position.length > 0) points.push(position);
  }

  function collectArea(polygon: readonly Position[][]): void {
    const area = areaOf(polygon);
    if (area.rings.length > 0) areas.push(area);
  }
}

/** One area of a geometry, of its rings: the last position of a ring repeats the first. */
export function areaOf(polygon: readonly (readonly Position[])[]): Area {
  const rings = polygon.flatMap(pathOf);
  const runs = rings.flatMap((ring) => ring.runs);
  return { rings, runs, bounds: boundsAroundAll(runs.map(({ bounds }) => bounds)) };
}

/** Nothing where there are no positions. */
function pathOf(line: readonly Position[]): Path[] {
  const [start] = line;
  return start === undefined ? [] : [{ start, runs: runsOf(line) }];
}

function isBox([ring, ...holes]: readonly Position[][]): boolean {
  if (holes.length > 0 || ring?.length !== 5) return false;
  const [a, b, c, d] = ring.map(([longitude, latitude]) => ({ longitude, latitude }));
  if (a === undefined || b === undefined || c === undefined || d === undefined) return false;
  const acrossFirst =
    a.latitude === b.latitude &&
    b.longitude === c.longitude &&
    c.latitude === d.latitude &&
    d.longitude === a.longitude;
  const upFirst =
    a.longitude === b.longitude &&
    b.latitude === c.latitude &&
    c.longitude === d.longitude &&
    d.latitude === a.latitude;
  return acrossFirst || upFirst;
}
