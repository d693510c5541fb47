import { ngsiLdNull } from '../../../core/change/attribute-patch.ts';
import { noScopes } from '../../../core/change/patch-entity.ts';
import { invalidRequest } from '../../../core/errors.ts';
import type { JsonValue } from '../../../core/json.ts';
import type { ScopePath } from '../../../core/scope.ts';

const level = '\\p{L}[\\p{L}\\p{N}_]*';
const form = new RegExp(`^/?${level}(?:/${level})*$`, 'u');

/**
 * The scopes of an entity: one, or an array; each with the slash in front that it may lack. NGSI-LD Null is none, where it may
 * stand. The root, which NGSIv2 has for entities without a service path, is none. [LD 4.18]
 */
export function parseScopes(value: JsonValue, mayBeNull: boolean): readonly ScopePath[] {
  if (value === ngsiLdNull && mayBeNull) return noScopes;
  const texts = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  const scopes = new Set(texts.map(parseScope));
  return scopes.size === 0 ? noScopes : [...scopes];
}

/** One scope. */
function parseScope(text: JsonValue): ScopePath {
  if (typeof text !== 'string' || !form.test(text)) {
    throw invalidRequest(`${JSON.stringify(text)} is no scope: it is made of names such as /Madrid/Gardens`);
  }
  return text.startsWith('/') ? text : `/${text}`;
}
