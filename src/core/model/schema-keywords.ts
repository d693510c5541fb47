import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';

/** Keywords of JSON Schema 2020-12 whose value is a schema. */
const withSchema = new Set([
  'items',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

/** Keywords whose value is a list of schemas. */
const withSchemaList = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);

/** Keywords whose value is an object of schemas by name. */
const withSchemaMap = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** A schema, and where it stands: a JSON Pointer. */
export type SchemaVisitor = (schema: JsonValue, pointer: string) => JsonValue;

/** The schema with `visit` applied to those directly below it; what is no schema there stays as it is. */
export function mapSubschemas(schema: JsonObject, pointer: string, visit: SchemaVisitor): JsonObject {
  return objectOf(
    Object.entries(schema).map(([keyword, value]) => {
      const at = `${pointer}/${escapePointer(keyword)}`;
      if (withSchema.has(keyword)) return [keyword, visit(value, at)];
      if (withSchemaList.has(keyword) && Array.isArray(value)) {
        return [keyword, (value as readonly JsonValue[]).map((item, place) => visit(item, `${at}/${place}`))];
      }
      if (withSchemaMap.has(keyword) && isJsonObject(value)) {
        const members = Object.entries(value).map(([name, item]): [string, JsonValue] => [
          name,
          visit(item, `${at}/${escapePointer(name)}`),
        ]);
        return [keyword, objectOf(members)];
      }
      return [keyword, value];
    }),
  );
}

/** Schemas directly below, whatever keyword they stand under. */
export function subschemasOf(schema: JsonObject): readonly JsonValue[] {
  const found: JsonValue[] = [];
  mapSubschemas(schema, '', (item) => {
    found.push(item);
    return item;
  });
  return found;
}

/** Members by name; a member called `__proto__` is a member like any other. */
export function objectOf(members: readonly (readonly [string, JsonValue])[]): JsonObject {
  return Object.fromEntries(members);
}

/** A member of a JSON Pointer. [RFC 6901 3] */
export function escapePointer(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** What a JSON Pointer leads to; undefined: nothing is there. [RFC 6901 4] */
export function valueAt(document: JsonValue, pointer: string): JsonValue | undefined {
  if (pointer === '') return document;
  let value: JsonValue | undefined = document;
  for (const part of pointer.slice(1).split('/')) {
    const member = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return undefined;
    value = (value as JsonObject)[member];
  }
  return value;
}
