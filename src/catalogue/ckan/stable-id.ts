import { createHash } from 'node:crypto';

/** An id as CKAN gives them, the same for the same name, for good. [RFC 9562 5.8] */
export function stableId(name: string): string {
  const digits = createHash('sha256').update(`oriel:${name}`).digest('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}
