import type { Geometry } from 'geojson';
import { createEntity } from '../../core/change/apply.ts';
import { defaultEntityType } from '../../core/change/entity-draft.ts';
import { type AttributeWrite, expiryName } from '../../core/change/mutation.ts';
import type { Attribute, AttributeInstances, Entity } from '../../core/entity/entity.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { renderInstant } from '../../core/time/instant.ts';
import { parseAttributeMember } from '../../dialects/ngsiv2/parse-attribute.ts';
import { isDateTimeType, isGeoType } from '../../dialects/ngsiv2/special-types.ts';
import { freeText } from '../../dialects/ngsiv2/text-rules.ts';
import {
  encodeKey,
  OrionDocumentError,
  readArray,
  readObject,
  readSeconds,
  readText,
  readValue,
} from './orion-value.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The entity that a document of Orion's collection `entities` holds, with its times, its place in the tree of service paths
 * and its correlator. Text that Orion's present rules would refuse is taken as it is.
 *
 * Throws an `OrionDocumentError` or a `Refusal` for what is no entity of NGSIv2. [Orion database model, entities]
 */
export function readOrionEntity(document: unknown): Entity {
  const fields = readObject(document, 'the document');
  const identity = readObject(fields._id, '_id');
  const id = readText(identity.id);
  if (id === undefined) throw new OrionDocumentError('_id.id is not a text');
  const createdAt = readSeconds(fields.creDate);
  if (createdAt === undefined) throw new OrionDocumentError('creDate is not a number');
  const attributes = attributesOf(fields);
  const { expDate } = fields;
  const draft = {
    id,
    types: [readText(identity.type) ?? defaultEntityType],
    writes: attributes.map(({ write }) => write),
    ...(expDate instanceof Date && { expiresAt: expDate.getTime() }),
  };
  const scope = readText(identity.servicePath) ?? '/';
  const { entity } = createEntity(draft, scope, createdAt, readText(fields.lastCorrelator) ?? '');
  const { correlator: _, ...rest } = entity;
  return {
    ...rest,
    modifiedAt: readSeconds(fields.modDate) ?? createdAt,
    attributes: withTimes(entity, attributes),
    ...(entity.correlator !== '' && entity.correlator !== undefined && { correlator: entity.correlator }),
  };
}

interface OrionAttribute {
  readonly write: AttributeWrite;
  readonly fields: Fields;
}

/** In Orion's order, which is that of creation. */
function attributesOf(entity: Fields): OrionAttribute[] {
  const byKey = readObject(entity.attrs ?? {}, 'attrs');
  const location = readObject(entity.location ?? {}, 'location');
  return readArray(entity.attrNames)
    .filter((name) => name !== expiryName)
    .map((name) => {
      if (typeof name !== 'string') throw new OrionDocumentError('attrNames holds what is not a text');
      const fields = readObject(byKey[encodeKey(name)], `attrs.${encodeKey(name)}`);
      const write = parseAttributeMember(name, memberOf(fields), {
        form: 'normalized',
        rules: freeText,
        creates: true,
      });
      return { write: location.attrName === name ? located(write, fields, location.coords) : write, fields };
    });
}

/** The attribute as a client would write it. */
function memberOf(fields: Fields): JsonObject {
  const type = readText(fields.type);
  const metadata = metadataOf(fields);
  return {
    ...(type !== undefined && { type }),
    value: typedValue(type, fields.value),
    ...(metadata !== undefined && { metadata }),
  };
}

function metadataOf(fields: Fields): JsonObject | undefined {
  const names = readArray(fields.mdNames).filter((name) => typeof name === 'string');
  if (names.length === 0) return undefined;
  const byKey = readObject(fields.md, 'md');
  return Object.fromEntries(
    names.map((name) => {
      const item = readObject(byKey[encodeKey(name)], `md.${encodeKey(name)}`);
      const type = readText(item.type);
      return [name, { ...(type !== undefined && { type }), value: typedValue(type, item.value) }];
    }),
  );
}

/** Orion keeps an instant as seconds. */
function typedValue(type: string | undefined, value: unknown): JsonValue {
  const seconds = type !== undefined && isDateTimeType(type) ? readSeconds(value) : undefined;
  return seconds === undefined ? readValue(value) : renderInstant(seconds);
}

/** An entity's place under a type of NGSIv1, which by itself says nothing of places. */
function located(write: AttributeWrite, fields: Fields, coords: unknown): AttributeWrite {
  if (isGeoType(readText(fields.type) ?? '') || write.content.kind === 'geo') return write;
  return {
    ...write,
    content: { kind: 'geo', geometry: readValue(coords) as unknown as Geometry, value: readValue(fields.value) },
  };
}

function withTimes(entity: Entity, attributes: readonly OrionAttribute[]): ReadonlyMap<string, AttributeInstances> {
  return new Map(
    attributes.map(({ write: { name }, fields }): [string, AttributeInstances] => {
      const attribute = entity.attributes.get(name)?.[0];
      if (attribute === undefined) throw new OrionDocumentError(`attribute ${name} is there twice`);
      const createdAt = readSeconds(fields.creDate) ?? entity.createdAt;
      return [name, [timed(attribute, createdAt, readSeconds(fields.modDate) ?? createdAt)]];
    }),
  );
}

function timed(attribute: Attribute, createdAt: number, modifiedAt: number): Attribute {
  const subAttributes =
    attribute.subAttributes &&
    new Map([...attribute.subAttributes].map(([name, sub]) => [name, timed(sub, createdAt, modifiedAt)]));
  return { ...attribute, createdAt, modifiedAt, ...(subAttributes && { subAttributes }) };
}
