import type { Entity } from '../../../core/entity/entity.ts';
import type { EntityView, Join } from '../query/entity-view.ts';
import type { MemberTree } from '../query/projection.ts';
import type { RenderLinked } from './render-attribute.ts';
import { type EntityRendering, renderEntity } from './render-entity.ts';

/**
 * Entities as JSON texts, each by `renderOne`, with those that they link to: within them, or after them. `graph` has the linked ones, by id.
 * [LD 4.5.23]
 */
export function renderJoined(
  entities: readonly Entity[],
  graph: ReadonlyMap<string, Entity>,
  rendering: EntityRendering,
  join: Join,
  renderOne: (entity: Entity, rendering: EntityRendering) => string,
): readonly string[] {
  const known = new Map([...entities.map((entity) => [entity.id, entity] as const), ...graph]);
  if (join.manner === 'flat') return [...known.values()].map((entity) => renderOne(entity, rendering));
  return entities.map((entity) =>
    renderOne(entity, { ...rendering, linked: inlined(known, rendering.view, join, [entity.id]) }),
  );
}

/** Linked entities where they are linked to, not within themselves, and no deeper than the join goes. */
function inlined(
  known: ReadonlyMap<string, Entity>,
  view: EntityView,
  join: Join,
  within: readonly string[],
): RenderLinked {
  return (uri, members) => {
    const entity = known.get(uri);
    if (entity === undefined || within.length > join.level || within.includes(uri)) return undefined;
    if (join.containedBy.includes(uri)) return undefined;
    const rendering: EntityRendering = {
      view,
      ...pickOf(members),
      linked: inlined(known, view, join, [...within, uri]),
    };
    return renderEntity(entity, rendering);
  };
}

function pickOf(members: MemberTree | undefined): { readonly pick?: MemberTree } {
  return members === undefined || members.size === 0 ? {} : { pick: members };
}
