import type { Attribute, AttributeInstances, Entity, EpochMs } from '../../../../core/entity/entity.ts';
import type { JsonValue } from '../../../../core/json.ts';
import { renderInstant } from '../../../../core/time/instant.ts';
import { type AttributeForm, type EntityBody, entityFormVersion } from './entity-form.ts';
import { decodeJson } from './json-form.ts';
import { decodeText } from './text-form.ts';

/** The exact inverse of `encodeEntity`. Throws for a version that this release does not read. */
export function restoreEntity(form: EntityBody): Entity {
  if (form.v !== entityFormVersion) {
    throw new Error(`an entity is stored in version ${form.v} of its form; this release reads ${entityFormVersion}`);
  }
  const createdAt = form.createdAt.getTime();
  const modifiedAt = form.modifiedAt.getTime();
  const attributes = new Map<string, AttributeInstances>();
  for (const each of form.attributes) {
    const name = decodeText(each.name);
    const attribute = restoreAttribute(each, createdAt, modifiedAt);
    const before = attributes.get(name);
    attributes.set(name, before === undefined ? [attribute] : [...before, attribute]);
  }
  return {
    id: decodeText(form.id),
    types: restoreTexts(form.type),
    scopes: restoreTexts(form.scope),
    attributes,
    createdAt,
    modifiedAt,
    ...(form.expiresAt !== undefined && { expiresAt: form.expiresAt.getTime() }),
    ...(form.correlator !== undefined && { correlator: decodeText(form.correlator) }),
  };
}

function restoreTexts(texts: string | readonly string[]): readonly string[] {
  return typeof texts === 'string' ? [decodeText(texts)] : texts.map(decodeText);
}

function restoreAttribute(form: AttributeForm, entityCreatedAt: EpochMs, entityModifiedAt: EpochMs): Attribute {
  const createdAt = form.createdAt?.getTime() ?? entityCreatedAt;
  const modifiedAt = form.modifiedAt?.getTime() ?? entityModifiedAt;
  return {
    ...restorePayload(form),
    ...(form.type !== undefined && { declaredType: decodeText(form.type) }),
    ...(form.datasetId !== undefined && { datasetId: decodeText(form.datasetId) }),
    ...(form.observedAt !== undefined && { observedAt: form.observedAt.getTime() }),
    ...(form.expiresAt !== undefined && { expiresAt: form.expiresAt.getTime() }),
    ...(form.subAttributes !== undefined && {
      subAttributes: new Map(
        form.subAttributes.map((each) => [decodeText(each.name), restoreAttribute(each, createdAt, modifiedAt)]),
      ),
    }),
    createdAt,
    modifiedAt,
  } as unknown as Attribute;
}

/** What an attribute of its kind has, less what all kinds have. */
function restorePayload(form: AttributeForm): object {
  const { kind = 'property' } = form;
  const unitCode = form.unitCode !== undefined && { unitCode: decodeText(form.unitCode) };
  const objectType = form.objectType !== undefined && { objectType: decodeJson(form.objectType) };
  switch (kind) {
    case 'property':
      return {
        kind,
        value: restoreValue(form),
        ...(form.written !== undefined && { written: decodeJson(form.written) }),
        ...(form.valueType !== undefined && { valueType: decodeText(form.valueType) }),
        ...unitCode,
      };
    case 'geo':
      return form.geometry === undefined
        ? { kind, geometry: restoreValue(form) }
        : { kind, geometry: decodeJson(form.geometry), value: restoreValue(form) };
    case 'relationship':
      return { kind, object: restoreValue(form), ...objectType };
    case 'language':
      return { kind, languageMap: decodeJson(form.languageMap ?? {}) };
    case 'vocab':
      return { kind, vocab: restoreValue(form) };
    case 'json':
      return { kind, json: restoreValue(form) };
    case 'list':
      return { kind, valueList: restoreValue(form), ...unitCode };
    case 'listRelationship':
      return { kind, objectList: restoreValue(form), ...objectType };
  }
}

function restoreValue({ value, valueText }: AttributeForm): JsonValue {
  if (value === undefined) return null;
  if (!(value instanceof Date)) return decodeJson(value);
  return valueText === undefined ? renderInstant(value.getTime()) : decodeText(valueText);
}
