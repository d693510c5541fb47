import { isBuiltinAttribute } from './builtin-names.ts';
import type { NgsiOption } from './options-parameter.ts';

/** What of an entity is shown, and how. */
export interface Projection {
  readonly representation: Representation;
  /** Names, builtins included, `*` for all of the user's; absent: all of the user's. Never empty. [V2 filtering out attributes and metadata] */
  readonly attrs?: readonly string[];
  /** As `attrs`, of metadata. */
  readonly metadata?: readonly string[];
}

export type Representation = 'normalized' | 'keyValues' | 'values' | 'unique';

/** All of the user's attributes and metadata. */
export const wholeEntity: Projection = { representation: 'normalized' };

/**
 * What `attrs`, `metadata` and `options` ask for. The deprecated words `dateCreated` and `dateModified` of `options` add
 * those to the names, or to all attributes where none is named.
 */
export function projectionOf(
  attrs: readonly string[],
  metadata: readonly string[],
  options: ReadonlySet<NgsiOption>,
): Projection {
  const names = new Set(attrs);
  for (const name of ['dateCreated', 'dateModified'] as const) {
    if (!options.has(name)) continue;
    if (names.size === 0) names.add('*');
    names.add(name);
  }
  return {
    representation: representationOf(options),
    ...(names.size > 0 && { attrs: [...names] }),
    ...(metadata.length > 0 && { metadata: [...new Set(metadata)] }),
  };
}

/** What has to be known of entities to show them so. */
export function wantedOf({ attrs }: Pick<Projection, 'attrs'>): {
  readonly attributes: 'all' | readonly string[];
  readonly times: boolean;
} {
  const times = attrs?.some((name) => name === 'dateCreated' || name === 'dateModified') ?? false;
  if (attrs === undefined || attrs.includes('*')) return { attributes: 'all', times };
  return { attributes: attrs.filter((name) => !isBuiltinAttribute(name)), times };
}

function representationOf(options: ReadonlySet<NgsiOption>): Representation {
  if (options.has('keyValues')) return 'keyValues';
  if (options.has('values')) return 'values';
  return options.has('unique') ? 'unique' : 'normalized';
}

/** A name for the projection: the same for the same answer. Clients choose it: who keeps answers by it must bound them. */
export function projectionKey({ representation, attrs, metadata }: Projection): string {
  if (attrs === undefined && metadata === undefined) return representation;
  return JSON.stringify([representation, attrs ?? null, metadata ?? null]);
}
