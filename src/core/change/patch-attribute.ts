import type { Attribute, EpochMs } from '../entity/entity.ts';
import { jsonValueOf } from '../entity/entity.ts';
import { invalidRequest } from '../errors.ts';
import type { Mutable } from '../mutable.ts';
import type { AttributePatch } from './attribute-patch.ts';
import { defaultDeclaredType } from './default-declared-type.ts';
import { equalContent } from './equal-content.ts';
import { mergeContent, withoutNulls } from './merge-content.ts';
import type { AttributeContent } from './mutation.ts';

/**
 * How a patch meets what is there. `replace`: what the patch does not say is gone. `update`: it stays, and each sub-attribute
 * that the patch names is replaced. `merge`: it stays, and sub-attributes and values are merged member by member.
 */
export type PatchManner = 'replace' | 'update' | 'merge';

/** What became of an attribute; `attribute` is the current one itself where nothing of it differs. */
export interface PatchedAttribute {
  readonly attribute: Attribute;
  /** Kind, payload or time of observation differ, or the attribute is new. */
  readonly changed: boolean;
  /** A sub-attribute differs, or the expiry. */
  readonly metadataChanged: boolean;
}

/**
 * The attribute after the patch: with the time of creation that it had, and `modifiedAt` at the moment where anything differs.
 *
 * A type that an NGSIv2 client declared stays as long as the kind of value does. Refuses with `invalidRequest` a patch without
 * a payload where nothing is there, and one that changes the kind where it may not (`update`). [LD 5.5.8] [LD 5.5.12]
 */
export function patchAttribute(
  current: Attribute | undefined,
  name: string,
  patch: AttributePatch,
  manner: PatchManner,
  moment: EpochMs,
): PatchedAttribute {
  const base = manner === 'replace' ? undefined : current;
  const content = samePlaceAs(current, contentAfter(base, current, name, patch, manner));
  const subAttributes = subAttributesAfter(current, patch, manner, moment);
  const observedAt = settled(patch.observedAt, base?.observedAt);
  const expiresAt = settled(patch.expiresAt, base?.expiresAt);
  const declaredType = declaredTypeAfter(current, content);

  const contentChanged =
    current === undefined || !equalContent(current, content) || current.declaredType !== declaredType;
  const changed = contentChanged || current.observedAt !== observedAt;
  const metadataChanged = subAttributes !== current?.subAttributes || current?.expiresAt !== expiresAt;
  if (current !== undefined && !changed && !metadataChanged) return { attribute: current, changed, metadataChanged };
  // Its members in the order of `writeAttribute`: objects of one shape, whichever dialect wrote them (bench: `ld-batch-100`).
  const attribute: Mutable<Attribute> = { ...content, createdAt: current?.createdAt ?? moment, modifiedAt: moment };
  if (declaredType !== undefined) attribute.declaredType = declaredType;
  if (subAttributes !== undefined) attribute.subAttributes = subAttributes;
  if (observedAt !== undefined) attribute.observedAt = observedAt;
  if (patch.datasetId !== undefined) attribute.datasetId = patch.datasetId;
  if (expiresAt !== undefined) attribute.expiresAt = expiresAt;
  return { attribute, changed, metadataChanged };
}

function contentAfter(
  base: Attribute | undefined,
  current: Attribute | undefined,
  name: string,
  patch: AttributePatch,
  manner: PatchManner,
): AttributeContent {
  const given = typeof patch.payload === 'function' ? patch.payload(current) : patch.payload;
  if (given === undefined && base === undefined) {
    throw invalidRequest(`${name}: there is no such attribute, so its value must be given`);
  }
  const kind = given?.kind ?? patch.kind;
  if (manner !== 'replace' && current !== undefined && kind !== undefined && kind !== current.kind) {
    if (manner === 'update' || given === undefined) {
      throw invalidRequest(`${name}: the type of an attribute that is there cannot be changed`);
    }
  }
  const sameKind = base !== undefined && (given === undefined || given.kind === base.kind);
  const merged =
    given === undefined
      ? (base as AttributeContent)
      : manner === 'merge'
        ? sameKind
          ? mergeContent(base, given)
          : withoutNulls(given)
        : given;
  return withMembers(merged, sameKind ? base : undefined, patch, given !== undefined);
}

/** The content alone, with what stands beside its payload: given, or as before. */
function withMembers(
  content: AttributeContent,
  before: Attribute | undefined,
  { valueType, unitCode, objectType }: AttributePatch,
  hasPayload: boolean,
): AttributeContent {
  switch (content.kind) {
    case 'property': {
      const { value, written } = content;
      const earlier = before?.kind === 'property' ? before : undefined;
      const type =
        valueType === null
          ? undefined
          : (valueType ?? content.valueType ?? (hasPayload ? undefined : earlier?.valueType));
      const unit = settled(unitCode, content.unitCode ?? earlier?.unitCode);
      const property: Mutable<Extract<AttributeContent, { kind: 'property' }>> = { kind: 'property', value };
      if (written !== undefined && valueType === undefined) property.written = written;
      if (type !== undefined) property.valueType = type;
      if (unit !== undefined) property.unitCode = unit;
      return property;
    }
    case 'list': {
      const unit = settled(unitCode, content.unitCode ?? (before?.kind === 'list' ? before.unitCode : undefined));
      return { kind: 'list', valueList: content.valueList, ...(unit !== undefined && { unitCode: unit }) };
    }
    case 'relationship': {
      const earlier = before?.kind === 'relationship' ? before.objectType : undefined;
      const type = settled(objectType, content.objectType ?? earlier);
      return { kind: 'relationship', object: content.object, ...(type !== undefined && { objectType: type }) };
    }
    case 'listRelationship': {
      const earlier = before?.kind === 'listRelationship' ? before.objectType : undefined;
      const type = settled(objectType, content.objectType ?? earlier);
      return {
        kind: 'listRelationship',
        objectList: content.objectList,
        ...(type !== undefined && { objectType: type }),
      };
    }
    case 'geo':
      return {
        kind: 'geo',
        geometry: content.geometry,
        ...(content.value !== undefined && { value: content.value }),
      };
    case 'language':
      return { kind: 'language', languageMap: content.languageMap };
    case 'vocab':
      return { kind: 'vocab', vocab: content.vocab };
    case 'json':
      return { kind: 'json', json: content.json };
  }
}

/** Given, taken away, or as before. */
function settled<Value>(given: Value | null | undefined, before: Value | undefined): Value | undefined {
  return given === undefined ? before : (given ?? undefined);
}

/** A place that has not moved is still written as an NGSIv2 client wrote it. */
function samePlaceAs(current: Attribute | undefined, content: AttributeContent): AttributeContent {
  if (content.kind !== 'geo' || content.value !== undefined) return content;
  if (current?.kind !== 'geo' || current.value === undefined) return content;
  const written: AttributeContent = { ...content, value: current.value };
  return equalContent(current, written) ? written : content;
}

/** As long as the value is of one kind, it is still what an NGSIv2 client declared it to be. */
function declaredTypeAfter(current: Attribute | undefined, content: AttributeContent): string | undefined {
  if (current?.declaredType === undefined || current.kind !== content.kind) return undefined;
  if (content.kind === 'geo') {
    return current.declaredType === 'geo:json' || equalContent(current, content) ? current.declaredType : undefined;
  }
  if (content.kind !== 'property' || current.kind !== 'property') return current.declaredType;
  const isAlike =
    content.valueType === current.valueType &&
    defaultDeclaredType(content.value) === defaultDeclaredType(jsonValueOf(current));
  return isAlike ? current.declaredType : undefined;
}

function subAttributesAfter(
  current: Attribute | undefined,
  patch: AttributePatch,
  manner: PatchManner,
  moment: EpochMs,
): ReadonlyMap<string, Attribute> | undefined {
  const before = current?.subAttributes;
  const after = new Map(manner === 'replace' ? undefined : before);
  // What stands beside the value now stood among the metadata when an NGSIv2 client wrote it.
  for (const name of ['observedAt', 'unitCode'] as const) if (patch[name] !== undefined) after.delete(name);
  for (const [name, inner] of patch.subAttributes ?? []) {
    if (inner === null) after.delete(name);
    else {
      const innerManner = manner === 'merge' ? 'merge' : 'replace';
      after.set(name, patchAttribute(before?.get(name), name, inner, innerManner, moment).attribute);
    }
  }
  if (after.size === 0) return undefined;
  const isSame =
    before !== undefined && before.size === after.size && [...after].every(([name, one]) => before.get(name) === one);
  return isSame ? before : after;
}
