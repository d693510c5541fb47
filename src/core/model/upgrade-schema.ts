import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { compileMatcher, PatternError } from '../query/text-pattern.ts';
import { jsonSchemaTypes } from './data-model.ts';
import type { ModelNote } from './model-note.ts';
import { mapSubschemas, objectOf } from './schema-keywords.ts';

/**
 * A schema of any draft, with the slips that published ones have, as one of JSON Schema 2020-12.
 *
 * What older drafts say otherwise is said in today's keywords; what is no keyword, or has a value that the keyword cannot
 * have, is left out and noted. `id`, `$id`, `$schema` and anchors of parts go too: references are resolved by place.
 */
export function upgradeSchema(schema: JsonValue, note: (note: ModelNote) => void, pointer = ''): JsonValue {
  if (typeof schema === 'boolean') return schema;
  if (!isJsonObject(schema)) {
    note({ pointer, note: 'is no schema: anything is allowed there' });
    return true;
  }
  const members: [string, JsonValue][] = [];
  for (const [keyword, value] of Object.entries(modernized(schema))) {
    if (keyword.startsWith('x-')) {
      members.push([keyword, value]);
      continue;
    }
    const rule = keywords.get(keyword);
    if (rule === undefined) {
      if (!silent.has(keyword)) note({ pointer, note: `keyword ${keyword} is unknown and left out` });
      continue;
    }
    const checked = rule(value);
    if (checked.value !== undefined) members.push([keyword, checked.value]);
    if (checked.note !== undefined) note({ pointer: `${pointer}/${keyword}`, note: checked.note });
  }
  return mapSubschemas(objectOf(members), pointer, (item, at) => upgradeSchema(item, note, at));
}

/** What older drafts say, in the keywords of 2020-12. */
function modernized(schema: JsonObject): JsonObject {
  const { items, additionalItems, dependencies, exclusiveMinimum, exclusiveMaximum, minimum, maximum, ...rest } =
    schema;
  return {
    ...rest,
    ...lowerBound(minimum, exclusiveMinimum),
    ...upperBound(maximum, exclusiveMaximum),
    ...(Array.isArray(items)
      ? { prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) }
      : items !== undefined && { items }),
    ...(isJsonObject(dependencies) && dependenciesOf(dependencies)),
  };
}

/** In draft 4, `exclusiveMinimum` says whether the minimum itself is out. */
function lowerBound(minimum: JsonValue | undefined, exclusive: JsonValue | undefined): JsonObject {
  if (exclusive === true && minimum !== undefined) return { exclusiveMinimum: minimum };
  return { ...(minimum !== undefined && { minimum }), ...(isBound(exclusive) && { exclusiveMinimum: exclusive }) };
}

function upperBound(maximum: JsonValue | undefined, exclusive: JsonValue | undefined): JsonObject {
  if (exclusive === true && maximum !== undefined) return { exclusiveMaximum: maximum };
  return { ...(maximum !== undefined && { maximum }), ...(isBound(exclusive) && { exclusiveMaximum: exclusive }) };
}

function isBound(exclusive: JsonValue | undefined): exclusive is JsonValue {
  return exclusive !== undefined && typeof exclusive !== 'boolean';
}

function dependenciesOf(dependencies: JsonObject): JsonObject {
  const entries = Object.entries(dependencies);
  return {
    dependentRequired: objectOf(entries.filter(([, value]) => Array.isArray(value))),
    dependentSchemas: objectOf(entries.filter(([, value]) => !Array.isArray(value))),
  };
}

/** The value as it can be used, absent where it cannot; and what there is to say of it. */
interface Checked {
  readonly value?: JsonValue;
  readonly note?: string;
}

function takes(test: (value: JsonValue) => boolean, expects: string): (value: JsonValue) => Checked {
  return (value) => (test(value) ? { value } : { note: `must be ${expects}: left out` });
}

const any = (value: JsonValue): Checked => ({ value });
const number = takes((value) => typeof value === 'number', 'a number');
const size = takes((value) => Number.isInteger(value) && (value as number) >= 0, 'a whole number from 0 on');
const text = takes((value) => typeof value === 'string', 'a text');
const truth = takes((value) => typeof value === 'boolean', 'true or false');
const list = takes((value) => Array.isArray(value) && value.length > 0, 'a list of at least one');
const names = takes(isListOfTexts, 'a list of texts');
const schemaMap = takes(isJsonObject, 'an object of schemas');
const schema = takes((value) => isJsonObject(value) || typeof value === 'boolean', 'a schema');

function isListOfTexts(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** What other schema languages call the types. */
const otherTypes: ReadonlyMap<JsonValue, string> = new Map([
  ['float', 'number'],
  ['double', 'number'],
  ['int', 'integer'],
  ['long', 'integer'],
  ['bool', 'boolean'],
  ['text', 'string'],
]);

function type(value: JsonValue): Checked {
  const given = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  const known = given
    .map((one) => otherTypes.get(one) ?? one)
    .filter((one) => (jsonSchemaTypes as readonly JsonValue[]).includes(one));
  const note = `${JSON.stringify(value)} is no type of JSON Schema`;
  if (known.length === 0) return { note: `${note}: left out` };
  const [first = '', ...more] = new Set(known);
  const used = more.length === 0 ? first : [first, ...more];
  return JSON.stringify(used) === JSON.stringify(value)
    ? { value }
    : { value: used, note: `${note}: read as ${JSON.stringify(used)}` };
}

/** Equal values once only, which 2020-12 asks for. */
function enumeration(value: JsonValue): Checked {
  if (!Array.isArray(value) || value.length === 0) return list(value);
  const known = new Map((value as readonly JsonValue[]).map((item) => [JSON.stringify(item), item]));
  return { value: [...known.values()] };
}

function pattern(value: JsonValue): Checked {
  if (typeof value !== 'string') return text(value);
  try {
    compileMatcher(value);
    return { value };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { note: `the pattern cannot be matched in linear time (${error.message}): left out` };
  }
}

/** Patterns that no text can be matched against would let any name in. */
function patternMap(value: JsonValue): Checked {
  if (!isJsonObject(value)) return schemaMap(value);
  const entries = Object.entries(value);
  const usable = entries.filter(([source]) => pattern(source).value !== undefined);
  if (usable.length === entries.length) return { value };
  return { value: objectOf(usable), note: 'has patterns that cannot be matched in linear time: left out' };
}

/** Formats that are looked at. */
export const knownFormats: ReadonlySet<string> = new Set([
  'date',
  'time',
  'date-time',
  'iso-time',
  'iso-date-time',
  'duration',
  'uri',
  'uri-reference',
  'uri-template',
  'url',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
  'json-pointer',
  'relative-json-pointer',
  'byte',
  'int32',
  'int64',
  'float',
  'double',
]);

/** Formats with an international form are looked at like those without. */
const otherFormats: ReadonlyMap<string, string> = new Map([
  ['idn-email', 'email'],
  ['iri', 'uri'],
  ['iri-reference', 'uri-reference'],
  ['datetime', 'date-time'],
]);

function format(value: JsonValue): Checked {
  if (typeof value !== 'string') return text(value);
  const used = otherFormats.get(value) ?? value;
  return knownFormats.has(used) ? { value: used } : { note: `format ${JSON.stringify(value)} is not looked at` };
}

/** International forms are a client's right, so what only narrows texts to ASCII is no reason to refuse one. */
const keywords: ReadonlyMap<string, (value: JsonValue) => Checked> = new Map([
  ['$ref', text],
  ['$defs', schemaMap],
  ['definitions', schemaMap],
  ['title', text],
  ['description', text],
  ['default', any],
  ['examples', takes(Array.isArray, 'a list')],
  ['deprecated', truth],
  ['readOnly', truth],
  ['writeOnly', truth],
  ['type', type],
  ['const', any],
  ['enum', enumeration],
  ['minimum', number],
  ['maximum', number],
  ['exclusiveMinimum', number],
  ['exclusiveMaximum', number],
  ['multipleOf', takes((value) => typeof value === 'number' && value > 0, 'a number above 0')],
  ['minLength', size],
  ['maxLength', size],
  ['pattern', pattern],
  ['format', format],
  ['minItems', size],
  ['maxItems', size],
  ['uniqueItems', truth],
  ['minContains', size],
  ['maxContains', size],
  ['minProperties', size],
  ['maxProperties', size],
  ['required', names],
  [
    'dependentRequired',
    takes((value) => isJsonObject(value) && Object.values(value).every(isListOfTexts), 'lists of names'),
  ],
  ['properties', schemaMap],
  ['patternProperties', patternMap],
  ['dependentSchemas', schemaMap],
  ['additionalProperties', schema],
  ['propertyNames', schema],
  ['unevaluatedProperties', schema],
  ['unevaluatedItems', schema],
  ['items', schema],
  ['prefixItems', list],
  ['contains', schema],
  ['not', schema],
  ['if', schema],
  ['then', schema],
  ['else', schema],
  ['allOf', list],
  ['anyOf', list],
  ['oneOf', list],
]);

/** What belongs to a document as a whole, or tells nothing that could be used: left out without a word. */
const silent = new Set([
  '$schema',
  '$id',
  'id',
  '$anchor',
  '$comment',
  '$schemaVersion',
  'schemaVersion',
  'modelTags',
  'license',
  'derivedFrom',
  '@context',
  'example',
  'contentMediaType',
  'contentEncoding',
]);
