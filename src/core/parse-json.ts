import { Refusal } from './errors.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** Levels of arrays and objects that the value of an attribute or of a metadata may have. */
export const maxValueNesting = 50;

/** What a batch wraps around a value: body, entities, entity, attribute, metadata, metadata element. */
const wrapping = 6;

/** The text is not JSON that the broker takes. */
export function invalidJson(): Refusal {
  return new Refusal({ kind: 'invalidJson' });
}

/** Text that is parsed before anyone looks how deep it is: however deep, it costs little. */
const smallText = 10_000;

/**
 * A body as JSON. Refuses with `invalidJson` what is malformed, nests too deep or has a number beyond a double.
 *
 * Where an object has a member twice, the last one counts, and names that look like integers come first
 * (docs/decisions/0006). Cost: linear in the text, also where it is all brackets, for
 * which `JSON.parse` alone takes a hundred times longer than for other text.
 */
export function parseJson(text: string): JsonValue {
  if (text.length > smallText && opensMoreThan(maxValueNesting + wrapping, text)) throw invalidJson();
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw invalidJson();
  }
  checkLimits(value, maxValueNesting + wrapping);
  return value;
}

/** Tells whether more brackets are open at once anywhere; of text that is no JSON it may say either. */
function opensMoreThan(levels: number, text: string): boolean {
  let open = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case quote:
        index = endOfString(text, index + 1);
        break;
      case openBracket:
      case openBrace:
        open += 1;
        if (open > levels) return true;
        break;
      case closeBracket:
      case closeBrace:
        open -= 1;
        break;
    }
  }
  return false;
}

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Where the string ends whose first character is at `from`. */
function endOfString(text: string, from: number): number {
  let end = text.indexOf('"', from);
  while (end !== -1 && isEscaped(text, end, from)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, at: number, from: number): boolean {
  let first = at;
  while (first > from && text.charCodeAt(first - 1) === backslash) first -= 1;
  return (at - first) % 2 === 1;
}

/** `levels`: arrays and objects that may still be opened. */
function checkLimits(value: JsonValue, levels: number): void {
  // `1e999` parses to Infinity, which no JSON can give back.
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalidJson();
  if (typeof value !== 'object' || value === null) return;
  if (levels === 0) throw invalidJson();
  if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) checkLimits(item, levels - 1);
  } else {
    // What JSON.parse made has no members but its own; no array of them is needed.
    for (const name in value) checkLimits((value as JsonObject)[name] as JsonValue, levels - 1);
  }
}
