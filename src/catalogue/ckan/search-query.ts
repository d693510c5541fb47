import { CkanError } from './ckan-error.ts';

/** A question of `q` or `fq`, in the part of the language of Solr that clients of CKAN write. */
export type SearchQuery =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SearchQuery[] }
  | { readonly kind: 'not'; readonly part: SearchQuery }
  /** A word or a phrase, in the field or, without one, in any text; `*` and `?` stand for any characters and for one. */
  | { readonly kind: 'term'; readonly field: string | undefined; readonly text: string }
  /** Undefined ends are open. */
  | {
      readonly kind: 'range';
      readonly field: string;
      readonly from: Bound | undefined;
      readonly to: Bound | undefined;
    };

export interface Bound {
  readonly text: string;
  readonly included: boolean;
}

/** Brackets within brackets, and terms, at most. */
const maxDepth = 20;
const maxTokens = 500;

const token =
  /\s*(?:(\(|\))|(\+|-|!)(?=\S)|(AND|OR|NOT|&&|\|\|)(?=[\s()])|([A-Za-z_][\w.]*):(?=\S)|([[{])\s*("(?:[^"\\]|\\.)*"|\S+)\s+TO\s+("(?:[^"\\]|\\.)*"|[^\s\]}]+)\s*([\]}])|"((?:[^"\\]|\\.)*)"|((?:[^\s()":\\]|\\.|:)+))/y;

/**
 * Reads a question. Words that stand beside each other must all be there.
 *
 * ```
 * query  = all *( ( "OR" / "||" ) all )
 * all    = part *( [ "AND" / "&&" ] part )
 * part   = [ "+" / "-" / "!" / "NOT" ] ( "(" query ")" / [ field ":" ] ( word / phrase / range / "(" query ")" ) )
 * range  = ( "[" / "{" ) end "TO" end ( "]" / "}" )     ; an end may be "*"
 * ```
 */
export function parseSearch(text: string): SearchQuery {
  if (/^\s*(\*:\*|\*)?\s*$/.test(text)) return { kind: 'all' };
  const parser = new SearchParser(text);
  const query = parser.query(0, undefined);
  if (!parser.atEnd) throw syntaxError(text);
  return query;
}

type Token =
  | { readonly kind: '(' | ')' | 'and' | 'or' | 'not' | 'must' }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'range'; readonly from: Bound | undefined; readonly to: Bound | undefined };

class SearchParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  query(depth: number, field: string | undefined): SearchQuery {
    const parts = [this.#all(depth, field)];
    while (this.#take('or')) parts.push(this.#all(depth, field));
    return combined('or', parts);
  }

  #all(depth: number, field: string | undefined): SearchQuery {
    const parts: SearchQuery[] = [];
    for (;;) {
      while (this.#take('and')) if (parts.length === 0) throw syntaxError(this.#text);
      const next = this.#tokens[this.#at];
      if (next === undefined || next.kind === ')' || next.kind === 'or') break;
      parts.push(this.#part(depth, field));
    }
    if (parts.length === 0) throw syntaxError(this.#text);
    return combined('and', parts);
  }

  #part(depth: number, field: string | undefined): SearchQuery {
    const next = this.#tokens[this.#at];
    this.#at += 1;
    switch (next?.kind) {
      case 'must':
        return this.#part(depth, field);
      case 'not':
        return { kind: 'not', part: this.#part(depth, field) };
      case '(': {
        if (depth >= maxDepth) throw syntaxError(this.#text);
        const query = this.query(depth + 1, field);
        if (!this.#take(')')) throw syntaxError(this.#text);
        return query;
      }
      case 'field':
        return this.#part(depth, next.name);
      case 'text':
        return field === undefined && next.text === '*' ? { kind: 'all' } : { kind: 'term', field, text: next.text };
      case 'range':
        if (field === undefined) throw syntaxError(this.#text);
        return { kind: 'range', field, from: next.from, to: next.to };
      default:
        throw syntaxError(this.#text);
    }
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false;
    this.#at += 1;
    return true;
  }
}

function combined(kind: 'and' | 'or', parts: readonly SearchQuery[]): SearchQuery {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const found = token.exec(text);
    if (found === null || tokens.length >= maxTokens) throw syntaxError(text);
    tokens.push(tokenOf(found));
  }
  return tokens;
}

function tokenOf(found: RegExpExecArray): Token {
  const [, bracket, sign, word, field, opens, from = '', to = '', closes, phrase, plain = ''] = found;
  if (bracket === '(' || bracket === ')') return { kind: bracket };
  if (sign !== undefined) return { kind: sign === '+' ? 'must' : 'not' };
  if (word !== undefined) return { kind: word === 'NOT' ? 'not' : word === 'AND' || word === '&&' ? 'and' : 'or' };
  if (field !== undefined) return { kind: 'field', name: field };
  if (opens !== undefined)
    return { kind: 'range', from: boundOf(from, opens === '['), to: boundOf(to, closes === ']') };
  return { kind: 'text', text: unescaped(phrase ?? plain) };
}

function boundOf(text: string, included: boolean): Bound | undefined {
  return text === '*' ? undefined : { text: unescaped(text.replace(/^"(.*)"$/, '$1')), included };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, '$1');
}

function syntaxError(text: string): CkanError {
  return new CkanError('Search Query Error', `Search Query is invalid: ${text}`);
}
