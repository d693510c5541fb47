import { invalidRequest, type Refusal } from '../../core/errors.ts';
import type { Filter } from '../../core/query/query.ts';
import { parseStatement } from './filter-statement.ts';
import type { TextRules } from './text-rules.ts';

/** `q` filters by attribute values, `mq` by metadata values. */
export type FilterLanguage = 'q' | 'mq';

/** Brackets within brackets, at most. */
const maxDepth = 50;

/**
 * A filter in the simple query language. Refuses what is none, in the words of the reference implementation.
 *
 * ```
 * filter    = statement *( ";" statement ) [ ";" ]                 ; all must hold
 * statement = "!" path                                             ; the target is not there
 *           / path                                                 ; it is there, whatever its value
 *           / path ( "==" / ":" / "!=" ) ( range / list / value )
 *           / path ( "<" / "<=" / ">" / ">=" ) value
 *           / path "~=" pattern                                    ; an extended regular expression, to the end
 * path      = token *( "." token )    ; q: attribute, then into its value; mq: attribute, metadata, then into its value
 * token     = "'" text "'" / text     ; quotes, so that a name may have dots
 * range     = value ".." value        ; both numbers, dates or texts
 * list      = value 1*( "," value )   ; all numbers, dates or texts
 * value     = "'" text "'" / number / date / "true" / "false" / "null" / text
 * ```
 *
 * Extension: where a bracket opens in the place of a statement, which no NGSIv2 filter can have, `|` is OR as well
 * (elsewhere it is a character like any other):
 *
 * ```
 * filter    = all *( "|" all ) [ ";" ]                             ; one must hold; ";" binds tighter
 * all       = operand *( ";" operand )
 * operand   = "(" filter ")" / statement
 * ```
 *
 * [V2 simple query language]
 */
export function parseFilterExpression(language: FilterLanguage, text: string, rules: TextRules): Filter {
  if (text === '' || text === ';') throw invalidRequest('empty q');
  if (text.includes(';;')) throw invalidRequest('empty q-item');
  const source = withoutEnd(text);
  if (opensBracket(source)) return parseGroups(language, source, rules);

  const statements = splitOutsideQuotes(source.startsWith(';') ? source.slice(1) : source);
  const filters = statements.map((statement) => {
    if (statement.trim() === '') throw invalidRequest('empty q-item (only whitespace)');
    return parseStatement(language, statement.trim(), rules);
  });
  return oneOrAll('and', filters);
}

/** One `;` at the end is as good as none. */
function withoutEnd(text: string): string {
  return text.endsWith(';') ? text.slice(0, -1) : text;
}

function splitOutsideQuotes(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "'") quoted = !quoted;
    else if (text[index] === ';' && !quoted) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** Tells whether a bracket opens where a statement could begin. */
function opensBracket(text: string): boolean {
  let begins = true;
  let quoted = false;
  for (const character of text) {
    if (character === '(' && begins) return true;
    if (character === "'") quoted = !quoted;
    if (quoted) begins = false;
    else if (character === ';' || character === '|') begins = true;
    else if (character !== ' ' && character !== '\t') begins = false;
  }
  return false;
}

function oneOrAll(kind: 'and' | 'or', filters: readonly Filter[]): Filter {
  const [only] = filters;
  return filters.length === 1 && only !== undefined ? only : { kind, filters };
}

/** The extended grammar, by recursive descent; positions in errors count characters of the filter from 1. */
function parseGroups(language: FilterLanguage, source: string, rules: TextRules): Filter {
  let at = 0;
  const filter = parseAny(0);
  if (at < source.length) throw expected('; or |', at);
  return filter;

  function parseAny(depth: number): Filter {
    const filters = [parseAll(depth)];
    while (source[at] === '|') {
      at += 1;
      filters.push(parseAll(depth));
    }
    return oneOrAll('or', filters);
  }

  function parseAll(depth: number): Filter {
    const filters = [parseOperand(depth)];
    while (source[at] === ';') {
      at += 1;
      filters.push(parseOperand(depth));
    }
    return oneOrAll('and', filters);
  }

  function parseOperand(depth: number): Filter {
    skipSpace();
    if (source[at] !== '(') return parseUpToStructure();
    const opened = at;
    if (depth === maxDepth)
      throw invalidRequest(`${language}: more than ${maxDepth} brackets open at position ${at + 1}`);
    at += 1;
    const filter = parseAny(depth + 1);
    if (source[at] !== ')') throw expected(`) for the bracket at position ${opened + 1}`, at);
    at += 1;
    skipSpace();
    return filter;
  }

  function parseUpToStructure(): Filter {
    const start = at;
    let quoted = false;
    while (at < source.length && (quoted || !isStructure(source[at]))) {
      if (source[at] === "'") quoted = !quoted;
      at += 1;
    }
    const statement = source.slice(start, at).trim();
    if (statement === '') throw expected('a statement', start);
    return parseStatement(language, statement, rules);
  }

  function skipSpace(): void {
    while (source[at] === ' ' || source[at] === '\t') at += 1;
  }

  function expected(what: string, position: number): Refusal {
    return invalidRequest(`${language}: expected ${what} at position ${position + 1}`);
  }
}

function isStructure(character: string | undefined): boolean {
  return character === ';' || character === '|' || character === '(' || character === ')';
}
