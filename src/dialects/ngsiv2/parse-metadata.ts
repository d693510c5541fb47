import { defaultDeclaredType } from '../../core/change/default-declared-type.ts';
import type { SubAttributeWrite } from '../../core/change/mutation.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { checkIdentifier } from './identifiers.ts';
import { parseDateTime } from './parse-date-time.ts';
import { isDateTimeType, unrestrictedType } from './special-types.ts';
import { freeText, type TextRules } from './text-rules.ts';
import { checkValueText } from './value-text.ts';

/** Metadata as a client wrote them. */
export type MetadataWrites = ReadonlyMap<string, SubAttributeWrite>;

/**
 * The metadata of an attribute as sub-attributes, in the client's order. Builtin names are taken like any other: the
 * user's value is shown instead of the builtin. [V2 JSON attribute representation] [V2 special metadata types]
 */
export function parseMetadata(body: JsonValue, rules: TextRules): MetadataWrites {
  if (!isJsonObject(body)) throw invalidRequest('metadata not a JSON object');
  const writes = new Map<string, SubAttributeWrite>();
  for (const name of Object.keys(body)) {
    const item = body[name] as JsonValue;
    if (!isJsonObject(item)) throw invalidRequest('metadata must be a JSON object');
    checkIdentifier('metadata name', name, rules);
    if (name === '*') throw invalidRequest('Invalid characters in metadata name');
    writes.set(name, parseItem(item, rules));
  }
  return writes;
}

/** Tells whether a metadata that is a switch is on: there, and exactly `true`. */
export function isMetadataOn(metadata: MetadataWrites | undefined, name: string): boolean {
  const content = metadata?.get(name)?.content;
  return content?.kind === 'property' && content.value === true;
}

function parseItem(item: JsonObject, rules: TextRules): SubAttributeWrite {
  for (const member of Object.keys(item)) {
    if (member !== 'type' && member !== 'value') throw invalidRequest('invalid JSON field for attribute metadata');
  }
  const { type, value = null } = item;
  if (type !== undefined && typeof type !== 'string') {
    throw invalidRequest('invalid JSON type for attribute metadata type');
  }
  const declaredType = type ?? defaultDeclaredType(value);
  checkIdentifier('metadata type', declaredType, rules);
  if (isDateTimeType(declaredType)) return { content: parseDateTime(value), declaredType };
  checkValueText('metadata value', value, declaredType === unrestrictedType ? freeText : rules);
  return { content: { kind: 'property', value }, declaredType };
}
