import { invalidRequest } from '../../core/errors.ts';
import { compatibleText, type TextRules } from './text-rules.ts';

/** What an identifier names, in the words of the error texts. */
export type IdentifierKind =
  | 'entity id'
  | 'entity type'
  | 'attribute name'
  | 'attribute type'
  | 'metadata name'
  | 'metadata type';

/** Bytes an identifier may have. [V2 identifiers syntax restrictions] */
export const maxIdentifierLength = 256;

// Printable ASCII without the space and `& ? / #`; the second also without what text may not have.
const identifier = /^[!"$%'-.0->@-~]*$/;
const restrictedIdentifier = /^[!$%*-.0-:@-~]*$/;

/**
 * Refuses what cannot be an identifier: too short, too long, or with characters that identifiers do not have.
 * [V2 identifiers syntax restrictions]
 */
export function checkIdentifier(kind: IdentifierKind, text: string, rules: TextRules = compatibleText): void {
  if (text === '') throw invalidRequest(`${kind} length: 0, min length supported: 1`);
  checkLength(kind, text);
  if (!isIdentifier(text, rules)) throw invalidRequest(`Invalid characters in ${kind}`);
}

/** As `checkIdentifier`, for an identifier that stands in the path of the URL. */
export function checkPathIdentifier(kind: IdentifierKind, text: string, rules: TextRules = compatibleText): void {
  if (text === '') throw invalidRequest(`${kind} length: 0, min length supported: 1`);
  if (!isIdentifier(text, rules)) throw invalidRequest('invalid character in URI');
  checkLength(kind, text);
}

function checkLength(kind: IdentifierKind, text: string): void {
  // No character takes more than three bytes for each of its UTF-16 units.
  if (text.length * 3 <= maxIdentifierLength) return;
  const length = Buffer.byteLength(text);
  if (length > maxIdentifierLength) {
    throw invalidRequest(`${kind} length: ${length}, max length supported: ${maxIdentifierLength}`);
  }
}

/** Tells whether the text has the characters of an identifier only, whatever its length. */
export function isIdentifier(text: string, rules: TextRules): boolean {
  return (rules.restricted ? restrictedIdentifier : identifier).test(text);
}
