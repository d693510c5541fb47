import type { Geometry } from 'geojson';
import type { JsonValue } from '../json.ts';
import type { Mutable } from '../mutable.ts';
import type { Attribute, AttributeInstances, AttributeKind, Entity, EpochMs } from './entity.ts';

/** The version that `encodeEntity` writes. `decodeEntity` reads this one and refuses others. */
export const storedFormVersion = 1;

/**
 * An entity as every store keeps it: a JSON object, documented member by member in docs/stored-model.md.
 *
 * What has a name is kept in arrays, never as members of an object, because a JSON object does not keep the order
 * of names that look like integers. What equals its default is left out.
 */
export interface StoredEntity {
  readonly v: number;
  readonly id: string;
  readonly type: string | readonly string[];
  /** Absent: `/`. */
  readonly scope?: string | readonly string[];
  readonly createdAt: EpochMs;
  /** Absent: `createdAt`. */
  readonly modifiedAt?: EpochMs;
  readonly expiresAt?: EpochMs;
  readonly correlator?: string;
  /** Instances of one attribute stand together and bear the same name. */
  readonly attributes: readonly StoredAttribute[];
}

/** One instance of an attribute, or a sub-attribute. The payload is named as in the core: `value`, `geometry`, `object` … */
export interface StoredAttribute {
  readonly name: string;
  /** Absent: `property`. */
  readonly kind?: AttributeKind;
  /** The declared type. */
  readonly type?: string;
  readonly value?: JsonValue;
  readonly written?: JsonValue;
  readonly geometry?: Geometry;
  readonly object?: string | readonly string[];
  readonly languageMap?: { readonly [language: string]: string | readonly string[] };
  readonly vocab?: string | readonly string[];
  readonly json?: JsonValue;
  readonly valueList?: readonly JsonValue[];
  readonly objectList?: readonly string[];
  readonly objectType?: string | readonly string[];
  readonly valueType?: string;
  readonly unitCode?: string;
  readonly datasetId?: string;
  readonly observedAt?: EpochMs;
  readonly expiresAt?: EpochMs;
  /** Absent: that of the entity, or, in a sub-attribute, that of the attribute around it. */
  readonly createdAt?: EpochMs;
  /** Absent: as for `createdAt`. */
  readonly modifiedAt?: EpochMs;
  readonly subAttributes?: readonly StoredAttribute[];
}

/**
 * Renders an entity as the JSON text that a store keeps. Equal entities give equal texts.
 *
 * Numbers are kept as JSON keeps them: -0 becomes 0, and one that is not finite must not occur.
 */
export function encodeEntity(entity: Entity): string {
  const attributes: StoredAttribute[] = [];
  for (const [name, instances] of entity.attributes) {
    for (const instance of instances) {
      attributes.push(storeAttribute(name, instance, entity.createdAt, entity.modifiedAt));
    }
  }
  const stored: Mutable<Partial<StoredEntity>> = {
    v: storedFormVersion,
    id: entity.id,
    type: oneOrMany(entity.types),
  };
  if (entity.scopes.length !== 1 || entity.scopes[0] !== '/') stored.scope = oneOrMany(entity.scopes);
  stored.createdAt = entity.createdAt;
  if (entity.modifiedAt !== entity.createdAt) stored.modifiedAt = entity.modifiedAt;
  if (entity.expiresAt !== undefined) stored.expiresAt = entity.expiresAt;
  if (entity.correlator !== undefined) stored.correlator = entity.correlator;
  stored.attributes = attributes;
  return JSON.stringify(stored);
}

/**
 * Reads a text that `encodeEntity` rendered: the exact inverse. It trusts the text, as it is called for every entity
 * at start (its cost is that of JSON.parse); `parseStoredEntity` reads texts that come from elsewhere.
 */
export function decodeEntity(text: string): Entity {
  return restoreEntity(JSON.parse(text) as StoredEntity);
}

/** As `decodeEntity`, from the parsed JSON. */
export function restoreEntity(stored: StoredEntity): Entity {
  if (stored.v !== storedFormVersion) {
    throw new Error(`an entity is stored in version ${stored.v} of its form; this release reads ${storedFormVersion}`);
  }
  const createdAt = stored.createdAt;
  const modifiedAt = stored.modifiedAt ?? createdAt;
  const attributes = new Map<string, AttributeInstances>();
  for (const each of stored.attributes) {
    const attribute = restoreAttribute(each, createdAt, modifiedAt);
    const before = attributes.get(each.name);
    attributes.set(each.name, before === undefined ? [attribute] : [...before, attribute]);
  }
  const entity: Mutable<Entity> = {
    id: stored.id,
    types: typeof stored.type === 'string' ? [stored.type] : stored.type,
    scopes: stored.scope === undefined ? rootScope : typeof stored.scope === 'string' ? [stored.scope] : stored.scope,
    attributes,
    createdAt,
    modifiedAt,
  };
  if (stored.expiresAt !== undefined) entity.expiresAt = stored.expiresAt;
  if (stored.correlator !== undefined) entity.correlator = stored.correlator;
  return entity;
}

const rootScope: readonly string[] = ['/'];

function oneOrMany(texts: readonly string[]): string | readonly string[] {
  return texts.length === 1 && texts[0] !== undefined ? texts[0] : texts;
}

function storeAttribute(name: string, attribute: Attribute, createdAt: EpochMs, modifiedAt: EpochMs): StoredAttribute {
  const stored: Mutable<StoredAttribute> = { name };
  if (attribute.kind !== 'property') stored.kind = attribute.kind;
  if (attribute.declaredType !== undefined) stored.type = attribute.declaredType;
  storePayload(stored, attribute);
  if (attribute.datasetId !== undefined) stored.datasetId = attribute.datasetId;
  if (attribute.observedAt !== undefined) stored.observedAt = attribute.observedAt;
  if (attribute.expiresAt !== undefined) stored.expiresAt = attribute.expiresAt;
  if (attribute.createdAt !== createdAt) stored.createdAt = attribute.createdAt;
  if (attribute.modifiedAt !== modifiedAt) stored.modifiedAt = attribute.modifiedAt;
  if (attribute.subAttributes !== undefined) {
    const subAttributes: StoredAttribute[] = [];
    for (const [subName, subAttribute] of attribute.subAttributes) {
      subAttributes.push(storeAttribute(subName, subAttribute, attribute.createdAt, attribute.modifiedAt));
    }
    stored.subAttributes = subAttributes;
  }
  return stored;
}

function storePayload(stored: Mutable<StoredAttribute>, attribute: Attribute): void {
  switch (attribute.kind) {
    case 'property':
      stored.value = attribute.value;
      if (attribute.written !== undefined) stored.written = attribute.written;
      if (attribute.valueType !== undefined) stored.valueType = attribute.valueType;
      if (attribute.unitCode !== undefined) stored.unitCode = attribute.unitCode;
      return;
    case 'geo':
      stored.geometry = attribute.geometry;
      if (attribute.value !== undefined) stored.value = attribute.value;
      return;
    case 'relationship':
      stored.object = attribute.object;
      if (attribute.objectType !== undefined) stored.objectType = attribute.objectType;
      return;
    case 'language':
      stored.languageMap = attribute.languageMap;
      return;
    case 'vocab':
      stored.vocab = attribute.vocab;
      return;
    case 'json':
      stored.json = attribute.json;
      return;
    case 'list':
      stored.valueList = attribute.valueList;
      if (attribute.unitCode !== undefined) stored.unitCode = attribute.unitCode;
      return;
    case 'listRelationship':
      stored.objectList = attribute.objectList;
      if (attribute.objectType !== undefined) stored.objectType = attribute.objectType;
      return;
  }
}

function restoreAttribute(stored: StoredAttribute, entityCreatedAt: EpochMs, entityModifiedAt: EpochMs): Attribute {
  const attribute: Mutable<Attribute> = restorePayload(
    stored,
    stored.createdAt ?? entityCreatedAt,
    stored.modifiedAt ?? entityModifiedAt,
  );
  if (stored.type !== undefined) attribute.declaredType = stored.type;
  if (stored.datasetId !== undefined) attribute.datasetId = stored.datasetId;
  if (stored.observedAt !== undefined) attribute.observedAt = stored.observedAt;
  if (stored.expiresAt !== undefined) attribute.expiresAt = stored.expiresAt;
  if (stored.subAttributes !== undefined) {
    const subAttributes = new Map<string, Attribute>();
    for (const each of stored.subAttributes) {
      subAttributes.set(each.name, restoreAttribute(each, attribute.createdAt, attribute.modifiedAt));
    }
    attribute.subAttributes = subAttributes;
  }
  return attribute;
}

function restorePayload(stored: StoredAttribute, createdAt: EpochMs, modifiedAt: EpochMs): Mutable<Attribute> {
  const kind = stored.kind ?? 'property';
  switch (kind) {
    case 'property': {
      const property: Mutable<Extract<Attribute, { kind: 'property' }>> = {
        kind: 'property',
        value: stored.value as JsonValue,
        createdAt,
        modifiedAt,
      };
      if (stored.written !== undefined) property.written = stored.written;
      if (stored.valueType !== undefined) property.valueType = stored.valueType;
      if (stored.unitCode !== undefined) property.unitCode = stored.unitCode;
      return property;
    }
    case 'geo': {
      const geometry = stored.geometry as Geometry;
      return stored.value === undefined
        ? { kind: 'geo', geometry, createdAt, modifiedAt }
        : { kind: 'geo', geometry, value: stored.value, createdAt, modifiedAt };
    }
    case 'relationship':
      return {
        kind: 'relationship',
        object: stored.object as string | readonly string[],
        ...(stored.objectType !== undefined && { objectType: stored.objectType }),
        createdAt,
        modifiedAt,
      };
    case 'language':
      return {
        kind: 'language',
        languageMap: stored.languageMap as { readonly [language: string]: string | readonly string[] },
        createdAt,
        modifiedAt,
      };
    case 'vocab':
      return { kind: 'vocab', vocab: stored.vocab as string | readonly string[], createdAt, modifiedAt };
    case 'json':
      return { kind: 'json', json: stored.json as JsonValue, createdAt, modifiedAt };
    case 'list':
      return {
        kind: 'list',
        valueList: stored.valueList as readonly JsonValue[],
        ...(stored.unitCode !== undefined && { unitCode: stored.unitCode }),
        createdAt,
        modifiedAt,
      };
    case 'listRelationship':
      return {
        kind: 'listRelationship',
        objectList: stored.objectList as readonly string[],
        ...(stored.objectType !== undefined && { objectType: stored.objectType }),
        createdAt,
        modifiedAt,
      };
  }
}
