import type { Geometry } from 'geojson';
import { ngsiLdNull } from '../../../core/change/attribute-patch.ts';
import type { AttributeContent } from '../../../core/change/mutation.ts';
import type { AttributeKind } from '../../../core/entity/entity.ts';
import { invalidRequest } from '../../../core/errors.ts';
import { isGeometry, positionsIn } from '../../../core/geo/geojson-check.ts';
import { maxStoredPositions } from '../../../core/geo/position-limits.ts';
import { isJsonObject, type JsonValue } from '../../../core/json.ts';
import { isUri } from '../../../core/names/uri.ts';
import type { Reading } from './reading.ts';

/** The types of attributes by their kinds, as clients name them. [LD 4.5] */
export const typesByKind: Readonly<Record<AttributeKind, string>> = {
  property: 'Property',
  geo: 'GeoProperty',
  relationship: 'Relationship',
  language: 'LanguageProperty',
  vocab: 'VocabProperty',
  json: 'JsonProperty',
  list: 'ListProperty',
  listRelationship: 'ListRelationship',
};

/** The member that holds the payload of each kind. */
export const payloadMembers: Readonly<Record<AttributeKind, string>> = {
  property: 'value',
  geo: 'value',
  relationship: 'object',
  language: 'languageMap',
  vocab: 'vocab',
  json: 'json',
  list: 'valueList',
  listRelationship: 'objectList',
};

const kindsByType: ReadonlyMap<string, AttributeKind> = new Map(
  Object.entries(typesByKind).map(([kind, type]) => [type, kind as AttributeKind]),
);

/** The kind that a type names, or undefined. The type is a term or an IRI. */
export function kindOfType(type: string, { vocabulary }: Reading): AttributeKind | undefined {
  return kindsByType.get(type) ?? (type.includes(':') ? kindsByType.get(vocabulary.expand(type)) : undefined);
}

/** The payload takes the attribute away, as NGSI-LD Null does in the form of each kind. [LD 4.5.0] */
export function isNull(kind: AttributeKind, payload: JsonValue): boolean {
  switch (kind) {
    case 'list':
    case 'listRelationship':
      return Array.isArray(payload) && payload.length === 1 && payload[0] === ngsiLdNull;
    case 'language':
      return (
        payload === ngsiLdNull ||
        (isJsonObject(payload) && Object.keys(payload).length === 1 && payload['@none'] === ngsiLdNull)
      );
    default:
      return payload === ngsiLdNull;
  }
}

/** A payload of that kind. Refuses one that is not of its form; `where` names the attribute. [LD 4.5] */
export function parsePayload(
  kind: AttributeKind,
  payload: JsonValue,
  where: string,
  reading: Reading,
): AttributeContent {
  switch (kind) {
    case 'property':
      return parseValue(payload, where, reading);
    case 'geo':
      return { kind, geometry: parseGeometry(payload, where) };
    case 'relationship':
      return { kind, object: parseObject(payload, where, reading) };
    case 'language':
      return { kind, languageMap: parseLanguageMap(payload, where, reading) };
    case 'vocab':
      return { kind, vocab: parseVocab(payload, where, reading) };
    case 'json':
      return { kind, json: parseRawJson(payload, where) };
    case 'list':
      if (!Array.isArray(payload)) throw invalidRequest(`${where}: valueList must be an array`);
      checkNulls(payload, where, reading);
      return { kind, valueList: payload as readonly JsonValue[] };
    case 'listRelationship':
      return { kind, objectList: parseObjectList(payload, where, reading) };
  }
}

/** A value, plain or with a type of JSON-LD. [LD 4.6.3] */
function parseValue(value: JsonValue, where: string, reading: Reading): AttributeContent {
  if (value === null) throw invalidRequest(`${where}: JSON-LD has no null; "${ngsiLdNull}" removes an attribute`);
  if (!isJsonObject(value) || !Object.hasOwn(value, '@value')) {
    checkNulls(value, where, reading);
    return { kind: 'property', value };
  }
  const type = value['@type'] ?? value.type;
  const inner = value['@value'] ?? null;
  if (type !== undefined && typeof type !== 'string') throw invalidRequest(`${where}: @type must be a text`);
  if (type === undefined || type === '@json') return { kind: 'property', value: inner, written: value };
  return { kind: 'property', value: inner, valueType: reading.vocabulary.expand(type), written: value };
}

/** Null inside of a value is for merging alone. [LD 5.5.4] */
function checkNulls(value: JsonValue, where: string, reading: Reading): void {
  if (reading.nulls === 'values' || typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value) as JsonValue[]) {
    if (member === ngsiLdNull && !Array.isArray(value)) {
      throw invalidRequest(`${where}: "${ngsiLdNull}" inside of a value is for merging only`);
    }
    checkNulls(member, where, reading);
  }
}

/** A geometry of GeoJSON, as an object or as its text. [LD 4.7] */
export function parseGeometry(value: JsonValue, where: string): Geometry {
  const geometry = typeof value === 'string' ? jsonIn(value) : value;
  const count = positionsIn(geometry);
  if (count > maxStoredPositions) {
    throw invalidRequest(`${where} has ${count} positions, at most ${maxStoredPositions} are allowed`);
  }
  if (!isJsonObject(geometry) || !isGeometry(geometry)) {
    throw invalidRequest(`${where} must be a GeoJSON geometry, longitude before latitude, and no GeometryCollection`);
  }
  return geometry as unknown as Geometry;
}

function jsonIn(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function parseObject(object: JsonValue, where: string, reading: Reading): string | readonly string[] {
  if (!Array.isArray(object)) return parseUri(object, where, reading);
  if (object.length === 0) throw invalidRequest(`${where}: object must be a URI, or an array of at least one`);
  return (object as readonly JsonValue[]).map((one) => parseUri(one, where, reading));
}

function parseObjectList(list: JsonValue, where: string, reading: Reading): readonly string[] {
  if (!Array.isArray(list)) throw invalidRequest(`${where}: objectList must be an array of URIs`);
  return (list as readonly JsonValue[]).map((one) =>
    parseUri(isJsonObject(one) ? (one.object ?? null) : one, where, reading),
  );
}

function parseUri(text: JsonValue, where: string, { vocabulary }: Reading): string {
  const uri = typeof text === 'string' ? vocabulary.expandUri(text) : '';
  if (!isUri(uri) || uri === ngsiLdNull) throw invalidRequest(`${where}: ${JSON.stringify(text)} is no URI`);
  return uri;
}

const languageTag = /^(?:@none|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)$/;

function parseLanguageMap(map: JsonValue, where: string, reading: Reading) {
  if (!isJsonObject(map)) throw invalidRequest(`${where}: languageMap must be an object of texts by language`);
  for (const [tag, text] of Object.entries(map)) {
    if (!languageTag.test(tag)) throw invalidRequest(`${where}: ${JSON.stringify(tag)} is no tag of a language`);
    const texts = Array.isArray(text) ? (text as readonly JsonValue[]) : [text];
    const areRight = texts.every(
      (one) => typeof one === 'string' && (one !== ngsiLdNull || reading.nulls === 'values'),
    );
    if (!areRight) throw invalidRequest(`${where}: ${tag} must be a text, or an array of texts`);
  }
  return map as { readonly [language: string]: string | readonly string[] };
}

function parseVocab(vocab: JsonValue, where: string, { vocabulary }: Reading): string | readonly string[] {
  const terms = Array.isArray(vocab) ? (vocab as readonly JsonValue[]) : [vocab];
  if (terms.length === 0 || !terms.every((term) => typeof term === 'string' && term !== ngsiLdNull)) {
    throw invalidRequest(`${where}: vocab must be a text, or an array of texts`);
  }
  const names = (terms as readonly string[]).map((term) => vocabulary.expand(term));
  return Array.isArray(vocab) ? names : (names[0] ?? '');
}

function parseRawJson(json: JsonValue, where: string): JsonValue {
  const items = Array.isArray(json) ? (json as readonly JsonValue[]) : [json];
  if (!items.every(isJsonObject)) throw invalidRequest(`${where}: json must be an object, or an array of objects`);
  return json;
}

/** Tells whether a value is a place: a GeoJSON geometry and nothing else. [LD 4.5.2.3] */
export function isPlace(value: JsonValue): boolean {
  return isJsonObject(value) && Object.hasOwn(value, 'coordinates') && isGeometry(value);
}
