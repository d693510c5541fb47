import { invalidRequest } from '../../core/errors.ts';
import type { StoredSubscription } from '../../core/subscription/subscription.ts';

/**
 * Where in the notifications of a subscription a client is, as text. It names the life of the subscription too: one that was
 * removed and made anew, or whose broker lost its data, counts from the beginning.
 */
export function renderStreamPosition({ createdAt }: StoredSubscription, id: number): string {
  return `${createdAt.toString(36)}-${id}`;
}

/**
 * The id of the last notification that the client has had; 0 where it wants all that are kept or speaks of another life.
 * Refuses what is no position.
 */
export function parseStreamPosition({ createdAt }: StoredSubscription, text: string): number {
  if (text === '0') return 0;
  const [, life, id] = /^([0-9a-z]{1,16})-([0-9]{1,15})$/.exec(text) ?? [];
  if (life === undefined) throw invalidRequest('Last-Event-ID is none that a stream of this broker had');
  return life === createdAt.toString(36) ? Number(id) : 0;
}
