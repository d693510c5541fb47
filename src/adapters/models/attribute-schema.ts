import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { objectOf, valueAt } from '../../core/model/schema-keywords.ts';

/** Keywords of a schema about an entity that tie no attribute to another, besides annotations. */
const untying = new Set(['$ref', '$defs', 'definitions', 'type', 'properties', 'required', 'allOf']);
const annotations = /^(x-.*|\$schema|title|description|default|examples|deprecated|readOnly|writeOnly)$/;

/**
 * What a schema says of each attribute by itself, without what is required; undefined where it ties attributes together (`if`,
 * `anyOf`, `additionalProperties` …), so that one can be judged only with the others.
 */
export function attributeSchema(root: JsonObject): JsonObject | undefined {
  const attributes = new Map<string, JsonValue[]>();
  if (!collect(root) || refersIntoProperties(root)) return undefined;
  return {
    ...(root.$defs !== undefined && { $defs: root.$defs }),
    ...(root.definitions !== undefined && { definitions: root.definitions }),
    properties: objectOf(
      [...attributes].map(([name, schemas]) => {
        const [only] = schemas;
        return [name, schemas.length === 1 && only !== undefined ? only : { allOf: schemas }];
      }),
    ),
  };

  /** Tells whether all of it is about single attributes. */
  function collect(schema: JsonValue): boolean {
    if (!isJsonObject(schema)) return schema === true;
    if (!Object.keys(schema).every((keyword) => untying.has(keyword) || annotations.test(keyword))) return false;
    if (isJsonObject(schema.properties)) {
      for (const [name, one] of Object.entries(schema.properties)) {
        attributes.set(name, [...(attributes.get(name) ?? []), one]);
      }
    }
    const { $ref, allOf = [] } = schema;
    const target = typeof $ref === 'string' ? valueAt(root, decodeURIComponent($ref.slice(1))) : true;
    return target !== undefined && collect(target) && (allOf as readonly JsonValue[]).every(collect);
  }
}

/** Such places are elsewhere in the schema of the attributes. */
function refersIntoProperties(root: JsonObject): boolean {
  return /"\$ref":"#(?!\/(?:\$defs|definitions)\/)/.test(JSON.stringify(root));
}
