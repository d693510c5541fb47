import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import {
  type AttributeModel,
  type AttributeModelKind,
  attributeModelKinds,
  type JsonSchemaType,
  jsonSchemaTypes,
} from './data-model.ts';
import { valueAt } from './schema-keywords.ts';
import { unitCodeOf } from './unit-codes.ts';

/**
 * What a bundled schema says of the attributes, by name: those under `properties`, in `allOf` and behind references too.
 *
 * Kind, unit and mark of personal data stand in `x-ngsi`, or in the text of the description as published models have them:
 * `Property. Model:'…'. Units:'meters'. Privacy:'high'`.
 */
export function readAttributes(schema: JsonObject): ReadonlyMap<string, AttributeModel> {
  const schemas = new Map<string, JsonObject[]>();
  collectProperties(schema, schema, schemas);
  schemas.delete('id');
  schemas.delete('type');
  return new Map([...schemas].map(([name, parts]) => [name, attributeModel(parts)]));
}

/** Values of the type that entities of the model have: `const`, or an enumeration. Empty: the schema names none. */
export function entityTypesOf(schema: JsonObject): readonly string[] {
  const schemas = new Map<string, JsonObject[]>();
  collectProperties(schema, schema, schemas);
  for (const part of schemas.get('type') ?? []) {
    const values = part.const !== undefined ? [part.const] : Array.isArray(part.enum) ? part.enum : [];
    const types = values.filter((value) => typeof value === 'string');
    if (types.length > 0) return types;
  }
  return [];
}

function collectProperties(root: JsonObject, schema: JsonObject, found: Map<string, JsonObject[]>): void {
  for (const part of chainOf(root, schema)) {
    if (isJsonObject(part.properties)) {
      for (const [name, property] of Object.entries(part.properties)) {
        const parts = isJsonObject(property) ? chainOf(root, property) : [];
        found.set(name, [...(found.get(name) ?? []), ...parts]);
      }
    }
    if (!Array.isArray(part.allOf)) continue;
    for (const below of part.allOf as readonly JsonValue[]) {
      if (isJsonObject(below)) collectProperties(root, below, found);
    }
  }
}

/** The schema, and what it refers to, one after the other. */
function chainOf(root: JsonObject, schema: JsonObject): readonly JsonObject[] {
  const chain: JsonObject[] = [];
  let next: JsonValue | undefined = schema;
  while (isJsonObject(next) && !chain.includes(next)) {
    chain.push(next);
    const { $ref }: JsonObject = next;
    next = typeof $ref === 'string' ? valueAt(root, decodeURIComponent($ref.slice(1))) : undefined;
  }
  return chain;
}

/** The first part that says something counts: what stands beside a reference comes before what it refers to. */
function attributeModel(parts: readonly JsonObject[]): AttributeModel {
  const said = parts.map(saidOf);
  const first = <Member extends keyof Said>(member: Member) => said.find((one) => one[member] !== undefined)?.[member];
  const units = first('units');
  const unitCodes = first('unitCodes') ?? [];
  const description = first('description');
  return {
    kind: first('kind') ?? 'Property',
    unitCodes,
    ...(unitCodes.length === 0 && units !== undefined && { units }),
    personal: said.some(({ personal }) => personal === true),
    valueTypes: valueTypesOf(parts),
    instant: parts.some(({ format }) => format === 'date-time'),
    ...(description !== undefined && { description }),
  };
}

interface Said {
  readonly kind?: AttributeModelKind | undefined;
  readonly unitCodes?: readonly string[] | undefined;
  readonly units?: string | undefined;
  readonly personal?: true | undefined;
  readonly description?: string | undefined;
}

function saidOf(schema: JsonObject): Said {
  const ngsi = isJsonObject(schema['x-ngsi']) ? schema['x-ngsi'] : {};
  const text = typeof schema.description === 'string' ? schema.description : '';
  const units = textOf(ngsi.units) ?? /\bUnits:\s*['‘]([^'’]+)['’]/i.exec(text)?.[1]?.trim();
  const code = units === undefined ? undefined : unitCodeOf(units);
  const privacy = textOf(ngsi.privacy) ?? /\bPrivacy:\s*['‘]([^'’]+)['’]/i.exec(text)?.[1];
  const [, kind] = /^\s*(\w+)\s*\./.exec(text) ?? [];
  return {
    kind: kindOf(ngsi.type) ?? kindOf(kind),
    unitCodes: codesOf(ngsi.unitCodes) ?? (code === undefined ? undefined : [code]),
    units,
    personal: privacy === undefined || /^(low|none|no|public)$/i.test(privacy) ? undefined : true,
    description: text === '' ? undefined : text,
  };
}

function kindOf(word: JsonValue | undefined): AttributeModelKind | undefined {
  if (typeof word !== 'string') return undefined;
  return attributeModelKinds.find((kind) => kind.toLowerCase() === word.toLowerCase());
}

function codesOf(value: JsonValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const codes = (value as readonly JsonValue[]).filter((code) => typeof code === 'string');
  return codes.length === 0 ? undefined : codes;
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function valueTypesOf(parts: readonly JsonObject[]): readonly JsonSchemaType[] {
  for (const { type } of parts) {
    const given = Array.isArray(type) ? (type as readonly JsonValue[]) : [type];
    const types = jsonSchemaTypes.filter((known) => given.includes(known));
    if (types.length > 0) return types;
  }
  return [];
}
