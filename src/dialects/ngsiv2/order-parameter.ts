import { invalidRequest } from '../../core/errors.ts';
import type { GeoFilter, OrderKey } from '../../core/query/query.ts';
import { attributePath } from './builtin-names.ts';

/**
 * The order that `orderBy` asks for: a list of attributes, builtins, `id` and `type`, descending with `!`.
 *
 * `geo:distance` orders by the distance from the place of a `near` query, before all else; without one it means nothing.
 * Refuses a name that comes twice. [V2 ordering results]
 */
export function parseOrder(text: string | undefined, geo: GeoFilter | undefined): readonly OrderKey[] {
  if (text === undefined) return [];
  const keys: OrderKey[] = [];
  const seen = new Set<string>();
  for (const token of text.split(',')) {
    const descending = token.startsWith('!');
    const name = descending ? token.slice(1) : token;
    if (name === '') throw invalidRequest('empty token in orderBy');
    if (seen.has(name)) throw invalidRequest('duplicated token in orderBy');
    seen.add(name);
    if (name !== 'geo:distance') keys.push({ by: pathOf(name), descending });
    else if (geo?.kind === 'near') keys.unshift({ by: { kind: 'distance', center: geo.center }, descending });
  }
  return keys;
}

function pathOf(name: string) {
  return name === 'id' || name === 'type' ? ({ kind: 'builtin', name } as const) : attributePath(name);
}
