import { describe, expect, test } from 'vitest';
import type { Attribute, AttributeInstances, Entity } from '../../../src/core/entity/entity.ts';
import { compareEntities } from '../../../src/core/query/compare-entities.ts';
import { evaluate } from '../../../src/core/query/evaluate.ts';
import type { AttributePath, Filter, GeoFilter, Literal } from '../../../src/core/query/query.ts';
import { parseMoment } from '../../../src/core/time/moment.ts';
import { aDateTime, anEntity, aPlace, aPoint, noon } from '../../support/entity-builder.ts';

/* What NGSI-LD asks of a query beyond what NGSIv2 does. */

const base = { createdAt: noon, modifiedAt: noon };
const path: AttributePath = { kind: 'attribute', attribute: 'a', subAttributes: [], members: [], instances: 'any' };
const moment = (value: number): Literal => ({ kind: 'moment', value });
const at = (text: string) => moment(parseMoment(text) ?? Number.NaN);

function withInstances(...instances: [Attribute, ...Attribute[]]): Entity {
  return { ...anEntity({}), attributes: new Map<string, AttributeInstances>([['a', instances]]) };
}

describe('moments [LD 4.9]', () => {
  test.each([
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T12:00:00Z', noon],
    ['2026-01-31T12:00:00.25Z', noon + 250],
    ['2026-01-31T12:00:00,25Z', noon + 250],
  ])('%s is one', (text, value) => {
    expect(parseMoment(text)).toBe(value);
  });

  test.each([
    '2026',
    '2026-01',
    '2026-02-30',
    '2026-01-31T12:00Z',
    '2026-01-31T12:00:00',
    '2026-01-31T12:00:00+01:00',
    'noon',
  ])('%s is none', (text) => {
    expect(parseMoment(text)).toBeUndefined();
  });

  test.each([
    ['2026-01-31T12:00:00Z', true],
    ['2026-01-31T12:00:00.000Z', true],
    ['2026-01-31T12:00:00.001Z', false],
    ['2026-01-31', false],
    ['noon', false],
    [noon, false],
  ])('equal %s: %s', (value, holds) => {
    const filter: Filter = { kind: 'compare', path, operator: '==', operands: [at('2026-01-31T12:00:00Z')] };
    expect(evaluate(filter, anEntity({ values: { a: value } }))).toBe(holds);
  });

  test('compare by time with texts and instants alike, never with anything else', () => {
    const later: Filter = { kind: 'compare', path, operator: '>', operand: at('2026-01-31T11:59:59.5Z') };
    expect(evaluate(later, anEntity({ values: { a: '2026-01-31T12:00:00Z' } }))).toBe(true);
    expect(evaluate(later, anEntity({ values: { a: '2026-01-31T11:59:59Z' } }))).toBe(false);
    expect(evaluate(later, anEntity({ attributes: { a: aDateTime('2026-01-31T12:00:00.000Z') } }))).toBe(true);
    expect(evaluate(later, anEntity({ values: { a: 'zzz' } }))).toBe(false);
  });

  test('make ranges', () => {
    const day: Filter = {
      kind: 'compare',
      path,
      operator: '==',
      operands: [{ kind: 'range', from: moment(noon), to: moment(noon + 1000) }],
    };
    expect(evaluate(day, anEntity({ values: { a: '2026-01-31T12:00:01Z' } }))).toBe(true);
    expect(evaluate(day, anEntity({ values: { a: '2026-01-31T12:00:02Z' } }))).toBe(false);
  });
});

describe('several instances [LD 4.9]', () => {
  const two = withInstances(
    { kind: 'property', value: 1, ...base },
    { kind: 'property', value: [2, 3], datasetId: 'urn:d', ...base },
  );
  const equals = (value: number, operator: '==' | '!=' = '=='): Filter => ({
    kind: 'compare',
    path,
    operator,
    operands: [{ kind: 'number', value }],
  });

  test('any of them may equal, and none of them where nothing may', () => {
    expect([1, 2, 3, 4].map((value) => evaluate(equals(value), two))).toEqual([true, true, true, false]);
    expect([1, 2, 3, 4].map((value) => evaluate(equals(value, '!='), two))).toEqual([false, false, false, true]);
  });

  test('without a default one exist all the same', () => {
    const only = withInstances({ kind: 'property', value: 1, datasetId: 'urn:d', ...base });
    expect(evaluate({ kind: 'exists', path }, only)).toBe(true);
    const { instances: _, ...byDefault } = path;
    expect(evaluate({ kind: 'exists', path: byDefault }, only)).toBe(false);
  });

  test('of a place: it is enough if one lies where it is asked for [LD 5.7.2]', () => {
    const place = withInstances(aPlace(aPoint(0, 0)), { ...aPlace(aPoint(2, 41)), datasetId: 'urn:d' });
    const near = (attribute: string): GeoFilter => ({ kind: 'near', attribute, center: [2, 41], maxDistance: 10 });
    expect(evaluate(near('a'), place)).toBe(true);
    expect(evaluate(near('b'), place)).toBe(false);
  });
});

describe('distance from a geometry [LD 4.10]', () => {
  const reference = {
    type: 'LineString' as const,
    coordinates: [
      [2, 41],
      [2, 42],
    ],
  };

  test('is that to its nearest point, and 0 where they meet', () => {
    const near: GeoFilter = { kind: 'near', attribute: 'a', center: [2, 41], reference, maxDistance: 100 };
    expect(evaluate(near, withInstances(aPlace(aPoint(2.0005, 41.5))))).toBe(true);
    expect(evaluate(near, withInstances(aPlace(aPoint(2.01, 41.5))))).toBe(false);
    const crossing = {
      type: 'LineString' as const,
      coordinates: [
        [1, 41.5],
        [3, 41.5],
      ],
    };
    expect(evaluate(near, withInstances(aPlace(crossing)))).toBe(true);
  });
});

describe('the order of NGSI-LD [LD 4.23]', () => {
  const by: AttributePath = { kind: 'attribute', attribute: 'a', subAttributes: [], members: [] };
  const sorted = (values: readonly unknown[], collation: string, descending = false) => {
    const compare = compareEntities([{ by, descending, collation }]);
    return values
      .map((value, sequence) => ({
        sequence,
        entity:
          value === undefined
            ? anEntity({})
            : value === noon
              ? anEntity({ attributes: { a: aDateTime('2026-01-31T12:00:00.000Z') } })
              : anEntity({ values: { a: value as string } }),
      }))
      .sort(compare)
      .map(({ sequence }) => values[sequence]);
  };

  test('goes by kind, nulls and what is absent last', () => {
    const values = [undefined, null, noon, true, false, [1], { a: 1 }, 'a', 2, 1];
    expect(sorted(values, 'und')).toEqual([1, 2, 'a', { a: 1 }, [1], false, true, noon, null, undefined]);
    expect(sorted(values, 'und', true)).toEqual([undefined, null, noon, true, false, [1], { a: 1 }, 'a', 2, 1]);
  });

  test('collates texts as people do, in the collation asked for', () => {
    expect(sorted(['b', 'Z', 'é', 'a', 'e', 'f'], 'und')).toEqual(['a', 'b', 'e', 'é', 'f', 'Z']);
    expect(sorted(['Ärger', 'Adler', 'Aerosol', 'Affe'], 'de-u-co-phonebk')).toEqual(
      ['Adler', 'Ärger', 'Aerosol', 'Affe'].toSorted(new Intl.Collator('de-u-co-phonebk').compare),
    );
  });
});
