import type { Filter, OrderKey, Path } from './query.ts';

/** What a filter or an order has to know of an entity. */
export interface NeededAttributes {
  /** `all` where any attribute may be looked at: for the place of an entity without saying which attribute that is. */
  readonly names: 'all' | ReadonlySet<string>;
  /** When entity or attributes were made and changed. */
  readonly times: boolean;
}

/** The attributes that filters and orders look at. */
export function attributesOf(filters: readonly Filter[], order: readonly OrderKey[] = []): NeededAttributes {
  const names = new Set<string>();
  let all = false;
  let times = false;
  for (const filter of filters) ofFilter(filter);
  for (const { by } of order) {
    if (by.kind === 'distance') ofPlace(by.attribute);
    else ofPath(by);
  }
  return { names: all ? 'all' : names, times };

  function ofFilter(filter: Filter): void {
    switch (filter.kind) {
      case 'and':
      case 'or':
        for (const one of filter.filters) ofFilter(one);
        return;
      case 'not':
        ofFilter(filter.filter);
        return;
      case 'exists':
      case 'compare':
        ofPath(filter.path);
        return;
      case 'near':
      case 'geo':
        ofPlace(filter.attribute);
    }
  }

  function ofPath(path: Path): void {
    if (path.attribute !== undefined) names.add(path.attribute);
    if (path.kind === 'builtin' && (path.name === 'createdAt' || path.name === 'modifiedAt')) times = true;
  }

  function ofPlace(attribute: string | undefined): void {
    if (attribute === undefined) all = true;
    else names.add(attribute);
  }
}

/** The filters all of which must hold for the filter to hold; none where there is none. */
export function conjunctsOf(filter: Filter | undefined): readonly Filter[] {
  if (filter === undefined) return [];
  return filter.kind === 'and' ? filter.filters.flatMap(conjunctsOf) : [filter];
}
