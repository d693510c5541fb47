import type { JsonObject } from '../json.ts';

/** What entities of a type are to look like: a shared data model in one version. */
export interface DataModel {
  /** The type of the entities that it is of, as they have it. */
  readonly type: string;
  /** Several versions of a model live side by side. */
  readonly version: string;
  readonly title: string;
  readonly description: string;
  /** Field that the model belongs to, such as `Parking`; empty where the model does not say. */
  readonly subject: string;
  /** URLs, where the model has them. */
  readonly license?: string;
  readonly derivedFrom?: string;
  /**
   * What the key-value form of an entity must be, `id` and `type` included: JSON Schema 2020-12 that refers to nothing outside
   * itself and is within the limits of `checkSchemaLimits`.
   */
  readonly schema: JsonObject;
  /** By name, without `id` and `type`; in the order of the schema. */
  readonly attributes: ReadonlyMap<string, AttributeModel>;
  /** Entities in key-value form. */
  readonly examples: readonly JsonObject[];
}

/** What a model says of an attribute beyond its value in key-value form. */
export interface AttributeModel {
  /** Kind of the attribute in NGSI; `Property` where the model does not say. */
  readonly kind: AttributeModelKind;
  /** Codes of UN/CEFACT that its unit may have; none: the model does not say. */
  readonly unitCodes: readonly string[];
  /** The unit in words, where the model has no code for it. */
  readonly units?: string;
  /** Tells of people: to be kept from those who need not know. */
  readonly personal: boolean;
  /** Kinds of JSON value that it may have; none: the model does not say. */
  readonly valueTypes: readonly JsonSchemaType[];
  /** The value is an instant. */
  readonly instant: boolean;
  readonly description?: string;
}

export const attributeModelKinds = [
  'Property',
  'GeoProperty',
  'Relationship',
  'LanguageProperty',
  'VocabProperty',
  'JsonProperty',
  'ListProperty',
  'ListRelationship',
] as const;

export type AttributeModelKind = (typeof attributeModelKinds)[number];

export const jsonSchemaTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'] as const;

export type JsonSchemaType = (typeof jsonSchemaTypes)[number];

/** `AirQualityObserved 1.0.0`, for messages. */
export function labelOf({ type, version }: Pick<DataModel, 'type' | 'version'>): string {
  return `${type} ${version}`;
}

/** Sorts versions, the lowest first: by their numbers, and by text where the numbers are the same. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  for (let place = 0; place < Math.max(a.length, b.length); place++) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return one < other ? -1 : one > other ? 1 : 0;
}

function numbersOf(version: string): readonly number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}
