import { describe, expect, it } from 'vitest';
import { Effort } from '../../../src/core/expression/effort.ts';
import { compileExpression } from '../../../src/core/expression/expression.ts';
import { ExpressionError } from '../../../src/core/expression/expression-error.ts';
import { maxExpressionDepth, maxExpressionLength } from '../../../src/core/expression/parse-expression.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { evaluate } from './expression-values.ts';

type Values = Readonly<Record<string, JsonValue>>;

describe('The expressions of the NGSIv2 documentation [V2 JEXL usage example]', () => {
  const first = { speed: '10 m/s', count: { count: 5, sum: 100 }, code: null, value: 14, max: 50 };
  const second = { speed: '30 m/s', count: { count: 5, sum: 500 }, code: 456, value: 75, max: 50 };

  it.each<[source: string, first: JsonValue, second: JsonValue]>([
    ["(speed|split(' '))[0]|parseInt", 10, 30],
    ['count.sum/count.count', 20, 100],
    ["code||'invalid'", 'invalid', 456],
    ["(value>max)?'nok':'ok'", 'ok', 'nok'],
    [
      "{count:count.count+1, sum:count.sum+((speed|split(' '))[0]|parseInt)}",
      { count: 6, sum: 110 },
      { count: 6, sum: 530 },
    ],
  ])('%s', (source, expectedFirst, expectedSecond) => {
    expect(evaluate(source, first)).toEqual(expectedFirst);
    expect(evaluate(source, second)).toEqual(expectedSecond);
  });
});

describe('Operators', () => {
  it.each<[source: string, value: JsonValue]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ^ 3 ^ 2', 64],
    ['7 // 2', 3],
    ['7 % 4', 3],
    ['10 - 2 - 3', 5],
    ['1.5e3 + .5', 1500.5],
    ["'a' + 'b'", 'ab'],
    ["'value is ' + 5", 'value is 5'],
    ["'on: ' + true", 'on: true'],
    ['1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3', true],
    ["'a' < 'b'", true],
    ['1 == 1 && 1 != 2', true],
    ["1 == '1'", false],
    ['[1, {a: 2}] == [1, {a: 2}]', true],
    ["'city' in 'the city'", true],
    ['2 in [1, 2]', true],
    ["'a' in {a: 1}", true],
    ['0 || null || false', false],
    ["'' || 'else'", 'else'],
    ["1 && 'then'", 'then'],
    ['true ? 1 : 2', 1],
    ['null ?: 2', 2],
    ["false ? 1 : true ? 'nested' : 3", 'nested'],
    ['{}', {}],
    ["{a: 1, 'b c': [true, null]}", { a: 1, 'b c': [true, null] }],
    ["'it\\'s'", "it's"],
    ['"a\\\\b"', 'a\\b'],
    ["'\\d+'", '\\d+'],
  ])('%s', (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });

  it('go beyond the reference implementation: negative numbers and negation', () => {
    expect(evaluate('A||-1')).toBe(-1);
    expect(evaluate('-(2 + 3) * 2')).toBe(-10);
    expect(evaluate('!A', { A: 0 })).toBe(true);
    expect(evaluate("A|len ? 'some' : 'none'", { A: 'x' })).toBe('some');
  });

  it.each(['1 / 0', "'a' - 1", 'true + 1', 'null + 1', '[] + []', "1 < 'a'", "1 in 'a'", '10 ^ 1000', "-'a'"])(
    'make nothing of operands that they are not for: %s',
    (source) => {
      expect(evaluate(source)).toBeNull();
    },
  );
});

describe('What is not defined [V2 failsafe cases]', () => {
  it.each<[source: string, value: JsonValue]>([
    ['A', null],
    ['A + 1', null],
    ['(A==null)?0:A', null],
    ['A||0', 0],
    ['A != null ? 1 : 0', 0],
    ['A.b.c || 1', 1],
    ['A|uppercase', null],
    ['B|substring(A, 2)', null],
    ['[A, 1]', [null, 1]],
    ['{a: A}', { a: null }],
  ])('%s', (source, value) => {
    expect(evaluate(source, { B: 'text' })).toEqual(value);
  });
});

describe('Members and items', () => {
  const offers = [
    { shop: 'A', price: 5, tags: ['new'] },
    { shop: 'B', price: 15, tags: [] },
    { shop: 'C', price: 8, tags: ['old', 'new'] },
  ];

  it.each<[source: string, value: JsonValue]>([
    ['offers[0].shop', 'A'],
    ['offers[1 + 1]["shop"]', 'C'],
    ['offers[3]', null],
    ['offers[0 - 1]', null],
    ['offers[0.5]', null],
    ['offers[.price < 10][1].shop', 'C'],
    ["offers[.shop == 'B'][0].price", 15],
    ["offers['new' in .tags && .price > 6][0].shop", 'C'],
    ['offers[(.price > 6)][0].shop', 'B'],
    ["offers[.tags[.length == null][0] == 'old'][0].shop", 'C'],
    ['offers[0][.price > 1]', [offers[0] ?? null]],
    ["{a: {b: 'c'}}.a.b", 'c'],
    ['[1, 2, 3][1]', 2],
    ["('a,b'|split(','))[1]", 'b'],
  ])('%s', (source, value) => {
    expect(evaluate(source, { offers })).toEqual(value);
  });
});

describe('What JavaScript puts behind values', () => {
  const values: Values = { text: 'abc', list: [1], object: { own: 1 }, number: 1 };

  it.each([
    'text.constructor',
    "text['con' + 'structor']",
    'text.length',
    'list.length',
    "list['length']",
    'list.map',
    'object.toString',
    'object.__proto__',
    "object['__proto__']",
    'number.toFixed',
    'constructor',
    '__proto__',
    'object.hasOwnProperty',
    "{}['constructor']",
    'list[.constructor != null]',
  ])('stays behind them: %s', (source) => {
    expect([null, []]).toContainEqual(evaluate(source, values));
  });

  it('does not come in by a member of that name either', () => {
    const made = evaluate("{__proto__: {admin: true}, 'constructor': 1}");
    expect(JSON.stringify(made)).toBe('{"__proto__":{"admin":true},"constructor":1}');
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(evaluate('\'{"__proto__": {"admin": true}}\'|toJson|keys')).toEqual(['__proto__']);
  });

  it('hides no attribute that has one of its names', () => {
    expect(evaluate('constructor + toString|len', { constructor: 1, toString: 'abc' })).toBe(4);
  });
});

describe('Text that is no expression', () => {
  it.each([
    ['', 'the expression ends too early'],
    ['A[0|uppercase', 'the expression ends too early'],
    ['A[0', 'the expression ends too early'],
    ['(1', 'the expression ends too early'],
    ['1 2', 'unexpected 2'],
    ['a b', 'unexpected "b"'],
    ['1 +', 'the expression ends too early'],
    ['a ? b', 'the expression ends too early'],
    ["'open", 'is no part of the language'],
    ['a # b', '"# b" is no part of the language'],
    ['A|undefinedExpression', 'there is no transformation undefinedExpression'],
    ['A|constructor', 'there is no transformation constructor'],
    ['f(1)', 'unexpected "("'],
    ['in', 'unexpected "in"'],
    ['{1: 2}', 'unexpected 1'],
  ])('%j is refused', (source, why) => {
    expect(refusalOf(source).message).toContain(why);
  });

  it('is refused where it is longer or deeper than anyone means', () => {
    expect(refusalOf(' '.repeat(maxExpressionLength + 1)).message).toContain('characters');
    const deep = maxExpressionDepth + 1;
    expect(refusalOf(`${'('.repeat(deep)}1${')'.repeat(deep)}`).message).toContain('deep');
    expect(refusalOf(Array(deep).fill('1').join('+')).message).toContain('deep');
    expect(refusalOf(`${'!'.repeat(deep)}1`).message).toContain('deep');
    expect(refusalOf(`${'a?1:'.repeat(deep)}1`).message).toContain('deep');
    expect(refusalOf(`1${'|toString'.repeat(deep)}`).message).toContain('deep');
    expect(evaluate(Array(maxExpressionDepth).fill('1').join('+'))).toBe(maxExpressionDepth);
  });

  function refusalOf(source: string): ExpressionError {
    try {
      compileExpression(source);
    } catch (error) {
      if (error instanceof ExpressionError) return error;
      throw error;
    }
    throw new Error(`${source} was taken`);
  }
});

describe('Effort', () => {
  const long = 'x'.repeat(100_000);

  it.each([
    ['a text that is joined to itself', Array(100).fill('long').join('+')],
    ['a list that has a long text many times', `[${Array(100).fill('long').join(',')}]`],
    ['a replacement that grows', "long|replaceStr('x', long)"],
    ['a replacement by pattern that grows', "long|replaceRegex('x', long)"],
    ['a pattern that is slow on a long text', "long|matchRegex('x(x*y)?')"],
    ['filters within filters', 'many[many[many[.a != .b][0] != .c][0] != .d]'],
    ['a text that is JSON of a long list', '[many, many, many]|toString'],
  ])('bounds %s', (_what, source) => {
    const effort = new Effort(2_000_000);
    const many = Array.from({ length: 1000 }, (_, index) => ({ a: index, b: 0, text: 'x'.repeat(1000) }));
    expect(evaluate(source, { long, many }, effort)).toBeNull();
    expect(effort.exceeded).toBe(true);
  });

  it('is shared where it is given: what comes after too much gets nothing', () => {
    const effort = new Effort(20);
    expect(evaluate("'ab' + 'cd'", {}, effort)).toBeNull();
    expect(evaluate('1', {}, effort)).toBeNull();
    expect(effort.exceeded).toBe(true);
  });

  it('is enough for what people write', () => {
    const effort = new Effort(100_000);
    const text = 'a sentence of some length, 25 words or so, with numbers 1, 22 and 333 in it';
    expect(evaluate("text|matchRegex('\\d+')", { text }, effort)).toEqual(['25', '1', '22', '333']);
    expect(effort.exceeded).toBe(false);
  });
});
