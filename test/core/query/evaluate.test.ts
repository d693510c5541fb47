import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Entity } from '../../../src/core/entity/entity.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { evaluate, matches, selects } from '../../../src/core/query/evaluate.ts';
import { targetOf } from '../../../src/core/query/path-values.ts';
import type { Comparison, Filter, Literal, Operand, Path, Query } from '../../../src/core/query/query.ts';
import { compileTextPattern } from '../../../src/core/query/text-pattern.ts';
import { arbitraryEntity } from '../../support/arbitrary-entity.ts';
import {
  arbitraryComparison,
  arbitraryFilter,
  arbitraryGeoFilter,
  arbitraryLiteral,
  arbitraryPath,
} from '../../support/arbitrary-query.ts';
import { aBox, aDateTime, anEntity, aPlace, aPoint, noon } from '../../support/entity-builder.ts';

const path: Path = { kind: 'attribute', attribute: 'a', subAttributes: [], members: [] };

function literal(value: null | boolean | number | string): Literal {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'number') return { kind: 'number', value };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  return { kind: 'text', value };
}

function range(from: number | string, to: number | string): Operand {
  return { kind: 'range', from: literal(from), to: literal(to) };
}

function anyOf(...operands: (Operand | number | string | boolean | null)[]): Filter {
  return { kind: 'compare', path, operator: '==', operands: operands.map(operandOf) };
}

function noneOf(...operands: (Operand | number | string | boolean | null)[]): Filter {
  return { kind: 'compare', path, operator: '!=', operands: operands.map(operandOf) };
}

function operandOf(operand: Operand | number | string | boolean | null): Operand {
  return typeof operand === 'object' && operand !== null ? operand : literal(operand);
}

function ordered(operator: '<' | '<=' | '>' | '>=', operand: Literal): Filter {
  return { kind: 'compare', path, operator, operand };
}

function holdsFor(filter: Filter, value: JsonValue): boolean {
  return evaluate(filter, anEntity({ values: { a: value } }));
}

describe('equality [V2 simple query language]', () => {
  test('asks for the same value of the same kind', () => {
    expect(holdsFor(anyOf(40), 40)).toBe(true);
    expect(holdsFor(anyOf(40), '40')).toBe(false);
    expect(holdsFor(anyOf('40'), '40')).toBe(true);
    expect(holdsFor(anyOf('40'), 40)).toBe(false);
    expect(holdsFor(anyOf(true), true)).toBe(true);
    expect(holdsFor(anyOf(true), 'true')).toBe(false);
    expect(holdsFor(anyOf(null), null)).toBe(true);
    expect(holdsFor(anyOf(null), 0)).toBe(false);
    expect(holdsFor(anyOf(0), -0)).toBe(true);
  });

  test('a list asks for any of its values', () => {
    expect(holdsFor(anyOf('black', 'red'), 'red')).toBe(true);
    expect(holdsFor(anyOf('black', 'red'), 'white')).toBe(false);
    expect(holdsFor(anyOf('black', 7, range(1, 2)), 1.5)).toBe(true);
  });

  test('a range holds both of its ends', () => {
    expect([10, 15, 20].map((value) => holdsFor(anyOf(range(10, 20)), value))).toEqual([true, true, true]);
    expect([9.9, 20.1, '15', null].map((value) => holdsFor(anyOf(range(10, 20)), value))).toEqual(Array(4).fill(false));
    expect(['b', 'b0', 'd', 'da', 'a'].map((value) => holdsFor(anyOf(range('b', 'd')), value))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(holdsFor(anyOf(range(20, 10)), 15)).toBe(false);
  });

  test('looks inside array values', () => {
    expect(holdsFor(anyOf('red'), ['black', 'red'])).toBe(true);
    expect(holdsFor(anyOf(range(1, 2)), [0, 3])).toBe(false);
    expect(holdsFor(anyOf('red'), [['red']])).toBe(false);
    expect(holdsFor(anyOf(null), [null])).toBe(true);
    expect(holdsFor(anyOf('red'), [])).toBe(false);
  });

  test('objects equal no literal', () => {
    expect(holdsFor(anyOf('x'), { x: 'x' })).toBe(false);
    expect(holdsFor(noneOf('x'), { x: 'x' })).toBe(true);
  });
});

describe('inequality [V2 simple query language]', () => {
  test('asks for a target that is there and is none of the values', () => {
    expect(holdsFor(noneOf('black', 'red'), 'white')).toBe(true);
    expect(holdsFor(noneOf('black', 'red'), 'red')).toBe(false);
    expect(holdsFor(noneOf(40), '40')).toBe(true);
    expect(holdsFor(noneOf(40), null)).toBe(true);
    expect(holdsFor(noneOf(range(10, 20)), 15)).toBe(false);
    expect(evaluate(noneOf(40), anEntity())).toBe(false);
  });

  test('is not satisfied by an array that has one of the values', () => {
    expect(holdsFor(noneOf('red'), ['black', 'red'])).toBe(false);
    expect(holdsFor(noneOf('red'), ['black', 'white'])).toBe(true);
    expect(holdsFor(noneOf('red'), [])).toBe(true);
  });
});

describe('order [V2 simple query language]', () => {
  test.each([
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
  ] as const)('%s compares numbers by size and texts by code point', (operator, expected) => {
    expect([1, 2, 10].map((value) => holdsFor(ordered(operator, literal(2)), value))).toEqual(expected);
    expect(['1', '2', '20'].map((value) => holdsFor(ordered(operator, literal('2')), value))).toEqual(expected);
    expect(
      ['\uD7FF', '\uFFFD', '\u{1F600}'].map((value) => holdsFor(ordered(operator, literal('\uFFFD')), value)),
    ).toEqual(expected);
  });

  test('never across kinds', () => {
    for (const value of ['10', null, true, { a: 10 }, {}])
      expect(holdsFor(ordered('>', literal(2)), value)).toBe(false);
    for (const value of [10, null, true]) expect(holdsFor(ordered('>', literal('')), value)).toBe(false);
  });

  test('any member of an array may satisfy it', () => {
    expect(holdsFor(ordered('>', literal(2)), [1, 3])).toBe(true);
    expect(holdsFor(ordered('>', literal(3)), [1, 3])).toBe(false);
  });
});

describe('instants [V2 DateTime]', () => {
  const at = (instant: number): Literal => ({ kind: 'instant', value: instant });
  const observed = anEntity({ attributes: { a: aDateTime('2026-01-31T12:00:00.000Z') } });

  test('an instant compares with DateTime values', () => {
    expect(evaluate(anyOf(at(noon)), observed)).toBe(true);
    expect(evaluate(anyOf(at(noon + 1)), observed)).toBe(false);
    expect(evaluate(ordered('<', at(noon + 1)), observed)).toBe(true);
    expect(evaluate(anyOf({ kind: 'range', from: at(noon), to: at(noon) }), observed)).toBe(true);
  });

  test('an instant does not compare with texts and numbers, however they look', () => {
    expect(holdsFor(anyOf(at(noon)), '2026-01-31T12:00:00.000Z')).toBe(false);
    expect(holdsFor(anyOf(at(noon)), noon)).toBe(false);
    expect(holdsFor(ordered('<', at(noon + 1)), '2026-01-31')).toBe(false);
  });

  test('a text or a pattern does not compare with an instant', () => {
    expect(evaluate(anyOf('2026-01-31T12:00:00.000Z'), observed)).toBe(false);
    expect(evaluate(noneOf('2026-01-31T12:00:00.000Z'), observed)).toBe(true);
    const pattern = compileTextPattern('2026');
    expect(evaluate({ kind: 'compare', path, operator: '~=', pattern }, observed)).toBe(false);
  });

  test('a DateTime without a value is there but matches no comparison', () => {
    const unknown = anEntity({ attributes: { a: aDateTime(null) } });
    const pattern = compileTextPattern('.*');
    const comparisons: Filter[] = [
      ...[anyOf(null), noneOf(null), anyOf(at(noon)), noneOf(at(noon))],
      ...[ordered('<=', at(noon)), ordered('>=', literal(null))],
      { kind: 'compare', path, operator: '~=', pattern },
      { kind: 'compare', path, operator: '!~=', pattern },
    ];
    expect(comparisons.map((filter) => evaluate(filter, unknown))).toEqual(Array(8).fill(false));
    expect(evaluate({ kind: 'exists', path }, unknown)).toBe(true);
  });

  test('built-in times are instants', () => {
    const createdAt: Path = { kind: 'builtin', name: 'createdAt' };
    const filter: Comparison = { kind: 'compare', path: createdAt, operator: '>=', operand: at(noon) };
    expect(evaluate(filter, anEntity({ createdAt: noon }))).toBe(true);
    expect(evaluate(filter, anEntity({ createdAt: noon - 1 }))).toBe(false);
  });
});

describe('patterns [V2 simple query language]', () => {
  const like = (source: string): Filter => ({
    kind: 'compare',
    path,
    operator: '~=',
    pattern: compileTextPattern(source),
  });
  const unlike = (source: string): Filter => ({
    kind: 'compare',
    path,
    operator: '!~=',
    pattern: compileTextPattern(source),
  });

  test('match somewhere in a text, or in a text among the members of an array', () => {
    expect(holdsFor(like('ow'), 'yellow')).toBe(true);
    expect(holdsFor(like('ow'), 'black')).toBe(false);
    expect(holdsFor(like('ow'), ['black', 'brown'])).toBe(true);
    expect(holdsFor(like('4'), 40)).toBe(false);
    expect(evaluate(like('.*'), anEntity())).toBe(false);
  });

  test('the contrary asks for a target that is there', () => {
    expect(holdsFor(unlike('ow'), 'yellow')).toBe(false);
    expect(holdsFor(unlike('ow'), ['black', 'brown'])).toBe(false);
    expect(holdsFor(unlike('4'), 40)).toBe(true);
    expect(evaluate(unlike('ow'), anEntity())).toBe(false);
  });
});

describe('existence and junctions [V2 simple query language]', () => {
  test('an attribute is there whatever its value', () => {
    expect(holdsFor({ kind: 'exists', path }, null)).toBe(true);
    expect(evaluate({ kind: 'exists', path }, anEntity())).toBe(false);
    expect(evaluate({ kind: 'not', filter: { kind: 'exists', path } }, anEntity())).toBe(true);
  });

  test('and of nothing holds, or of nothing does not', () => {
    expect(evaluate({ kind: 'and', filters: [] }, anEntity())).toBe(true);
    expect(evaluate({ kind: 'or', filters: [] }, anEntity())).toBe(false);
  });

  test('and asks for all, or for any', () => {
    expect(holdsFor({ kind: 'and', filters: [anyOf(1), noneOf(2)] }, 1)).toBe(true);
    expect(holdsFor({ kind: 'and', filters: [anyOf(1), anyOf(2)] }, 1)).toBe(false);
    expect(holdsFor({ kind: 'or', filters: [anyOf(2), anyOf(1)] }, 1)).toBe(true);
  });
});

describe('places [V2 geographical queries]', () => {
  const here = anEntity({ attributes: { location: aPlace(aPoint(0, 0)) } });
  const nowhere = anEntity({ values: { location: '0, 0' } });
  /** A degree of latitude. */
  const degree = 111_318;

  test('near has both of its ends', () => {
    const near = (minDistance: number | undefined, maxDistance: number | undefined, entity: Entity = here): boolean =>
      evaluate(
        {
          kind: 'near',
          center: [0, 1],
          ...(minDistance === undefined ? {} : { minDistance }),
          ...(maxDistance === undefined ? {} : { maxDistance }),
        },
        entity,
      );
    expect(near(undefined, degree + 1)).toBe(true);
    expect(near(undefined, degree - 1)).toBe(false);
    expect(near(degree - 1, undefined)).toBe(true);
    expect(near(degree + 1, undefined)).toBe(false);
    expect(near(degree - 1, degree + 1)).toBe(true);
    expect(near(0, undefined)).toBe(true);
    const there = anEntity({ attributes: { location: aPlace(aPoint(0, 1)) } });
    expect(near(0, 0, there)).toBe(true);
  });

  test('an entity without a location is nowhere, not even apart from something', () => {
    fc.assert(fc.property(arbitraryGeoFilter, (filter) => !evaluate(filter, nowhere)));
  });

  test('disjoint is the contrary of intersects for an entity with a location', () => {
    const box = aBox(-1, -1, 1, 1);
    expect(evaluate({ kind: 'geo', relation: 'intersects', geometry: box }, here)).toBe(true);
    expect(evaluate({ kind: 'geo', relation: 'disjoint', geometry: box }, here)).toBe(false);
    expect(evaluate({ kind: 'geo', relation: 'disjoint', geometry: aBox(1, 1, 2, 2) }, here)).toBe(true);
  });

  test('a named attribute is looked at instead of the default location [extension]', () => {
    const two = anEntity({ attributes: { a: aPlace(aPoint(0, 0)), b: aPlace(aPoint(5, 5)) } });
    const box = aBox(4, 4, 6, 6);
    expect(evaluate({ kind: 'geo', relation: 'coveredBy', geometry: box }, two)).toBe(false);
    expect(evaluate({ kind: 'geo', relation: 'coveredBy', geometry: box, attribute: 'b' }, two)).toBe(true);
  });
});

describe('selectors and scopes [V2 entities]', () => {
  const room = anEntity({ id: 'Room1', type: 'Room', scope: '/madrid/centro' });
  const everything: Query = { selectors: [], scopes: [], order: [], offset: 0, limit: 20, count: false };

  test('all that a selector names must hold', () => {
    const idPattern = compileTextPattern('^Room');
    const typePattern = compileTextPattern('^R');
    expect(selects([{ ids: ['Room1', 'Room2'], types: ['Room'] }], room)).toBe(true);
    expect(selects([{ ids: ['Room1'], types: ['Car'] }], room)).toBe(false);
    expect(selects([{ idPattern, typePattern }], room)).toBe(true);
    expect(selects([{ idPattern, types: ['Car'] }], room)).toBe(false);
    expect(selects([{}], room)).toBe(true);
  });

  test('any selector will do, and none asks for nothing', () => {
    expect(selects([{ types: ['Car'] }, { types: ['Room'] }], room)).toBe(true);
    expect(selects([{ types: ['Car'] }], room)).toBe(false);
    expect(selects([], room)).toBe(true);
  });

  test('a query asks for selector, scope and filter together', () => {
    const query: Query = {
      ...everything,
      selectors: [{ types: ['Room'] }],
      scopes: [{ path: '/madrid', subtree: true }],
      filter: { kind: 'not', filter: { kind: 'exists', path } },
    };
    expect(matches(room, query)).toBe(true);
    expect(matches({ ...room, types: ['Car'] }, query)).toBe(false);
    expect(matches({ ...room, scopes: ['/madridejos'] }, query)).toBe(false);
    expect(matches(anEntity({ ...room, type: 'Room', scope: '/madrid', values: { a: 1 } }), query)).toBe(false);
    expect(matches(room, everything)).toBe(true);
  });
});

describe('on any entity and any filter', () => {
  test('not is the contrary, and junctions follow De Morgan', () => {
    fc.assert(
      fc.property(arbitraryEntity, arbitraryFilter, arbitraryFilter, (entity, one, other) => {
        const not = (filter: Filter): Filter => ({ kind: 'not', filter });
        expect(evaluate(not(one), entity)).toBe(!evaluate(one, entity));
        expect(evaluate(not({ kind: 'and', filters: [one, other] }), entity)).toBe(
          evaluate({ kind: 'or', filters: [not(one), not(other)] }, entity),
        );
      }),
    );
  });

  test('!= and !~= are the contraries of == and ~= for a target that is there, and hold for no other', () => {
    const contrary = { '==': '!=', '!=': '==', '~=': '!~=', '!~=': '~=' } as const;
    fc.assert(
      fc.property(arbitraryEntity, arbitraryComparison, (entity, comparison) => {
        const target = targetOf(comparison.path, entity);
        const holds = evaluate(comparison, entity);
        if (target === undefined || target.instant === null) expect(holds).toBe(false);
        else if ('operands' in comparison)
          expect(evaluate({ ...comparison, operator: contrary[comparison.operator] as '==' }, entity)).toBe(!holds);
        else if ('pattern' in comparison)
          expect(evaluate({ ...comparison, operator: contrary[comparison.operator] as '~=' }, entity)).toBe(!holds);
      }),
      { numRuns: 1000 },
    );
  });

  test('a single target is less, equal or greater than a literal of its kind, and only one of them', () => {
    fc.assert(
      fc.property(arbitraryEntity, arbitraryPath, arbitraryLiteral, (entity, somewhere, operand) => {
        if (Array.isArray(targetOf(somewhere, entity)?.value) || hasSeveral(somewhere, entity)) return;
        const compare = (operator: '<' | '<=' | '>' | '>='): boolean =>
          evaluate({ kind: 'compare', path: somewhere, operator, operand }, entity);
        const equal = evaluate({ kind: 'compare', path: somewhere, operator: '==', operands: [operand] }, entity);
        const comparable = compare('<=') || compare('>=');
        expect([compare('<'), equal, compare('>')].filter(Boolean)).toHaveLength(comparable ? 1 : 0);
        expect(compare('<=')).toBe(compare('<') || equal);
        expect(compare('>=')).toBe(compare('>') || equal);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Tells whether a path that takes any instance has more than one to choose from. */
function hasSeveral(path: Path, entity: Entity): boolean {
  if (path.kind !== 'attribute' || path.instances !== 'any') return false;
  return (entity.attributes.get(path.attribute)?.length ?? 0) > 1;
}
