import { createHash } from 'node:crypto';

/** An id made of a text: of the URL of a copy, of the content of a context that has none. */
export function contextId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
