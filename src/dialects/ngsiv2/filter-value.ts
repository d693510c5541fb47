import { invalidRequest } from '../../core/errors.ts';
import type { Literal, Operand, Range } from '../../core/query/query.ts';
import { parseInstant } from '../../core/time/instant.ts';
import { parseNumber } from './numbers.ts';
import { hasForbiddenCharacter, type TextRules } from './text-rules.ts';

/** What equality compares with: a range, a list or one value. A range wins over a list. [V2 simple query language] */
export function parseOperands(text: string, rules: TextRules): readonly Operand[] {
  const dots = indexOutsideQuotes(text, '..', 0);
  if (dots !== -1) return [parseRange(text.slice(0, dots).trim(), text.slice(dots + 2).trim(), rules)];
  return hasOutsideQuotes(text, ',') ? parseList(text, rules) : [parseLiteral(text, rules)];
}

function parseRange(from: string, to: string, rules: TextRules): Range {
  if (from === '' || to === '') throw invalidRequest('empty item in range');
  const first = parseLiteral(from, rules);
  if (!isOrdered(first)) throw invalidRequest('invalid data type for /range-from/');
  const last = parseLiteral(to, rules);
  if (!isOrdered(last)) throw invalidRequest('invalid data type for /range-to/');
  if (first.kind !== last.kind) throw invalidRequest('invalid range: types mixed');
  return { kind: 'range', from: first, to: last };
}

function parseList(text: string, rules: TextRules): readonly Literal[] {
  const literals: Literal[] = [];
  let start = 0;
  while (start <= text.length) {
    const comma = indexOutsideQuotes(text, ',', start);
    const end = comma === -1 ? text.length : comma;
    const item = text.slice(start, end).trim();
    if (item === '') throw invalidRequest('empty item in list');
    const literal = parseLiteral(item, rules);
    if (!isOrdered(literal) || (literals[0] ?? literal).kind !== literal.kind) {
      throw invalidRequest('invalid JSON value type in list');
    }
    literals.push(literal);
    start = end + 1;
  }
  return literals;
}

/** One value: a text in quotes, a number, a date, `true`, `false`, `null`, or else a text. [V2 simple query language] */
export function parseLiteral(text: string, rules: TextRules): Literal {
  if (text.startsWith("'")) return parseQuoted(text, rules);
  const number = parseNumber(text);
  if (number !== undefined) return { kind: 'number', value: number };
  const instant = parseInstant(text);
  if (instant !== undefined) return { kind: 'instant', value: instant };
  if (text === 'true' || text === 'false') return { kind: 'boolean', value: text === 'true' };
  if (text === 'null') return { kind: 'null' };
  return textLiteral(text, rules);
}

function parseQuoted(text: string, rules: TextRules): Literal {
  if (text.length < 2 || !text.endsWith("'")) throw invalidRequest('non-terminated forced string');
  const inner = text.slice(1, -1);
  if (inner.includes("'")) throw invalidRequest('quote in forced string');
  return textLiteral(inner, rules);
}

function textLiteral(value: string, rules: TextRules): Literal {
  if (hasForbiddenCharacter(value, rules)) throw invalidRequest('forbidden characters in String Filter');
  return { kind: 'text', value };
}

/** Tells whether the value is of a kind that has an order: number, date or text. */
function isOrdered(literal: Literal): boolean {
  return literal.kind !== 'boolean' && literal.kind !== 'null';
}

/** Tells whether the text has the wanted one outside of quotes. */
export function hasOutsideQuotes(text: string, wanted: string): boolean {
  return indexOutsideQuotes(text, wanted, 0) !== -1;
}

function indexOutsideQuotes(text: string, wanted: string, from: number): number {
  let quoted = false;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith(wanted, index)) return index;
  }
  return -1;
}
