import type { Awaitable } from '../../core/awaitable.ts';
import { Refusal } from '../../core/errors.ts';
import { closeFilter, followsNoLink, type LinkedFilter, type OpenFilter } from '../../core/query/linked-filter.ts';
import type { Filter, Query } from '../../core/query/query.ts';
import type { EntityStore } from '../../ports/entity-store.ts';

/** Entities that a linked part may match: each is an operand of what is asked then. */
const mostLinked = 10_000;
const pageSize = 1000;

/**
 * The filter with its linked parts answered: what they match is looked for first, and what points there is asked for. Refuses
 * with `unsupportedQuery` where that is too much, and as `EntityStore.find` does. [LD 4.9]
 */
export function resolveLinks(entities: EntityStore, filter: OpenFilter): Awaitable<Filter> {
  if (followsNoLink(filter)) return filter;
  return closeFilter(filter, async (linked) => {
    const ids = await idsOf(entities, linked);
    if (ids.length === 0) return { kind: 'or', filters: [] };
    return {
      kind: 'compare',
      path: { kind: 'attribute', attribute: linked.relationship, subAttributes: [], members: [], instances: 'any' },
      operator: '==',
      operands: ids.map((value) => ({ kind: 'text', value })),
    };
  });
}

async function idsOf(
  entities: EntityStore,
  { types, filter }: LinkedFilter & { readonly filter: Filter },
): Promise<readonly string[]> {
  const query: Query = {
    selectors: types === undefined ? [] : [{ types }],
    scopes: [],
    filter,
    order: [],
    offset: 0,
    limit: pageSize,
    count: false,
  };
  const ids: string[] = [];
  let page = await entities.find(query);
  for (;;) {
    for (const { entity } of page.records) ids.push(entity.id);
    if (ids.length > mostLinked) {
      const description = `more than ${mostLinked} linked entities match: narrow that part of the query down`;
      throw new Refusal({ kind: 'unsupportedQuery', description });
    }
    if (page.next === undefined) return ids;
    page = await entities.find({ ...query, after: page.next });
  }
}
