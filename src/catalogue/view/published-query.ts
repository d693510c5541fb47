import { invalidRequest } from '../../core/errors.ts';
import type { EntitySelector, Filter, GeoFilter, OrderKey, Path, Query } from '../../core/query/query.ts';
import { conjunctionOf } from '../../dialects/ngsiv2/parse-query.ts';
import type { DatasetView } from '../dataset/dataset.ts';

/**
 * A question of the public, asked of the rows of a dataset: both the view and the question must hold. Undefined: nothing can.
 *
 * Refuses one that looks at what is not published: whoever may filter by a value can find out what it is.
 */
export function publishedQuery(view: DatasetView, asked: Query): Query | undefined {
  const selectors = selectorsOf(view, asked.selectors);
  if (selectors.length === 0) return undefined;
  const filters = [view.query.filter, asked.filter === undefined ? undefined : seen(view, asked.filter)];
  const filter = conjunctionOf(filters.filter((one) => one !== undefined));
  const { filter: _, ...others } = asked;
  return {
    ...others,
    selectors,
    scopes: view.query.scopes,
    ...(filter !== undefined && { filter }),
    order: asked.order.map((key) => seenOrder(view, key)),
  };
}

function selectorsOf({ types }: DatasetView, asked: readonly EntitySelector[]): readonly EntitySelector[] {
  if (asked.length === 0) return [{ types }];
  return asked.flatMap((selector): EntitySelector[] => {
    const both = selector.types === undefined ? types : types.filter((type) => selector.types?.includes(type));
    return both.length === 0 ? [] : [{ ...selector, types: both }];
  });
}

function seen(view: DatasetView, filter: Filter): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, filters: filter.filters.map((one) => seen(view, one)) };
    case 'not':
      return { kind: 'not', filter: seen(view, filter.filter) };
    case 'compare':
    case 'exists':
      checkPath(view, filter.path);
      return filter;
    case 'near':
    case 'geo':
      return { ...filter, attribute: placeOf(view, filter) };
  }
}

function seenOrder(view: DatasetView, key: OrderKey): OrderKey {
  if (key.by.kind === 'distance') return { ...key, by: { ...key.by, attribute: placeOf(view, key.by) } };
  checkPath(view, key.by);
  return key;
}

/** The place that the rows have on the map stands for the one that the entities have. */
function placeOf({ geometry }: DatasetView, { attribute }: Pick<GeoFilter, 'attribute'>): string {
  if (geometry === undefined) throw invalidRequest('the rows of this dataset have no place');
  if (attribute !== undefined && attribute !== geometry.attribute) throw notPublished(attribute);
  return geometry.attribute;
}

function checkPath({ columns, metadata }: DatasetView, path: Path): void {
  if (path.kind === 'builtin') {
    if (path.name === 'scope' || path.name === 'expiresAt') throw notPublished(path.name);
    if (
      path.attribute !== undefined &&
      !columns.some((column) => isWhole(column) && column.attribute === path.attribute)
    )
      throw notPublished(path.attribute);
    return;
  }
  const { attribute, members, subAttributes } = path;
  const isShown = columns.some(
    (column) => column.attribute === attribute && column.path.every((member, place) => members[place] === member),
  );
  if (!isShown) throw notPublished([attribute, ...members].join('.'));
  for (const name of subAttributes) if (!metadata.includes(name)) throw notPublished(`${attribute}.${name}`);
}

function isWhole({ path }: { readonly path: readonly string[] }): boolean {
  return path.length === 0;
}

function notPublished(name: string) {
  return invalidRequest(`${name} is not published with this dataset`);
}
