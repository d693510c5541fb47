import { type Attribute, type Entity, jsonValueOf } from '../entity/entity.ts';
import type { JsonObject, JsonValue } from '../json.ts';

/** Without a prototype, so that no attribute is there but those that the entity has. Made by `new`: such objects are fast. */
function KeyValues(): void {}
KeyValues.prototype = Object.create(null);
const newKeyValues = KeyValues as unknown as new () => Record<string, JsonValue>;

/**
 * The entity in key-value form, which models are about: `id`, `type` and the values of the default instances. A place is its
 * geometry, however it was written.
 */
export function keyValuesOf(entity: Entity, type: string): JsonObject {
  const keyValues = new newKeyValues();
  keyValues.id = entity.id;
  keyValues.type = type;
  for (const [name, [attribute]] of entity.attributes) keyValues[name] = modelValueOf(attribute);
  return keyValues;
}

/** The value of an attribute as models see it. */
export function modelValueOf(attribute: Attribute): JsonValue {
  return attribute.kind === 'geo' ? (attribute.geometry as unknown as JsonValue) : jsonValueOf(attribute);
}
