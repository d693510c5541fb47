import type { Geometry } from 'geojson';
import type { Entity } from '../../../../core/entity/entity.ts';
import { boundsOf } from '../../../../core/geo/bounds.ts';
import { locationsOf } from '../../../../core/geo/locations.ts';
import { cellsOf } from './cells.ts';
import { encodeText } from './text-form.ts';

/** Where a place of the attribute, or of the default location, begins among the places of an entity; a cell follows. */
export function placePrefix(attribute: string | undefined): string {
  return `${attribute === undefined ? '' : encodeText(attribute)}@`;
}

/** All places of an entity: of its default location, and of each attribute that is a place, as `locationsOf` has them. */
export function placesOf(entity: Entity): readonly string[] {
  const places = new Set<string>();
  const add = (attribute: string | undefined, geometries: readonly Geometry[]) => {
    for (const geometry of geometries)
      for (const cell of cellsOf(boundsOf(geometry))) places.add(placePrefix(attribute) + cell);
  };
  for (const [name, instances] of entity.attributes) {
    if (instances.some(({ kind }) => kind === 'geo')) add(name, locationsOf(entity, name));
  }
  if (places.size > 0) add(undefined, locationsOf(entity));
  return [...places];
}
