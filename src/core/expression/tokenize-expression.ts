import { ExpressionError } from './expression-error.ts';

export type Token =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  /** A word: a name, or one of the words that mean something (`true`, `in` …). */
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'symbol'; readonly value: string };

const space = /\s+/y;
const word = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const number = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const quoted = /'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"/sy;
const symbol = /&&|\|\||==|!=|<=|>=|\/\/|[-+*/%^<>!?:.,|()[\]{}]/y;

/** The words of the language in their order. Throws an `ExpressionError` where there is none. Cost: the length of the text. */
export function tokenizeExpression(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const blank = matchAt(space, source, at);
    if (blank !== undefined) {
      at += blank[0].length;
      continue;
    }
    const [token, length] = tokenAt(source, at);
    tokens.push(token);
    at += length;
  }
  return tokens;
}

function tokenAt(source: string, at: number): readonly [Token, length: number] {
  const name = matchAt(word, source, at)?.[0];
  if (name !== undefined) return [{ kind: 'word', value: name }, name.length];
  const digits = matchAt(number, source, at)?.[0];
  if (digits !== undefined) return [{ kind: 'number', value: Number(digits) }, digits.length];
  const text = matchAt(quoted, source, at);
  if (text !== undefined) return [{ kind: 'string', value: unescaped(text[1] ?? text[2] ?? '') }, text[0].length];
  const sign = matchAt(symbol, source, at)?.[0];
  if (sign !== undefined) return [{ kind: 'symbol', value: sign }, sign.length];
  throw new ExpressionError(`${JSON.stringify(source.slice(at, at + 10))} is no part of the language`);
}

/** A backslash stands before quotes and itself; before anything else it is one, as in the pattern `'\d+'`. */
function unescaped(text: string): string {
  return text.replace(/\\(['"\\])/g, '$1');
}

function matchAt(form: RegExp, source: string, at: number): RegExpExecArray | undefined {
  form.lastIndex = at;
  return form.exec(source) ?? undefined;
}
