import { type ScopePattern, scopesMatch } from '../../../../core/scope.ts';
import type { TypeSummary } from '../../../../ports/entity-store.ts';
import type { Partition } from './partition.ts';

/** The types below the scopes, by name; an entity of several types counts for each. */
export function summarize(partitions: Iterable<Partition>, scopes: readonly ScopePattern[]): TypeSummary[] {
  const drafts = new Map<string, Draft>();
  for (const { types, scopeGroups } of partitions) {
    for (const group of scopeGroups.values()) {
      if (!scopesMatch(scopes, group.scopes)) continue;
      for (const type of types) {
        const draft = drafts.get(type) ?? { count: 0, attributes: new Map() };
        drafts.set(type, draft);
        draft.count += group.size;
        for (const [name, attributeTypes] of group.attributeTypes) {
          const known = draft.attributes.get(name) ?? new Set();
          for (const attributeType of attributeTypes.keys()) known.add(attributeType);
          draft.attributes.set(name, known);
        }
      }
    }
  }
  return [...drafts].sort(byName).map(([type, { count, attributes }]) => ({
    type,
    count,
    attributes: new Map([...attributes].sort(byName).map(([name, types]) => [name, [...types].sort()])),
  }));
}

interface Draft {
  count: number;
  readonly attributes: Map<string, Set<string>>;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
