import { type AttributePatch, type NamedPatch, ngsiLdNull } from '../../../core/change/attribute-patch.ts';
import type { AttributeKind, EpochMs } from '../../../core/entity/entity.ts';
import { invalidRequest, Refusal } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import type { Mutable } from '../../../core/mutable.ts';
import { isUri } from '../../../core/names/uri.ts';
import { parseDateTime } from '../date-time.ts';
import { isAttributeMember, outputMembers, parseAttributeName } from '../names.ts';
import { parseBareValue } from './bare-value.ts';
import { isNull, isPlace, kindOfType, parsePayload, payloadMembers, typesByKind } from './payloads.ts';
import type { Reading } from './reading.ts';

/**
 * An attribute as the member of a payload, in any representation: normalized, concise, or a bare value; an array of its
 * instances where there are several. Of a `fragment` (an attribute alone, in a partial update) all members may be missing.
 * [LD 4.5.2] [LD 4.5.3] [LD 4.5.5]
 */
export function parseAttribute(term: string, body: JsonValue, reading: Reading): readonly NamedPatch[] {
  const name = parseAttributeName(term, reading.vocabulary);
  if (reading.simplified !== true && areInstances(body, reading)) return parseInstances(term, name, body, reading);
  return [parseInstance(term, name, body, reading)];
}

/** The body of a request about one attribute. [LD 5.6.4] [LD 5.6.19] */
export function parseAttributeFragment(term: string, body: JsonValue, reading: Reading): NamedPatch {
  const name = parseAttributeName(term, reading.vocabulary);
  if (reading.simplified === true || !isJsonObject(body) || reading.nulls === 'none') {
    return parseInstance(term, name, body, reading);
  }
  return parseMembers(term, name, body, reading);
}

function areInstances(body: JsonValue, reading: Reading): body is readonly JsonObject[] {
  return (
    Array.isArray(body) &&
    body.length > 0 &&
    (body as readonly JsonValue[]).every((item) => isJsonObject(item) && isAttributeObject(item, reading))
  );
}

/** Tells an attribute from a value that is an object: it names its type, or has a payload. */
function isAttributeObject(item: JsonObject, reading: Reading): boolean {
  const type = item.type ?? item['@type'];
  if (typeof type === 'string' && kindOfType(type, reading) !== undefined) return true;
  return type === undefined && payloadKind(item) !== undefined;
}

function parseInstances(
  term: string,
  name: string,
  instances: readonly JsonObject[],
  reading: Reading,
): readonly NamedPatch[] {
  const patches = instances.map((instance) => parseInstance(term, name, instance, reading));
  const datasets = new Set(patches.map(({ datasetId }) => datasetId));
  if (datasets.size < patches.length) {
    throw invalidRequest(`${term}: two instances have the same datasetId, or none, where one may`);
  }
  return patches;
}

function parseInstance(term: string, name: string, body: JsonValue, reading: Reading): NamedPatch {
  if (body === ngsiLdNull) {
    checkNull(term, reading);
    return { name, patch: null };
  }
  if (reading.simplified === true) return { name, patch: { payload: parseBareValue(body, term, reading) } };
  if (isJsonObject(body) && !isPlace(body) && !Object.hasOwn(body, '@value')) {
    if (body.type !== undefined || body['@type'] !== undefined || isPatchObject(body, reading)) {
      return parseMembers(term, name, body, reading);
    }
  }
  const kind = isPlace(body) ? 'geo' : 'property';
  return { name, patch: { payload: parsePayload(kind, body, term, reading) } };
}

/** In a patch, an object may say something of an attribute without a word about its value. */
function isPatchObject(body: JsonObject, { nulls }: Reading): boolean {
  return (
    payloadKind(body) !== undefined || (nulls === 'values' && besidePayload.some((own) => Object.hasOwn(body, own)))
  );
}

const besidePayload = ['observedAt', 'unitCode', 'datasetId', 'expiresAt', 'valueType', 'objectType'] as const;

/** The kind that an object without a type has by its payload. [LD 4.5.2.3] */
function payloadKind(body: JsonObject): AttributeKind | undefined {
  if (Object.hasOwn(body, 'value')) return isPlace(body.value ?? null) ? 'geo' : 'property';
  return inferred.find((kind) => Object.hasOwn(body, payloadMembers[kind]));
}

const inferred = ['relationship', 'language', 'vocab', 'json', 'list', 'listRelationship'] as const;

/** A patch in the making. Spread together out of its parts, it would take longer than all the rest of a batch's reading (bench: `ld-batch-100`). */
type GrowingPatch = Mutable<AttributePatch>;

function parseMembers(term: string, name: string, body: JsonObject, reading: Reading): NamedPatch {
  const kind = parseKind(term, body, reading);
  checkMembers(term, kind, body);
  const datasetId = parseDatasetId(term, body.datasetId);
  const payload = kind === undefined ? undefined : body[payloadMembers[kind]];
  if (kind !== undefined && payload !== undefined && isNull(kind, payload)) {
    checkNull(term, reading);
    return patchOf(name, datasetId, null);
  }
  if (payload === undefined && (reading.nulls === 'none' || (kind === undefined && Object.keys(body).length === 0))) {
    throw invalidRequest(`${term}: ${kind === undefined ? 'value' : payloadMembers[kind]} is missing`);
  }
  const patch: GrowingPatch = {};
  if (datasetId !== undefined) patch.datasetId = datasetId;
  if (kind !== undefined) patch.kind = kind;
  if (kind !== undefined && payload !== undefined) patch.payload = parsePayload(kind, payload, term, reading);
  parseOwnMembers(patch, term, body, reading);
  const subAttributes = parseSubAttributes(body, reading);
  if (subAttributes !== undefined) patch.subAttributes = subAttributes;
  return patchOf(name, datasetId, patch);
}

function patchOf(name: string, datasetId: string | undefined, patch: AttributePatch | null): NamedPatch {
  return datasetId === undefined ? { name, patch } : { name, datasetId, patch };
}

function parseKind(term: string, body: JsonObject, reading: Reading): AttributeKind | undefined {
  const type = body.type ?? body['@type'];
  if (type === undefined) return payloadKind(body);
  const kind = typeof type === 'string' ? kindOfType(type, reading) : undefined;
  if (kind === undefined) {
    const known = Object.values(typesByKind).join(', ');
    throw invalidRequest(`${term}: ${JSON.stringify(type)} is no type of an attribute; there are ${known}`);
  }
  return kind;
}

/** Kinds whose values have no unit. [LD 4.5.3.2] */
const unitless: ReadonlySet<AttributeKind> = new Set(['relationship', 'listRelationship', 'language', 'vocab', 'json']);

/** Members of an attribute that a client may send but that are the broker's to say. [LD 5.2.2] [LD 5.2.5] [LD 5.2.6] */
const ignored: ReadonlySet<string> = new Set([
  'createdAt',
  'modifiedAt',
  'deletedAt',
  'instanceId',
  'lang',
  ...outputMembers,
]);

function checkMembers(term: string, kind: AttributeKind | undefined, body: JsonObject): void {
  const own = kind === undefined ? undefined : payloadMembers[kind];
  for (const member of Object.keys(body)) {
    if (member === own || member === 'type' || member === '@type' || member === 'datasetId') continue;
    if (!isAttributeMember(member) || ignored.has(member)) continue;
    if (member === 'observedAt' || member === 'expiresAt') continue;
    if (member === 'unitCode' && (kind === undefined || !unitless.has(kind))) continue;
    if (member === 'valueType' && (kind === undefined || kind === 'property' || kind === 'list')) continue;
    if (member === 'objectType' && (kind === undefined || kind === 'relationship' || kind === 'listRelationship'))
      continue;
    const owner = kind === undefined ? 'an attribute without a value' : `a ${typesByKind[kind]}`;
    throw invalidRequest(`${term}: ${owner} has no member ${member}`);
  }
}

function parseDatasetId(term: string, datasetId: JsonValue | undefined): string | undefined {
  if (datasetId === undefined || datasetId === '@none') return undefined;
  if (typeof datasetId !== 'string' || !isUri(datasetId) || datasetId === ngsiLdNull) {
    throw invalidRequest(`${term}: datasetId must be a URI, or "@none"`);
  }
  return datasetId;
}

function parseOwnMembers(patch: GrowingPatch, term: string, body: JsonObject, reading: Reading): void {
  const { vocabulary } = reading;
  const observedAt = parseTime(term, 'observedAt', body, reading);
  const expiresAt = parseTime(term, 'expiresAt', body, reading);
  const unitCode = parseText(term, 'unitCode', body, reading);
  const valueType = parseText(term, 'valueType', body, reading);
  const objectType = parseObjectType(term, body, reading);
  if (observedAt !== undefined) patch.observedAt = observedAt;
  if (expiresAt !== undefined) patch.expiresAt = expiresAt;
  if (unitCode !== undefined) patch.unitCode = unitCode;
  if (valueType !== undefined) patch.valueType = valueType === null ? null : vocabulary.expand(valueType);
  if (objectType !== undefined) patch.objectType = objectType;
}

function parseTime(term: string, member: string, body: JsonObject, reading: Reading): EpochMs | null | undefined {
  const value = body[member];
  if (value === undefined) return undefined;
  if (value === ngsiLdNull) return checkNull(`${term}.${member}`, reading);
  return parseDateTime(value, `${term}.${member}`);
}

function parseText(term: string, member: string, body: JsonObject, reading: Reading): string | null | undefined {
  const value = body[member];
  if (value === undefined) return undefined;
  if (value === ngsiLdNull) return checkNull(`${term}.${member}`, reading);
  if (typeof value !== 'string' || value === '') throw invalidRequest(`${term}: ${member} must be a text`);
  return value;
}

function parseObjectType(term: string, body: JsonObject, reading: Reading) {
  const { vocabulary } = reading;
  const types = body.objectType;
  if (!Array.isArray(types)) {
    const type = parseText(term, 'objectType', body, reading);
    return typeof type === 'string' ? vocabulary.expand(type) : type;
  }
  return (types as readonly JsonValue[]).map((type) => {
    if (typeof type !== 'string' || type === '') throw invalidRequest(`${term}: objectType must be made of texts`);
    return vocabulary.expand(type);
  });
}

/** Undefined: there are none. */
function parseSubAttributes(
  body: JsonObject,
  reading: Reading,
): ReadonlyMap<string, AttributePatch | null> | undefined {
  let patches: Map<string, AttributePatch | null> | undefined;
  for (const term of Object.keys(body)) {
    if (isAttributeMember(term)) continue;
    const name = parseAttributeName(term, reading.vocabulary);
    const member = body[term] ?? null;
    if (areInstances(member, reading)) {
      const description = `${term}: several instances of a sub-attribute, or an array of one: not built yet`;
      throw new Refusal({ kind: 'notImplemented', description });
    }
    patches ??= new Map();
    patches.set(name, parseInstance(term, name, member, reading).patch);
  }
  return patches;
}

function checkNull(where: string, { nulls }: Reading): null {
  if (nulls === 'none') throw invalidRequest(`${where}: "${ngsiLdNull}" is for updates and merges only`);
  return null;
}
