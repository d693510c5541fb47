import type { JsonObject, JsonValue } from '../../core/json.ts';
import { readObject, readText } from './orion-value.ts';

/** One of the `entities` of a subscription or registration, as a client would write it. For historical reasons a flag may be a text. */
export function readSelector(value: unknown): JsonObject {
  const { id, type, isPattern, isTypePattern } = readObject(value, 'one of entities');
  return {
    ...named(isOn(isPattern) ? 'idPattern' : 'id', readText(id)),
    ...named(isOn(isTypePattern) ? 'typePattern' : 'type', readText(type)),
  };
}

function named(name: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}

function isOn(flag: unknown): boolean {
  return flag === true || flag === 'true';
}

/** Orion keeps "never" as an instant beyond every calendar, in milliseconds since 1970. */
export const endOfCalendar = Date.UTC(10_000, 0);

/** An ObjectId tells when it was made, in milliseconds since 1970; 0 for other ids. */
export function createdAtOf(id: unknown): number {
  const digits = /^([0-9a-f]{8})[0-9a-f]{16}$/.exec(String(id))?.[1];
  return digits === undefined ? 0 : Number.parseInt(digits, 16) * 1000;
}
