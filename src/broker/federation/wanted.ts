import { attributesOf } from '../../core/query/filter-attributes.ts';
import type { Filter, OrderKey } from '../../core/query/query.ts';
import type { AttributeNames } from '../../core/registration/registration-index.ts';

/** What of entities an answer shows. */
export interface Wanted {
  readonly attributes: AttributeNames;
  /** When they were made and changed. */
  readonly times: boolean;
}

/** What has to be known of entities to find, order and show them. */
export function neededFor(wanted: Wanted, filters: readonly Filter[], order: readonly OrderKey[]): Wanted {
  const looked = attributesOf(filters, order);
  const times = wanted.times || looked.times;
  if (wanted.attributes === 'all' || looked.names === 'all') return { attributes: 'all', times };
  return { attributes: [...new Set([...wanted.attributes, ...looked.names])], times };
}
