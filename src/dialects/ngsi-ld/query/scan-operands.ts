import { isJsonObject, type JsonValue } from '../../../core/json.ts';
import { isUri } from '../../../core/names/uri.ts';
import type { Literal, Operand, Path } from '../../../core/query/query.ts';
import { parseMoment } from '../../../core/time/moment.ts';
import type { FilterTerms } from './parse-q.ts';
import type { TextScanner } from './text-scanner.ts';

const quoted = /"(?:[^"\\]|\\.)*"/y;
const bare = /(?:(?!\.\.)[^";|()[\]{},])+/y;
const number = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const time = /^[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?Z$/;

/** What equality compares with: a value, values after commas, or a range. [LD 4.9] */
export function scanOperands(path: Path, scanner: TextScanner, terms: FilterTerms): readonly Operand[] {
  const expands = path.kind === 'attribute' && terms.expandValues.has(path.attribute);
  const first = scanLiteral(scanner, expands ? terms : undefined);
  if (scanner.take('..')) {
    const last = scanLiteral(scanner);
    if (first.kind !== last.kind || first.kind === 'boolean')
      throw scanner.refuse('the ends of a range are of one kind');
    return [{ kind: 'range', from: first, to: last }];
  }
  const literals = [first];
  while (scanner.take(',')) literals.push(scanLiteral(scanner, expands ? terms : undefined));
  return literals.flatMap((literal) => withKeptNames(literal, terms));
}

/** What an order compares with: one value that has one. */
export function scanOperand(scanner: TextScanner): Literal {
  const literal = scanLiteral(scanner);
  if (literal.kind === 'boolean') throw scanner.refuse('true and false are compared with == and != only');
  return literal;
}

/** `terms` are given where the value is a term of the context. */
function scanLiteral(scanner: TextScanner, terms?: FilterTerms): Literal {
  scanner.match(/ +/y);
  const text = scanner.match(quoted);
  if (text !== undefined) return { kind: 'text', value: expanded(unquoted(text, scanner), terms) };
  const found = scanner.match(bare)?.trim() ?? '';
  if (terms !== undefined && found !== '') return { kind: 'text', value: expanded(found, terms) };
  if (number.test(found)) return { kind: 'number', value: Number(found) };
  if (found === 'true' || found === 'false') return { kind: 'boolean', value: found === 'true' };
  const moment = parseMoment(found);
  if (moment !== undefined) return { kind: 'moment', value: moment };
  if (time.test(found) || isUri(found)) return { kind: 'text', value: found };
  throw scanner.refuse('expected a value: a number, a date, true, false, a URI, or a text in double quotes');
}

function unquoted(text: string, scanner: TextScanner): string {
  try {
    const value = JSON.parse(text) as JsonValue;
    return typeof value === 'string' && !isJsonObject(value) ? value : text;
  } catch {
    throw scanner.refuse('the escapes of a text are those of JSON');
  }
}

function expanded(text: string, terms: FilterTerms | undefined): string {
  return terms === undefined ? text : terms.vocabulary.expand(text);
}

/** A URI may be compact, and terms of the default vocabulary are kept short: who asks for it means what it stands for, too. */
function withKeptNames(literal: Literal, { vocabulary }: FilterTerms): readonly Literal[] {
  if (literal.kind !== 'text' || !isUri(literal.value)) return [literal];
  const uri = vocabulary.expandUri(literal.value);
  return [...new Set([literal.value, uri, vocabulary.names.nameOf(uri)])].map((value) => ({ kind: 'text', value }));
}
