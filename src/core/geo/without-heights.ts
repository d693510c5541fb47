import type { Geometry } from 'geojson';

/** The geometry in longitude and latitude alone, for what can say of all its places only whether they have heights. */
export function withoutHeights(geometry: Geometry): Geometry {
  if (geometry.type === 'GeometryCollection')
    return { type: geometry.type, geometries: geometry.geometries.map(withoutHeights) };
  return { type: geometry.type, coordinates: flat(geometry.coordinates) } as Geometry;
}

type Nested = number | readonly Nested[];

function flat(nested: readonly Nested[]): Nested {
  return typeof nested[0] === 'number' ? nested.slice(0, 2) : nested.map((part) => flat(part as readonly Nested[]));
}
