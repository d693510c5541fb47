import fc from 'fast-check';
import type { Geometry } from 'geojson';
import { expect, test } from 'vitest';
import { AscendingCursor } from '../../../src/adapters/stores/embedded/index/index-cursor.ts';
import { curvePlace, curveRanges } from '../../../src/adapters/stores/embedded/index/location-cells.ts';
import { LocationIndex } from '../../../src/adapters/stores/embedded/index/location-index.ts';
import { SlotNumbers } from '../../../src/adapters/stores/embedded/index/slot-numbers.ts';
import { type Bounds, boundsMeet, boundsOf } from '../../../src/core/geo/bounds.ts';
import { arbitraryGeometry } from '../../support/arbitrary-entity.ts';

const arbitraryLongitude = fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(-180, 0, 180));
const arbitraryLatitude = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 0, 90));

const arbitraryBounds: fc.Arbitrary<Bounds> = fc
  .tuple(
    arbitraryLongitude,
    arbitraryLatitude,
    fc.constantFrom(0, 1e-7, 0.001, 0.3, 40, 360),
    fc.constantFrom(0, 0.002, 1, 180),
  )
  .map(([west, south, width, height]) => ({
    west,
    south,
    east: Math.min(180, west + width),
    north: Math.min(90, south + height),
  }));

test('The stretches of the curve for a box hold every point in the box, in order, apart and few', () => {
  fc.assert(
    fc.property(
      arbitraryBounds,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (box, x, y) => {
        const ranges = curveRanges(box);
        const longitude = Math.min(box.east, box.west + (box.east - box.west) * x);
        const latitude = Math.min(box.north, box.south + (box.north - box.south) * y);
        const place = curvePlace(longitude, latitude);
        expect(ranges.some(({ low, high }) => place >= low && place < high)).toBe(true);
        expect(ranges.length).toBeLessThanOrEqual(64);
        for (const [at, { low, high }] of ranges.entries()) {
          expect(low).toBeLessThan(high);
          expect(ranges[at - 1]?.high ?? -1).toBeLessThan(low);
        }
      },
    ),
  );
});

test('The stretches for a small box leave out the far side of the city', () => {
  const ranges = curveRanges({ west: -3.71, south: 40.41, east: -3.7, north: 40.42 });
  const far = curvePlace(-3.6, 40.48);
  expect(ranges.some(({ low, high }) => far >= low && far < high)).toBe(false);
});

/** On the map, off it, and nowhere. */
const arbitraryPlace: fc.Arbitrary<Geometry | undefined> = fc.oneof(
  { weight: 6, arbitrary: arbitraryGeometry },
  { weight: 1, arbitrary: fc.constant<Geometry>({ type: 'Point', coordinates: [190, 40] }) },
  { weight: 1, arbitrary: fc.constant<Geometry>({ type: 'MultiPoint', coordinates: [] }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

test('An index of places finds all that meet a box, after any changes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(10), arbitraryPlace)), arbitraryGeometry.map(boundsOf), (changes, box) => {
      const sequences = new SlotNumbers();
      for (let slot = 0; slot <= 10; slot++) sequences.set(slot, slot);
      const index = new LocationIndex(sequences, { blockSize: 4, isLoading: false });
      const places = new Map<number, Geometry>();
      for (const [slot, geometry] of changes) {
        index.set(slot, geometry);
        if (geometry === undefined) places.delete(slot);
        else places.set(slot, geometry);
      }
      expect(index.size).toBe(places.size);

      const { ranges, slots } = index.within(box);
      const found = new Set(slots);
      for (const range of ranges) {
        const cursor = new AscendingCursor(range);
        for (let slot = cursor.next(); slot >= 0; slot = cursor.next()) found.add(slot);
      }
      for (const [slot, geometry] of places) {
        if (!boundsMeet(boundsOf(geometry), box)) continue;
        expect(found).toContain(slot);
        expect(index.mayMeet(slot, box)).toBe(true);
      }
      for (let slot = 0; slot <= 10; slot++) expect(index.has(slot)).toBe(places.has(slot));
    }),
  );
});
