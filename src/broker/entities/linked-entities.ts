import type { Entity } from '../../core/entity/entity.ts';
import { relationshipTargets } from '../../core/entity/relationship-object.ts';
import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';

/** Entities that one answer may follow links to. */
const mostLinked = 5000;

/**
 * The entities that these link to, and those link to, and so on for that many steps; by id, without those that are there
 * already. What is linked to and not here is left out. Refuses with `unsupportedQuery` where there are too many. [LD 4.5.23]
 */
export async function linkedEntities(
  { stores }: Pick<Broker, 'stores'>,
  { tenant }: Pick<RequestScope, 'tenant'>,
  from: readonly Entity[],
  { level, known }: { readonly level: number; readonly known: readonly string[] },
): Promise<ReadonlyMap<string, Entity>> {
  const { entities } = stores.tenant(tenant);
  const seen = new Set([...known, ...from.map(({ id }) => id)]);
  const linked = new Map<string, Entity>();
  let frontier = from;
  for (let step = 0; step < level && frontier.length > 0; step++) {
    const next: Entity[] = [];
    for (const id of new Set(frontier.flatMap(targetsOf))) {
      if (seen.has(id)) continue;
      seen.add(id);
      const [record] = await entities.lookup({ id, scopes: [] });
      if (record === undefined) continue;
      linked.set(id, record.entity);
      next.push(record.entity);
      if (linked.size > mostLinked) {
        const description = `more than ${mostLinked} entities are linked to: ask for fewer, or for a lower joinLevel`;
        throw new Refusal({ kind: 'unsupportedQuery', description });
      }
    }
    frontier = next;
  }
  return linked;
}

function targetsOf(entity: Entity): readonly string[] {
  return [...entity.attributes.values()].flatMap(relationshipTargets);
}
