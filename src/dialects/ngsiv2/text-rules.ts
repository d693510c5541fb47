/**
 * Which characters text may have. `restricted` is what NGSIv2 clients know: `< > " ' = ; ( )` are refused against script
 * injection. Unrestricted takes them everywhere, identifiers included, for those whose text needs them. [V2 general syntax restrictions]
 */
export interface TextRules {
  readonly restricted: boolean;
}

/** What the reference implementation does. */
export const compatibleText: TextRules = { restricted: true };

const forbidden = /[<>"'=;()]/;

/** Tells whether the text has a character that the rules refuse. */
export function hasForbiddenCharacter(text: string, rules: TextRules): boolean {
  return rules.restricted && forbidden.test(text);
}

/** Any character. */
export const freeText: TextRules = { restricted: false };
