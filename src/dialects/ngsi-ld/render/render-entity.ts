import { noScopes } from '../../../core/change/patch-entity.ts';
import type { Attribute, Entity } from '../../../core/entity/entity.ts';
import { isEntityMember } from '../names.ts';
import { inOlderVersion, instancesInOlderVersion } from '../older-versions.ts';
import type { EntityView } from '../query/entity-view.ts';
import type { MemberTree } from '../query/projection.ts';
import {
  type AttributeRendering,
  keyOf,
  type RenderLinked,
  renderInstances,
  renderSystemTimes,
  shownInstances,
} from './render-attribute.ts';

/** What is added to an entity, or said differently of it, where it is shown. */
export interface EntityRendering {
  readonly view: EntityView;
  /** Of a linked entity: what its relationship picks of it; absent: what the view picks. */
  readonly pick?: MemberTree;
  readonly omit?: MemberTree;
  readonly linked?: RenderLinked;
  /** By attribute: what it was before the change that is told of. */
  readonly previous?: ReadonlyMap<string, readonly Attribute[]>;
  /** By attribute: instances that the change took away, as JSON texts, where others stay. */
  readonly gone?: ReadonlyMap<string, readonly string[]>;
  /** Members that are added: each a key and a value, as JSON text. */
  readonly added?: readonly string[];
  /** JSON text of the context, where the entity carries it. */
  readonly context?: string;
}

/** An entity as JSON text: id, type, scope, times where they are asked for, attributes, context. [LD 4.5.1] [LD 4.5.4] */
export function renderEntity(entity: Entity, rendering: EntityRendering): string {
  const { view, context, added = [] } = rendering;
  if (view.version !== undefined) return renderEntity(...asOlder(entity, rendering));
  const parts: string[] = [];
  if (isShown('id', rendering)) parts.push(`"id":${JSON.stringify(entity.id)}`);
  if (isShown('type', rendering)) parts.push(`"type":${renderTypes(entity, view)}`);
  if (isShown('scope', rendering) && hasScopes(entity)) parts.push(`"scope":${renderScopes(entity)}`);
  if (view.sysAttrs) parts.push(renderSystemTimes(entity).slice(1));
  parts.push(...renderAttributes(entity, rendering), ...added);
  if (context !== undefined) parts.push(`"@context":${context}`);
  return `{${parts.join(',')}}`;
}

/** An entity in the version that the view asks for, and what is left to do then. [LD 4.3.6.8] */
export function asOlder<Rendering extends EntityRendering>(entity: Entity, rendering: Rendering): [Entity, Rendering] {
  const { version, datasetIds: _, ...view } = rendering.view;
  if (version === undefined) return [entity, rendering];
  const previous = [...(rendering.previous ?? [])].map(
    ([name, instances]) => [name, instancesInOlderVersion(version, instances, rendering.view)] as const,
  );
  return [
    inOlderVersion(version, entity, rendering.view),
    { ...rendering, view, ...(previous.length > 0 && { previous: new Map(previous) }) },
  ];
}

/** Each attribute that is shown, as the member of an object. */
export function renderAttributes(entity: Entity, rendering: EntityRendering): readonly string[] {
  const { view, pick, linked, previous, gone } = rendering;
  const shared: AttributeRendering = { view, ...(linked && { linked }) };
  const parts: string[] = [];
  for (const [name, instances] of shownAttributes(entity, rendering)) {
    const members = (pick ?? view.pick)?.get(name);
    const isTold = previous !== undefined || gone !== undefined;
    const attributes = isTold ? { ...shared, ...changeOf(name, previous, gone) } : shared;
    parts.push(`${keyOf(name, isEntityMember, view)}:${renderInstances(instances, attributes, members)}`);
  }
  return parts;
}

function changeOf(
  name: string,
  previous: EntityRendering['previous'],
  gone: EntityRendering['gone'],
): Pick<AttributeRendering, 'previous' | 'gone'> {
  const before = previous?.get(name);
  const lost = gone?.get(name);
  return { ...(before !== undefined && { previous: before }), ...(lost !== undefined && { gone: lost }) };
}

/** The attributes that are shown, with those of their instances that are. */
export function* shownAttributes(
  entity: Entity,
  rendering: Pick<EntityRendering, 'view' | 'pick' | 'omit'>,
): Generator<readonly [name: string, instances: readonly Attribute[]]> {
  for (const [name, all] of entity.attributes) {
    if (!isShown(name, rendering)) continue;
    const instances = shownInstances(all, rendering.view);
    if (instances.length > 0) yield [name, instances];
  }
}

/** Whether a member is shown. */
export function isShown(
  name: string,
  { view, pick = view.pick, omit = view.omit }: Pick<EntityRendering, 'view' | 'pick' | 'omit'>,
): boolean {
  if (pick !== undefined && !pick.has(name)) return false;
  // An omission of members of linked entities leaves the link itself alone.
  const omitted = omit?.get(name);
  return omitted === undefined || omitted.size > 0;
}

/** An entity without a scope of its own lies at the root, as NGSIv2 has it. */
export function hasScopes({ scopes }: Entity): boolean {
  return scopes.length !== 1 || scopes[0] !== noScopes[0];
}

function renderScopes({ scopes }: Entity): string {
  return JSON.stringify(scopes.length === 1 ? scopes[0] : scopes);
}

export function renderTypes({ types }: Entity, { vocabulary }: EntityView): string {
  const terms = types.map(vocabulary.compact);
  return JSON.stringify(terms.length === 1 ? terms[0] : terms);
}
