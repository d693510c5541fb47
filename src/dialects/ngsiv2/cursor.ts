import { invalidRequest } from '../../core/errors.ts';
import type { Cursor } from '../../core/query/query.ts';

/** The place as text that clients give back as they got it; it says nothing to them. */
export function renderCursor(cursor: Cursor): string {
  return Buffer.from(`1.${cursor.sequence.toString(36)}`).toString('base64url');
}

/** The place that a cursor names; refuses text that `renderCursor` did not make. */
export function parseCursor(text: string): Cursor {
  const [version, digits = ''] = Buffer.from(text, 'base64url').toString('latin1').split('.', 2);
  const sequence = version === '1' && /^[0-9a-z]{1,11}$/.test(digits) ? Number.parseInt(digits, 36) : Number.NaN;
  if (!Number.isSafeInteger(sequence) || renderCursor({ sequence }) !== text) {
    throw invalidRequest('Invalid value for URI param /after/');
  }
  return { sequence };
}
