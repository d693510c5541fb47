import { describe, expect, it } from 'vitest';
import { compileExpression, evaluateExpression } from '../../../src/core/expression/expression.ts';
import { agentTransforms } from '../../../src/core/expression/transforms/agent-transforms.ts';
import type { JsonValue } from '../../../src/core/json.ts';

const values: Readonly<Record<string, JsonValue>> = {
  value: 6,
  ts: 1637245214901,
  name: 'DevId629',
  object: { name: 'John' },
  array: [1, 3],
  text: ' a ',
};

function evaluate(source: string): JsonValue {
  return evaluateExpression(compileExpression(source, agentTransforms), {
    now: 1_769_860_800_123,
    lookup: (name) => values[name],
  });
}

describe('Transformations of IoT Agents [IoTA available functions]', () => {
  it.each<[string, JsonValue]>([
    ['5 * value', 30],
    ['name + "value is " + value', 'DevId629value is 6'],
    ['ts|toisodate', '2021-11-18T14:20:14.901Z'],
    ["'2021-11-18T14:20:14.901Z'|gettime", 1637245214901],
    ['0|now', 1_769_860_800_123],
    ['text|trim', 'a'],
    ['name|length', 8],
    ['value|length', 1],
    ['name|indexOf("e")', 1],
    ['name|indexOf("z")', -1],
    ['name|substr(0,name|indexOf("e")+1)', 'De'],
    ['name|substr(-3)', '629'],
    ['name|touppercase', 'DEVID629'],
    ['name|tolowercase', 'devid629'],
    ['"a-a-a"|replacestr("a","$&")', '$&-a-a'],
    ['"a-a-a"|replaceallstr("a","b")', 'b-b-b'],
    ['"a1b22"|replaceregexp("[0-9]+","#")', 'a#b22'],
    ['"a1b22"|replaceallregexp("[0-9]+","#")', 'a#b#'],
    ['"40.4165, -3.70256"|split(", ")[1]|parsefloat()', -3.70256],
    ['"12px"|parseint', 12],
    ['"x"|parseint', null],
    ['"x"|isnan', true],
    ['2.5|round', 3],
    ['"2.5"|floor', 2],
    ['2.123|tofixed(1)', '2.1'],
    ['array|addreduce', 4],
    ['array|lengtharray', 2],
    ['array|joinarrtostr("-")', '1-3'],
    ['array|concatarr([5])', [1, 3, 5]],
    ['array|addset(3)', [1, 3]],
    ['array|removeset(3)', [1]],
    ['array|slice(1)', [3]],
    ['array|isarray', true],
    ['object|typeof', 'object'],
    ['object|jsonstringify', '{"name":"John"}'],
    ['"[1,2]"|jsonparse', [1, 2]],
    ['value|mapper([5,6],["low","high"])', 'high'],
    ['value|thmapper([5,10],["low","high"])', 'high'],
    ['value|bitwisemask(3,"&",0)', 2],
    ['"48656c6c6f"|hextostring', 'Hello'],
    ['"a b"|urlencode', 'a%20b'],
    ['"a%20b"|urldecode', 'a b'],
    ['"%zz"|urldecode', null],
    ['ts|timeoffset', 0],
    ['name|uppercase', 'DEVID629'],
  ])('%s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });

  it('are paid for by what comes out, so that a short expression makes no long text', () => {
    const grown = Array.from({ length: 30 }, () => '|replaceallstr("a","aaaaaaaaaa")').join('');
    expect(evaluate(`"a"${grown}`)).toBe(null);
  });
});
