import { booleanContains } from '@turf/boolean-contains';
import { booleanEqual } from '@turf/boolean-equal';
import { booleanIntersects } from '@turf/boolean-intersects';
import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import fc from 'fast-check';
import type { Geometry, Point, Polygon, Position } from 'geojson';
import { describe, expect, test } from 'vitest';
import { pointInPolygon } from '../../../src/core/geo/point-in-polygon.ts';
import { relates } from '../../../src/core/geo/relations.ts';
import { areaOf } from '../../../src/core/geo/shape.ts';
import { maxSteps, Steps } from '../../../src/core/geo/steps.ts';
import { arbitraryGeometry, arbitraryPosition } from '../../support/arbitrary-entity.ts';
import { aBox, aPoint } from '../../support/entity-builder.ts';

function aLine(...coordinates: Position[]): Geometry {
  return { type: 'LineString', coordinates };
}

function anArea(...rings: Position[][]): Polygon {
  return { type: 'Polygon', coordinates: rings };
}

function areas(...all: Geometry[]): Geometry {
  return { type: 'MultiPolygon', coordinates: all.map((one) => (one as Polygon).coordinates) };
}

const coveredBy = (a: Geometry, b: Geometry) => relates(a, 'coveredBy', b);
const intersects = (a: Geometry, b: Geometry) => relates(a, 'intersects', b);
const equals = (a: Geometry, b: Geometry) => relates(a, 'equals', b);
const disjoint = (a: Geometry, b: Geometry) => relates(a, 'disjoint', b);

const square = aBox(0, 0, 4, 4);
const ring = (west: number, south: number, east: number, north: number): Position[] =>
  (aBox(west, south, east, north) as Polygon).coordinates[0] ?? [];
const frame = anArea(ring(0, 0, 4, 4), ring(1, 1, 3, 3));
/** Open to the north. */
const horseshoe = anArea([
  [0, 0],
  [4, 0],
  [4, 4],
  [3, 4],
  [3, 1],
  [1, 1],
  [1, 4],
  [0, 4],
  [0, 0],
]);

describe('coveredBy [V2 geographical queries]', () => {
  test.each<[string, Geometry, Geometry, boolean]>([
    ['a point within an area', aPoint(1, 2), square, true],
    ['a point on the border', aPoint(0, 2), square, true],
    ['a point on a corner', aPoint(4, 4), square, true],
    ['a point outside', aPoint(5, 2), square, false],
    ['a point in a hole', aPoint(2, 2), frame, false],
    ['a point on the border of a hole', aPoint(1, 2), frame, true],
    [
      'a point on a slanted side',
      aPoint(0.1, 0.3),
      anArea([
        [0, 0],
        [1, 3],
        [2, 0],
        [0, 0],
      ]),
      true,
    ],
    [
      'points of which one is outside',
      {
        type: 'MultiPoint',
        coordinates: [
          [1, 1],
          [9, 9],
        ],
      },
      square,
      false,
    ],
    ['a line within', aLine([1, 1], [3, 3]), square, true],
    ['a line along the border', aLine([0, 0], [4, 0]), square, true],
    ['a line that leaves', aLine([1, 1], [5, 1]), square, false],
    ['a line across a hole', aLine([0, 2], [4, 2]), frame, false],
    ['a line across a bay, both ends within', aLine([0.5, 3], [3.5, 3]), horseshoe, false],
    ['a line along a part of another', aLine([1, 1], [2, 2]), aLine([0, 0], [3, 3]), true],
    [
      'a line along two others',
      aLine([0, 0], [4, 0]),
      {
        type: 'MultiLineString',
        coordinates: [
          [
            [0, 0],
            [2, 0],
          ],
          [
            [2, 0],
            [4, 0],
          ],
        ],
      },
      true,
    ],
    [
      'a line with a gap in what it lies along',
      aLine([0, 0], [4, 0]),
      {
        type: 'MultiLineString',
        coordinates: [
          [
            [0, 0],
            [1, 0],
          ],
          [
            [2, 0],
            [4, 0],
          ],
        ],
      },
      false,
    ],
    ['a point on a line', aPoint(1, 1), aLine([0, 0], [3, 3]), true],
    ['a point beside a line', aPoint(1, 1.001), aLine([0, 0], [3, 3]), false],
    ['a point on the same point', aPoint(1, 1), aPoint(1, 1), true],
    ['an area within another', aBox(1, 1, 2, 2), square, true],
    ['an area in itself', square, square, true],
    ['an area that touches the border from within', aBox(0, 0, 2, 2), square, true],
    ['an area that leaves', aBox(1, 1, 5, 2), square, false],
    ['an area around a hole', aBox(0.5, 0.5, 3.5, 3.5), frame, false],
    ['an area that fills a hole', aBox(1, 1, 3, 3), frame, false],
    ['an area beside a hole', aBox(0, 0, 1, 4), frame, true],
    ['an area over a bay, all corners within', aBox(0.5, 0.5, 3.5, 3.5), horseshoe, false],
    ['an area whose hole holds the hole of the other', anArea(ring(0, 0, 4, 4), ring(1, 1, 3, 3)), frame, true],
    ['an area over two that touch', aBox(1, 1, 3, 2), areas(aBox(0, 0, 2, 4), aBox(2, 0, 4, 4)), true],
    ['an area over two that leave a gap', aBox(1, 1, 3, 2), areas(aBox(0, 0, 1.9, 4), aBox(2, 0, 4, 4)), false],
    [
      'an area over four around a gap, whose sides go on beyond it',
      aBox(1, 1, 5, 5),
      areas(aBox(0, 0, 4, 2), aBox(4, 0, 6, 4), aBox(2, 4, 6, 6), aBox(0, 2, 2, 6)),
      false,
    ],
    [
      'an area over four that leave no gap',
      aBox(1, 1, 5, 5),
      areas(aBox(0, 0, 4, 2), aBox(4, 0, 6, 4), aBox(2, 4, 6, 6), aBox(0, 2, 2, 6), aBox(2, 2, 4, 4)),
      true,
    ],
    [
      'an area without extent beside',
      anArea([
        [0.5, 3],
        [3.5, 3],
        [0.5, 3],
        [0.5, 3],
      ]),
      horseshoe,
      false,
    ],
    ['an area by a line', square, aLine([0, 0], [4, 4]), false],
    ['an area by a point', square, aPoint(1, 1), false],
    [
      'a line by points',
      aLine([0, 0], [1, 1]),
      {
        type: 'MultiPoint',
        coordinates: [
          [0, 0],
          [1, 1],
        ],
      },
      false,
    ],
    [
      'a line by a point in its middle',
      aLine([0, 0], [2, 2]),
      {
        type: 'MultiPoint',
        coordinates: [
          [0, 0],
          [1, 1],
          [2, 2],
        ],
      },
      false,
    ],
    ['a line without length by a point', aLine([1, 1], [1, 1]), aPoint(1, 1), true],
    [
      'a collection within',
      { type: 'GeometryCollection', geometries: [aPoint(1, 1), aLine([0, 0], [4, 4])] },
      square,
      true,
    ],
    ['nothing at all', { type: 'MultiPoint', coordinates: [] }, square, false],
  ])('%s', (_, geometry, area, expected) => {
    expect(coveredBy(geometry, area)).toBe(expected);
    expect(relates(area, 'contains', geometry)).toBe(expected);
  });
});

describe('intersects and disjoint [V2 geographical queries]', () => {
  test.each<[string, Geometry, Geometry, boolean]>([
    ['a point within an area', aPoint(1, 2), square, true],
    ['a point on the border', aPoint(0, 2), square, true],
    ['a point outside', aPoint(5, 2), square, false],
    ['a point in a hole', aPoint(2, 2), frame, false],
    ['lines that cross', aLine([0, 0], [4, 4]), aLine([0, 4], [4, 0]), true],
    ['lines that touch', aLine([0, 0], [4, 4]), aLine([2, 2], [4, 0]), true],
    ['lines that run along each other', aLine([0, 0], [2, 0]), aLine([1, 0], [3, 0]), true],
    ['lines on one line apart', aLine([0, 0], [1, 0]), aLine([2, 0], [3, 0]), false],
    ['parallel lines', aLine([0, 0], [4, 0]), aLine([0, 1], [4, 1]), false],
    ['a line through an area without an end in it', aLine([-1, 2], [5, 2]), square, true],
    ['a line in a hole', aLine([1.5, 2], [2.5, 2]), frame, false],
    ['an area in a hole', aBox(1.5, 1.5, 2.5, 2.5), frame, false],
    ['an area that fills a hole', aBox(1, 1, 3, 3), frame, true],
    ['areas that cross without a corner in each other', aBox(-1, 1, 5, 3), square, true],
    ['areas that touch', aBox(4, 0, 5, 1), square, true],
    ['areas that touch at a corner', aBox(4, 4, 5, 5), square, true],
    ['areas apart', aBox(4.001, 0, 5, 1), square, false],
    ['an area around another', aBox(-1, -1, 9, 9), square, true],
    ['several areas of which one meets', areas(aBox(8, 8, 9, 9), aBox(3, 3, 5, 5)), square, true],
    ['equal points', aPoint(1, 1), aPoint(1, 1), true],
    ['other points', aPoint(1, 1), aPoint(1, 1.00001), false],
  ])('%s', (_, a, b, expected) => {
    expect([intersects(a, b), intersects(b, a)]).toEqual([expected, expected]);
    expect([disjoint(a, b), disjoint(b, a)]).toEqual([!expected, !expected]);
  });

  test('what has no positions is neither', () => {
    const nothing: Geometry = { type: 'Polygon', coordinates: [] };
    expect([intersects(nothing, square), disjoint(nothing, square), equals(nothing, nothing)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('equals [V2 geographical queries]', () => {
  test.each<[string, Geometry, Geometry, boolean]>([
    ['the same point', aPoint(1, 2), aPoint(1, 2), true],
    ['another point', aPoint(1, 2), aPoint(1, 2.00001), false],
    ['a point with a height', { type: 'Point', coordinates: [1, 2, 650] }, aPoint(1, 2), true],
    ['a line run backwards', aLine([0, 0], [1, 1], [2, 0]), aLine([2, 0], [1, 1], [0, 0]), true],
    ['a line with one more position on it', aLine([0, 0], [2, 2]), aLine([0, 0], [1, 1], [2, 2]), true],
    ['a part of a line', aLine([0, 0], [1, 1]), aLine([0, 0], [2, 2]), false],
    [
      'a ring that begins elsewhere',
      square,
      anArea([
        [4, 4],
        [0, 4],
        [0, 0],
        [4, 0],
        [4, 4],
      ]),
      true,
    ],
    ['an area with a hole', square, frame, false],
    ['an area in two halves', square, areas(aBox(0, 0, 2, 4), aBox(2, 0, 4, 4)), true],
    ['an area and its border', square, aLine(...ring(0, 0, 4, 4)), false],
  ])('%s', (_, a, b, expected) => {
    expect([equals(a, b), equals(b, a)]).toEqual([expected, expected]);
  });
});

describe('overlaps [LD 4.10]', () => {
  test.each<[string, Geometry, Geometry, boolean]>([
    ['areas with a part in common', aBox(2, 2, 6, 6), square, true],
    ['areas that cross', aBox(-1, 1, 5, 3), square, true],
    ['areas that touch', aBox(4, 0, 5, 1), square, false],
    ['an area within another', aBox(1, 1, 2, 2), square, false],
    ['equal areas', square, square, false],
    ['an area that fills a hole', aBox(1, 1, 3, 3), frame, false],
    ['several areas of which one is the same', areas(square, aBox(8, 8, 9, 9)), areas(square, aBox(6, 6, 7, 7)), true],
    ['lines with a part in common', aLine([0, 0], [2, 0]), aLine([1, 0], [3, 0]), true],
    ['lines that cross', aLine([0, 0], [4, 4]), aLine([0, 4], [4, 0]), false],
    [
      'points with one in common',
      {
        type: 'MultiPoint',
        coordinates: [
          [0, 0],
          [1, 1],
        ],
      },
      {
        type: 'MultiPoint',
        coordinates: [
          [1, 1],
          [2, 2],
        ],
      },
      true,
    ],
    ['a line and an area', aLine([1, 1], [9, 9]), square, false],
  ])('%s', (_, a, b, expected) => {
    expect([relates(a, 'overlaps', b), relates(b, 'overlaps', a)]).toEqual([expected, expected]);
  });
});

describe('on any geometries', () => {
  test('the relations fit together', () => {
    fc.assert(
      fc.property(arbitraryGeometry, arbitraryGeometry, (a, b) => {
        expect(intersects(a, b)).toBe(intersects(b, a));
        expect(disjoint(a, b)).toBe(!intersects(a, b));
        expect(relates(a, 'contains', b)).toBe(coveredBy(b, a));
        expect(equals(a, b)).toBe(coveredBy(a, b) && coveredBy(b, a));
        expect(relates(a, 'overlaps', b)).toBe(relates(b, 'overlaps', a));
        expect(equals(a, a)).toBe(true);
        if (coveredBy(a, b) || relates(a, 'overlaps', b)) expect(intersects(a, b)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('coveredBy is transitive', () => {
    fc.assert(
      fc.property(arbitraryGeometry, arbitraryGeometry, arbitraryGeometry, (a, b, c) => {
        if (coveredBy(a, b) && coveredBy(b, c)) expect(coveredBy(a, c)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  // On whole numbers, where the reference computes without rounding.
  const whole: fc.Arbitrary<Geometry> = arbitraryGeometry.map((geometry) => onGrid(geometry));

  test('intersects as the reference library says', () => {
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        expect(intersects(a, b)).toBe(booleanIntersects(a, b));
      }),
      { numRuns: 3000 },
    );
  });

  test('how many positions a side is written with makes no difference', () => {
    const relations = ['coveredBy', 'contains', 'intersects', 'disjoint', 'equals', 'overlaps'] as const;
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        const answers = relations.map((relation) => relates(a, relation, b));
        expect(relations.map((relation) => relates(written(a), relation, written(b)))).toEqual(answers);
        expect(relations.map((relation) => relates(a, relation, written(b)))).toEqual(answers);
      }),
      { numRuns: 500 },
    );
  });

  test('covers and equals whatever the reference library says so of', () => {
    const types = ['Point', 'LineString', 'Polygon'];
    const simple = whole.filter(({ type }) => types.includes(type));
    const convex = simple.filter(({ type }) => type !== 'LineString');
    fc.assert(
      fc.property(simple, convex, (a, b) => {
        if (types.indexOf(a.type) <= types.indexOf(b.type) && booleanContains(b, a)) expect(coveredBy(a, b)).toBe(true);
        if (booleanEqual(a, b)) expect(equals(a, b)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

/** The same line with 63 more positions on each side. */
function inManySides(line: readonly Position[]): Position[] {
  return line.flatMap((end, index) => {
    const [ax = 0, ay = 0] = line[index - 1] ?? end;
    const [bx = 0, by = 0] = end;
    if (index === 0) return [end];
    return Array.from({ length: 64 }, (_, part) => [
      ax + ((bx - ax) * (part + 1)) / 64,
      ay + ((by - ay) * (part + 1)) / 64,
    ]);
  });
}

function written(geometry: Geometry): Geometry {
  switch (geometry.type) {
    case 'LineString':
      return { ...geometry, coordinates: inManySides(geometry.coordinates) };
    case 'MultiLineString':
    case 'Polygon':
      return { ...geometry, coordinates: geometry.coordinates.map(inManySides) };
    case 'MultiPolygon':
      return { ...geometry, coordinates: geometry.coordinates.map((rings) => rings.map(inManySides)) };
    case 'GeometryCollection':
      return { ...geometry, geometries: geometry.geometries.map(written) };
    default:
      return geometry;
  }
}

describe('the steps that a relation takes', () => {
  const relations = ['coveredBy', 'contains', 'intersects', 'disjoint', 'equals', 'overlaps'] as const;

  /** An island with bays and capes on all scales. */
  function anIsland(positions: number, size: number, seed = 0): Polygon {
    const corners = Array.from({ length: positions - 1 }, (_, index): Position => {
      const angle = (2 * Math.PI * index) / (positions - 1);
      const waves = [3, 7, 20, 60, 200].map((wave) => Math.sin(wave * angle + wave * seed) / (wave + 2));
      const radius = size * (1 + waves.reduce((sum, wave) => sum + wave, 0));
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
    return anArea([...corners, corners[0] ?? [0, 0]]);
  }

  /**
   * A line up and down through long thin teeth, all aslant, so that the boxes around any two have most in common; from
   * `start` on, it runs between the teeth of one that starts from 0.
   */
  function aComb(teeth: number, start: 0 | 1): Geometry {
    const at = (along: number, across: number): Position => [along + across / 100_000, along - across / 100_000];
    const ends = Array.from({ length: teeth }, (_, tooth) => [
      at(start, tooth + start),
      at(start + 10, tooth + 0.5 + start),
    ]);
    return aLine(...ends.flat());
  }

  function stepsOf(a: Geometry, relation: (typeof relations)[number], b: Geometry): { answer: boolean; steps: number } {
    const steps = new Steps();
    return { answer: relates(a, relation, b, steps), steps: steps.taken };
  }

  const vast = anIsland(50_000, 1);

  test.each<[string, Geometry, Partial<Record<(typeof relations)[number], boolean>>]>([
    ['an area around it', anIsland(2000, 3), { coveredBy: true, contains: false, intersects: true, equals: false }],
    ['an area in it', anIsland(2000, 0.3), { coveredBy: false, contains: true, intersects: true, overlaps: false }],
    ['an area much like it', anIsland(2000, 1), { coveredBy: false, intersects: true, overlaps: true }],
    ['another coast across it', anIsland(2000, 1, 5), { coveredBy: false, contains: false, overlaps: true }],
  ])('are few for a coast of 50,000 positions and %s', (_, other, expected) => {
    for (const relation of relations) {
      const { answer, steps } = stepsOf(vast, relation, other);
      if (expected[relation] !== undefined) expect([relation, answer]).toEqual([relation, expected[relation]]);
      expect(steps).toBeLessThan(maxSteps);
    }
  });

  test('are few for a coast of 2,000 positions and itself', () => {
    const coast = anIsland(2000, 1);
    expect(stepsOf(coast, 'equals', anIsland(2000, 1)).answer).toBe(true);
    for (const relation of relations) expect(stepsOf(coast, relation, coast).steps).toBeLessThan(maxSteps);
  });

  test('are few for thousands of islands', () => {
    const islands = areas(
      ...Array.from({ length: 10_000 }, (_, index) => {
        const [x, y] = [(index % 100) / 10, Math.floor(index / 100) / 10];
        return aBox(x, y, x + 0.05, y + 0.05);
      }),
    );
    expect(stepsOf(islands, 'coveredBy', anIsland(2000, 30)).answer).toBe(true);
    for (const relation of relations) {
      expect(stepsOf(islands, relation, anIsland(2000, 30)).steps).toBeLessThan(maxSteps);
      expect(stepsOf(islands, relation, anIsland(2000, 4)).steps).toBeLessThan(maxSteps);
    }
  });

  test('end where two geometries are made to take more: then they meet, as far as anyone is told', () => {
    expect(disjoint(aComb(30, 0), aComb(20, 1))).toBe(true);
    const [large, small] = [aComb(25_000, 0), aComb(1000, 1)];
    for (const relation of ['intersects', 'disjoint'] as const) {
      const { answer, steps } = stepsOf(large, relation, small);
      expect(answer).toBe(relation === 'intersects');
      expect(steps).toBeGreaterThan(maxSteps);
      expect(steps).toBeLessThan(maxSteps + 100_000);
    }
  });
});

describe('a point in an area, the direct form', () => {
  const star: fc.Arbitrary<Position[]> = fc
    .array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 })), {
      minLength: 3,
      maxLength: 8,
    })
    .map((corners) =>
      corners
        .filter(([x, y]) => x !== 0 || y !== 0)
        .sort(([ax, ay], [bx, by]) => Math.atan2(ay, ax) - Math.atan2(by, bx)),
    )
    .filter((corners) => corners.length >= 3)
    .map((corners) => [...corners, corners[0] ?? [0, 0]]);

  test('says the same as the reference library, on the border too', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }), star, (x, y, corners) => {
        const rings = [corners];
        const inside = booleanPointInPolygon([x, y], anArea(...rings));
        const within = booleanPointInPolygon([x, y], anArea(...rings), { ignoreBoundary: true });
        const expected = within ? 'inside' : inside ? 'border' : 'outside';
        expect(pointInPolygon([x, y], areaOf(rings))).toBe(expected);
        expect(pointInPolygon([x, y], areaOf(rings.map(inManySides)))).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test('of a box says the same as of any other area', () => {
    fc.assert(
      fc.property(arbitraryPosition, arbitraryPosition, arbitraryPosition, (place, a, b) => {
        const box = aBox(...cornersOf(a, b)) as Polygon;
        const point: Point = { type: 'Point', coordinates: place };
        // The same area with one more position, so that it is not taken for a box.
        const [first = [0, 0], second = [0, 0], ...others] = box.coordinates[0] ?? [];
        const middle = [((first[0] ?? 0) + (second[0] ?? 0)) / 2, first[1] ?? 0];
        const other = anArea([first, middle, second, ...others]);
        expect(coveredBy(point, box)).toBe(coveredBy(point, other));
        expect(intersects(point, box)).toBe(coveredBy(point, box));
      }),
    );
  });
});

function cornersOf([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position): [number, number, number, number] {
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

/** The same geometry on the grid of whole numbers from 0 to 6. */
function onGrid(geometry: Geometry): Geometry {
  return JSON.parse(JSON.stringify(geometry), (_, value) => {
    if (!Array.isArray(value) || typeof value[0] !== 'number') return value;
    return [Math.round((value[0] + 3.75) * 64), Math.round((value[1] - 40.375) * 64)];
  });
}
