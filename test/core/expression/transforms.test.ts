import { describe, expect, it } from 'vitest';
import { transforms } from '../../../src/core/expression/transforms/transforms.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { evaluate } from './expression-values.ts';

/** A use of a transformation on the value `c`, and what comes out. */
type Use = readonly [c: JsonValue, use: string, value: JsonValue];

const uses: readonly (readonly [name: string, uses: readonly Use[]])[] = [
  [
    'uppercase',
    [
      ['fooBAR', 'uppercase', 'FOOBAR'],
      [5, 'uppercase', null],
    ],
  ],
  [
    'lowercase',
    [
      ['fooBAR', 'lowercase', 'foobar'],
      [['A'], 'lowercase', null],
    ],
  ],
  [
    'split',
    [
      ['foo,bar,zzz', "split(',')", ['foo', 'bar', 'zzz']],
      ['foo', "split(',')", ['foo']],
      ['añ😀', "split('')", ['a', 'ñ', '😀']],
      ['foo', 'split(1)', null],
      ['foo', 'split', null],
      [1, "split(',')", null],
    ],
  ],
  [
    'indexOf',
    [
      ['fooxybar', "indexOf('xy')", 3],
      ['fooxybar', "indexOf('z')", null],
      [['xy'], "indexOf('xy')", null],
      ['1', 'indexOf(1)', null],
    ],
  ],
  [
    'len',
    [
      ['foobar', 'len', 6],
      ['', 'len', 0],
      [[1, 2], 'len', null],
      [12, 'len', null],
    ],
  ],
  [
    'trim',
    [
      ['  foo  bar  ', 'trim', 'foo  bar'],
      [null, 'trim', null],
    ],
  ],
  [
    'substring',
    [
      ['foobar', 'substring(3,5)', 'ba'],
      ['foobar', 'substring(0,6)', 'foobar'],
      ['foobar', 'substring(3,3)', ''],
      ['foobar', 'substring(3,7)', null],
      ['foobar', 'substring(5,3)', null],
      ['foobar', 'substring(-1,3)', null],
      ['foobar', 'substring(0.5,3)', null],
      ['foobar', 'substring(3)', null],
      [123, 'substring(0,1)', null],
    ],
  ],
  [
    'includes',
    [
      ['foobar', "includes('ba')", true],
      ['foobar', "includes('x')", false],
      [['ba'], "includes('ba')", null],
    ],
  ],
  [
    'isNaN',
    [
      ['foobar', 'isNaN', true],
      [3, 'isNaN', false],
      ['3', 'isNaN', true],
      [null, 'isNaN', true],
    ],
  ],
  [
    'parseInt',
    [
      ['25', 'parseInt', 25],
      [' -25 ', 'parseInt', -25],
      ['25.9', 'parseInt', 25],
      [25.9, 'parseInt', 25],
      ['25 m', 'parseInt', null],
      ['', 'parseInt', null],
      ['Infinity', 'parseInt', null],
      [true, 'parseInt', null],
    ],
  ],
  [
    'parseFloat',
    [
      ['25.33', 'parseFloat', 25.33],
      ['1e2', 'parseFloat', 100],
      [2.5, 'parseFloat', 2.5],
      ['1e999', 'parseFloat', null],
      ['x', 'parseFloat', null],
    ],
  ],
  [
    'typeOf',
    [
      [23, 'typeOf', 'Number'],
      ['23', 'typeOf', 'String'],
      [true, 'typeOf', 'Boolean'],
      [null, 'typeOf', 'Null'],
      [[1], 'typeOf', 'Array'],
      [{ a: 1 }, 'typeOf', 'Object'],
    ],
  ],
  [
    'toString',
    [
      [23, 'toString', '23'],
      ['23', 'toString', '23'],
      [true, 'toString', 'true'],
      [null, 'toString', 'null'],
      [{ a: [1, 'b'] }, 'toString', '{"a":[1,"b"]}'],
    ],
  ],
  [
    'toJson',
    [
      ['[1,2]', 'toJson', [1, 2]],
      ['{"a": {"b": null}}', 'toJson', { a: { b: null } }],
      ['"a"', 'toJson', 'a'],
      ['[1,', 'toJson', null],
      ['1e999', 'toJson', null],
      [`${'['.repeat(200)}${']'.repeat(200)}`, 'toJson', null],
      [5, 'toJson', null],
    ],
  ],
  [
    'floor',
    [
      [3.14, 'floor', 3],
      [-3.14, 'floor', -4],
      ['3.14', 'floor', null],
    ],
  ],
  [
    'ceil',
    [
      [3.14, 'ceil', 4],
      [-0.5, 'ceil', 0],
      [null, 'ceil', null],
    ],
  ],
  [
    'round',
    [
      [3.14, 'round', 3],
      [2.5, 'round', 3],
      [-2.5, 'round', -3],
      ['2.5', 'round', null],
    ],
  ],
  [
    'toFixed',
    [
      [3.18, 'toFixed(1)', 3.2],
      [3.18, 'toFixed(0)', 3],
      [3.18, 'toFixed(-1)', null],
      [3.18, 'toFixed(1000)', null],
      [3.18, 'toFixed', null],
      ['3.18', 'toFixed(1)', null],
    ],
  ],
  [
    'log',
    [
      [3.14, 'log', 1.144222799920162],
      [0, 'log', null],
      [-1, 'log', null],
    ],
  ],
  [
    'log10',
    [
      [3.14, 'log10', 0.49692964807321494],
      ['10', 'log10', null],
    ],
  ],
  [
    'log2',
    [
      [3.14, 'log2', 1.6507645591169025],
      [-8, 'log2', null],
    ],
  ],
  [
    'sqrt',
    [
      [3.14, 'sqrt', 1.772004514666935],
      [-1, 'sqrt', null],
    ],
  ],
  [
    'replaceStr',
    [
      ['foobar', "replaceStr('o','u')", 'fuubar'],
      ['a.b.c', "replaceStr('.','$&')", 'a$&b$&c'],
      ['foobar', "replaceStr('o')", null],
      [5, "replaceStr('5','6')", null],
    ],
  ],
  [
    'replaceRegex',
    [
      ['aba1234aba786aba', "replaceRegex('\\d+','X')", 'abaXabaXaba'],
      ['2026-01-31', "replaceRegex('(\\d+)-(\\d+)-(\\d+)','$3/$2/$1 of $0 $9')", '31/01/2026 of 2026-01-31 $9'],
      ['ab', "replaceRegex('','-')", '-a-b-'],
      ['ab', "replaceRegex('(','-')", null],
      ['ab', "replaceRegex('(?=a)','-')", null],
      [5, "replaceRegex('5','6')", null],
    ],
  ],
  [
    'matchRegex',
    [
      ['abc1234fgh897hyt', "matchRegex('\\d+')", ['1234', '897']],
      ['abc', "matchRegex('\\d+')", []],
      ['abc', "matchRegex('[')", null],
      ['abc', 'matchRegex(5)', null],
    ],
  ],
  [
    'mapper',
    [
      ['fr', "mapper(['es','fr','de'],['Spain','France','Germany'])", 'France'],
      ['it', "mapper(['es','fr','de'],['Spain','France','Germany'])", null],
      ['fr', "mapper(['es','fr'],['Spain'])", null],
      [1, 'mapper([1],[2])', null],
      ['fr', "mapper('fr','fr')", null],
    ],
  ],
  [
    'thMapper',
    [
      [0.5, "thMapper([-1,1],['low','medium','high'])", 'medium'],
      [-1, "thMapper([-1,1],['low','medium','high'])", 'medium'],
      [-2, "thMapper([-1,1],['low','medium','high'])", 'low'],
      [1, "thMapper([-1,1],['low','medium','high'])", 'high'],
      [1, "thMapper([-1,1],['low','medium'])", null],
      [1, "thMapper([-1,'1'],['low','medium','high'])", null],
      ['1', "thMapper([-1,1],['low','medium','high'])", null],
    ],
  ],
  [
    'values',
    [
      [{ x: 1, y: 'foo' }, 'values', [1, 'foo']],
      [[1], 'values', null],
      ['x', 'values', null],
    ],
  ],
  [
    'keys',
    [
      [{ x: 1, y: 'foo' }, 'keys', ['x', 'y']],
      [[1], 'keys', null],
    ],
  ],
  [
    'arrSum',
    [
      [[1, 5], 'arrSum', 6],
      [[], 'arrSum', 0],
      [[1, '5'], 'arrSum', null],
      [5, 'arrSum', null],
    ],
  ],
  [
    'arrAvg',
    [
      [[1, 5], 'arrAvg', 3],
      [[], 'arrAvg', null],
      [[null], 'arrAvg', null],
    ],
  ],
  [
    'now',
    [
      [0, 'now', 1722504662],
      [3600, 'now', 1722508262],
      ['0', 'now', null],
    ],
  ],
  [
    'toIsoString',
    [
      [1720606949, 'toIsoString', '2024-07-10T10:22:29+00:00'],
      [0.25, 'toIsoString', '1970-01-01T00:00:00.250+00:00'],
      [1e300, 'toIsoString', null],
      ['2024', 'toIsoString', null],
    ],
  ],
  [
    'getTime',
    [
      ['2024-07-10T10:22:29+00:00', 'getTime', 1720606949],
      ['2024-07-10T12:22:29.999+02:00', 'getTime', 1720606949],
      ['2024-07-10', 'getTime', 1720569600],
      ['yesterday', 'getTime', null],
      [1720606949, 'getTime', null],
    ],
  ],
];

describe('Transformations [V2 available transformations]', () => {
  it('are those of the documentation', () => {
    expect([...transforms.keys()].toSorted()).toEqual(uses.map(([name]) => name).toSorted());
  });

  describe.each(uses)('%s', (_name, ofOne) => {
    it.each(ofOne)('%j|%s gives %j', (c, use, value) => {
      expect(evaluate(`c|${use}`, { c })).toEqual(value);
    });
  });

  it('chain', () => {
    expect(evaluate('0|now|toIsoString')).toBe('2024-08-01T09:31:02+00:00');
    expect(evaluate("c | trim | split(' ')[1] | uppercase", { c: ' a b ' })).toBe('B');
  });

  it('belong to the operand before them', () => {
    expect(evaluate("A||'-1'|parseInt")).toBe(-1);
    expect(evaluate("'ab' + 'cd'|uppercase")).toBe('abCD');
  });
});
