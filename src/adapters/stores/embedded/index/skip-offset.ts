import type { Query } from '../../../../core/query/query.ts';
import { queryCondition } from './query-condition.ts';
import type { SearchSpace } from './search.ts';

/** Shorter ways are walked faster than they are looked up. */
const shortOffset = 100;

/**
 * The same query without an offset, where it can be told which entity is the last one before the page: in the order of
 * creation, when every entity of a single type matches. Other deep offsets cost a visit each; a cursor costs nothing.
 */
export function skipOffset(query: Query, space: SearchSpace): Query {
  const { offset, order, after } = query;
  if (offset < shortOffset || order.length > 0 || after !== undefined) return query;
  const partitions = space.partitionsFor(query);
  const [partition] = partitions;
  if (partition === undefined || partitions.size > 1) return query;
  const condition = queryCondition(query, partition, space.slotsOfId);
  if (condition?.count?.() !== partition.size) return query;
  const sequence = partition.creation.keyAt(offset - 1) ?? Number.POSITIVE_INFINITY;
  return { ...query, offset: 0, after: { sequence } };
}
