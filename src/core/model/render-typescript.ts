import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { type DataModel, labelOf } from './data-model.ts';
import { valueAt } from './schema-keywords.ts';

/**
 * The key-value form of the entities of a model as a TypeScript module with one interface. What types cannot say (ranges,
 * patterns, conditions) is left to the schema. Attributes that the model does not have are allowed, as the schema allows them.
 */
export function renderTypescript(model: DataModel): string {
  const { members, required } = membersOf(model.schema, model.schema);
  const lines = [...members].map(([name, schemas]) => {
    const description = docOf(
      schemas.map((schema) => descriptionOf(model.schema, schema)).find((text) => text !== ''),
      '  ',
    );
    const type = intersection(schemas.map((schema) => typeOf(model.schema, schema, '  ')));
    return `${description}  ${nameOf(name)}${required.has(name) ? '' : '?'}: ${type};\n`;
  });
  const head = `${docOf(`${model.description} (${labelOf(model)})`, '')}export interface ${identifier(model.type)} {\n`;
  return `${head}${lines.join('')}  [attribute: string]: unknown;\n}\n`;
}

interface Members {
  /** What is said of each, in `properties` and in `allOf`. */
  readonly members: Map<string, JsonValue[]>;
  readonly required: Set<string>;
}

function membersOf(root: JsonObject, schema: JsonObject): Members {
  const found: Members = { members: new Map(), required: new Set() };
  collect(schema);
  return found;

  function collect(part: JsonObject): void {
    const target = referredTo(root, part);
    if (target !== undefined) collect(target);
    if (isJsonObject(part.properties)) {
      for (const [name, property] of Object.entries(part.properties)) {
        found.members.set(name, [...(found.members.get(name) ?? []), property]);
      }
    }
    for (const name of listOf(part.required)) found.required.add(String(name));
    for (const below of listOf(part.allOf)) if (isJsonObject(below)) collect(below);
  }
}

function typeOf(root: JsonObject, schema: JsonValue, indent: string): string {
  if (!isJsonObject(schema)) return schema === false ? 'never' : 'unknown';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return union(listOf(schema.enum).map((value) => JSON.stringify(value)));
  const target = referredTo(root, schema);
  if (target !== undefined) return typeOf(root, target, indent);
  const choices = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  const ofChoices = choices.length === 0 ? 'unknown' : union(choices.map((choice) => typeOf(root, choice, indent)));
  const types = listOf(Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type]);
  const ofTypes =
    types.length === 0 ? 'unknown' : union(types.map((type) => ofType(root, schema, String(type), indent)));
  return intersection([ofChoices, ofTypes]);
}

function ofType(root: JsonObject, schema: JsonObject, type: string, indent: string): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return `readonly ${grouped(typeOf(root, schema.items ?? true, indent))}[]`;
    default:
      return objectType(root, schema, indent);
  }
}

function objectType(root: JsonObject, schema: JsonObject, indent: string): string {
  const { members, required } = membersOf(root, schema);
  if (members.size === 0) return '{ [member: string]: unknown }';
  const inner = `${indent}  `;
  const lines = [...members].map(([name, schemas]) => {
    const type = intersection(schemas.map((one) => typeOf(root, one, inner)));
    return `${inner}${nameOf(name)}${required.has(name) ? '' : '?'}: ${type};\n`;
  });
  return `{\n${lines.join('')}${inner}[member: string]: unknown;\n${indent}}`;
}

function referredTo(root: JsonObject, { $ref }: JsonObject): JsonObject | undefined {
  const target = typeof $ref === 'string' ? valueAt(root, decodeURIComponent($ref.slice(1))) : undefined;
  return isJsonObject(target) ? target : undefined;
}

function descriptionOf(root: JsonObject, schema: JsonValue): string {
  if (!isJsonObject(schema)) return '';
  if (typeof schema.description === 'string') return schema.description;
  const target = referredTo(root, schema);
  return target === undefined ? '' : descriptionOf(root, target);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function union(types: readonly string[]): string {
  const distinct = [...new Set(types)];
  return distinct.includes('unknown') ? 'unknown' : distinct.join(' | ');
}

function intersection(types: readonly string[]): string {
  const distinct = [...new Set(types)].filter((type) => type !== 'unknown');
  return distinct.length === 0
    ? 'unknown'
    : distinct.length === 1
      ? (distinct[0] ?? '')
      : distinct.map(grouped).join(' & ');
}

/** In brackets where it would fall apart among other types. */
function grouped(type: string): string {
  return /^[^{"]*[|&]|^"[^"]*" [|&]|^readonly /.test(type) ? `(${type})` : type;
}

function nameOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** Types of entities may have characters that names of interfaces have not. */
function identifier(type: string): string {
  const plain = type.replaceAll(/[^\w$]/g, '_');
  return /^[A-Za-z_$]/.test(plain) ? plain : `_${plain}`;
}

/** No text of a model can end the comment. */
function docOf(text: string | undefined, indent: string): string {
  if (text === undefined) return '';
  return `${indent}/** ${text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */\n`;
}
