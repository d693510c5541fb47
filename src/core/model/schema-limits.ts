import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { ModelError } from './model-note.ts';
import { subschemasOf, valueAt } from './schema-keywords.ts';

/** What one schema may cost, whoever wrote it. */
export const schemaLimits = {
  /** Schemas in the document. */
  schemas: 5000,
  /** Schemas once every reference is written out: as often may one value be looked at. */
  writtenOut: 50_000,
  /** Levels of schemas, references written out. */
  levels: 100,
  /** Values of one enumeration. */
  enumeration: 10_000,
  /** Names of attributes and members. */
  nameLength: 256,
} as const;

/**
 * Throws a `ModelError` for a schema by which a value could cost more than its size: one that refers to itself, is too large
 * or too deep, or names a member that objects have of themselves. Every reference must lead to a place inside it.
 */
export function checkSchemaLimits(root: JsonObject): void {
  const sizes = new Map<JsonValue, { readonly size: number; readonly levels: number }>();
  const open = new Set<JsonValue>();
  let schemas = 0;
  measure(root);

  function measure(schema: JsonValue): { readonly size: number; readonly levels: number } {
    if (!isJsonObject(schema)) return { size: 1, levels: 1 };
    const known = sizes.get(schema);
    if (known !== undefined) return known;
    if (open.has(schema)) throw new ModelError('the schema refers to itself: write out as many levels as are meant');
    if (open.size > schemaLimits.levels) throw tooMuch('levels', schemaLimits.levels);
    if (++schemas > schemaLimits.schemas) throw tooMuch('schemas', schemaLimits.schemas);
    checkMembers(schema);
    open.add(schema);
    let size = 1;
    let levels = 0;
    for (const below of [...subschemasOf(schema), ...targetOf(schema)]) {
      const measured = measure(below);
      size += measured.size;
      levels = Math.max(levels, measured.levels);
      if (size > schemaLimits.writtenOut) throw tooMuch('schemas, its references written out', schemaLimits.writtenOut);
    }
    open.delete(schema);
    const result = { size, levels: levels + 1 };
    if (result.levels > schemaLimits.levels) throw tooMuch('levels', schemaLimits.levels);
    sizes.set(schema, result);
    return result;
  }

  function targetOf({ $ref }: JsonObject): readonly JsonValue[] {
    if (typeof $ref !== 'string') return [];
    const target = $ref.startsWith('#') ? valueAt(root, decodeURIComponent($ref.slice(1))) : undefined;
    if (target === undefined) throw new ModelError(`${$ref} leads out of the schema, or nowhere`);
    return [target];
  }
}

function checkMembers(schema: JsonObject): void {
  if (Array.isArray(schema.enum) && schema.enum.length > schemaLimits.enumeration) {
    throw tooMuch('values of an enumeration', schemaLimits.enumeration);
  }
  for (const keyword of ['properties', '$defs', 'definitions', 'dependentSchemas', 'dependentRequired']) {
    const members = schema[keyword];
    if (!isJsonObject(members)) continue;
    for (const name of Object.keys(members)) checkName(name);
  }
  if (Array.isArray(schema.required)) for (const name of schema.required) checkName(String(name));
}

function checkName(name: string): void {
  if (name === '__proto__') throw new ModelError('no attribute or member can be called __proto__');
  if (name.length > schemaLimits.nameLength) throw tooMuch('characters of a name', schemaLimits.nameLength);
}

function tooMuch(what: string, limit: number): ModelError {
  return new ModelError(`the schema has too many ${what}: at most ${limit} are allowed`);
}
