import fc from 'fast-check';
import { Jexl } from 'jexl';
import { describe, expect, it } from 'vitest';
import { Effort } from '../../../src/core/expression/effort.ts';
import { compileExpression, evaluateExpression } from '../../../src/core/expression/expression.ts';
import { ExpressionError } from '../../../src/core/expression/expression-error.ts';
import { transforms } from '../../../src/core/expression/transforms/transforms.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { contextOf } from './expression-values.ts';

const values = {
  n: 7,
  z: 0,
  t: 'some text',
  e: '',
  b: true,
  nothing: null,
  list: [1, 'two', { a: 3, deep: { a: [1, 2] } }, null],
  object: { a: 1, b: 'x', c: [{ a: 1 }, { a: 2 }] },
} satisfies Record<string, JsonValue>;

/** Expressions that can be read, most of which mean something. */
const { expression } = fc.letrec<{ expression: string; operand: string }>((tie) => ({
  operand: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...Object.keys(values), 'missing', 'true', 'false', 'null', "'a'", '"b c"', '0', '2', '1.5', '.a'),
    tie('expression').map((inner) => `(${inner})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', "'c d'", '__proto__'), tie('expression')), { maxLength: 2 })
      .map((members) => `{${members.map(([name, value]) => `${name}: ${value}`).join(', ')}}`),
    fc
      .tuple(tie('operand'), fc.constantFrom('a', 'b', 'deep', 'constructor'))
      .map(([subject, name]) => `${subject}.${name}`),
    fc.tuple(tie('operand'), tie('expression')).map(([subject, index]) => `${subject}[${index}]`),
    fc
      .tuple(tie('operand'), fc.constantFrom(...transforms.keys()), fc.array(tie('expression'), { maxLength: 2 }))
      .map(([input, name, args]) => `${input}|${name}${args.length === 0 ? '' : `(${args.join(', ')})`}`),
  ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('operand'),
    fc
      .tuple(
        tie('operand'),
        fc.constantFrom('+', '-', '*', '/', '//', '%', '^', '==', '!=', '<', '<=', '>', '>=', '&&', '||', ' in '),
        tie('operand'),
      )
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([test, then, otherwise]) => `(${test}) ? (${then}) : (${otherwise})`),
    tie('operand').map((operand) => `!${operand}`),
  ),
}));

describe('Any expression', () => {
  it('has a value that JSON can write, the same each time, and throws nothing', () => {
    fc.assert(
      fc.property(expression, (source) => {
        const compiled = compileExpression(source);
        const effort = () => new Effort(200_000);
        const value = evaluateExpression(compiled, contextOf(values), effort());
        expect(JSON.parse(JSON.stringify(value))).toEqual(value);
        expect(evaluateExpression(compiled, contextOf(values), effort())).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves what it looks at as it was', () => {
    const before = JSON.stringify(values);
    fc.assert(
      fc.property(expression, (source) => {
        evaluateExpression(compileExpression(source), contextOf(values), new Effort(200_000));
        expect(JSON.stringify(values)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });
});

describe('Any text', () => {
  const words = [
    'n',
    't',
    "'",
    '"',
    '\\',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '|',
    '.',
    ',',
    ':',
    '?',
    '!',
    '-',
    '+',
    '==',
    ' ',
    '1',
    'len',
    'é',
    '😀',
    '\n',
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 2, unit: 'binary' })), {
    maxLength: 25,
  });

  it('is an expression or refused as none', () => {
    fc.assert(
      fc.property(text, (parts) => {
        try {
          evaluateExpression(compileExpression(parts.join('')), contextOf(values), new Effort(200_000));
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/*
 * The library whose language it is reads less of it than NGSIv2 needs, and evaluates with what JavaScript makes of mixed types.
 * Where numbers meet numbers and texts meet texts, both must say the same.
 */
describe('Where the library jexl understands an expression', () => {
  const library = new Jexl();
  const typed = fc.letrec<{ integer: string; number: string; text: string; flag: string }>((tie) => ({
    // Without what may come to no number that JSON has: a comparison with infinity is one thing to the library, none to us.
    integer: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('n', 'z', '2', 'object.a', 'list[0]', 'object.c[.a > 1][0].a', "object['a']"),
      joined(tie('integer'), ['+', '-', '*'], tie('integer')),
      tie('integer').map((inner) => `(${inner})`),
      fc
        .tuple(tie('flag'), tie('integer'), tie('integer'))
        .map(([test, then, otherwise]) => `(${test} ? ${then} : ${otherwise})`),
    ),
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('integer'),
      fc.constantFrom('3.5'),
      joined(tie('number'), ['+', '-', '*', '/', '//', '%', '^'], tie('number')),
    ),
    text: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('t', 'e', "'it\\'s'", '"b"', 'object.b', 'list[1]'),
      joined(tie('text'), ['+'], tie('text')),
      joined(tie('text'), ['||'], tie('text')).map((either) => `(${either})`),
    ),
    flag: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('b', 'true', '!b', 'missing != null', "'so' in t", "'two' in list"),
      joined(tie('integer'), ['==', '!=', '<', '<=', '>', '>='], tie('integer')),
      joined(tie('text'), ['==', '!='], tie('text')),
      joined(
        tie('flag').map((flag) => `(${flag})`),
        ['&&', '||'],
        tie('flag').map((flag) => `(${flag})`),
      ),
    ),
  }));

  function joined(left: fc.Arbitrary<string>, operators: readonly string[], right: fc.Arbitrary<string>) {
    return fc.tuple(left, fc.constantFrom(...operators), right).map((parts) => parts.join(' '));
  }

  it.each(['number', 'text', 'flag'] as const)('a %s comes out the same', (kind) => {
    fc.assert(
      fc.property(typed[kind], (source) => {
        const theirs: unknown = library.evalSync(source, structuredClone(values));
        const ours = evaluateExpression(compileExpression(source), contextOf(values));
        // JSON has no infinities, and neither have we, on the way either.
        fc.pre(ours !== null);
        expect(ours).toEqual(typeof theirs === 'number' ? theirs + 0 : theirs);
      }),
      { numRuns: 1000 },
    );
  });
});
