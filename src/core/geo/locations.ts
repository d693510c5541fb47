import type { Geometry } from 'geojson';
import type { Entity, GeoProperty } from '../entity/entity.ts';

/**
 * Where an entity is, for geographical queries and for order by distance.
 *
 * Those instances of the named attribute that are places; without a name the default location: of the entity's places, less those whose metadata
 * `ignoreType` is true, the one whose metadata `defaultLocation` is true or, without one, the first created. Empty where
 * there is none: such an entity matches no geographical query. [V2 geospatial properties] [LD 5.7.2]
 */
export function locationsOf(entity: Entity, attribute?: string): readonly Geometry[] {
  if (attribute === undefined) {
    const place = defaultLocationOf(entity);
    return place === undefined ? [] : [place];
  }
  return (entity.attributes.get(attribute) ?? []).flatMap((place) => (place.kind === 'geo' ? [place.geometry] : []));
}

/** The default location alone, as `locationsOf` has it. Makes nothing: it is asked for with every write. */
export function defaultLocationOf(entity: Entity): Geometry | undefined {
  return defaultLocation(entity)?.geometry;
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
