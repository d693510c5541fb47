import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGeoExpression, parseGeoParameters } from '../../../src/dialects/ngsiv2/geo-parameters.ts';
import { complaintOf, outcomeOf, refusalOf } from './refusal-of.ts';

const parse = (georel?: string, geometry?: string, coords?: string) => parseGeoParameters({ georel, geometry, coords });

describe('a geo query [V2 geographical queries]', () => {
  test('near looks around a point, given latitude first', () => {
    expect(parse('near;maxDistance:1000;minDistance:10.5', 'point', '40.4,-3.7')).toEqual({
      kind: 'near',
      center: [-3.7, 40.4],
      maxDistance: 1000,
      minDistance: 10.5,
    });
  });

  test.each(['coveredBy', 'intersects', 'equals', 'disjoint'])('%s takes a polygon', (relation) => {
    expect(parse(relation, 'polygon', '0,0;0,1;1,1;0,0')).toEqual({
      kind: 'geo',
      relation,
      geometry: {
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
    });
  });

  test('a box is given by two opposite corners', () => {
    expect(parse('coveredBy', 'box', '1,1;0,0')).toMatchObject({
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [0, 1],
            [1, 1],
            [1, 0],
            [0, 0],
          ],
        ],
      },
    });
  });

  test('a line has two points or more, and a point one', () => {
    expect(parse('intersects', 'line', '0,0;1,2')).toMatchObject({
      geometry: {
        type: 'LineString',
        coordinates: [
          [0, 0],
          [2, 1],
        ],
      },
    });
    expect(parse('equals', 'point', '1,2')).toMatchObject({ geometry: { type: 'Point', coordinates: [2, 1] } });
  });

  test('has 2,000 positions at most', () => {
    const coords = (count: number) => `0,0;${'0,1;1,1;'.repeat((count - 2) / 2)}0,0`;
    expect(parse('intersects', 'line', coords(2000))).toMatchObject({ geometry: { type: 'LineString' } });
    const expression = { georel: 'intersects', geometry: 'line', coords: coords(2002) };
    const complaint = 'coords have 2002 positions, at most 2000 are allowed';
    expect(complaintOf(() => parseGeoParameters(expression))).toBe(`Invalid query: ${complaint}`);
    expect(complaintOf(() => parseGeoExpression(expression))).toBe(`error parsing geo-query fields: ${complaint}`);
  });

  test('there is none where nothing of it is given', () => {
    expect(parse()).toBeUndefined();
    expect(parseGeoExpression({ georel: undefined, geometry: undefined, coords: undefined })).toBeUndefined();
  });
});

test.each([
  ['near', undefined, undefined, 'URI param /georel/ used without /geometry/'],
  [undefined, 'point', undefined, 'URI param /geometry/ used without /coords/'],
  [undefined, undefined, '0,0', 'URI param /coords/ used without /geometry/'],
  [undefined, 'point', '0,0', 'URI param /geometry/ used without /georel/'],
])('in a URL, georel %s, geometry %s, coords %s is not enough: %s', (georel, geometry, coords, complaint) => {
  expect(complaintOf(() => parse(georel, geometry, coords))).toBe(`Invalid query: ${complaint}`);
});

test('in an expression all three go together [V2 query operation]', () => {
  expect(complaintOf(() => parseGeoExpression({ georel: 'near', geometry: undefined, coords: undefined }))).toBe(
    'partial geo expression: geometry, georel and coords have to be provided together',
  );
});

describe('what is wrong is said after what it is wrong in [V2 geographical queries]', () => {
  test.each([
    ['far', 'point', '0,0', 'Invalid modifier in georel parameter'],
    ['near', 'point', '0,0', 'georel /near/ without either minDistance nor maxDistance'],
    ['near;near;maxDistance:1', 'point', '0,0', 'georel type present more than once'],
    ['near;maxDistance:x', 'point', '0,0', 'invalid number for maxDistance'],
    ['near;minDistance:-1', 'point', '0,0', 'invalid number for minDistance'],
    ['near;maxDistance:1;maxDistance:2', 'point', '0,0', 'maxDistance present more than once'],
    ['coveredBy;maxDistance:1', 'box', '0,0;1,1', 'maxDistance erroneously used with georel /coveredBy/'],
    ['minDistance:1', 'point', '0,0', 'minDistance erroneously used with georel //'],
    ['equals', 'circle', '0,0', 'error parsing geometry: Invalid selector in geometry specification'],
    ['equals', 'point;box', '0,0', 'error parsing geometry: geometry-type present more than once'],
    ['equals', 'point', '0', 'invalid point in URI param /coords/'],
    ['equals', 'point', '0,x', 'invalid coordinates'],
    ['equals', 'point', '91,0', 'invalid coordinates'],
    ['equals', 'point', '0,0;1,1', 'invalid number of coordinates for /point/'],
    ['equals', 'line', '0,0', 'invalid number of coordinates for /line/'],
    ['coveredBy', 'box', '0,0', 'invalid number of coordinates for /box/'],
    ['coveredBy', 'box', '0,0;0,1', 'box coordinates are not defining an actual box'],
    ['coveredBy', 'polygon', '0,0;0,1;0,0', 'Too few coordinates for polygon'],
    ['coveredBy', 'polygon', '0,0;0,1;1,1;1,0', 'First and last point in polygon not the same'],
  ])('%s %s %s: %s', (georel, geometry, coords, complaint) => {
    expect(complaintOf(() => parse(georel, geometry, coords))).toBe(`Invalid query: ${complaint}`);
    expect(complaintOf(() => parseGeoExpression({ georel, geometry, coords }))).toBe(
      `error parsing geo-query fields: ${complaint}`,
    );
  });

  test.each([
    ['coveredBy', 'point', '0,0', 'point geometry cannot be used with coveredBy georel'],
    ['coveredBy', 'line', '0,0;1,1', 'line geometry cannot be used with coveredBy georel'],
    ['near;maxDistance:1', 'box', '0,0;1,1', 'georel /near/ used with geometry different than point'],
  ])('%s %s is valid, but not answered [V2 query resolution]', (georel, geometry, coords, description) => {
    expect(refusalOf(() => parse(georel, geometry, coords))).toEqual({ kind: 'unsupportedQuery', description });
  });
});

test('no text makes the parser throw anything but a refusal', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('near', 'coveredBy', ';', 'maxDistance:', '1', ',', 'point', 'box', '-', 'e') }),
    fc.string(),
  );
  fc.assert(
    fc.property(part, part, part, (...parts) => void outcomeOf(() => parse(...parts))),
    { numRuns: 500 },
  );
});
