import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { AttributeKind, Entity } from './entity.ts';
import type { StoredEntity } from './stored-form.ts';
import { restoreEntity, storedFormVersion } from './stored-form.ts';

/** A text is not the stored form of an entity. The message says which member is wrong, and what would be right. */
export class StoredFormError extends Error {
  constructor(where: string, expected: string) {
    super(where === '' ? `expected ${expected}` : `${where}: expected ${expected}`);
    this.name = 'StoredFormError';
  }
}

/**
 * Reads the stored form of an entity from a text that may be anything, a line of an export for example.
 * Throws `StoredFormError` for a text that is not JSON, a member that is missing, unknown or not of its kind,
 * a name that occurs twice, and a number that a double cannot hold.
 */
export function parseStoredEntity(text: string): Entity {
  let stored: JsonValue;
  try {
    stored = JSON.parse(text);
  } catch {
    throw new StoredFormError('', 'a JSON object');
  }
  checkMembers(stored, '', entityShape);
  return restoreEntity(stored as unknown as StoredEntity);
}

/** Throws `StoredFormError`, naming `where`, for a value that is not of its kind. */
type Check = (value: JsonValue, where: string) => void;

interface Shape {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional: Readonly<Record<string, Check>>;
}

function check(holds: (value: JsonValue) => boolean, expected: string): Check {
  return (value, where) => {
    if (!holds(value)) throw new StoredFormError(where, expected);
  };
}

const text = check(isText, 'a text');
const identifier = check((value) => isText(value) && value !== '', 'a text that is not empty');
const texts = check(areTexts, 'an array of texts');
const textOrTexts = check((value) => isText(value) || areTexts(value), 'a text or an array of texts');
const oneOrMore = check(
  (value) => isText(value) || (areTexts(value) && value.length > 1),
  'a text, or an array of more than one',
);
const instant = check((value) => Number.isSafeInteger(value), 'whole milliseconds since 1970');
const json = check(isFiniteJson, 'numbers that a double can hold');
const jsonArray = check((value) => Array.isArray(value) && isFiniteJson(value), 'an array');
const textsByLanguage = check(
  (value) => isJsonObject(value) && Object.values(value).every((each) => isText(each) || areTexts(each)),
  'texts by language',
);
const geometry = check(isGeometry, 'a GeoJSON geometry');

/** What an attribute of each kind holds, besides what every attribute has. */
const payloads: Readonly<Record<AttributeKind, Shape>> = {
  property: { required: { value: json }, optional: { written: json, valueType: text, unitCode: text } },
  geo: { required: { geometry }, optional: { value: json } },
  relationship: { required: { object: textOrTexts }, optional: { objectType: textOrTexts } },
  language: { required: { languageMap: textsByLanguage }, optional: {} },
  vocab: { required: { vocab: textOrTexts }, optional: {} },
  json: { required: { json }, optional: {} },
  list: { required: { valueList: jsonArray }, optional: { unitCode: text } },
  listRelationship: { required: { objectList: texts }, optional: { objectType: textOrTexts } },
};

const attributeShapes = Object.fromEntries(
  Object.entries(payloads).map(([kind, payload]) => [kind, attributeShape(kind, payload)]),
) as Readonly<Record<AttributeKind, Shape>>;

function attributeShape(kind: string, payload: Shape): Shape {
  return {
    required: { name: text, ...payload.required },
    optional: {
      kind: check((value) => value === kind, kind),
      type: text,
      datasetId: text,
      observedAt: instant,
      expiresAt: instant,
      createdAt: instant,
      modifiedAt: instant,
      subAttributes: checkSubAttributes,
      ...payload.optional,
    },
  };
}

const entityShape: Shape = {
  required: {
    v: check((value) => value === storedFormVersion, `${storedFormVersion}, the version that this release reads`),
    id: identifier,
    type: oneOrMore,
    createdAt: instant,
    attributes: checkAttributes,
  },
  optional: { scope: oneOrMore, modifiedAt: instant, expiresAt: instant, correlator: text },
};

/** Attributes of one name are its instances: told apart by `datasetId`, the one without it first. */
function checkAttributes(value: JsonValue, where: string): void {
  const datasets = new Map<JsonValue, Set<JsonValue | undefined>>();
  for (const [at, { name, datasetId }] of attributesIn(value, where)) {
    const seen = datasets.get(name ?? null);
    if (seen === undefined) datasets.set(name ?? null, new Set([datasetId]));
    else if (datasetId === undefined || seen.has(datasetId)) {
      throw new StoredFormError(at, 'a name and datasetId that no attribute before has');
    } else seen.add(datasetId);
  }
}

function checkSubAttributes(value: JsonValue, where: string): void {
  const names = new Set<JsonValue | undefined>();
  for (const [at, { name }] of attributesIn(value, where)) {
    if (names.has(name)) throw new StoredFormError(at, 'a name that no attribute before has');
    names.add(name);
  }
}

function* attributesIn(value: JsonValue, where: string): Generator<[at: string, attribute: JsonObject]> {
  if (!Array.isArray(value)) throw new StoredFormError(where, 'an array of attributes');
  for (const [position, each] of (value as readonly JsonValue[]).entries()) {
    const at = `${where}[${position}]`;
    if (!isJsonObject(each)) throw new StoredFormError(at, 'a JSON object');
    const kind = each.kind ?? 'property';
    if (!isText(kind) || !Object.hasOwn(attributeShapes, kind)) {
      throw new StoredFormError(`${at}.kind`, `one of ${Object.keys(payloads).join(', ')}`);
    }
    checkMembers(each, at, attributeShapes[kind as AttributeKind]);
    yield [at, each];
  }
}

function checkMembers(value: JsonValue, where: string, { required, optional }: Shape): void {
  if (!isJsonObject(value)) throw new StoredFormError(where, 'a JSON object');
  const path = where === '' ? '' : `${where}.`;
  for (const name of Object.keys(required)) {
    if (!Object.hasOwn(value, name)) throw new StoredFormError(`${path}${name}`, 'this member');
  }
  for (const [name, member] of Object.entries(value)) {
    const of = Object.hasOwn(required, name) ? required : optional;
    const checkMember = Object.hasOwn(of, name) ? of[name] : undefined;
    if (checkMember === undefined) throw new StoredFormError(`${path}${name}`, 'no such member');
    checkMember(member, `${path}${name}`);
  }
}

function isText(value: JsonValue): value is string {
  return typeof value === 'string';
}

function areTexts(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

/** JSON may spell numbers, as 1e999, that a double cannot hold. */
function isFiniteJson(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(isFiniteJson);
}

/** How deep the positions lie in the coordinates of each type of geometry. */
const positionDepths: Readonly<Record<string, number>> = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
};

function isGeometry(value: JsonValue): boolean {
  if (!isJsonObject(value) || !isText(value.type ?? null)) return false;
  const { type, coordinates, geometries } = value;
  if (type === 'GeometryCollection') return Array.isArray(geometries) && geometries.every(isGeometry);
  const depth = Object.hasOwn(positionDepths, `${type}`) ? positionDepths[`${type}`] : undefined;
  return depth !== undefined && coordinates !== undefined && arePositions(coordinates, depth);
}

function arePositions(value: JsonValue, depth: number): boolean {
  if (!Array.isArray(value)) return false;
  if (depth > 0) return value.every((each) => arePositions(each, depth - 1));
  return value.length >= 2 && value.every((each) => Number.isFinite(each));
}
