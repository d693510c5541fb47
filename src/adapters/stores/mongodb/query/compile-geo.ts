import type { Document } from 'mongodb';
import { type Bounds, boundsAround, boundsAroundAll, boundsOf } from '../../../../core/geo/bounds.ts';
import { tolerance } from '../../../../core/geo/segment.ts';
import type { GeoFilter, NearFilter } from '../../../../core/query/query.ts';
import { coveringCells } from '../form/cells.ts';
import { placePrefix } from '../form/place-form.ts';
import { atMost, type Candidates } from './candidates.ts';
import { startingWith } from './compile-comparison.ts';

/**
 * Entities with a location in the squares around what is asked for. MongoDB's own geometry has sides along great circles, where
 * those of NGSI are straight on the map; so the core decides, on what an index over squares has found.
 */
export function compileGeo(filter: GeoFilter): Candidates {
  const bounds = filter.kind === 'near' ? nearBounds(filter) : relationBounds(filter);
  return atMost({
    places: bounds === undefined ? startingWith(placePrefix(filter.attribute)) : within(bounds, filter.attribute),
  });
}

/** Locations that may meet the bounds. */
export function within(bounds: Bounds, attribute: string | undefined): Document {
  const prefix = placePrefix(attribute);
  const cells = coveringCells(bounds);
  const around = new Set<string>();
  for (const cell of cells)
    for (let length = 0; length < cell.length; length++) around.add(prefix + cell.slice(0, length));
  return { $in: [...around, ...cells.map((cell) => startingWith(prefix + cell))] };
}

function relationBounds({ relation, geometry }: Exclude<GeoFilter, NearFilter>): Bounds | undefined {
  return relation === 'disjoint' ? undefined : widened(boundsOf(geometry));
}

function nearBounds({ center, reference, maxDistance }: NearFilter): Bounds | undefined {
  if (maxDistance === undefined) return undefined;
  if (reference === undefined) return widened(boundsAround(center, maxDistance));
  const { west, east, south, north } = boundsOf(reference);
  const corners = [west, east].flatMap((longitude) => [south, north].map((latitude) => [longitude, latitude]));
  return widened(boundsAroundAll(corners.map((corner) => boundsAround(corner, maxDistance))));
}

function widened({ west, south, east, north }: Bounds): Bounds {
  return { west: west - tolerance, south: south - tolerance, east: east + tolerance, north: north + tolerance };
}
