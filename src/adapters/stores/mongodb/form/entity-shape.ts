import { createHash } from 'node:crypto';
import type { Entity } from '../../../../core/entity/entity.ts';

/** Digests that are remembered: there are as many as ways in which entities are made, few beside them. */
const maxRemembered = 10_000;

const digests = new Map<string, string>();

/**
 * Names all that a list of types tells of an entity: its types, its scopes, the names of its attributes and the type of the first instance
 * of each. Entities of which these are the same have the same shape, in whatever order their attributes came to be.
 *
 * Cost: a text of the names; the digest is worked out once a shape.
 */
export function shapeOf({ types, scopes, attributes }: Entity): string {
  const typed = Array.from(attributes, ([name, instances]) => [name, typeOf(instances[0])]).sort(byName);
  const text = JSON.stringify([types, scopes, typed]);
  const known = digests.get(text);
  if (known !== undefined) return known;
  if (digests.size >= maxRemembered) digests.clear();
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  digests.set(text, digest);
  return digest;
}

/** What a list of types calls the type of an attribute. */
export function typeOf({ declaredType, kind }: { readonly declaredType?: string; readonly kind: string }): string {
  return declaredType ?? kind;
}

function byName([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
