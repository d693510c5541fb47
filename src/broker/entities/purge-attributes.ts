import { matches } from '../../core/query/evaluate.ts';
import type { Query } from '../../core/query/query.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { EntityRecord, WriteCommand } from '../../ports/entity-store.ts';
import type { Broker } from '../broker.ts';
import { commitEach, leave } from '../changes.ts';
import { applyTo } from './apply-to.ts';
import type { Selection } from './delete-entities.ts';
import { removalsPerCommit } from './remove-matches.ts';

/** Which attributes go: the named ones, or all but these. */
export interface PurgedAttributes {
  readonly manner: 'drop' | 'keep';
  readonly names: readonly string[];
}

/**
 * Takes attributes from every entity that the query covers, commit after commit; the entities stay. One that no longer
 * matches when its turn comes is left alone. Refuses as the store does; what was taken by then is gone. [LD 5.6.21]
 */
export async function purgeAttributes(
  broker: Broker,
  scope: RequestScope,
  { selectors, scopes, filter }: Selection,
  purged: PurgedAttributes,
): Promise<void> {
  const { entities } = broker.stores.tenant(scope.tenant);
  const query: Query = {
    selectors,
    scopes,
    ...(filter !== undefined && { filter }),
    order: [],
    offset: 0,
    limit: removalsPerCommit,
    count: false,
  };
  let page = await entities.find(query);
  for (;;) {
    await commitEach(
      broker,
      scope,
      page.records.map((record) => purge(broker, scope, record, query, purged)),
    );
    if (page.next === undefined) return;
    page = await entities.find({ ...query, after: page.next });
  }
}

function purge(
  broker: Broker,
  scope: RequestScope,
  seen: EntityRecord,
  query: Query,
  { manner, names }: PurgedAttributes,
): WriteCommand<void> {
  const now = broker.clock.now();
  return {
    target: { id: seen.entity.id, scopes: scope.scopes },
    decide: (found) => {
      const record = found.find(({ sequence }) => sequence === seen.sequence);
      if (record === undefined || !matches(record.entity, query)) return leave(undefined);
      const gone = [...record.entity.attributes.keys()].filter((name) => names.includes(name) === (manner === 'drop'));
      if (gone.length === 0) return leave(undefined);
      const { writes } = applyTo(record, { kind: 'remove', names: gone }, now, scope.correlator);
      return { result: undefined, writes };
    },
  };
}
