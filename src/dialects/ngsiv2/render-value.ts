import { defaultDeclaredType } from '../../core/change/default-declared-type.ts';
import { type Attribute, jsonValueOf } from '../../core/entity/entity.ts';
import type { JsonValue } from '../../core/json.ts';

/** What a client gets for the bare value of an attribute. */
export interface RenderedValue {
  readonly contentType: 'application/json' | 'text/plain';
  readonly body: string;
}

/**
 * The value of an attribute of any kind as NGSIv2 shows it: a relationship by what it points to, a language property by its
 * map. A place is shown as the client wrote it, but of a Feature only the geometry. [V2 geospatial properties]
 */
export function shownValue(attribute: Attribute): JsonValue {
  if (attribute.kind !== 'geo') return jsonValueOf(attribute);
  const { value } = attribute;
  // Simple locations are texts and lists of texts; any other value is GeoJSON around the geometry.
  const isSimple = typeof value === 'string' || Array.isArray(value);
  return isSimple ? value : (attribute.geometry as unknown as JsonValue);
}

/** The type that NGSIv2 shows: the declared one, or, written in NGSI-LD, one that says what it is. */
export function shownType(attribute: Attribute): string {
  if (attribute.declaredType !== undefined) return attribute.declaredType;
  switch (attribute.kind) {
    case 'property':
      return attribute.valueType ?? defaultDeclaredType(attribute.value);
    case 'geo':
      return 'geo:json';
    case 'relationship':
      return 'Relationship';
    case 'language':
      return 'LanguageProperty';
    case 'vocab':
      return 'VocabProperty';
    case 'json':
      return 'JsonProperty';
    case 'list':
      return 'ListProperty';
    case 'listRelationship':
      return 'ListRelationship';
  }
}

/**
 * The bare value: an object or array as JSON, else as text, a text in quotes and without escapes, an instant without
 * quotes. [V2 attribute value]
 */
export function renderValue(attribute: Attribute): RenderedValue {
  const value = shownValue(attribute);
  if (typeof value === 'object' && value !== null) {
    return { contentType: 'application/json', body: JSON.stringify(value) };
  }
  if (typeof value !== 'string') return { contentType: 'text/plain', body: String(value) };
  const isInstant = attribute.kind === 'property' && attribute.valueType === 'DateTime';
  return { contentType: 'text/plain', body: isInstant ? value : `"${value}"` };
}
