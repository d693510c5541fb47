import type { Geometry } from 'geojson';
import { attributeOf, type Entity, type GeoProperty } from '../entity/entity.ts';

/**
 * Where an entity is, for geographical queries and for order by distance.
 *
 * The named attribute, if it is a place; else the default location: of the entity's places, less those whose metadata
 * `ignoreType` is true, the one whose metadata `defaultLocation` is true or, without one, the first created. Empty where
 * there is none: such an entity matches no geographical query. [V2 geospatial properties]
 */
export function locationsOf(entity: Entity, attribute?: string): readonly Geometry[] {
  const found = attribute === undefined ? defaultLocation(entity) : attributeOf(entity, attribute);
  return found?.kind === 'geo' ? [found.geometry] : [];
}

function defaultLocation(entity: Entity): GeoProperty | undefined {
  let first: GeoProperty | undefined;
  for (const [place] of entity.attributes.values()) {
    if (place.kind !== 'geo' || place.datasetId !== undefined || isMarked(place, 'ignoreType')) continue;
    if (isMarked(place, 'defaultLocation')) return place;
    first ??= place;
  }
  return first;
}

function isMarked(place: GeoProperty, metadata: string): boolean {
  const mark = place.subAttributes?.get(metadata);
  return mark?.kind === 'property' && mark.value === true;
}
