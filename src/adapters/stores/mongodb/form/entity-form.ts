import { dueAtOf } from '../../../../core/entity/due-at.ts';
import type { Attribute, Entity, EpochMs } from '../../../../core/entity/entity.ts';
import { jsonValueOf } from '../../../../core/entity/entity.ts';
import type { Mutable } from '../../../../core/mutable.ts';
import { renderInstant } from '../../../../core/time/instant.ts';
import { shapeOf } from './entity-shape.ts';
import type { JsonForm } from './json-form.ts';
import { encodeJson } from './json-form.ts';
import { placesOf } from './place-form.ts';
import { encodeText } from './text-form.ts';

/** The version that `encodeEntity` writes. */
export const entityFormVersion = 1;

/** An entity as a document of the collection `entities`, described field by field in docs/stored-model.md. */
export interface EntityForm extends EntityBody {
  readonly _id: number;
  /** Names this state of the entity: no other state, of whatever entity, ever has the same. */
  readonly revision: string;
  /** Place among the entities of its id; no two of them have the same. */
  readonly twin: number;
}

/** What an entity is, whatever its place and state are called. */
export interface EntityBody {
  readonly id: string;
  readonly v: number;
  readonly type: string | readonly string[];
  readonly scope: string | readonly string[];
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  readonly expiresAt?: Date;
  readonly dueAt?: Date;
  readonly correlator?: string;
  /** As `shapeOf`; since form 2 of a tenant's collections. */
  readonly shape?: string;
  readonly attributes: readonly AttributeForm[];
  /** Where it is, for queries: absent where it has no location. */
  readonly places?: readonly string[];
}

/** An instance of an attribute, or a sub-attribute. */
export interface AttributeForm {
  readonly name: string;
  readonly datasetId?: string;
  readonly kind?: Attribute['kind'];
  readonly type?: string;
  /** The payload, whatever the kind, except `language`; a `DateTime` as a date, absent where it is null. */
  readonly value?: JsonForm | Date;
  readonly valueType?: string;
  /** Of a `DateTime` that was not written as `renderInstant` does: how it was. */
  readonly valueText?: string;
  readonly written?: JsonForm;
  readonly geometry?: JsonForm;
  readonly languageMap?: JsonForm;
  /** All texts of a `languageMap`, for queries. */
  readonly texts?: readonly string[];
  readonly objectType?: JsonForm;
  readonly unitCode?: string;
  readonly observedAt?: Date;
  readonly expiresAt?: Date;
  readonly createdAt?: Date;
  readonly modifiedAt?: Date;
  readonly subAttributes?: readonly AttributeForm[];
}

/** Cost: one walk through the entity. */
export function encodeEntity(entity: Entity): EntityBody {
  const attributes: AttributeForm[] = [];
  for (const [name, instances] of entity.attributes) {
    for (const instance of instances) {
      attributes.push(encodeAttribute(name, instance, entity.createdAt, entity.modifiedAt));
    }
  }
  const dueAt = dueAtOf(entity);
  const places = placesOf(entity);
  return {
    id: encodeText(entity.id),
    v: entityFormVersion,
    type: oneOrMany(entity.types),
    scope: oneOrMany(entity.scopes),
    createdAt: new Date(entity.createdAt),
    modifiedAt: new Date(entity.modifiedAt),
    ...(entity.expiresAt !== undefined && { expiresAt: new Date(entity.expiresAt) }),
    ...(dueAt !== undefined && { dueAt: new Date(dueAt) }),
    ...(entity.correlator !== undefined && { correlator: encodeText(entity.correlator) }),
    shape: shapeOf(entity),
    attributes,
    ...(places.length > 0 && { places }),
  };
}

function oneOrMany(texts: readonly string[]): string | readonly string[] {
  const [first] = texts;
  return texts.length === 1 && first !== undefined ? encodeText(first) : texts.map(encodeText);
}

/** `createdAt`, `modifiedAt`: of what the attribute belongs to. */
export function encodeAttribute(
  name: string,
  attribute: Attribute,
  createdAt: EpochMs,
  modifiedAt: EpochMs,
): AttributeForm {
  const form: Mutable<AttributeForm> = { name: encodeText(name) };
  if (attribute.datasetId !== undefined) form.datasetId = encodeText(attribute.datasetId);
  if (attribute.kind !== 'property') form.kind = attribute.kind;
  if (attribute.declaredType !== undefined) form.type = encodeText(attribute.declaredType);
  encodePayload(form, attribute);
  if (attribute.observedAt !== undefined) form.observedAt = new Date(attribute.observedAt);
  if (attribute.expiresAt !== undefined) form.expiresAt = new Date(attribute.expiresAt);
  if (attribute.createdAt !== createdAt) form.createdAt = new Date(attribute.createdAt);
  if (attribute.modifiedAt !== modifiedAt) form.modifiedAt = new Date(attribute.modifiedAt);
  if (attribute.subAttributes !== undefined) {
    form.subAttributes = Array.from(attribute.subAttributes, ([subName, subAttribute]) =>
      encodeAttribute(subName, subAttribute, attribute.createdAt, attribute.modifiedAt),
    );
  }
  return form;
}

function encodePayload(form: Mutable<AttributeForm>, attribute: Attribute): void {
  if (attribute.kind === 'language') {
    form.languageMap = encodeJson(attribute.languageMap);
    form.texts = Object.values(attribute.languageMap).flat().map(encodeText);
    return;
  }
  if (attribute.kind === 'property' && attribute.valueType === 'DateTime') encodeInstant(form, attribute.value);
  else form.value = encodeJson(jsonValueOf(attribute));
  switch (attribute.kind) {
    case 'property':
      if (attribute.valueType !== undefined) form.valueType = encodeText(attribute.valueType);
      if (attribute.written !== undefined) form.written = encodeJson(attribute.written);
      if (attribute.unitCode !== undefined) form.unitCode = encodeText(attribute.unitCode);
      return;
    case 'geo':
      if (attribute.value !== undefined) form.geometry = encodeJson(attribute.geometry as never);
      return;
    case 'relationship':
    case 'listRelationship':
      if (attribute.objectType !== undefined) form.objectType = encodeJson(attribute.objectType);
      return;
    case 'list':
      if (attribute.unitCode !== undefined) form.unitCode = encodeText(attribute.unitCode);
  }
}

function encodeInstant(form: Mutable<AttributeForm>, value: unknown): void {
  if (value === null) return;
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant)) {
    form.value = encodeJson(value as never);
    return;
  }
  form.value = new Date(instant);
  if (value !== renderInstant(instant)) form.valueText = encodeText(value as string);
}
