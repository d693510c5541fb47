import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { valueAt } from '../../core/model/schema-keywords.ts';

/** Keywords that look at members whatever they are called, or at how many there are. */
const lookingAtAll = [
  'additionalProperties',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
  'minProperties',
  'maxProperties',
  'dependentRequired',
  'dependentSchemas',
  'const',
  'enum',
];

/** Keywords whose schemas are about the same object. */
const ofTheSame = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'];

/** Members of an object that a schema looks at, by their names; undefined where it may look at any. */
export function namesLookedAt(root: JsonObject): ReadonlySet<string> | undefined {
  const names = new Set<string>(['id', 'type']);
  const seen = new Set<JsonObject>();
  return collect(root) ? names : undefined;

  function collect(schema: JsonValue | undefined): boolean {
    if (!isJsonObject(schema) || seen.has(schema)) return true;
    seen.add(schema);
    if (lookingAtAll.some((keyword) => Object.hasOwn(schema, keyword))) return false;
    if (isJsonObject(schema.properties)) for (const name of Object.keys(schema.properties)) names.add(name);
    if (Array.isArray(schema.required)) for (const name of schema.required) names.add(String(name));
    const { $ref } = schema;
    const below: readonly (JsonValue | undefined)[] = [
      typeof $ref === 'string' ? valueAt(root, decodeURIComponent($ref.slice(1))) : undefined,
      ...ofTheSame.flatMap((keyword) => schema[keyword] ?? []),
    ];
    return below.every(collect);
  }
}
