import { describe, expect, test } from 'vitest';
import { locationsOf } from '../../../src/core/geo/locations.ts';
import { anEntity, aPlace, aPoint } from '../../support/entity-builder.ts';

const [here, there, elsewhere] = [aPoint(1, 1), aPoint(2, 2), aPoint(3, 3)];

describe('the default location [V2 geospatial properties]', () => {
  test('an entity without a place has none', () => {
    expect(locationsOf(anEntity({ values: { location: '1, 1' } }))).toEqual([]);
  });

  test('the only place is it, whatever its name', () => {
    expect(locationsOf(anEntity({ attributes: { whereabouts: aPlace(here) } }))).toEqual([here]);
  });

  test('a place whose metadata ignoreType is true is none', () => {
    const ignored = aPlace(here, { metadata: { ignoreType: true } });
    expect(locationsOf(anEntity({ attributes: { a: ignored } }))).toEqual([]);
    expect(locationsOf(anEntity({ attributes: { a: ignored, b: aPlace(there) } }))).toEqual([there]);
    expect(locationsOf(anEntity({ attributes: { a: aPlace(here, { metadata: { ignoreType: 'true' } }) } }))).toEqual([
      here,
    ]);
  });

  test('of several places it is the one marked as default, else the first created', () => {
    const marked = aPlace(there, { metadata: { defaultLocation: true } });
    expect(locationsOf(anEntity({ attributes: { a: aPlace(here), b: marked, c: aPlace(elsewhere) } }))).toEqual([
      there,
    ]);
    expect(locationsOf(anEntity({ attributes: { b: aPlace(there), a: aPlace(here) } }))).toEqual([there]);
    expect(
      locationsOf(
        anEntity({ attributes: { a: aPlace(here), b: aPlace(there, { metadata: { defaultLocation: false } }) } }),
      ),
    ).toEqual([here]);
  });

  test('a place that is both ignored and marked as default is none', () => {
    const both = aPlace(here, { metadata: { ignoreType: true, defaultLocation: true } });
    expect(locationsOf(anEntity({ attributes: { a: both } }))).toEqual([]);
  });

  test('of several instances of an attribute the default one counts', () => {
    const other = { ...aPlace(there), datasetId: 'urn:other' };
    expect(locationsOf(anEntity({ attributes: { a: [other] } }))).toEqual([]);
    expect(locationsOf(anEntity({ attributes: { a: [aPlace(here), other] } }))).toEqual([here]);
  });
});

describe('a named location [extension]', () => {
  const entity = anEntity({
    values: { text: 'x' },
    attributes: { a: aPlace(here), b: aPlace(there, { metadata: { ignoreType: true } }) },
  });

  test('is that attribute, also one that is not looked at by default', () => {
    expect(locationsOf(entity, 'a')).toEqual([here]);
    expect(locationsOf(entity, 'b')).toEqual([there]);
  });

  test('is nowhere where the attribute is absent or no place', () => {
    expect(locationsOf(entity, 'absent')).toEqual([]);
    expect(locationsOf(entity, 'text')).toEqual([]);
  });
});
