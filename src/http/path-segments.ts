import { invalidRequest } from '../core/errors.ts';
import { hasForbiddenCharacter, type TextRules } from '../dialects/ngsiv2/text-rules.ts';

/**
 * Slashes in a row mean one, since clients write them, but not where an id or a name was left out between them: the
 * request would be about something else.
 */
export function checkSegments(url: string): void {
  if (!url.includes('//')) return;
  if (/\/entities\/{2,}attrs(?:[/?]|$)/.test(url)) {
    throw invalidRequest('entity id length: 0, min length supported: 1');
  }
  if (/\/entities\/+[^/?]+\/+attrs\/{2,}value(?:[/?]|$)/.test(url)) {
    throw invalidRequest('attribute name length: 0, min length supported: 1');
  }
}

/** Refuses a path, percent-decoded, that has characters which text may not have. [V2 general syntax restrictions] */
export function checkPathText(path: string, rules: TextRules): void {
  if (hasForbiddenCharacter(path, rules)) throw invalidRequest('invalid character in URI');
}
