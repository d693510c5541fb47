import type { Comparison, EntitySelector, Filter, Query } from '../../../../core/query/query.ts';
import type { ScopePattern } from '../../../../core/scope.ts';
import { encodeText } from '../form/text-form.ts';
import { allOf, anyOf, atMost, type Candidates, everything, exactly, noneOf } from './candidates.ts';
import { compileComparison, matches, startingWith } from './compile-comparison.ts';
import { compileGeo } from './compile-geo.ts';
import { compileExistence, compilePath } from './compile-path.ts';

/** The entities that `matches` holds for, or candidates for them: selectors, scopes and filter. Order and page are not its. */
export function compileQuery({
  selectors,
  scopes,
  filter,
}: Pick<Query, 'selectors' | 'scopes' | 'filter'>): Candidates {
  return allOf([
    compileScopes(scopes),
    ...(selectors.length === 0 ? [] : [anyOf(selectors.map(compileSelector))]),
    ...(filter === undefined ? [] : [compileFilter(filter)]),
  ]);
}

/** Any of the patterns must cover one of the scopes; no pattern at all covers all. */
export function compileScopes(patterns: readonly ScopePattern[]): Candidates {
  if (patterns.length === 0 || patterns.some(({ path, subtree }) => subtree && path === '/'))
    return exactly(everything);
  const scopes = patterns.flatMap(({ path, subtree }) => [
    encodeText(path),
    ...(subtree ? [startingWith(encodeText(`${path}/`))] : []),
  ]);
  return exactly({ scope: { $in: scopes } });
}

function compileSelector({ ids, idPattern, types, typePattern }: EntitySelector): Candidates {
  return allOf([
    ...(ids === undefined ? [] : [exactly({ id: { $in: ids.map(encodeText) } })]),
    ...(idPattern === undefined ? [] : [matches('id', idPattern)]),
    ...(types === undefined ? [] : [exactly({ type: { $in: types.map(encodeText) } })]),
    ...(typePattern === undefined ? [] : [matches('type', typePattern)]),
  ]);
}

function compileFilter(filter: Filter): Candidates {
  switch (filter.kind) {
    case 'and':
      return allOf(filter.filters.map(compileFilter));
    case 'or':
      return anyOf(filter.filters.map(compileFilter));
    case 'not':
      return noneOf(compileFilter(filter.filter));
    case 'exists':
      return compileExistence(filter.path);
    case 'compare':
      return compileCompare(filter);
    case 'near':
    case 'geo':
      return compileGeo(filter);
  }
}

/** What denies asks for a target that is there, and with which the contrary does not hold. */
function compileCompare(comparison: Comparison): Candidates {
  const { path, operator } = comparison;
  const compared = compilePath(path, (field) => compileComparison(field, comparison));
  if (operator !== '!=' && operator !== '!~=') return compared;
  const isThere = compilePath(path, (field) => exactly({ [field]: { $exists: true } }));
  // Several instances of a `DateTime` without a value are there, one is not.
  const ofAnyInstance = path.kind === 'attribute' && path.instances === 'any';
  return allOf([ofAnyInstance ? atMost(compileExistence(path).filter) : isThere, noneOf(compared)]);
}
