import { type Attribute, type Entity, jsonValueOf } from '../entity/entity.ts';
import type { JsonValue } from '../json.ts';

/** The key-value form of an entity. What is undefined is not there. */
export type KeyValues = Record<string, JsonValue | undefined>;

/**
 * The entity in key-value form, which models are about: `id`, `type` and the values of the default instances. A place is its
 * geometry, however it was written. Fills the object given, with those attributes only that are asked for, where any are.
 */
export function keyValuesOf(
  entity: Entity,
  type: string,
  into: KeyValues,
  names: ReadonlySet<string> | undefined,
): KeyValues {
  into.id = entity.id;
  into.type = type;
  for (const [name, instances] of entity.attributes) {
    if (names === undefined || names.has(name)) into[name] = modelValueOf(instances[0]);
  }
  return into;
}

/** As `keyValuesOf`, of some attributes alone. */
export function keyValuesOfPart(entity: Entity, attributes: readonly string[], into: KeyValues): KeyValues {
  for (const name of attributes) {
    const instances = entity.attributes.get(name);
    if (instances !== undefined) into[name] = modelValueOf(instances[0]);
  }
  return into;
}

/** The value of an attribute as models see it. */
export function modelValueOf(attribute: Attribute): JsonValue {
  return attribute.kind === 'geo' ? (attribute.geometry as unknown as JsonValue) : jsonValueOf(attribute);
}
