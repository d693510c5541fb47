import { defaultDeclaredType } from '../../core/change/default-declared-type.ts';
import type { AttributeContent, AttributeWrite } from '../../core/change/mutation.ts';
import { invalidRequest } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { checkIdentifier } from './identifiers.ts';
import { parseDateTime } from './parse-date-time.ts';
import { parseGeoValue } from './parse-geo-value.ts';
import { isMetadataOn, type MetadataWrites, parseMetadata } from './parse-metadata.ts';
import { parseUpdateOperator } from './parse-update-operator.ts';
import { isDateTimeType, isGeoType, unrestrictedType } from './special-types.ts';
import { freeText, type TextRules } from './text-rules.ts';
import { checkValueText } from './value-text.ts';

/** How a payload shows attributes: with type and metadata, or by their values alone. */
export type PayloadForm = 'normalized' | 'keyValues';

/** How to read the attributes of a payload. */
export interface PayloadReading {
  readonly form: PayloadForm;
  readonly rules: TextRules;
  /** The payload makes an entity: then what is wrong with a place is said without saying where it was found. */
  readonly creates: boolean;
}

/** Names that mean something else wherever names of attributes stand. [V2 attribute names restrictions] */
const reservedNames: ReadonlySet<string> = new Set(['*', 'geo:distance']);

/** One attribute as the member of a payload. [V2 JSON attribute representation] [V2 partial representations] */
export function parseAttributeMember(name: string, body: JsonValue, reading: PayloadReading): AttributeWrite {
  const { form, rules } = reading;
  checkIdentifier('attribute name', name, rules);
  if (reservedNames.has(name)) throw invalidRequest('Invalid characters in attribute name');
  if (form === 'keyValues') return parseParts(name, { value: body }, reading);
  if (!isJsonObject(body)) throw invalidRequest('attribute must be a JSON object, unless keyValues option is used');
  return parseParts(name, body, reading);
}

function parseParts(name: string, body: JsonObject, { rules, creates }: PayloadReading): AttributeWrite {
  for (const member of Object.keys(body)) {
    if (member !== 'type' && member !== 'value' && member !== 'metadata') {
      throw invalidRequest('unrecognized property for context attribute');
    }
  }
  const { type, value = null, metadata } = body;
  if (type !== undefined && typeof type !== 'string') throw invalidRequest('invalid JSON type for attribute type');
  const subAttributes = metadata === undefined ? undefined : parseMetadata(metadata, rules);
  if (type !== undefined) checkIdentifier('attribute type', type, rules);
  const isFree = type === unrestrictedType || isMetadataOn(subAttributes, unrestrictedType);
  checkValueText('attribute value', value, isFree ? freeText : rules);

  const read = (current: JsonValue, declaredType: string) =>
    parseContent(declaredType, current, subAttributes, creates);
  const operation = parseUpdateOperator(value, type, read);
  if (operation !== undefined) return { name, subAttributes, ...operation };
  // Even on an attribute that has a type: an update that names none sets the default one. [V2 partial representations]
  const declaredType = type ?? defaultDeclaredType(value);
  return { name, content: read(value, declaredType), declaredType, subAttributes };
}

/**
 * What a value means under the attribute's type: an instant, a place, or just JSON. With the metadata `ignoreType` a geo
 * type means nothing. [V2 special attribute types] [V2 special metadata types]
 */
export function parseContent(
  declaredType: string,
  value: JsonValue,
  metadata: MetadataWrites | undefined,
  creates: boolean,
): AttributeContent {
  if (isDateTimeType(declaredType)) return parseDateTime(value);
  if (isGeoType(declaredType) && !isMetadataOn(metadata, 'ignoreType')) {
    const place = parseGeoValue(declaredType, value, creates ? '' : 'error parsing location attribute: ');
    if (place !== undefined) return { kind: 'geo', ...place };
  }
  return { kind: 'property', value };
}
