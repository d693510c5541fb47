import { Refusal } from '../../core/errors.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { retrieveTypes } from './retrieve-types.ts';

/** An attribute, in all entities that have it. */
export interface AttributeSummary {
  readonly name: string;
  /** As in `TypeSummary`. */
  readonly types: readonly string[];
  readonly entityTypes: readonly string[];
}

/** The attributes below the request's scopes, by name. Cost: by types. [LD 5.7.8] */
export async function retrieveAttributes(broker: Broker, scope: RequestScope): Promise<readonly AttributeSummary[]> {
  const byName = new Map<string, { types: Set<string>; entityTypes: string[] }>();
  for (const { type, attributes } of await retrieveTypes(broker, scope)) {
    for (const [name, types] of attributes) {
      const known = byName.get(name) ?? { types: new Set<string>(), entityTypes: [] };
      for (const one of types) known.types.add(one);
      known.entityTypes.push(type);
      byName.set(name, known);
    }
  }
  return [...byName]
    .map(([name, { types, entityTypes }]) => ({ name, types: [...types].sort(), entityTypes }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** One of them, with the number of entities that have it. Refuses with `attributeNotFound`. Cost: one counted query. [LD 5.7.10] */
export async function retrieveAttribute(
  broker: Broker,
  scope: RequestScope,
  name: string,
): Promise<AttributeSummary & { readonly count: number }> {
  const summary = (await retrieveAttributes(broker, scope)).find((candidate) => candidate.name === name);
  if (summary === undefined) throw new Refusal({ kind: 'attributeNotFound' });
  const path = { kind: 'attribute', attribute: name, subAttributes: [], members: [], instances: 'any' } as const;
  const { count = 0 } = await broker.stores.tenant(scope.tenant).entities.find({
    selectors: [],
    scopes: scope.scopes,
    filter: { kind: 'exists', path },
    order: [],
    offset: 0,
    limit: 0,
    count: true,
  });
  return { ...summary, count };
}
