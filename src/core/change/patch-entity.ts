import type { Attribute, AttributeInstances, Entity, EpochMs } from '../entity/entity.ts';
import type { ScopePath } from '../scope.ts';
import type { AttributePatch, NamedPatch } from './attribute-patch.ts';
import { deletionOf, type Edit } from './edit.ts';
import type { AttributeChange } from './entity-change.ts';
import { expiryName } from './mutation.ts';
import { type PatchManner, patchAttribute } from './patch-attribute.ts';

/** What an NGSI-LD client asks to happen to an entity that is there. */
export interface PatchMutation {
  readonly kind: 'patch';
  readonly patches: readonly NamedPatch[];
  /** How a patch meets an instance that is there; `leave`: not at all, and the attribute is reported. */
  readonly present: PatchManner | 'leave';
  /** Whether an instance that is not there comes to be; `report`: it does not, and the attribute is reported. */
  readonly absent: 'append' | 'report';
  /** Types that the entity has from now on, besides those that it has. [LD 4.16] */
  readonly types: readonly string[];
  /** Absent: the scopes stay. */
  readonly scopes?: ScopesPatch;
  /** As in `WriteOptions`. */
  readonly expiresAt?: EpochMs | null;
  /** Of the attributes that have a time of observation and whose patch says nothing of it. [LD 5.6.17] */
  readonly observedAt?: EpochMs;
}

/** `add`: to those that it has. `update`: instead of them, if it has any but the root. */
export interface ScopesPatch {
  readonly manner: 'replace' | 'add' | 'update';
  readonly scopes: readonly ScopePath[];
}

/** Leaves the entity with exactly this content; what was there keeps its time of creation. [LD 5.6.18] */
export interface ReplaceEntityMutation {
  readonly kind: 'replaceEntity';
  readonly patches: readonly NamedPatch[];
  readonly types: readonly string[];
  readonly scopes: readonly ScopePath[];
  readonly expiresAt?: EpochMs;
}

/** Removes instances of one attribute; one that is not there is reported. [LD 5.6.5] */
export interface RemoveInstancesMutation {
  readonly kind: 'removeInstances';
  readonly name: string;
  /** `all`, or the one with this `datasetId`; without it the default one. */
  readonly which: 'all' | { readonly datasetId?: string };
}

/** The scopes of an entity without one of its own: the root, as NGSIv2 has it. */
export const noScopes: readonly ScopePath[] = ['/'];

export function patchEntity(entity: Entity, mutation: PatchMutation, moment: EpochMs): Edit {
  const attributes = new Map(entity.attributes);
  const changes = new Changes();
  const missing = new Set<string>();
  const existing = new Set<string>();
  for (const { name, datasetId, patch } of mutation.patches) {
    const instances = attributes.get(name);
    const current = instanceOf(instances, datasetId);
    if (current === undefined && (patch === null || mutation.absent === 'report')) {
      if (mutation.absent === 'report') missing.add(name);
    } else if (patch === null) {
      setInstances(attributes, name, without(instances, datasetId));
      changes.add({ ...deletionOf(name), action: attributes.has(name) ? 'update' : 'delete' });
    } else if (current !== undefined && mutation.present === 'leave') {
      existing.add(name);
    } else {
      const manner = mutation.present === 'leave' ? 'replace' : mutation.present;
      const observed = observedWith(mutation.observedAt, current, patch);
      const { attribute, changed, metadataChanged } = patchAttribute(current, name, observed, manner, moment);
      if (attribute !== current) setInstances(attributes, name, withInstance(instances, attribute));
      changes.add({ name, action: instances === undefined ? 'append' : 'update', changed, metadataChanged });
    }
  }
  const types = withTypes(entity.types, mutation.types);
  const scopes = scopesAfter(entity.scopes, mutation.scopes);
  const expiresAt = mutation.expiresAt === undefined ? entity.expiresAt : (mutation.expiresAt ?? undefined);
  if (expiresAt !== entity.expiresAt) changes.add(expiryChange(entity.expiresAt, expiresAt));
  return {
    attributes,
    types,
    scopes,
    expiresAt,
    differs: changes.any || types !== entity.types || scopes !== entity.scopes,
    changes: changes.list,
    missing: [...missing],
    existing: [...existing],
  };
}

export function replaceEntity(entity: Entity, mutation: ReplaceEntityMutation, moment: EpochMs): Edit {
  const attributes = new Map<string, AttributeInstances>();
  const changes = new Changes();
  for (const { name, datasetId, patch } of mutation.patches) {
    if (patch === null) continue;
    const before = entity.attributes.get(name);
    const written = patchAttribute(instanceOf(before, datasetId), name, patch, 'replace', moment);
    setInstances(attributes, name, withInstance(attributes.get(name), written.attribute));
    const { changed, metadataChanged } = written;
    changes.add({ name, action: before === undefined ? 'append' : 'update', changed, metadataChanged });
  }
  for (const [name, instances] of entity.attributes) {
    const after = attributes.get(name);
    if (after === undefined) changes.add(deletionOf(name));
    else if (after.length < instances.length) {
      changes.add({ name, action: 'update', changed: true, metadataChanged: false });
    }
  }
  const { expiresAt } = mutation;
  if (expiresAt !== entity.expiresAt) changes.add(expiryChange(entity.expiresAt, expiresAt));
  const types = sameTexts(entity.types, mutation.types) ? entity.types : mutation.types;
  const scopes = sameTexts(entity.scopes, mutation.scopes) ? entity.scopes : mutation.scopes;
  const differs = changes.any || types !== entity.types || scopes !== entity.scopes;
  return { attributes, types, scopes, expiresAt, differs, changes: changes.list, missing: [], existing: [] };
}

export function removeInstances(entity: Entity, { name, which }: RemoveInstancesMutation): Edit {
  const { expiresAt } = entity;
  const instances = entity.attributes.get(name);
  const isThere = which === 'all' ? instances !== undefined : instanceOf(instances, which.datasetId) !== undefined;
  if (!isThere) {
    return { attributes: entity.attributes, expiresAt, differs: false, changes: [], missing: [name], existing: [] };
  }
  const attributes = new Map(entity.attributes);
  setInstances(attributes, name, which === 'all' ? [] : without(instances, which.datasetId));
  const change = { ...deletionOf(name), action: attributes.has(name) ? 'update' : 'delete' } as const;
  return { attributes, expiresAt, differs: true, changes: [change], missing: [], existing: [] };
}

/** The attributes of an entity that comes to be. [LD 5.6.1] */
export function patchedAttributes(
  patches: readonly NamedPatch[],
  moment: EpochMs,
): ReadonlyMap<string, AttributeInstances> {
  const attributes = new Map<string, AttributeInstances>();
  for (const { name, patch } of patches) {
    if (patch === null) continue;
    const { attribute } = patchAttribute(undefined, name, patch, 'merge', moment);
    setInstances(attributes, name, withInstance(attributes.get(name), attribute));
  }
  return attributes;
}

function observedWith(
  common: EpochMs | undefined,
  current: Attribute | undefined,
  patch: AttributePatch,
): AttributePatch {
  if (common === undefined || current?.observedAt === undefined || patch.observedAt !== undefined) return patch;
  return { ...patch, observedAt: common };
}

/** One change an attribute, however many of its instances were written; in the order of the request. */
class Changes {
  readonly #byName = new Map<string, AttributeChange>();

  add(change: AttributeChange): void {
    const before = this.#byName.get(change.name);
    this.#byName.set(change.name, {
      name: change.name,
      action: before?.action === 'append' ? 'append' : change.action,
      changed: change.changed || before?.changed === true,
      metadataChanged: change.metadataChanged || before?.metadataChanged === true,
    });
  }

  get any(): boolean {
    return this.list.some(({ changed, metadataChanged }) => changed || metadataChanged);
  }

  get list(): readonly AttributeChange[] {
    return [...this.#byName.values()];
  }
}

function expiryChange(before: EpochMs | undefined, after: EpochMs | undefined): AttributeChange {
  const action = before === undefined ? 'append' : after === undefined ? 'delete' : 'update';
  return { name: expiryName, action, changed: true, metadataChanged: false };
}

function instanceOf(instances: AttributeInstances | undefined, datasetId: string | undefined): Attribute | undefined {
  return instances?.find((instance) => instance.datasetId === datasetId);
}

function without(instances: AttributeInstances | undefined, datasetId: string | undefined): readonly Attribute[] {
  return (instances ?? []).filter((instance) => instance.datasetId !== datasetId);
}

/** In the place of the instance that it takes over from; the default one stands first. */
function withInstance(instances: AttributeInstances | undefined, attribute: Attribute): readonly Attribute[] {
  const { datasetId } = attribute;
  const before = instances ?? [];
  if (before.length === 1 && before[0]?.datasetId === datasetId) return [attribute];
  const at = before.findIndex((instance) => instance.datasetId === datasetId);
  if (at >= 0) return before.map((instance, place) => (place === at ? attribute : instance));
  return datasetId === undefined ? [attribute, ...before] : [...before, attribute];
}

function setInstances(
  attributes: Map<string, AttributeInstances>,
  name: string,
  instances: readonly Attribute[],
): void {
  if (isAny(instances)) attributes.set(name, instances);
  else attributes.delete(name);
}

function isAny(instances: readonly Attribute[]): instances is AttributeInstances {
  return instances.length > 0;
}

function withTypes(types: readonly string[], added: readonly string[]): readonly string[] {
  const missing = added.filter((type) => !types.includes(type));
  return missing.length === 0 ? types : [...types, ...new Set(missing)];
}

function scopesAfter(scopes: readonly ScopePath[], patch: ScopesPatch | undefined): readonly ScopePath[] {
  if (patch === undefined) return scopes;
  const hasOwn = !sameTexts(scopes, noScopes);
  if (patch.manner === 'update' && !hasOwn) return scopes;
  const after = patch.manner === 'add' && hasOwn ? withTypes(scopes, patch.scopes) : patch.scopes;
  return sameTexts(scopes, after) ? scopes : after;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}
