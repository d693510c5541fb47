import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/change/canonical-json.ts';
import { equalJson } from '../../../src/core/change/equal-json.ts';
import { type UpdateOperator, updateOperators } from '../../../src/core/change/mutation.ts';
import { applyOperation } from '../../../src/core/change/update-operators.ts';
import { Refusal, type RefusalReason } from '../../../src/core/errors.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { arbitraryJson } from '../../support/arbitrary-entity.ts';

function resultOf(
  operator: UpdateOperator,
  argument: JsonValue,
  current: JsonValue | undefined,
): JsonValue | undefined {
  return applyOperation('a', { kind: 'operation', operator, argument }, current);
}

function refusalOf(operator: UpdateOperator, argument: JsonValue, current: JsonValue | undefined): RefusalReason {
  try {
    resultOf(operator, argument, current);
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  throw new Error('not refused');
}

describe('Update operators [V2 update operators]', () => {
  it.each<[UpdateOperator, JsonValue, JsonValue | undefined, JsonValue | undefined]>([
    ['$inc', 2, 10, 12],
    ['$inc', -0.5, 10, 9.5],
    ['$inc', 2, undefined, 2],
    ['$mul', 2, 10, 20],
    ['$mul', 2, undefined, 0],
    ['$min', 2, 10, 2],
    ['$min', 20, 10, 10],
    ['$min', 20, undefined, 20],
    ['$min', 'a', 'b', 'a'],
    ['$min', 5, 'b', 5],
    ['$max', 12, 10, 12],
    ['$max', 4, 10, 10],
    ['$max', 4, undefined, 4],
    ['$max', 4, null, 4],
    ['$max', true, false, true],
    ['$push', 3, [1, 2, 3], [1, 2, 3, 3]],
    ['$push', [4], [1], [1, [4]]],
    ['$push', 3, undefined, [3]],
    ['$push', { $each: [4, 5] }, [1, 2, 3, 3], [1, 2, 3, 3, 4, 5]],
    ['$push', { $each: [-1, 0], $position: 0 }, [1, 2], [-1, 0, 1, 2]],
    ['$push', { $each: [9], $position: -1 }, [1, 2], [1, 9, 2]],
    ['$push', { $each: [9], $position: 99 }, [1, 2], [1, 2, 9]],
    ['$push', { $each: [9], $position: -99 }, [1, 2], [9, 1, 2]],
    ['$push', { $each: [5, 1], $sort: 1 }, [4, 'a', 2], [1, 2, 4, 5, 'a']],
    ['$push', { $each: [5, 1], $sort: -1, $slice: 2 }, [4, 2], [5, 4]],
    ['$push', { $each: [4, 5], $slice: -3 }, [1, 2, 3], [3, 4, 5]],
    ['$push', { $each: [], $slice: 0 }, [1, 2, 3], []],
    ['$push', { $each: [1] }, undefined, [1]],
    ['$push', { $position: 0 }, [1], [1, { $position: 0 }]],
    ['$addToSet', 4, [1, 2, 3], [1, 2, 3, 4]],
    ['$addToSet', { b: 1, a: [2] }, [{ a: [2], b: 1 }], [{ a: [2], b: 1 }]],
    ['$addToSet', 4, undefined, [4]],
    ['$addToSet', { $each: [4, 2, 4, [1]] }, [1, 2, 2], [1, 2, 2, 4, [1]]],
    ['$addToSet', [1], [1], [1, [1]]],
    ['$addToSet', '1', [1], [1, '1']],
    ['$pull', 2, [2, 1, 2, 3], [1, 3]],
    ['$pull', { a: 1 }, [{ a: 1 }, { a: 1, b: 2 }], [{ a: 1, b: 2 }]],
    ['$pull', 2, undefined, undefined],
    ['$pullAll', [2, [3]], [1, 2, [3], 3], [1, 3]],
    ['$pullAll', [2], undefined, undefined],
    ['$set', { Y: 2, X: 3 }, { X: 1, Z: 0 }, { X: 3, Z: 0, Y: 2 }],
    ['$set', { X: 1 }, undefined, { X: 1 }],
    ['$set', 'red', { X: 1 }, 'red'],
    ['$set', [1], 5, [1]],
    ['$unset', { X: 1, W: 1 }, { X: 1, Y: 2 }, { Y: 2 }],
    ['$unset', { X: 1 }, undefined, undefined],
    ['$unset', 'X', { X: 1 }, { X: 1 }],
    ['$unset', { X: 1 }, 5, 5],
  ])('%s %j makes of %j the value %j', (operator, argument, current, expected) => {
    expect(JSON.stringify(resultOf(operator, argument, current))).toBe(JSON.stringify(expected));
  });

  it.each<[UpdateOperator, JsonValue, JsonValue | undefined, 'value' | 'argument', string]>([
    ['$inc', 1, 'ten', 'value', 'text'],
    ['$inc', 1, null, 'value', 'null'],
    ['$inc', '1', 10, 'argument', 'text'],
    ['$mul', 10, 1e308, 'value', 'number'],
    ['$mul', { a: 1 }, undefined, 'argument', 'object'],
    ['$push', 1, {}, 'value', 'object'],
    ['$addToSet', 1, 5, 'value', 'number'],
    ['$pull', 1, true, 'value', 'boolean'],
    ['$pullAll', 1, [1], 'argument', 'number'],
    ['$pullAll', [1], 'a', 'value', 'text'],
    ['$set', { X: 1 }, [1], 'value', 'array'],
  ])('%s %j is refused on %j', (operator, argument, current, where, found) => {
    expect(refusalOf(operator, argument, current)).toEqual({
      kind: 'operatorMismatch',
      attribute: 'a',
      operator,
      where,
      found,
    });
  });

  it.each<[JsonValue, JsonValue, JsonValue | undefined, JsonValue]>([
    [{ Y: 20, Z: 30 }, { X: 1 }, { X: 1, Y: 2 }, { Y: 20, Z: 30 }],
    [{ Y: 20 }, { X: 1 }, undefined, { Y: 20 }],
    [{ Y: 20 }, 'X', { X: 1 }, { X: 1, Y: 20 }],
    ['red', { X: 1 }, { X: 1 }, 'red'],
  ])('$set %j with $unset %j makes of %j the value %j', (argument, unset, current, expected) => {
    expect(applyOperation('a', { kind: 'operation', operator: '$set', argument, unset }, current)).toEqual(expected);
  });

  it.each<[UpdateOperator, JsonValue, string, string]>([
    ['$push', { $each: 5 }, '$each', 'number'],
    ['$push', { $each: [1], $position: 'first' }, '$position', 'text'],
    ['$push', { $each: [1], $slice: 1.5 }, '$slice', 'number'],
    ['$push', { $each: [1], $sort: { x: 1 } }, '$sort', 'object'],
    ['$push', { $each: [1], x: null }, 'x', 'null'],
    ['$addToSet', { $each: [1], $position: 0 }, '$position', 'number'],
  ])('%s %j is refused for the member %s', (operator, argument, member, found) => {
    expect(refusalOf(operator, argument, [1])).toEqual({
      kind: 'operatorMismatch',
      attribute: 'a',
      operator,
      where: 'argument',
      member,
      found,
    });
  });

  it('tell items apart by one text for all that are equal', () => {
    fc.assert(
      fc.property(arbitraryJson, arbitraryJson, (a, b) => {
        expect(canonicalJson(a) === canonicalJson(b)).toBe(equalJson(a, b));
      }),
    );
    expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: 0 })).toBe(canonicalJson({ a: 0, b: [1, { c: 2, d: 1 }] }));
  });

  // Compared two by two, these items would take ten thousand million steps.
  it('takes as many steps as there are items to look at', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => [index]);
    expect(resultOf('$pullAll', many, many)).toEqual([]);
    expect(resultOf('$addToSet', { $each: many }, many)).toBe(many);
    expect(resultOf('$push', { $each: many, $position: 0 }, many)).toHaveLength(200_000);
  });

  it('make no negative zero, which JSON could not keep', () => {
    expect(resultOf('$mul', -1, 0)).toBe(0);
  });

  it('treats members that are called like parts of objects as members', () => {
    const set = JSON.parse('{"__proto__":1,"constructor":2}') as JsonValue;
    expect(JSON.stringify(resultOf('$set', set, {}))).toBe('{"__proto__":1,"constructor":2}');
    expect(JSON.stringify(resultOf('$unset', set, JSON.parse('{"__proto__":3,"toString":4}')))).toBe('{"toString":4}');
  });

  it('never modifies what it works on, and says the same each time', () => {
    const anyValue = fc.option(arbitraryJson, { nil: undefined });
    fc.assert(
      fc.property(fc.constantFrom(...updateOperators), arbitraryJson, anyValue, (operator, argument, current) => {
        const before = JSON.stringify([argument, current]);
        expect(outcomeOf(operator, argument, current)).toEqual(outcomeOf(operator, argument, current));
        expect(JSON.stringify([argument, current])).toBe(before);
      }),
    );
  });

  it('has nothing more to do the second time, but for $inc, $mul and $push', () => {
    const operators = updateOperators.filter((operator) => !['$inc', '$mul', '$push'].includes(operator));
    fc.assert(
      fc.property(fc.constantFrom(...operators), arbitraryJson, arbitraryJson, (operator, argument, current) => {
        const once = outcomeOf(operator, argument, current);
        if (!once.ok) return;
        expect(equalJson(resultOf(operator, argument, once.value), once.value)).toBe(true);
      }),
    );
  });
});

type OperationOutcome = { ok: true; value: JsonValue | undefined } | { ok: false; reason: RefusalReason };

function outcomeOf(operator: UpdateOperator, argument: JsonValue, current: JsonValue | undefined): OperationOutcome {
  try {
    return { ok: true, value: resultOf(operator, argument, current) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.reason };
    throw error;
  }
}
