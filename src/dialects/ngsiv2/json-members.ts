import { invalidRequest } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';

/*
 * Members of a payload by their JSON types; undefined where there is no such member. `what` names the member in the error
 * text where its name alone does not, in the words of the reference implementation.
 */

export function textMember(body: JsonObject, member: string, what = member): string | undefined {
  const value = body[member];
  if (value === undefined || typeof value === 'string') return value;
  throw invalidRequest(`${what} is not a string`);
}

export function requiredTextMember(body: JsonObject, member: string, what: string): string {
  const text = textMember(body, member, what);
  if (text === undefined) throw invalidRequest(`${what} is missing`);
  return text;
}

export function flagMember(body: JsonObject, member: string): boolean | undefined {
  const value = body[member];
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidRequest(`${member} is not a bool`);
}

export function integerMember(body: JsonObject, member: string): number | undefined {
  const value = body[member];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw invalidRequest(`${member} is not an int`);
}

/** A list of texts, none of them empty; repetitions are left out. */
export function listMember(body: JsonObject, member: string): readonly string[] | undefined {
  const value = body[member];
  if (value === undefined) return undefined;
  if (!isArray(value)) throw invalidRequest(`the field /${member}/ must be a JSON array`);
  const texts = new Set<string>();
  for (const item of value) {
    if (typeof item !== 'string') throw invalidRequest(`only JSON Strings allowed in string vector /${member}/`);
    if (item === '') throw invalidRequest(`empty string found in string vector /${member}/`);
    texts.add(item);
  }
  return [...texts];
}

export function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
