import type { Geometry } from 'geojson';
import type { JsonValue } from '../json.ts';
import type { ScopePath } from '../scope.ts';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/**
 * An entity as the broker stores it, whichever dialect wrote it.
 *
 * Names (types, attributes) are expanded IRIs, except terms of the default vocabulary, and of a tenant's default context, kept short;
 * so what NGSIv2 calls `temperature` is `temperature` here. Immutable: a change makes a new entity.
 */
export interface Entity {
  readonly id: string;
  /** At least one. NGSIv2 knows exactly one. */
  readonly types: readonly string[];
  /** At least one. NGSIv2 knows exactly one: the service path. */
  readonly scopes: readonly ScopePath[];
  /** In the order in which the attributes were created. */
  readonly attributes: ReadonlyMap<string, AttributeInstances>;
  readonly createdAt: EpochMs;
  readonly modifiedAt: EpochMs;
  /** When the entity ceases to exist; absent = never. `dateExpires` in NGSIv2. */
  readonly expiresAt?: EpochMs;
  /** Root of the correlator of the last write, for the loop guard of custom notifications. */
  readonly correlator?: string;
}

/** The instances of one attribute, one per `datasetId`; the default instance, without one, stands first if there is one. */
export type AttributeInstances = readonly [Attribute, ...Attribute[]];

/** What an attribute of any kind has. */
export interface AttributeBase {
  /** The attribute type that an NGSIv2 client declared; absent when the attribute was written in NGSI-LD. */
  readonly declaredType?: string;
  /** Metadata in NGSIv2, properties of properties in NGSI-LD; in order of creation, absent when there are none. */
  readonly subAttributes?: ReadonlyMap<string, Attribute>;
  readonly datasetId?: string;
  readonly observedAt?: EpochMs;
  /** When it ceases to exist; absent: never before what it belongs to does. [LD 4.22] */
  readonly expiresAt?: EpochMs;
  readonly createdAt: EpochMs;
  readonly modifiedAt: EpochMs;
}

/**
 * A value as JSON. `valueType` is `DateTime` when the value is an instant, then a text such as `2026-01-31T12:00:00.000Z` or null.
 * `written` is what the client wrote (a JSON-LD typed value) where it is more than the value itself.
 */
export interface Property extends AttributeBase {
  readonly kind: 'property';
  readonly value: JsonValue;
  readonly valueType?: string;
  readonly written?: JsonValue;
  readonly unitCode?: string;
}

/** A place. `value` is what the client wrote (an NGSIv2 simple location, a Feature) where it is more than the geometry itself. */
export interface GeoProperty extends AttributeBase {
  readonly kind: 'geo';
  readonly geometry: Geometry;
  readonly value?: JsonValue;
}

export interface Relationship extends AttributeBase {
  readonly kind: 'relationship';
  readonly object: string | readonly string[];
  /** Types of what it points to: a hint for whoever follows it. [LD 4.5.23] */
  readonly objectType?: string | readonly string[];
}

export interface LanguageProperty extends AttributeBase {
  readonly kind: 'language';
  readonly languageMap: { readonly [language: string]: string | readonly string[] };
}

export interface VocabProperty extends AttributeBase {
  readonly kind: 'vocab';
  readonly vocab: string | readonly string[];
}

export interface JsonProperty extends AttributeBase {
  readonly kind: 'json';
  readonly json: JsonValue;
}

export interface ListProperty extends AttributeBase {
  readonly kind: 'list';
  readonly valueList: readonly JsonValue[];
  readonly unitCode?: string;
}

export interface ListRelationship extends AttributeBase {
  readonly kind: 'listRelationship';
  readonly objectList: readonly string[];
  readonly objectType?: string | readonly string[];
}

export type Attribute =
  | Property
  | GeoProperty
  | Relationship
  | LanguageProperty
  | VocabProperty
  | JsonProperty
  | ListProperty
  | ListRelationship;

export type AttributeKind = Attribute['kind'];

/** The default instance of an attribute, or undefined. Cost: one map lookup. */
export function attributeOf(entity: Entity, name: string): Attribute | undefined {
  const first = entity.attributes.get(name)?.[0];
  return first?.datasetId === undefined ? first : undefined;
}

/** The payload of an attribute as plain JSON: what a filter compares and a key-value form shows. */
export function jsonValueOf(attribute: Attribute): JsonValue {
  switch (attribute.kind) {
    case 'property':
      return attribute.value;
    case 'geo':
      return attribute.value ?? (attribute.geometry as unknown as JsonValue);
    case 'relationship':
      return attribute.object;
    case 'language':
      return attribute.languageMap;
    case 'vocab':
      return attribute.vocab;
    case 'json':
      return attribute.json;
    case 'list':
      return attribute.valueList;
    case 'listRelationship':
      return attribute.objectList;
  }
}
