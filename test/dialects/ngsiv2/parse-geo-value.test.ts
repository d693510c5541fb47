import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { parseGeoValue } from '../../../src/dialects/ngsiv2/parse-geo-value.ts';
import { complaintOf } from './refusal-of.ts';

describe('a simple location is latitude, longitude; its geometry the other way round [V2 geospatial properties]', () => {
  test('geo:point', () => {
    expect(parseGeoValue('geo:point', ' 40.4 , -3.7 ')).toEqual({
      geometry: { type: 'Point', coordinates: [-3.7, 40.4] },
      value: ' 40.4 , -3.7 ',
    });
  });

  test('geo:line', () => {
    expect(parseGeoValue('geo:line', ['40,-3', '41,-4'])).toEqual({
      geometry: {
        type: 'LineString',
        coordinates: [
          [-3, 40],
          [-4, 41],
        ],
      },
      value: ['40,-3', '41,-4'],
    });
  });

  test('geo:box is the area between two opposite corners, whichever', () => {
    const value = ['41,-3', '40,-4'];
    expect(parseGeoValue('geo:box', value)).toEqual({
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [-4, 40],
            [-4, 41],
            [-3, 41],
            [-3, 40],
            [-4, 40],
          ],
        ],
      },
      value,
    });
  });

  test('has 50,000 positions at most', () => {
    const line = (count: number) => Array.from({ length: count }, () => '0,0');
    expect(parseGeoValue('geo:line', line(50_000))?.geometry).toMatchObject({ type: 'LineString' });
    expect(complaintOf(() => parseGeoValue('geo:line', line(50_001)))).toBe(
      'geo:line has 50001 positions, at most 50000 are allowed',
    );
  });

  test('geo:polygon', () => {
    const value = ['0,0', '0,1', '1,1', '0,0'];
    expect(parseGeoValue('geo:polygon', value)?.geometry).toEqual({
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    });
  });

  const format = 'geo coordinates format error [see Orion user manual]: ';
  test.each<['geo:point' | 'geo:line' | 'geo:box' | 'geo:polygon', JsonValue, string]>([
    ['geo:point', '40', `${format}40`],
    ['geo:point', '91,0', `${format}91,0`],
    ['geo:point', '0,181', `${format}0,181`],
    ['geo:point', '1,2,3', `${format}1,2,3`],
    ['geo:point', 5, format],
    ['geo:line', '0,0', 'geo:line, geo:box and geo:polygon needs array of strings as value'],
    ['geo:line', [1], 'geo:line, geo:box and geo:polygon needs array of strings but some element is not a string'],
    ['geo:line', ['0,0'], 'geo:line uses at least 2 coordinates'],
    ['geo:box', ['0,0'], 'geo:box uses exactly 2 coordinates'],
    ['geo:box', ['0,0', '1,1', '2,2'], 'geo:box uses exactly 2 coordinates'],
    ['geo:box', ['0,0', '0,1'], 'geo:box coordinates are not defining an actual box'],
    ['geo:polygon', ['0,0', '0,1', '1,1'], 'geo:polygon uses at least 4 coordinates'],
    ['geo:polygon', ['0,0', '0,1', '1,1', '1,0'], 'geo:polygon first and last coordinates must match'],
  ])('%s %j is refused: %s', (type, value, complaint) => {
    expect(complaintOf(() => parseGeoValue(type, value))).toBe(complaint);
    expect(complaintOf(() => parseGeoValue(type, value, 'here: '))).toBe(`here: ${complaint}`);
  });
});

test('GeoJSON has 50,000 positions at most, in all its parts together [V2 geospatial properties]', () => {
  const islands = (count: number) => ({
    type: 'MultiPolygon',
    coordinates: Array.from({ length: count / 5 }, () => [
      [
        [0, 0],
        [0, 1],
        [1, 1],
        [1, 0],
        [0, 0],
      ],
    ]),
  });
  expect(parseGeoValue('geo:json', islands(50_000))?.geometry).toMatchObject({ type: 'MultiPolygon' });
  for (const value of [islands(50_005), { type: 'Feature', geometry: islands(50_005) }]) {
    expect(complaintOf(() => parseGeoValue('geo:json', value))).toBe(
      'geo:json has 50005 positions, at most 50000 are allowed',
    );
  }
});

describe('GeoJSON [V2 GeoJSON]', () => {
  const point = { type: 'Point', coordinates: [-3.7, 40.4] };
  const feature = { type: 'Feature', properties: { name: 'x' }, geometry: point };

  test('a geometry stands for itself', () => {
    expect(parseGeoValue('geo:json', point)).toEqual({ geometry: point });
  });

  test('a Feature, or a collection of one, stands for its geometry and is kept whole', () => {
    expect(parseGeoValue('geo:json', feature)).toEqual({ geometry: point, value: feature });
    const collection = { type: 'FeatureCollection', features: [feature] };
    expect(parseGeoValue('geo:json', collection)).toEqual({ geometry: point, value: collection });
  });

  test.each([
    { type: 'MultiPoint', coordinates: [[0, 0]] },
    {
      type: 'LineString',
      coordinates: [
        [0, 0, 9],
        [1, 1, 9],
      ],
    },
    {
      type: 'MultiLineString',
      coordinates: [
        [
          [0, 0],
          [1, 1],
        ],
      ],
    },
    {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    },
    {
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      ],
    },
  ])('$type is a place', (geometry) => {
    expect(parseGeoValue('geo:json', geometry)).toEqual({ geometry });
  });

  test.each<JsonValue>([
    {},
    { type: 'Point' },
    { type: 'Point', coordinates: ['0', '0'] },
    { type: 'Point', coordinates: [0, 91] },
    {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
      ],
    },
    { type: 'GeometryCollection', geometries: [point] },
    { type: 'Feature' },
    { type: 'FeatureCollection', features: [] },
    { type: 'FeatureCollection', features: [feature, feature] },
  ])('%j is refused', (value) => {
    expect(complaintOf(() => parseGeoValue('geo:json', value))).toBe('Wrong GeoJson');
  });

  test('it is an object, or null, which is no place', () => {
    expect(parseGeoValue('geo:json', null)).toBeUndefined();
    expect(complaintOf(() => parseGeoValue('geo:json', '0,0'))).toBe('geo:json needs an object or null as value');
  });
});
