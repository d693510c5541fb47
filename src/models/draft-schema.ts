import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** Distinct texts that make an enumeration, where so many readings have no other. */
const maxEnumeration = 12;
const minReadings = 20;

/** Members of an object that a draft names, and levels that it goes down. */
const maxMembers = 100;
const maxLevels = 5;

/** What was seen at one place: an attribute, a member, the items of a list. */
class Seen {
  readonly #types = new Set<string>();
  readonly #texts = new Set<string>();
  readonly #members = new Map<string, Seen>();
  readonly #level: number;
  #items: Seen | undefined;
  #count = 0;
  #objects = 0;
  #negative = false;
  #instants = true;

  constructor(level: number) {
    this.#level = level;
  }

  add(value: JsonValue): void {
    this.#count++;
    if (typeof value === 'string') {
      this.#types.add('string');
      if (this.#texts.size <= maxEnumeration) this.#texts.add(value);
      this.#instants &&= /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value);
    } else if (typeof value === 'number') {
      this.#types.add(Number.isInteger(value) ? 'integer' : 'number');
      this.#negative ||= value < 0;
    } else if (typeof value === 'boolean') this.#types.add('boolean');
    else if (value === null) this.#types.add('null');
    else if (Array.isArray(value)) {
      this.#types.add('array');
      if (this.#level >= maxLevels) return;
      this.#items ??= new Seen(this.#level + 1);
      for (const item of value as readonly JsonValue[]) this.#items.add(item);
    } else this.#addObject(value as JsonObject);
  }

  #addObject(value: JsonObject): void {
    this.#types.add('object');
    this.#objects++;
    if (this.#level >= maxLevels) return;
    for (const [name, member] of Object.entries(value)) {
      let seen = this.#members.get(name);
      if (seen === undefined) {
        if (this.#members.size >= maxMembers) continue;
        seen = new Seen(this.#level + 1);
        this.#members.set(name, seen);
      }
      seen.add(member);
    }
  }

  schema(): JsonObject {
    const types = [...this.#types].filter((type) => type !== 'integer' || !this.#types.has('number')).toSorted();
    const [only] = types;
    if (types.length !== 1 || only === undefined) return types.length === 0 ? {} : { type: types };
    if (only === 'string') return { type: only, ...this.#textRules() };
    if (only === 'number' || only === 'integer') return { type: only, ...(!this.#negative && { minimum: 0 }) };
    if (only === 'array') return { type: only, ...(this.#items !== undefined && { items: this.#items.schema() }) };
    if (only !== 'object' || this.#members.size === 0) return { type: only };
    const always = [...this.#members].filter(([, seen]) => seen.#count === this.#objects).map(([name]) => name);
    return {
      type: only,
      properties: Object.fromEntries([...this.#members].map(([name, seen]) => [name, seen.schema()])),
      ...(always.length > 0 && { required: always }),
    };
  }

  #textRules(): JsonObject {
    if (this.#instants) return { format: 'date-time' };
    const few = this.#texts.size <= maxEnumeration && this.#count >= minReadings && this.#texts.size * 4 <= this.#count;
    return few ? { enum: [...this.#texts].toSorted() } : {};
  }

  get count(): number {
    return this.#count;
  }
}

interface SeenAttribute {
  readonly values: Seen;
  readonly types: Set<string>;
  readonly units: Set<string>;
}

/**
 * A draft of a model, from the entities that there are: what all of them have is required, ranges begin at 0 where nothing is
 * below, few texts that come again and again are an enumeration. To be read and put right by somebody who knows.
 *
 * Entities are in the normalized form of NGSIv2. Memory: by attributes, not by entities.
 */
export class SchemaDraft {
  readonly #type: string;
  readonly #attributes = new Map<string, SeenAttribute>();
  readonly #examples: JsonObject[] = [];
  #entities = 0;

  constructor(type: string) {
    this.#type = type;
  }

  /** How many entities it was drafted from. */
  get entities(): number {
    return this.#entities;
  }

  add({ id = null, type: _, ...attributes }: JsonObject): void {
    this.#entities++;
    const example: Record<string, JsonValue> = { id, type: this.#type };
    for (const [name, attribute] of Object.entries(attributes)) {
      if (!isJsonObject(attribute)) continue;
      const { type, value = null, metadata } = attribute;
      let seen = this.#attributes.get(name);
      if (seen === undefined) {
        seen = { values: new Seen(0), types: new Set(), units: new Set() };
        this.#attributes.set(name, seen);
      }
      seen.values.add(value);
      if (typeof type === 'string') seen.types.add(type);
      const unit = isJsonObject(metadata) && isJsonObject(metadata.unitCode) ? metadata.unitCode.value : undefined;
      if (typeof unit === 'string') seen.units.add(unit);
      example[name] = value;
    }
    if (this.#examples.length < 2) this.#examples.push(example);
  }

  schema(): JsonObject {
    const always = [...this.#attributes]
      .filter(([, { values }]) => values.count === this.#entities)
      .map(([name]) => name);
    return {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: this.#type,
      description: `Drafted from ${this.#entities} entities.`,
      'x-version': '0.1.0',
      type: 'object',
      properties: Object.fromEntries<JsonValue>([
        ['id', { type: 'string' }],
        ['type', { const: this.#type }],
        ...[...this.#attributes].map(([name, seen]): [string, JsonValue] => [name, attributeSchema(seen)]),
      ]),
      required: ['id', 'type', ...always],
      examples: this.#examples,
    };
  }
}

const location =
  'https://smart-data-models.github.io/data-models/common-schema.json#/definitions/Location-Commons/properties/location';

function attributeSchema({ values, types, units }: SeenAttribute): JsonObject {
  const kind = kindOf(types);
  const ngsi: JsonObject = { type: kind, ...(units.size > 0 && { unitCodes: [...units].toSorted() }) };
  const schema = kind === 'GeoProperty' ? { $ref: location } : values.schema();
  return { ...schema, 'x-ngsi': ngsi };
}

function kindOf(types: ReadonlySet<string>): 'GeoProperty' | 'Relationship' | 'Property' {
  const all = [...types];
  if (all.length > 0 && all.every((type) => type.startsWith('geo:'))) return 'GeoProperty';
  return all.length > 0 && all.every((type) => type === 'Relationship') ? 'Relationship' : 'Property';
}
