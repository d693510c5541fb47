import type { JsonValue } from '../core/json.ts';

/** The signs that NGSIv2 refuses in texts, unless the attribute type is TextUnrestricted. [V2 field syntax restrictions] */
const forbidden = /[<>"'=;()]/;

export function hasForbiddenCharacters(value: JsonValue): boolean {
  if (typeof value === 'string') return forbidden.test(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasForbiddenCharacters);
  return Object.entries(value).some(([name, member]) => forbidden.test(name) || hasForbiddenCharacters(member));
}

/**
 * The type under which a value can be stored as it stands: the one of the mapping, or TextUnrestricted where the value
 * has forbidden signs. Texts are never altered: a station is called "Casa de Campo (Terminal del Teleférico)".
 */
export function storableType(type: string, value: JsonValue): string {
  return hasForbiddenCharacters(value) ? 'TextUnrestricted' : type;
}
