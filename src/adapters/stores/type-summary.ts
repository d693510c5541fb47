import type { TypeSummary } from '../../ports/entity-store.ts';

/** Entities of one type that are counted together, and the attributes that they have. */
export interface CountedShape {
  readonly type: string;
  readonly attributes: readonly { readonly name: string; readonly type: string }[];
  readonly count: number;
}

/** As `EntityStore.summarizeTypes` answers, of all entities that count. */
export function summaryOf(shapes: Iterable<CountedShape>): readonly TypeSummary[] {
  const drafts = new Map<string, { count: number; readonly attributes: Map<string, Set<string>> }>();
  for (const { type, attributes, count } of shapes) {
    const draft = drafts.get(type) ?? { count: 0, attributes: new Map<string, Set<string>>() };
    drafts.set(type, draft);
    draft.count += count;
    for (const { name, type: ofAttribute } of attributes) {
      draft.attributes.set(name, (draft.attributes.get(name) ?? new Set()).add(ofAttribute));
    }
  }
  return [...drafts].sort(byName).map(([type, { count, attributes }]) => ({
    type,
    count,
    attributes: new Map([...attributes].sort(byName).map(([name, types]) => [name, [...types].sort()])),
  }));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
