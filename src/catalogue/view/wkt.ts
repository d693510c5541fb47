import type { Geometry, Position } from 'geojson';

/** A geometry as well-known text, in longitude and latitude. [OGC 06-103r4 7] */
export function wktOf(geometry: Geometry): string {
  switch (geometry.type) {
    case 'Point':
      return `POINT (${position(geometry.coordinates)})`;
    case 'MultiPoint':
      return `MULTIPOINT (${geometry.coordinates.map((one) => `(${position(one)})`).join(', ')})`;
    case 'LineString':
      return `LINESTRING ${line(geometry.coordinates)}`;
    case 'MultiLineString':
      return `MULTILINESTRING (${geometry.coordinates.map(line).join(', ')})`;
    case 'Polygon':
      return `POLYGON ${rings(geometry.coordinates)}`;
    case 'MultiPolygon':
      return `MULTIPOLYGON (${geometry.coordinates.map(rings).join(', ')})`;
    case 'GeometryCollection':
      return `GEOMETRYCOLLECTION (${geometry.geometries.map(wktOf).join(', ')})`;
  }
}

function position([x = 0, y = 0]: Position): string {
  return `${x} ${y}`;
}

function line(positions: readonly Position[]): string {
  return `(${positions.map(position).join(', ')})`;
}

function rings(polygon: readonly (readonly Position[])[]): string {
  return `(${polygon.map(line).join(', ')})`;
}
