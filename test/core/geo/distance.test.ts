import fc from 'fast-check';
import type { Geometry, Position } from 'geojson';
import { describe, expect, test } from 'vitest';
import { boundsAround, boundsMeet, boundsOf } from '../../../src/core/geo/bounds.ts';
import { distanceMetres } from '../../../src/core/geo/distance.ts';
import { earthRadiusMetres } from '../../../src/core/geo/great-circle.ts';
import { arbitraryGeometry, arbitraryPosition } from '../../support/arbitrary-entity.ts';
import { aBox, aPoint } from '../../support/entity-builder.ts';

const degree = (earthRadiusMetres * Math.PI) / 180;

const anyPosition: fc.Arbitrary<Position> = fc.tuple(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.double({ min: -90, max: 90, noNaN: true }),
);

describe('metres between places [V2 geographical queries]', () => {
  test('along the sphere of MongoDB', () => {
    expect(distanceMetres([0, 0], [0, 1])).toBeCloseTo(degree, 6);
    expect(distanceMetres([0, 0], [180, 0])).toBeCloseTo(180 * degree, 6);
  });

  test('as the angle between the directions from the middle of the sphere says', () => {
    fc.assert(
      fc.property(anyPosition, anyPosition, (a, b) => {
        const [ax, ay, az] = directionOf(a);
        const [bx, by, bz] = directionOf(b);
        const across = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
        const angle = Math.atan2(across, ax * bx + ay * by + az * bz);
        expect(distanceMetres(a, b)).toBeCloseTo(angle * earthRadiusMetres, 0);
      }),
    );
  });

  test('the short way across the 180th meridian', () => {
    expect(distanceMetres([179.5, 0], [-179.5, 0])).toBeCloseTo(degree, 3);
    expect(
      distanceMetres([179.5, 0], {
        type: 'LineString',
        coordinates: [
          [-179.5, -1],
          [-179.5, 1],
        ],
      }),
    ).toBeCloseTo(degree, 3);
  });

  test('is the same there and back, 0 only here, and never more than half way round', () => {
    fc.assert(
      fc.property(anyPosition, anyPosition, (a, b) => {
        const metres = distanceMetres(a, b);
        expect(metres).toBe(distanceMetres(b, a));
        expect(distanceMetres(a, a)).toBe(0);
        expect(metres).toBeLessThanOrEqual(180 * degree + 1);
      }),
    );
  });

  test('to a line is to its nearest point, not to its nearest end', () => {
    const line: Geometry = {
      type: 'LineString',
      coordinates: [
        [-1, 1],
        [1, 1],
      ],
    };
    expect(distanceMetres([0, 0], line)).toBeCloseTo(degree, 3);
    expect(distanceMetres([0, 1], line)).toBe(0);
    expect(distanceMetres([2, 1], line)).toBeCloseTo(distanceMetres([2, 1], [1, 1]), 6);
  });

  test('to an area is 0 within and on its border, else to the border; a hole is not within', () => {
    const ring = aBox(-1, -1, 1, 1) as { coordinates: Position[][] };
    const hole = aBox(-0.5, -0.5, 0.5, 0.5) as { coordinates: Position[][] };
    const frame: Geometry = { type: 'Polygon', coordinates: [...ring.coordinates, ...hole.coordinates] };
    expect(distanceMetres([0.9, 0.1], frame)).toBe(0);
    expect(distanceMetres([1, 1], frame)).toBe(0);
    expect(distanceMetres([0, 0.5], frame)).toBe(0);
    expect(distanceMetres([0, 0.3], frame)).toBeCloseTo(0.2 * degree, 3);
    expect(distanceMetres([0, 2], frame)).toBeCloseTo(degree, 3);
  });

  test('to several parts is to the nearest, to nothing is infinite', () => {
    const parts: Geometry = { type: 'GeometryCollection', geometries: [aPoint(0, 5), aBox(3, 0, 4, 1)] };
    expect(distanceMetres([0, 0], parts)).toBeCloseTo(3 * degree, 3);
    expect(distanceMetres([0, 0], { type: 'MultiPoint', coordinates: [] })).toBe(Number.POSITIVE_INFINITY);
    expect(distanceMetres([0, 0], { type: 'Point', coordinates: [] })).toBe(Number.POSITIVE_INFINITY);
  });

  test('no position of a geometry is nearer than its distance', () => {
    fc.assert(
      fc.property(arbitraryPosition, arbitraryGeometry, (from, geometry) => {
        const nearest = Math.min(...positionsOf(geometry).map((position) => distanceMetres(from, position)));
        expect(distanceMetres(from, geometry)).toBeLessThanOrEqual(nearest + 1e-6);
      }),
    );
  });
});

describe('boxes for an index', () => {
  test('hold every position of the geometry', () => {
    expect(boundsOf({ type: 'GeometryCollection', geometries: [aPoint(0, 5), aBox(3, 0, 4, 1)] })).toEqual({
      west: 0,
      south: 0,
      east: 4,
      north: 5,
    });
  });

  test('of nothing meet nothing', () => {
    const nothing = boundsOf({ type: 'MultiPoint', coordinates: [] });
    expect(boundsMeet(nothing, { west: -180, south: -90, east: 180, north: 90 })).toBe(false);
  });

  test('around a place hold whatever is within the distance, at poles and meridians too', () => {
    const metres = fc.oneof(
      fc.double({ min: 0, max: 1000, noNaN: true }),
      fc.double({ min: 0, max: 2.1e7, noNaN: true }),
    );
    const nearby = fc.tuple(
      anyPosition,
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(nearby, metres, ([center, east, north], distance) => {
        const span = (distance / degree) * 1.1;
        const place: Position = [
          (((((center[0] ?? 0) + (east * span) / Math.max(1e-6, Math.cos(((center[1] ?? 0) * Math.PI) / 180)) + 180) %
            360) +
            360) %
            360) -
            180,
          Math.max(-90, Math.min(90, (center[1] ?? 0) + north * span)),
        ];
        if (distanceMetres(center, place) > distance) return;
        expect(boundsMeet(boundsAround(center, distance), boundsOf({ type: 'Point', coordinates: place }))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('around a place meet the box of every geometry within the distance', () => {
    fc.assert(
      fc.property(
        arbitraryPosition,
        arbitraryGeometry,
        fc.constantFrom(0, 1, 1400, 2000, 5000),
        (center, geometry, metres) => {
          if (distanceMetres(center, geometry) > metres) return;
          expect(boundsMeet(boundsAround(center, metres), boundsOf(geometry))).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('around a place of a city are not much larger than the circle', () => {
    const { west, south, east, north } = boundsAround([-3.7, 40.4], 1000);
    expect(north - south).toBeCloseTo(2000 / degree, 6);
    expect((east - west) * Math.cos((40.4 * Math.PI) / 180)).toBeCloseTo(2000 / degree, 5);
  });
});

function directionOf([longitude = 0, latitude = 0]: Position): [number, number, number] {
  const [east, north] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180];
  return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)];
}

function positionsOf(geometry: Geometry): Position[] {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.flatMap(positionsOf);
  const flat: number[] = (geometry.coordinates as unknown[]).flat(4) as number[];
  return Array.from({ length: flat.length / 2 }, (_, at) => [flat[2 * at] ?? 0, flat[2 * at + 1] ?? 0]);
}
