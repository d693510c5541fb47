import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttributePath, Filter, Literal, Operand, Path } from '../../../src/core/query/query.ts';
import { renderInstant } from '../../../src/core/time/instant.ts';
import { type FilterLanguage, parseFilterExpression } from '../../../src/dialects/ngsiv2/filter-expression.ts';
import { compatibleText, freeText } from '../../../src/dialects/ngsiv2/text-rules.ts';
import { complaintOf, outcomeOf } from './refusal-of.ts';

const q = (text: string) => parseFilterExpression('q', text, compatibleText);
const mq = (text: string) => parseFilterExpression('mq', text, compatibleText);

const attribute = (name: string, members: string[] = [], subAttributes: string[] = []): AttributePath => ({
  kind: 'attribute',
  attribute: name,
  subAttributes,
  members,
});
const number = (value: number): Literal => ({ kind: 'number', value });
const text = (value: string): Literal => ({ kind: 'text', value });
const instant = (value: string): Literal => ({ kind: 'instant', value: Date.parse(value) });
const equals = (path: Path, ...operands: Operand[]): Filter => ({ kind: 'compare', path, operator: '==', operands });

describe('one statement of q [V2 simple query language]', () => {
  const a = attribute('a');
  test.each<[string, Filter]>([
    ['a', { kind: 'exists', path: a }],
    ['!a', { kind: 'not', filter: { kind: 'exists', path: a } }],
    ['! a ', { kind: 'not', filter: { kind: 'exists', path: a } }],
    ['a==40', equals(a, number(40))],
    ['a:40', equals(a, number(40))],
    [' a == 40 ', equals(a, number(40))],
    ['a==-1.5e2', equals(a, number(-150))],
    ["a=='40'", equals(a, text('40'))],
    ["a==''", equals(a, text(''))],
    ['a==true', equals(a, { kind: 'boolean', value: true })],
    ["a=='true'", equals(a, text('true'))],
    ['a==null', equals(a, { kind: 'null' })],
    ['a==2026-01-31', equals(a, instant('2026-01-31T00:00:00Z'))],
    ['a==2026-01-31T13:00:00+01:00', equals(a, instant('2026-01-31T12:00:00Z'))],
    ['a==black,red', equals(a, text('black'), text('red'))],
    ["a=='light,green', 'deep,blue'", equals(a, text('light,green'), text('deep,blue'))],
    ['a==1,2', equals(a, number(1), number(2))],
    ['a==10..20', equals(a, { kind: 'range', from: number(10), to: number(20) })],
    ["a=='10'..'20'", equals(a, { kind: 'range', from: text('10'), to: text('20') })],
    ["a=='x..y'", equals(a, text('x..y'))],
    ['a==x|y', equals(a, text('x|y'))],
    ['a!=1', { kind: 'compare', path: a, operator: '!=', operands: [number(1)] }],
    ['a<1', { kind: 'compare', path: a, operator: '<', operand: number(1) }],
    ['a<=1', { kind: 'compare', path: a, operator: '<=', operand: number(1) }],
    ['a>x', { kind: 'compare', path: a, operator: '>', operand: text('x') }],
    ['a>=2026-01-31', { kind: 'compare', path: a, operator: '>=', operand: instant('2026-01-31T00:00:00Z') }],
    ['a.b.c==1', equals(attribute('a', ['b', 'c']), number(1))],
    ["'a.b'.w.'x.y'==1", equals(attribute('a.b', ['w', 'x.y']), number(1))],
    ["'a:b'", { kind: 'exists', path: attribute('a:b') }],
    ['a.b', { kind: 'exists', path: attribute('a', ['b']) }],
    [
      'dateModified>2026-01-31',
      {
        kind: 'compare',
        path: { kind: 'builtin', name: 'modifiedAt' },
        operator: '>',
        operand: instant('2026-01-31T00:00:00Z'),
      },
    ],
    ['dateCreated', { kind: 'exists', path: { kind: 'builtin', name: 'createdAt' } }],
    ['!dateExpires', { kind: 'not', filter: { kind: 'exists', path: { kind: 'builtin', name: 'expiresAt' } } }],
    ['servicePath==x', equals({ kind: 'builtin', name: 'scope' }, text('x'))],
  ])('%s', (expression, filter) => {
    expect(q(expression)).toEqual(filter);
  });

  test('~= takes all that follows for a pattern, numbers and commas too', () => {
    const filter = q('a~=^1,2..[a-z]|x');
    expect(filter).toMatchObject({ kind: 'compare', operator: '~=', path: a, pattern: { source: '^1,2..[a-z]|x' } });
  });

  const refused = 'invalid character found in URI param /q/';
  const forbidden = 'forbidden characters in String Filter';
  test.each([
    ['', 'empty q'],
    [';', 'empty q'],
    ['a;;b', 'empty q-item'],
    ['a; ', 'empty q-item (only whitespace)'],
    ['!', 'empty right-hand-side in q-item'],
    ['==1', 'empty left-hand-side in q-item'],
    ['a==', 'empty right-hand-side in q-item'],
    ['a=1', refused],
    ['!a==1', refused],
    ['a<b==1', forbidden],
    ['a===1', forbidden],
    ['a==(1', forbidden],
    ['f(a)==1', refused],
    ["a'b", forbidden],
    ["a=='x", 'non-terminated forced string'],
    ["a=='x'y'", 'quote in forced string'],
    ['a==1,', 'empty item in list'],
    ['a==,1', 'empty item in list'],
    ['a==1,x', 'invalid JSON value type in list'],
    ['a==true,false', 'invalid JSON value type in list'],
    ['a==1..', 'empty item in range'],
    ['a==1..x', 'invalid range: types mixed'],
    ['a==null..1', 'invalid data type for /range-from/'],
    ['a==1..true', 'invalid data type for /range-to/'],
    ['a>1..2', 'ranges only valid for equal and not equal ops'],
    ['a<1,2', 'lists only valid for equal and not equal ops'],
    ['a>true', 'values of type /Bool/ not supported for operator /GreaterThan/'],
    ['a<=null', 'values of type /Null/ not supported for operator /LessThanOrEqual/'],
    ['a~=(x)', forbidden],
    ['a~=[', "error compiling filter regex: '['"],
  ])('%s is refused: %s', (expression, complaint) => {
    expect(complaintOf(() => q(expression))).toBe(complaint);
  });
});

describe('several statements must all hold [V2 simple query language]', () => {
  const both: Filter = {
    kind: 'and',
    filters: [equals(attribute('a'), number(1)), { kind: 'exists', path: attribute('b') }],
  };

  test.each(['a==1;b', 'a==1;b;', ';a==1;b', ' a==1 ; b '])('%s', (expression) => {
    expect(q(expression)).toEqual(both);
  });
});

describe('mq looks at metadata [V2 simple query language]', () => {
  test('the second token names them, the others lead into the value', () => {
    expect(mq('temperature.accuracy==1')).toEqual(equals(attribute('temperature', [], ['accuracy']), number(1)));
    expect(mq('a.b.c.d')).toEqual({ kind: 'exists', path: attribute('a', ['c', 'd'], ['b']) });
    expect(mq("'a.b'.'c.d'")).toEqual({ kind: 'exists', path: attribute('a.b', [], ['c.d']) });
  });

  test('builtin ones are those of the attribute [V2 builtin metadata]', () => {
    const path: Path = { kind: 'builtin', name: 'modifiedAt', attribute: 'a' };
    expect(mq('a.dateModified>2026-01-31')).toMatchObject({ path });
  });

  test.each([
    ['a', 'no metadata in right-hand-side of q-item'],
    ['!a', 'no metadata in right-hand-side of q-item'],
    ['a==1', 'no metadata name - not valid for metadata filters'],
    ['a(b==1', 'invalid character found in URI param /mq/'],
  ])('%s is refused: %s', (expression, complaint) => {
    expect(complaintOf(() => mq(expression))).toBe(complaint);
  });
});

describe('brackets and OR, an extension', () => {
  const exists = (name: string): Filter => ({ kind: 'exists', path: attribute(name) });
  const or = (...filters: Filter[]): Filter => ({ kind: 'or', filters });
  const and = (...filters: Filter[]): Filter => ({ kind: 'and', filters });

  test.each<[string, Filter]>([
    ['(a|b)', or(exists('a'), exists('b'))],
    ['(a|b);c', and(or(exists('a'), exists('b')), exists('c'))],
    ['(a);b|c', or(and(exists('a'), exists('b')), exists('c'))],
    ['a|(b;c)', or(exists('a'), and(exists('b'), exists('c')))],
    [' ( ( a | b ) ; c ) ;', and(or(exists('a'), exists('b')), exists('c'))],
    ["(a=='x|y'|b)", or(equals(attribute('a'), text('x|y')), exists('b'))],
    ['(a)', exists('a')],
  ])('%s', (expression, filter) => {
    expect(q(expression)).toEqual(filter);
  });

  test('without a bracket, | is a character of names and values as before', () => {
    expect(q('a|b')).toEqual(exists('a|b'));
  });

  test.each([
    ['(a', 'q: expected ) for the bracket at position 1 at position 3'],
    ['(a|)', 'q: expected a statement at position 4'],
    ['()', 'q: expected a statement at position 2'],
    ['(a)b', 'q: expected ; or | at position 4'],
    ['(a))', 'q: expected ; or | at position 4'],
    ['(a==1|b==)', 'empty right-hand-side in q-item'],
    [`${'('.repeat(51)}a${')'.repeat(51)}`, 'q: more than 50 brackets open at position 51'],
  ])('%s is refused: %s', (expression, complaint) => {
    expect(complaintOf(() => q(expression))).toBe(complaint);
  });
});

test('the configuration may lift the restriction of characters', () => {
  expect(parseFilterExpression('q', "a=='f(x);'", freeText)).toEqual(equals(attribute('a'), text('f(x);')));
});

describe('filters written down and read again', () => {
  const word = fc.constantFrom('a', 'b1', 'brand', 'x.y', 'dateCreated', 'accuracy', 'ñ');
  const path = fc.tuple(word, fc.array(word, { maxLength: 2 })).map(([name, members]): Path => {
    if (name === 'dateCreated' && members.length === 0) return { kind: 'builtin', name: 'createdAt' };
    return attribute(name, members);
  });
  const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => number(value === 0 ? 0 : value));
  const texts = fc.constantFrom('x', 'a,b', '20', 'true', '1..2', 'a|b', '2026-01-31').map(text);
  const instants = fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date): Literal => ({ kind: 'instant', value: date.getTime() }));
  const ordered = fc.oneof(numbers, texts, instants);
  const operands = fc.oneof(
    fc
      .oneof(
        ordered,
        fc.constant<Literal>({ kind: 'null' }),
        fc.boolean().map((value): Literal => ({ kind: 'boolean', value })),
      )
      .map((one): Operand[] => [one]),
    fc.oneof(...[numbers, texts, instants].map((kind) => fc.array(kind, { minLength: 2, maxLength: 3 }))),
    fc
      .oneof(...[numbers, texts, instants].map((kind) => fc.tuple(kind, kind)))
      .map(([from, to]): Operand[] => [{ kind: 'range', from, to }]),
  );
  const statement: fc.Arbitrary<Filter> = fc.oneof(
    path.map((one): Filter => ({ kind: 'exists', path: one })),
    path.map((one): Filter => ({ kind: 'not', filter: { kind: 'exists', path: one } })),
    fc
      .tuple(path, fc.constantFrom('==' as const, '!=' as const), operands)
      .map(([one, operator, some]): Filter => ({ kind: 'compare', path: one, operator, operands: some })),
    fc
      .tuple(path, fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const), ordered)
      .map(([one, operator, operand]): Filter => ({ kind: 'compare', path: one, operator, operand })),
  );

  test('mean the same', () => {
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), (filters) => {
        const [only] = filters;
        const expected = filters.length === 1 ? only : { kind: 'and', filters };
        expect(q(filters.map(write).join(';'))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('mean the same in brackets', () => {
    const { group } = fc.letrec<{ group: Filter }>((tie) => ({
      group: fc.oneof(
        { maxDepth: 3 },
        statement,
        fc
          .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('group'), { minLength: 2, maxLength: 3 }))
          .map(([kind, filters]): Filter => ({ kind, filters })),
      ),
    }));
    fc.assert(
      fc.property(group, (filter) => {
        expect(q(`(${writeGroup(filter)})`)).toEqual(filter);
      }),
      { numRuns: 300 },
    );
  });

  test('whatever is written, the parser says what it is or refuses it', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a',
        '==',
        '!=',
        '<',
        '>=',
        '~=',
        ':',
        ';',
        '|',
        '(',
        ')',
        "'",
        '.',
        '..',
        ',',
        '!',
        ' ',
        '1',
        'true',
        '2026-01-31',
      ),
      fc.string({ maxLength: 2 }),
    );
    const expression = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        expression,
        fc.constantFrom<FilterLanguage>('q', 'mq'),
        fc.constantFrom(compatibleText, freeText),
        (one, language, rules) => {
          outcomeOf(() => parseFilterExpression(language, one, rules));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function write(filter: Filter): string {
  switch (filter.kind) {
    case 'exists':
      return writePath(filter.path);
    case 'not':
      return `!${write(filter.filter)}`;
    case 'compare':
      if ('operands' in filter)
        return `${writePath(filter.path)}${filter.operator}${filter.operands.map(writeOperand).join(',')}`;
      if ('operand' in filter) return `${writePath(filter.path)}${filter.operator}${writePlain(filter.operand)}`;
  }
  throw new Error(`no statement: ${filter.kind}`);
}

function writeGroup(filter: Filter): string {
  if (filter.kind !== 'and' && filter.kind !== 'or') return write(filter);
  return filter.filters.map((one) => `(${writeGroup(one)})`).join(filter.kind === 'and' ? ';' : '|');
}

function writePath(path: Path): string {
  if (path.kind === 'builtin') return 'dateCreated';
  return [path.attribute, ...path.members].map((token) => (token.includes('.') ? `'${token}'` : token)).join('.');
}

function writeOperand(operand: Operand): string {
  return operand.kind === 'range'
    ? `${writeLiteral(operand.from)}..${writeLiteral(operand.to)}`
    : writeLiteral(operand);
}

function writeLiteral(literal: Literal): string {
  return literal.kind === 'text' ? `'${literal.value}'` : writePlain(literal);
}

function writePlain(literal: Literal): string {
  switch (literal.kind) {
    case 'number':
      return String(literal.value);
    case 'instant':
    case 'moment':
      return renderInstant(literal.value);
    case 'boolean':
      return String(literal.value);
    case 'null':
      return 'null';
    case 'text':
      return `'${literal.value}'`;
  }
}
