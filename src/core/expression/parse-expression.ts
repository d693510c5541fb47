import { ExpressionError } from './expression-error.ts';
import { type BinaryOperator, childrenOf, type ExpressionNode, precedences } from './expression-node.ts';
import { type Token, tokenizeExpression } from './tokenize-expression.ts';
import { type TransformVocabulary, transforms } from './transforms/transforms.ts';

/** How long an expression may be, in characters. */
export const maxExpressionLength = 10_000;

/** How deep an expression may nest: brackets, conditions, and what its operators join. */
export const maxExpressionDepth = 200;

/**
 * Reads an expression of JEXL as NGSIv2 has it. Throws an `ExpressionError` for any other text.
 *
 *     expression  = binary [ "?" [ expression ] ":" expression ]
 *     binary      = unary { operator unary }            by precedence, from the left
 *     unary       = { "!" | "-" } postfix
 *     postfix     = primary { "." name | "[" expression "]" | "|" name [ "(" [ list ] ")" ] }
 *     primary     = literal | name | "." name | "(" expression ")" | "[" [ list ] "]" | "{" [ members ] "}"
 *     list        = expression { "," expression }
 *     members     = ( name | string ) ":" expression { "," … }
 *
 * So a transformation belongs to the operand before it: `a + b|len` is `a + (b|len)`. `vocabulary` says which
 * transformations there are. Cost: linear in the text. [V2 JEXL support]
 */
export function parseExpression(source: string, vocabulary: TransformVocabulary = transforms): ExpressionNode {
  if (source.length > maxExpressionLength) {
    throw new ExpressionError(`an expression has at most ${maxExpressionLength} characters`);
  }
  const parser = new Parser(tokenizeExpression(source), vocabulary);
  const node = parser.expression();
  parser.end();
  if (depthOf(node) > maxExpressionDepth) throw tooDeep();
  return node;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #vocabulary: TransformVocabulary;
  #at = 0;
  #depth = 0;
  /** Whether the innermost filter was seen to look at its items. */
  #relative = false;

  constructor(tokens: readonly Token[], vocabulary: TransformVocabulary) {
    this.#tokens = tokens;
    this.#vocabulary = vocabulary;
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw this.#unexpected();
  }

  expression(): ExpressionNode {
    this.#depth += 1;
    if (this.#depth > maxExpressionDepth) throw tooDeep();
    const node = this.#conditional();
    this.#depth -= 1;
    return node;
  }

  #conditional(): ExpressionNode {
    const test = this.#binary(0);
    if (!this.#skip('?')) return test;
    const then = this.#skip(':') ? undefined : this.expression();
    if (then !== undefined) this.#expect(':');
    return { kind: 'conditional', test, then, otherwise: this.expression() };
  }

  #binary(precedence: number): ExpressionNode {
    let left = this.#unary();
    for (let operator = this.#operator(precedence); operator !== undefined; operator = this.#operator(precedence)) {
      this.#at += 1;
      left = { kind: 'binary', operator, left, right: this.#binary(precedences[operator]) };
    }
    return left;
  }

  /** The operator that comes next, if it binds tighter than that. */
  #operator(precedence: number): BinaryOperator | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'symbol' && !(token?.kind === 'word' && token.value === 'in')) return undefined;
    const operator = token.value;
    return isOperator(operator) && precedences[operator] > precedence ? operator : undefined;
  }

  #unary(): ExpressionNode {
    const operators: ('!' | '-')[] = [];
    for (;;) {
      const operator = this.#skip('!') ? '!' : this.#skip('-') ? '-' : undefined;
      if (operator === undefined) break;
      operators.push(operator);
    }
    return operators.reduceRight<ExpressionNode>(
      (operand, operator) => ({ kind: 'unary', operator, operand }),
      this.#postfix(),
    );
  }

  #postfix(): ExpressionNode {
    let node = this.#primary();
    for (;;) {
      if (this.#skip('.')) node = { kind: 'member', subject: node, name: this.#name() };
      else if (this.#skip('[')) node = this.#bracket(node);
      else if (this.#skip('|')) node = this.#transform(node);
      else return node;
    }
  }

  #bracket(subject: ExpressionNode): ExpressionNode {
    const outer = this.#relative;
    this.#relative = false;
    const inner = this.expression();
    this.#expect(']');
    const isFilter = this.#relative;
    this.#relative = outer;
    return isFilter ? { kind: 'filter', subject, condition: inner } : { kind: 'index', subject, index: inner };
  }

  #transform(input: ExpressionNode): ExpressionNode {
    const name = this.#name();
    const transform = this.#vocabulary.get(name);
    if (transform === undefined) throw new ExpressionError(`there is no transformation ${name}`);
    return { kind: 'transform', transform, input, args: this.#skip('(') ? this.#list(')') : [] };
  }

  #primary(): ExpressionNode {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#unexpected();
    this.#at += 1;
    switch (token.kind) {
      case 'string':
      case 'number':
        return { kind: 'literal', value: token.value };
      case 'word':
        return wordNode(token.value);
      case 'symbol':
        return this.#bracketed(token.value);
    }
  }

  #bracketed(opening: string): ExpressionNode {
    switch (opening) {
      case '(': {
        const inner = this.expression();
        this.#expect(')');
        return inner;
      }
      case '[':
        return { kind: 'array', items: this.#list(']') };
      case '{':
        return { kind: 'object', members: this.#members() };
      case '.':
        this.#relative = true;
        return { kind: 'relative', name: this.#name() };
      default:
        this.#at -= 1;
        throw this.#unexpected();
    }
  }

  #list(closing: string): readonly ExpressionNode[] {
    const items: ExpressionNode[] = [];
    if (this.#skip(closing)) return items;
    do items.push(this.expression());
    while (this.#skip(','));
    this.#expect(closing);
    return items;
  }

  #members(): readonly (readonly [string, ExpressionNode])[] {
    const members: (readonly [string, ExpressionNode])[] = [];
    if (this.#skip('}')) return members;
    do {
      const token = this.#tokens[this.#at];
      const name = token?.kind === 'string' ? token.value : undefined;
      if (name !== undefined) this.#at += 1;
      const member = name ?? this.#name();
      this.#expect(':');
      members.push([member, this.expression()]);
    } while (this.#skip(','));
    this.#expect('}');
    return members;
  }

  #name(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word') throw this.#unexpected();
    this.#at += 1;
    return token.value;
  }

  #skip(value: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'symbol' || token.value !== value) return false;
    this.#at += 1;
    return true;
  }

  #expect(value: string): void {
    if (!this.#skip(value)) throw this.#unexpected();
  }

  #unexpected(): ExpressionError {
    const token = this.#tokens[this.#at];
    return new ExpressionError(
      token === undefined ? 'the expression ends too early' : `unexpected ${JSON.stringify(token.value)}`,
    );
  }
}

function wordNode(word: string): ExpressionNode {
  switch (word) {
    case 'true':
    case 'false':
      return { kind: 'literal', value: word === 'true' };
    case 'null':
      return { kind: 'literal', value: null };
    case 'in':
      throw new ExpressionError('unexpected "in"');
    default:
      return { kind: 'name', name: word };
  }
}

function isOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(precedences, text);
}

/** The operators of one level make a tree as deep as they are many: so depth shows only now. */
function depthOf(root: ExpressionNode): number {
  let depth = 0;
  for (let level: readonly ExpressionNode[] = [root]; level.length > 0; level = level.flatMap(childrenOf)) depth += 1;
  return depth;
}

function tooDeep(): ExpressionError {
  return new ExpressionError(`an expression nests at most ${maxExpressionDepth} levels deep`);
}
