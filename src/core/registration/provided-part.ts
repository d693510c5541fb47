import { attributeOf, type Entity } from '../entity/entity.ts';
import { locationsOf } from '../geo/locations.ts';
import { evaluate, selects } from '../query/evaluate.ts';
import type { Registration } from './registration.ts';

/**
 * What of an entity that a provider told is its to tell: the attributes that its registrations are about. Undefined where none
 * is about the entity.
 */
export function providedPart(entity: Entity, registrations: readonly Registration[]): Entity | undefined {
  const covering = registrations.filter((registration) => coversEntity(registration, entity));
  if (covering.length === 0) return undefined;
  if (covering.some(({ attributes }) => attributes.length === 0)) return entity;
  const names = new Set(covering.flatMap(({ attributes }) => attributes));
  const kept = [...entity.attributes].filter(([name]) => names.has(name));
  return kept.length === entity.attributes.size ? entity : { ...entity, attributes: new Map(kept) };
}

/** Tells whether the registration is about the entity, as far as is known of the entity: where it is, if it says so. */
export function coversEntity({ entities, area }: Registration, entity: Entity): boolean {
  if (!selects(entities, entity)) return false;
  return area === undefined || locationsOf(entity).length === 0 || evaluate(area, entity);
}

/** Tells whether the registration's provider may have an attribute of the entity that is asked for and not here. */
export function mayAdd({ attributes }: Registration, entity: Entity, wanted: 'all' | readonly string[]): boolean {
  const isMissing = (name: string) => attributeOf(entity, name) === undefined;
  if (attributes.length === 0) return wanted === 'all' || wanted.some(isMissing);
  return attributes.some((name) => isMissing(name) && (wanted === 'all' || wanted.includes(name)));
}
