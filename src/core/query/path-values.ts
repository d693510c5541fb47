import { dueAtOf } from '../entity/due-at.ts';
import { type Attribute, attributeOf, type Entity, type EpochMs, jsonValueOf } from '../entity/entity.ts';
import { isJsonObject, type JsonValue } from '../json.ts';
import { renderInstant } from '../time/instant.ts';
import type { AttributePath, BuiltinPath, Path } from './query.ts';

/** What a path leads to in one entity. */
export interface Target {
  readonly value: JsonValue;
  /**
   * Given where the target is an instant: a property of value type `DateTime`, or a built-in time; `value` is its text.
   * `null`: a `DateTime` without a value, which is there but compares with nothing. [V2 DateTime]
   */
  readonly instant?: EpochMs | null;
  /** Given where a path leads through several instances: what it leads to in each; the target itself is the first of them. */
  readonly alternatives?: readonly Target[];
}

/**
 * What the path leads to, or undefined where it leads nowhere. Of an attribute with several instances, the default one counts
 * unless the path asks for any.
 */
export function targetOf(path: Path, entity: Entity): Target | undefined {
  return path.kind === 'builtin' ? builtinOf(path, entity) : attributeTargetOf(path, entity);
}

function builtinOf(path: BuiltinPath, entity: Entity): Target | undefined {
  if (path.attribute !== undefined) {
    const attribute = attributeOf(entity, path.attribute);
    if (attribute === undefined) return undefined;
    if (path.name === 'createdAt') return instantTarget(attribute.createdAt);
    if (path.name === 'modifiedAt') return instantTarget(attribute.modifiedAt);
    return path.name === 'expiresAt' ? timeTarget(attribute.expiresAt) : undefined;
  }
  switch (path.name) {
    case 'id':
      return { value: entity.id };
    case 'type':
      return { value: oneOrAll(entity.types) };
    case 'scope':
      return { value: oneOrAll(entity.scopes) };
    case 'createdAt':
      return instantTarget(entity.createdAt);
    case 'modifiedAt':
      return instantTarget(entity.modifiedAt);
    case 'expiresAt':
      return timeTarget(entity.expiresAt);
    case 'dueAt':
      return timeTarget(dueAtOf(entity));
  }
}

function oneOrAll(texts: readonly string[]): JsonValue {
  return texts.length === 1 ? (texts[0] ?? null) : texts;
}

function instantTarget(instant: EpochMs): Target {
  return { value: renderInstant(instant), instant };
}

function timeTarget(instant: EpochMs | undefined): Target | undefined {
  return instant === undefined ? undefined : instantTarget(instant);
}

function attributeTargetOf(path: AttributePath, entity: Entity): Target | undefined {
  if (path.instances === undefined) return targetIn(attributeOf(entity, path.attribute), path);
  const targets: Target[] = [];
  for (const instance of entity.attributes.get(path.attribute) ?? []) {
    const target = targetIn(instance, path);
    if (target !== undefined) targets.push(target);
  }
  const [first, ...others] = targets;
  return first === undefined || others.length === 0 ? first : { ...first, alternatives: targets };
}

function targetIn(instance: Attribute | undefined, { subAttributes, members }: AttributePath): Target | undefined {
  let attribute = instance;
  for (const [depth, name] of subAttributes.entries()) {
    const inner: Attribute | undefined = attribute?.subAttributes?.get(name);
    if (inner === undefined && attribute !== undefined && depth === subAttributes.length - 1 && members.length === 0) {
      return ownMemberOf(attribute, name);
    }
    attribute = inner;
  }
  if (attribute === undefined) return undefined;
  if (members.length === 0) return wholeTargetOf(attribute);
  const value = memberOf(jsonValueOf(attribute), members);
  return value === undefined ? undefined : { value };
}

/** What stands beside the value of an attribute is found like a sub-attribute, where no sub-attribute has its name. */
function ownMemberOf(attribute: Attribute, name: string): Target | undefined {
  switch (name) {
    case 'observedAt':
      return timeTarget(attribute.observedAt);
    case 'unitCode':
      return 'unitCode' in attribute && attribute.unitCode !== undefined ? { value: attribute.unitCode } : undefined;
    case 'datasetId':
      return attribute.datasetId === undefined ? undefined : { value: attribute.datasetId };
    default:
      return undefined;
  }
}

function wholeTargetOf(attribute: Attribute): Target {
  // In whichever language: a comparison holds if it holds for one of the texts.
  if (attribute.kind === 'language') return { value: Object.values(attribute.languageMap).flat() };
  const value = jsonValueOf(attribute);
  if (attribute.kind !== 'property' || attribute.valueType !== 'DateTime') return { value };
  if (value === null) return { value, instant: null };
  const instant = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? { value } : { value, instant };
}

/**
 * The value at a path of members inside a JSON value, or undefined where there is none.
 *
 * In an array, a number takes the element at that index; any other name is looked up in every object among the elements,
 * and what is found there makes one array (members that are arrays themselves are laid out in it), so that a comparison
 * holds if it holds for any of them, as it does for a path through arrays in MongoDB. Only own members count.
 */
export function memberOf(value: JsonValue, members: readonly string[]): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const [depth, member] of members.entries()) {
    if (isArray(current)) {
      if (!arrayIndex.test(member)) return spread(current, members.slice(depth));
      current = current[Number(member)];
    } else {
      current = isJsonObject(current) && Object.hasOwn(current, member) ? current[member] : undefined;
    }
    if (current === undefined) return undefined;
  }
  return current;
}

const arrayIndex = /^(?:0|[1-9][0-9]{0,9})$/;

function spread(elements: readonly JsonValue[], members: readonly string[]): JsonValue | undefined {
  const found: JsonValue[] = [];
  let any = false;
  for (const element of elements) {
    const inner = isJsonObject(element) ? memberOf(element, members) : undefined;
    if (inner === undefined) continue;
    any = true;
    if (isArray(inner)) for (const one of inner) found.push(one);
    else found.push(inner);
  }
  return any ? found : undefined;
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
