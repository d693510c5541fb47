import type { Attribute } from '../entity/entity.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { ngsiLdNull } from './attribute-patch.ts';
import type { AttributeContent } from './mutation.ts';

/** A payload merged into one of the same kind: objects member by member, languages one by one, all else replaced. [LD 5.5.12] */
export function mergeContent(current: Attribute, given: AttributeContent): AttributeContent {
  if (given.kind === 'property' && current.kind === 'property') {
    return { ...given, value: mergeJson(current.value, given.value) };
  }
  if (given.kind === 'json' && current.kind === 'json')
    return { kind: 'json', json: mergeJson(current.json, given.json) };
  if (given.kind === 'language' && current.kind === 'language') {
    return {
      kind: 'language',
      languageMap: mergeJson(current.languageMap, given.languageMap) as typeof given.languageMap,
    };
  }
  return given;
}

/** The payload as it is where there is nothing to merge it with: what it takes away is not there. */
export function withoutNulls(given: AttributeContent): AttributeContent {
  switch (given.kind) {
    case 'property':
      return { ...given, value: mergeJson(null, given.value) };
    case 'json':
      return { kind: 'json', json: mergeJson(null, given.json) };
    case 'language':
      return { kind: 'language', languageMap: mergeJson({}, given.languageMap) as typeof given.languageMap };
    default:
      return given;
  }
}

/** A JSON merge patch, in which NGSI-LD Null stands for null. [RFC 7396] */
function mergeJson(target: JsonValue, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const before: JsonObject = isJsonObject(target) ? target : {};
  const members = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(patch)) {
    if (value === ngsiLdNull) members.delete(name);
    else members.set(name, mergeJson(Object.hasOwn(before, name) ? (before[name] ?? null) : null, value));
  }
  return Object.fromEntries(members);
}
