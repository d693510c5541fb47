import type { JsonValue } from '../../json.ts';
import { withinJsonLimits } from '../json-limits.ts';
import { textOf } from '../text-of.ts';
import type { Evaluation, Transform } from './transform.ts';

/** Transformations of texts. Positions and lengths count UTF-16 units, as JavaScript does. [V2 available transformations] */
export const textTransforms: readonly (readonly [name: string, transform: Transform])[] = [
  ['uppercase', text((input, _args, evaluation) => written(input.toUpperCase(), evaluation))],
  ['lowercase', text((input, _args, evaluation) => written(input.toLowerCase(), evaluation))],
  ['trim', text((input, _args, evaluation) => written(input.trim(), evaluation))],
  ['len', text((input) => input.length)],
  ['split', text(split)],
  ['indexOf', text(indexOf)],
  ['includes', text((input, [part], { effort }) => (typeof part === 'string' ? has(input, part, effort) : null))],
  ['substring', text(substring)],
  ['replaceStr', text(replaceStr)],
  ['toJson', text(toJson)],
  ['toString', (input, _args, { effort }) => textOf(input, effort)],
];

type TextTransform = (input: string, args: readonly JsonValue[], evaluation: Evaluation) => JsonValue;

/** A transformation of texts alone; looking at all of the text is paid for. */
function text(transform: TextTransform): Transform {
  return (input, args, evaluation) => {
    if (typeof input !== 'string') return null;
    evaluation.effort.spend(input.length);
    return transform(input, args, evaluation);
  };
}

function written(result: string, { effort }: Evaluation): string {
  effort.spend(result.length);
  return result;
}

function split(input: string, [separator]: readonly JsonValue[], { effort }: Evaluation): JsonValue {
  if (typeof separator !== 'string') return null;
  const parts = separator === '' ? [...input] : input.split(separator);
  effort.spend(parts.length);
  return parts;
}

/** Null where it is not found. */
function indexOf(input: string, [part]: readonly JsonValue[]): JsonValue {
  if (typeof part !== 'string') return null;
  const at = input.indexOf(part);
  return at < 0 ? null : at;
}

function has(input: string, part: string, effort: Evaluation['effort']): boolean {
  effort.spend(part.length);
  return input.includes(part);
}

/** From one position up to, not including, another; null where the text does not have both. */
function substring(input: string, [from, to]: readonly JsonValue[]): JsonValue {
  if (!isPosition(from, input) || !isPosition(to, input) || from > to) return null;
  return input.slice(from, to);
}

function isPosition(value: JsonValue | undefined, text: string): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= text.length;
}

/** All occurrences. */
function replaceStr(input: string, [from, to]: readonly JsonValue[], { effort }: Evaluation): JsonValue {
  if (typeof from !== 'string' || typeof to !== 'string') return null;
  const parts = input.split(from);
  effort.spend(parts.length * (to.length + 1));
  return parts.join(to);
}

/** The JSON that a text is, null where it is none or nests too deep. */
function toJson(input: string): JsonValue {
  try {
    const value = JSON.parse(input) as JsonValue;
    return withinJsonLimits(value) ? value : null;
  } catch {
    return null;
  }
}
