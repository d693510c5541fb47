import type { Filter } from './query.ts';

/**
 * Holds for an entity whose relationship points to an entity for which the filter holds. No store answers it: whoever asks
 * looks for those entities first (see `closeFilter`), and asks for what points to one of them. [LD 4.9]
 */
export interface LinkedFilter {
  readonly kind: 'linked';
  readonly relationship: string;
  /** Of these types only; absent: of any. */
  readonly types?: readonly string[];
  readonly filter: OpenFilter;
}

/** A filter that may follow relationships. */
export type OpenFilter =
  | Filter
  | LinkedFilter
  | { readonly kind: 'and' | 'or'; readonly filters: readonly OpenFilter[] };

/** How many relationships in a row the filter follows; 0: none, and it is a `Filter`. */
export function linkDepth(filter: OpenFilter): number {
  switch (filter.kind) {
    case 'linked':
      return 1 + linkDepth(filter.filter);
    case 'and':
    case 'or':
      return Math.max(0, ...filter.filters.map(linkDepth));
    default:
      return 0;
  }
}

/** Tells whether a store can answer the filter as it is. */
export function followsNoLink(filter: OpenFilter): filter is Filter {
  return linkDepth(filter) === 0;
}

/** The filter as far as a store can answer it: for whatever has the relationships that it follows, and so for all that it holds for. */
export function withoutLinks(filter: OpenFilter): Filter {
  switch (filter.kind) {
    case 'linked': {
      const { relationship: attribute } = filter;
      return {
        kind: 'exists',
        path: { kind: 'attribute', attribute, subAttributes: [], members: [], instances: 'any' },
      };
    }
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map(withoutLinks) };
    default:
      return filter;
  }
}

/** The filter with every linked part replaced by what `close` makes of it, from the innermost outward. */
export async function closeFilter(
  filter: OpenFilter,
  close: (linked: LinkedFilter & { readonly filter: Filter }) => Promise<Filter>,
): Promise<Filter> {
  switch (filter.kind) {
    case 'linked':
      return close({ ...filter, filter: await closeFilter(filter.filter, close) });
    case 'and':
    case 'or': {
      const filters: Filter[] = [];
      for (const one of filter.filters) filters.push(await closeFilter(one, close));
      return { kind: filter.kind, filters };
    }
    default:
      return filter;
  }
}

/** All of the filters; undefined where there are none. */
export function allOfFilters(filters: readonly OpenFilter[]): OpenFilter | undefined {
  const flat = filters.flatMap((filter) => (filter.kind === 'and' ? filter.filters : [filter]));
  return flat.length > 1 ? { kind: 'and', filters: flat } : flat[0];
}
