import { type ScopePattern, scopesMatch } from '../../../../core/scope.ts';
import type { TypeSummary } from '../../../../ports/entity-store.ts';
import { type CountedShape, summaryOf } from '../../type-summary.ts';
import type { Partition } from './partition.ts';

/** The types below the scopes, by name; an entity of several types counts for each. */
export function summarize(partitions: Iterable<Partition>, scopes: readonly ScopePattern[]): readonly TypeSummary[] {
  return summaryOf(groupsIn(partitions, scopes));
}

/** Those of a group count together, with what attributes any of them has. */
function* groupsIn(partitions: Iterable<Partition>, scopes: readonly ScopePattern[]): Iterable<CountedShape> {
  for (const { types, scopeGroups } of partitions) {
    for (const group of scopeGroups.values()) {
      if (!scopesMatch(scopes, group.scopes)) continue;
      const attributes = [...group.attributeTypes].flatMap(([name, known]) =>
        Array.from(known.keys(), (type) => ({ name, type })),
      );
      for (const type of types) yield { type, attributes, count: group.size };
    }
  }
}
