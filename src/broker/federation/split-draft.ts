import type { BatchAction } from '../../core/change/batch-action.ts';
import type { EntityDraft } from '../../core/change/entity-draft.ts';
import type { Registration } from '../../core/registration/registration.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { targetOf } from '../entities/the-entity.ts';
import { forwardable } from './forwardable.ts';
import { groupByProvider, type ProviderGroup } from './provider-group.ts';

/** An update in its parts: what is done here, and what goes to whom. */
export interface SplitDraft {
  /** Undefined: nothing is to be done here. */
  readonly here: EntityDraft | undefined;
  /** At least one. */
  readonly elsewhere: readonly ForwardedDraft[];
}

export interface ForwardedDraft {
  readonly group: ProviderGroup;
  readonly draft: EntityDraft;
}

/**
 * Tells which part of an update belongs to providers; undefined where none does.
 *
 * What is here is updated here. An attribute that is not goes to its owner: who was first registered with this entity by its id;
 * or else all who were registered with a pattern that covers it, of whom those do it that have it. What would come to be by the
 * update has an owner only where a registration names the attribute, or the entity and none of its attributes: a pattern for all
 * that another broker has claims nothing. An entity that is here is removed here alone. [V2 registration]
 */
export async function splitDraft(
  broker: Broker,
  scope: RequestScope,
  action: BatchAction,
  draft: EntityDraft,
): Promise<SplitDraft | undefined> {
  const creates = action === 'append' || action === 'appendStrict';
  if (creates && !broker.providers.settings.forwardsAppends) return undefined;
  const { id, types, writes } = draft;
  const registrations = forwardable(broker, scope, 'update', {
    selectors: [{ ids: [id], ...(types.length > 0 && { types }) }],
    attributes: writes.length === 0 ? 'all' : writes.map(({ name }) => name),
  }).filter((registration) => !creates || claims(registration, id));
  if (registrations.length === 0) return undefined;
  const [type] = types;
  const target = targetOf({ id, ...(type !== undefined && { type }) }, scope);
  const [record, ...more] = await broker.stores.tenant(scope.tenant).entities.lookup(target);
  if (more.length > 0) return undefined;
  const own = registrations.filter((registration) => record === undefined || isOfType(registration, record));
  return writes.length === 0 ? splitWhole(draft, own, record) : splitWrites(draft, action, own, record);
}

/** The entity itself: only who has all of it owns it. */
function splitWhole(
  draft: EntityDraft,
  registrations: readonly Registration[],
  record: EntityRecord | undefined,
): SplitDraft | undefined {
  const owners = ownersOf(
    registrations.filter(({ attributes }) => attributes.length === 0),
    draft.id,
  );
  if (record !== undefined || draft.expiresAt !== undefined || owners.length === 0) return undefined;
  return { here: undefined, elsewhere: forwardedTo(owners.map((owner) => [owner, draft])) };
}

function splitWrites(
  draft: EntityDraft,
  action: BatchAction,
  registrations: readonly Registration[],
  record: EntityRecord | undefined,
): SplitDraft | undefined {
  const { writes, expiresAt, ...identity } = draft;
  const types = draft.types.length > 0 ? draft.types : (record?.entity.types ?? []);
  const ownersByName = new Map<string, readonly Registration[]>();
  for (const { name } of writes) {
    if (record?.entity.attributes.has(name)) continue;
    const owners = ownersOf(
      registrations.filter(({ attributes }) => attributes.length === 0 || attributes.includes(name)),
      draft.id,
    );
    if (owners.length > 0) ownersByName.set(name, owners);
  }
  if (ownersByName.size === 0) return undefined;
  const rest = writes.filter(({ name }) => !ownersByName.has(name));
  // A replacement leaves here what it says, be it nothing.
  const isHere = rest.length > 0 || (record !== undefined && (expiresAt !== undefined || action === 'replace'));
  const elsewhere = [...new Set([...ownersByName.values()].flat())].map((owner): [Registration, EntityDraft] => [
    owner,
    {
      id: draft.id,
      types,
      writes: writes.filter(({ name }) => ownersByName.get(name)?.includes(owner)),
      ...(!isHere && expiresAt !== undefined && { expiresAt }),
    },
  ]);
  return {
    here: isHere ? { ...identity, writes: rest, ...(expiresAt !== undefined && { expiresAt }) } : undefined,
    elsewhere: forwardedTo(elsewhere),
  };
}

/** The first that names the entity; else all. */
function ownersOf(registrations: readonly Registration[], id: string): readonly Registration[] {
  const first = registrations.find((registration) => names(registration, id));
  return first === undefined ? registrations : [first];
}

/** What goes to one provider is one draft, whichever of its registrations it is for. */
function forwardedTo(drafts: readonly (readonly [Registration, EntityDraft])[]): readonly ForwardedDraft[] {
  const byOwner = new Map(drafts);
  return groupByProvider([...byOwner.keys()]).map((group) => {
    const parts = group.registrations.map((owner) => byOwner.get(owner)).filter((part) => part !== undefined);
    const [first] = parts as [EntityDraft];
    const writes = new Map(parts.flatMap((part) => part.writes).map((write) => [write.name, write]));
    return { group, draft: { ...first, types: typesFor(first, group), writes: [...writes.values()] } };
  });
}

/** The type that the client gave or the entity here has; else the one that is registered, if it is one. */
function typesFor({ id, types }: EntityDraft, { registrations }: ProviderGroup): readonly string[] {
  if (types.length > 0) return types;
  const registered = registrations.flatMap(({ entities }) =>
    entities.flatMap(({ ids, types: own = [] }) => (ids === undefined || ids.includes(id) ? own : [])),
  );
  const distinct = [...new Set(registered)];
  return distinct.length === 1 ? distinct : [];
}

function claims(registration: Registration, id: string): boolean {
  return registration.attributes.length > 0 || names(registration, id);
}

function names({ entities }: Registration, id: string): boolean {
  return entities.some(({ ids }) => ids?.includes(id));
}

function isOfType({ entities }: Registration, { entity }: EntityRecord): boolean {
  if (entities.length === 0) return true;
  return entities.some(
    ({ types, typePattern }) =>
      (types === undefined || types.some((type) => entity.types.includes(type))) &&
      (typePattern === undefined || entity.types.some((type) => typePattern.test(type))),
  );
}
