import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareEntities, type Ranked } from '../../../src/core/query/compare-entities.ts';
import { compareTargets, compareTexts, kindOf } from '../../../src/core/query/compare-values.ts';
import { type Target, targetOf } from '../../../src/core/query/path-values.ts';
import type { OrderKey, Path } from '../../../src/core/query/query.ts';
import { arbitraryEntities, arbitraryEntity } from '../../support/arbitrary-entity.ts';
import { arbitraryOrder, arbitraryPath } from '../../support/arbitrary-query.ts';
import { aDateTime, anEntity, aPlace, aPoint, noon } from '../../support/entity-builder.ts';

const byA: OrderKey = {
  by: { kind: 'attribute', attribute: 'a', subAttributes: [], members: [] },
  descending: false,
};
const byId: OrderKey = { by: { kind: 'builtin', name: 'id' }, descending: false };

/** Created in this order. */
function ranked(entities: readonly Ranked['entity'][]): Ranked[] {
  return entities.map((entity, sequence) => ({ entity, sequence }));
}

function idsInOrder(order: readonly OrderKey[], entities: readonly Ranked['entity'][]): string[] {
  return ranked(entities)
    .sort(compareEntities(order))
    .map(({ entity }) => entity.id);
}

describe('the order of values [V2 ordering]', () => {
  const ascending: Target[] = [
    { value: null },
    { value: -1 },
    { value: 2 },
    { value: 10 },
    { value: '1970-01-01T00:00:00.000Z', instant: 0 },
    { value: '2026-01-31T12:00:00.000Z', instant: noon },
    { value: '' },
    { value: '10' },
    { value: '2' },
    { value: 'B' },
    { value: 'a' },
    { value: '\uFFFD' },
    { value: '\u{1F600}' },
    { value: { a: 1 } },
    { value: [1] },
    { value: false },
    { value: true },
  ];

  test('null < number < instant < text < object < array < boolean, each kind in its own order', () => {
    for (const [at, one] of ascending.entries()) {
      for (const [otherAt, other] of ascending.entries()) {
        expect(Math.sign(compareTargets(one, other))).toBe(Math.sign(at - otherAt));
      }
    }
  });

  test('an absent target and a DateTime without a value rank with null', () => {
    expect(compareTargets(undefined, { value: null })).toBe(0);
    expect(compareTargets({ value: null, instant: null }, undefined)).toBe(0);
    expect(compareTargets(undefined, { value: -1 })).toBeLessThan(0);
    expect(kindOf({ value: null, instant: null })).toBe('null');
  });

  test('objects tie, arrays tie', () => {
    expect(compareTargets({ value: { a: 1 } }, { value: {} })).toBe(0);
    expect(compareTargets({ value: [2] }, { value: [1, 2] })).toBe(0);
  });

  test('texts are ordered by code point, as their UTF-8 bytes are', () => {
    const texts = fc.string({
      unit: fc.constantFrom('a', 'b', 'é', '\uD7FF', '\uE000', '\uFFFD', '\u{10000}', '\u{1F600}'),
      maxLength: 5,
    });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(Math.sign(compareTexts(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  test('the order is total, texts with halves of characters included', () => {
    const targets = fc.oneof(
      fc.tuple(arbitraryEntity, arbitraryPath).map(([entity, path]) => targetOf(path, entity)),
      fc
        .string({ unit: fc.constantFrom('a', '\uD83D', '\uDE00', '\uFFFD'), maxLength: 3 })
        .map((value): Target => ({ value })),
    );
    fc.assert(
      fc.property(targets, targets, targets, (a, b, c) => {
        expect(Math.sign(compareTargets(a, b))).toBe(0 - Math.sign(compareTargets(b, a)));
        if (compareTargets(a, b) <= 0 && compareTargets(b, c) <= 0) expect(compareTargets(a, c)).toBeLessThanOrEqual(0);
        if (compareTargets(a, b) === 0) expect(Math.sign(compareTargets(a, c))).toBe(Math.sign(compareTargets(b, c)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the order of entities [V2 ordering]', () => {
  const spots = [
    anEntity({ id: 'd', values: { a: 2 } }),
    anEntity({ id: 'c', values: { a: 1 } }),
    anEntity({ id: 'b', values: { a: 2 } }),
    anEntity({ id: 'a' }),
    anEntity({ id: 'e', attributes: { a: aDateTime(null) } }),
  ];

  test('is that of creation where nothing else is asked', () => {
    expect(idsInOrder([], spots)).toEqual(['d', 'c', 'b', 'a', 'e']);
  });

  test('follows the keys, and ties fall back to creation whichever way the keys run', () => {
    expect(idsInOrder([byA], spots)).toEqual(['a', 'e', 'c', 'd', 'b']);
    expect(idsInOrder([{ ...byA, descending: true }], spots)).toEqual(['d', 'b', 'c', 'a', 'e']);
    expect(idsInOrder([byA, { ...byId, descending: true }], spots)).toEqual(['e', 'a', 'c', 'd', 'b']);
  });

  test('by distance has the nearest first, and last what is nowhere', () => {
    const placed = [
      anEntity({ id: 'far', attributes: { p: aPlace(aPoint(2, 0)) } }),
      anEntity({ id: 'nowhere' }),
      anEntity({ id: 'near', attributes: { p: aPlace(aPoint(1, 0)) } }),
    ];
    const byDistance: OrderKey = { by: { kind: 'distance', center: [0, 0] }, descending: false };
    expect(idsInOrder([byDistance], placed)).toEqual(['near', 'far', 'nowhere']);
    expect(idsInOrder([{ ...byDistance, descending: true }], placed)).toEqual(['nowhere', 'far', 'near']);
  });

  test('metadata, members and built-ins are keys like any other', () => {
    const keys: Path[] = [
      { kind: 'builtin', name: 'modifiedAt' },
      { kind: 'attribute', attribute: 'a', subAttributes: ['m'], members: [] },
      { kind: 'attribute', attribute: 'a', subAttributes: [], members: ['b'] },
    ];
    const entities = [
      anEntity({ id: 'x', modifiedAt: 2, values: { a: { b: 2 } } }),
      anEntity({ id: 'y', modifiedAt: 2, values: { a: { b: 1 } } }),
      anEntity({ id: 'z', modifiedAt: 1 }),
    ];
    expect(
      idsInOrder(
        keys.map((by) => ({ by, descending: false })),
        entities,
      ),
    ).toEqual(['z', 'y', 'x']);
  });

  test('is total over any entities and keys', () => {
    fc.assert(
      fc.property(arbitraryEntities(3), arbitraryOrder, (entities, order) => {
        const compare = compareEntities(order);
        const [a, b, c] = ranked(entities);
        if (a === undefined || b === undefined || c === undefined) return;
        expect(compare(a, a)).toBe(0);
        expect(compare(a, b)).not.toBe(0);
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)));
        if (compare(a, b) < 0 && compare(b, c) < 0) expect(compare(a, c)).toBeLessThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
