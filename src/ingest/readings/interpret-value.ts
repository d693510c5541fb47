import { Refusal } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import { parseJson } from '../../core/parse-json.ts';

/** Types whose values are of one JSON type, and which one. */
const jsonTypes: ReadonlyMap<string, 'number' | 'boolean' | 'null' | 'json'> = new Map([
  ...['Number', 'Integer', 'Float', 'Double', 'number', 'integer', 'float'].map((type) => [type, 'number'] as const),
  ...['Boolean', 'boolean'].map((type) => [type, 'boolean'] as const),
  ['None', 'null'],
  ...['StructuredValue', 'Object', 'Array', 'geo:json'].map((type) => [type, 'json'] as const),
]);

/**
 * A text that stands for a value of the type, as that value: `"23"` of a `Number` is 23. What does not read as one stays the
 * text that it is, for whoever checks values. Other values, and texts of other types, are as they came.
 */
export function interpretValue(value: JsonValue, type: string): JsonValue {
  const expected = typeof value === 'string' ? jsonTypes.get(type) : undefined;
  if (expected === undefined) return value;
  const text = (value as string).trim();
  switch (expected) {
    case 'number':
      return numberIn(text) ?? value;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : value;
    case 'null':
      return text === 'null' ? null : value;
    case 'json':
      return jsonIn(text) ?? value;
  }
}

/**
 * What a text of a protocol without types reads as: a number, `true`, `false`, `null`; or the text that it is. Digits that no
 * number is written with (`007`) are a text: they name something.
 */
export function nativeValue(text: string): JsonValue {
  switch (text) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
    default:
      return /^-?(?:0|[1-9])/.test(text) && !/^-?0\d/.test(text) ? (numberIn(text) ?? text) : text;
  }
}

/** The number that a text is in full: digits as JSON has them, but zeros and a plus may lead. */
function numberIn(text: string): number | undefined {
  if (text.length > 400 || !/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number + 0 : undefined;
}

function jsonIn(text: string): JsonValue | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
