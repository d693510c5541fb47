import { invalidRequest } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';

/** Checks the value of a member; `what` names it in the refusal. */
export type MemberCheck<Value> = (value: JsonValue, what: string) => Value;

export function text(value: JsonValue, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalidRequest(`${what} must be a text that is not empty`);
}

export function flag(value: JsonValue, what: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidRequest(`${what} must be true or false`);
}

/** At least one, each once. */
export function texts(value: JsonValue, what: string): readonly string[] {
  if (!Array.isArray(value) || value.length === 0)
    throw invalidRequest(`${what} must be an array of at least one text`);
  return [...new Set((value as readonly JsonValue[]).map((item) => text(item, `an item of ${what}`)))];
}

export function oneOf<Word extends string>(words: readonly Word[]): MemberCheck<Word> {
  return (value, what) => {
    const word = words.find((known) => known === value);
    if (word === undefined) throw invalidRequest(`${what} is none of ${words.join(', ')}: ${JSON.stringify(value)}`);
    return word;
  };
}

/** A number above 0, from `least` to `most`. `unit` is in the refusal. */
export function positive(unit: string, least: number, most: number): MemberCheck<number> {
  return (value, what) => {
    if (typeof value === 'number' && value > 0 && value >= least && value <= most) return value;
    const from = least > 0 ? `from ${least}` : 'above 0';
    throw invalidRequest(`${what} must be a number ${from} to ${most}, in ${unit}`);
  };
}

export function wholeNumber(least: number, most: number): MemberCheck<number> {
  return (value, what) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw invalidRequest(`${what} must be a whole number from ${least} to ${most}`);
  };
}

export function object(value: JsonValue, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalidRequest(`${what} must be a JSON object`);
}

/** The members by their checks, in the order of the checks. Passes over `ignored` ones, and refuses others. */
export function members(
  body: JsonObject,
  what: string,
  checks: Readonly<Record<string, MemberCheck<unknown>>>,
  ignored: ReadonlySet<string>,
): Record<string, unknown> {
  for (const member of Object.keys(body)) {
    if (!Object.hasOwn(checks, member) && !ignored.has(member)) {
      throw invalidRequest(`${what} has no member ${JSON.stringify(member)}; it has ${Object.keys(checks).join(', ')}`);
    }
  }
  return Object.fromEntries(
    Object.entries(checks).flatMap(([member, check]) => {
      const value = Object.hasOwn(body, member) ? body[member] : undefined;
      return value === undefined
        ? []
        : [[member, check(value, what === 'a Subscription' ? member : `${member} of ${what}`)]];
    }),
  );
}
