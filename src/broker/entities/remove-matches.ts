import { matches } from '../../core/query/evaluate.ts';
import type { Query } from '../../core/query/query.ts';
import type { ChangeOrigin } from '../../core/subscription/change-origin.ts';
import type { EntityRecord, WriteCommand } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { commitEach, leave } from '../changes.ts';
import { removalOf } from './delete-entity.ts';

/** Entities to remove in one commit: enough to share its cost, few enough to leave room for other writes between two. */
export const removalsPerCommit = 500;

/**
 * Removes, in one commit, those of the records that still match the query when their removal is decided; returns how many.
 *
 * An entity that was changed in the meantime so that it no longer matches stays, and so does one that was removed and
 * created anew. Refuses as `EntityStore.write` does.
 */
export async function removeMatches(
  broker: Broker,
  origin: ChangeOrigin,
  records: readonly EntityRecord[],
  query: Query,
): Promise<number> {
  const outcomes = await commitEach(
    broker,
    origin,
    records.map((record) => removalIfMatching(record, query)),
  );
  return outcomes.filter((outcome) => outcome.kind === 'done' && outcome.result).length;
}

function removalIfMatching(seen: EntityRecord, query: Query): WriteCommand<boolean> {
  const { id, types, scopes } = seen.entity;
  const [type] = types;
  return {
    target: {
      id,
      ...(type !== undefined && { type }),
      scopes: scopes.map((path) => ({ path, subtree: false })),
    },
    decide: (found) => {
      const record = found.find(({ sequence }) => sequence === seen.sequence);
      if (record === undefined || !matches(record.entity, query)) return leave(false);
      return { result: true, writes: [removalOf(record)] };
    },
  };
}
