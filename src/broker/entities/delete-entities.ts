import type { Query } from '../../core/query/query.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { removalsPerCommit, removeMatches } from './remove-matches.ts';

/** The part of a query that says which entities are meant. */
export type Selection = Pick<Query, 'selectors' | 'scopes' | 'filter'>;

export interface DeletionOptions {
  /** Only count what would go. */
  readonly dryRun: boolean;
}

/** `matched`: what the query covered when it was looked at; `deleted`: what of it went, so 0 for a dry run. */
export interface DeletionCounts {
  readonly matched: number;
  readonly deleted: number;
}

/**
 * Removes the entities that the query covers, whatever its order and page: an extension beyond NGSIv2.
 *
 * Goes through them in the order of creation, commit after commit, with what `removeMatches` promises for each. Entities
 * created meanwhile may be removed or not. Refuses as the store does; what was removed by then is removed.
 * Memory: by the entities of one commit.
 */
export async function deleteEntities(
  broker: Broker,
  scope: RequestScope,
  { selectors, scopes, filter }: Selection,
  { dryRun }: DeletionOptions,
): Promise<DeletionCounts> {
  const { entities } = broker.stores.tenant(scope.tenant);
  const selection: Selection = { selectors, scopes, ...(filter !== undefined && { filter }) };
  if (dryRun) {
    const { count } = await entities.find({ ...selection, order: [], offset: 0, limit: 0, count: true });
    return { matched: count ?? 0, deleted: 0 };
  }
  const query: Query = { ...selection, order: [], offset: 0, limit: removalsPerCommit, count: false };
  let matched = 0;
  let deleted = 0;
  let page = await entities.find(query);
  while (page.records.length > 0) {
    matched += page.records.length;
    deleted += await removeMatches(broker, scope, page.records, query);
    if (page.next === undefined) break;
    page = await entities.find({ ...query, after: page.next });
  }
  return { matched, deleted };
}
