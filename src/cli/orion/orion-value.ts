import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';

/** A document of an Orion database is not what Orion writes; the message says what is wrong with it. */
export class OrionDocumentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OrionDocumentError';
  }
}

/** Orion keeps a name that is a key with `.` as `=` and `$` as `>`, which no name of NGSIv2 has. */
export function encodeKey(name: string): string {
  return name.replaceAll('.', '=').replaceAll('$', '>');
}

function decodeKey(key: string): string {
  return key.replaceAll('=', '.').replaceAll('>', '$');
}

/** A value as JSON, its keys as clients wrote them. Throws for what JSON has not. */
export function readValue(value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value;
    case 'object':
      return readCompound(value);
    default:
      throw new OrionDocumentError(`a value of kind ${typeof value} is not JSON`);
  }
}

function readCompound(value: object): JsonValue {
  if (Array.isArray(value)) return value.map(readValue);
  if (isWholeNumber(value)) return Number(value);
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    throw new OrionDocumentError(`a value of kind ${value.constructor?.name} is not JSON`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [decodeKey(key), readValue(item)]));
}

/** A 64-bit number beyond what the driver turns into a number by itself. */
function isWholeNumber(value: object): boolean {
  return '_bsontype' in value && value._bsontype === 'Long';
}

/** An object whose keys are Orion's own, not names. Throws for anything else. */
export function readObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new OrionDocumentError(`${what} is not an object`);
}

export function readArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function readNumber(value: unknown): number | undefined {
  const number = typeof value === 'object' && value !== null && isWholeNumber(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Seconds since 1970, with or without a fraction, in milliseconds. */
export function readSeconds(value: unknown): number | undefined {
  const seconds = readNumber(value);
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

/** An object of names and values, such as headers; undefined where there is none. */
export function readNames(value: unknown): JsonObject | undefined {
  const object = readValue(value);
  return isJsonObject(object) && Object.keys(object).length > 0 ? object : undefined;
}
