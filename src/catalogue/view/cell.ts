import type { Geometry } from 'geojson';
import { attributeOf, type Entity, jsonValueOf } from '../../core/entity/entity.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import { renderInstant } from '../../core/time/instant.ts';
import type { Column } from '../dataset/dataset.ts';

/** What a row holds in a column; undefined where it holds nothing. A place is its geometry. */
export function cellOf(entity: Entity, column: Column): JsonValue | undefined {
  const attribute = attributeOf(entity, column.attribute);
  if (attribute === undefined) return builtinOf(entity, column.attribute);
  if (attribute.kind === 'geo' && column.path.length === 0) return attribute.geometry as unknown as JsonValue;
  let value: JsonValue | undefined = jsonValueOf(attribute);
  for (const member of column.path) {
    value = isJsonObject(value) && Object.hasOwn(value, member) ? value[member] : undefined;
  }
  return value === null ? undefined : value;
}

/** The place of a row; undefined where it has none. */
export function placeOf(entity: Entity, column: Column | undefined): Geometry | undefined {
  if (column === undefined) return undefined;
  const attribute = attributeOf(entity, column.attribute);
  return attribute?.kind === 'geo' ? attribute.geometry : undefined;
}

/** Times of the entity itself, under the names that NGSIv2 gives them, where no attribute has the name. */
function builtinOf(entity: Entity, name: string): JsonValue | undefined {
  if (name === 'dateModified') return renderInstant(entity.modifiedAt);
  return name === 'dateCreated' ? renderInstant(entity.createdAt) : undefined;
}
