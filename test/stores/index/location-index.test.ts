import fc from 'fast-check';
import type { Geometry } from 'geojson';
import { expect, test } from 'vitest';
import { AscendingCursor } from '../../../src/adapters/stores/embedded/index/index-cursor.ts';
import { curvePlace, curveRanges } from '../../../src/adapters/stores/embedded/index/location-cells.ts';
import { LocationIndex } from '../../../src/adapters/stores/embedded/index/location-index.ts';
import type { IndexRange } from '../../../src/adapters/stores/embedded/index/ordered-index.ts';
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

function slotsOf(range: IndexRange): number[] {
  const cursor = new AscendingCursor(range);
  const slots: number[] = [];
  for (let slot = cursor.next(); slot >= 0; slot = cursor.next()) slots.push(slot);
  return slots;
}

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
      for (const range of ranges) for (const slot of slotsOf(range)) found.add(slot);
      for (const [slot, geometry] of places) {
        if (!boundsMeet(boundsOf(geometry), box)) continue;
        expect(found).toContain(slot);
        expect(index.mayMeet(slot, box)).toBe(true);
      }
      for (let slot = 0; slot <= 10; slot++) expect(index.has(slot)).toBe(places.has(slot));
    }),
  );
});

test('A look through slots stops at each that may meet a box, and passes by those from a limit on', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryPlace, { maxLength: 12 }),
      arbitraryGeometry.map(boundsOf),
      fc.constantFrom(0, 5, Number.POSITIVE_INFINITY),
      (places, box, below) => {
        const sequences = new SlotNumbers();
        const index = new LocationIndex(sequences, { blockSize: 4, isLoading: false });
        for (const [slot, place] of places.entries()) {
          sequences.set(slot, slot);
          index.set(slot, place);
        }
        // Some slots more than the index has heard of.
        const slots = Uint32Array.from({ length: places.length + 3 }, (_, slot) => slot);
        const found: number[] = [];
        for (let at = 0; ; at++) {
          at = index.nextWithin(box, slots, at, slots.length, below);
          if (at === slots.length) break;
          found.push(slots[at] as number);
        }
        expect(found).toEqual([...slots].filter((slot) => slot < below && index.mayMeet(slot, box)));
      },
    ),
  );
});

test('How many points a box holds is guessed where they are many, and none is left out', () => {
  const sequences = new SlotNumbers();
  const index = new LocationIndex(sequences, { blockSize: 512, isLoading: false });
  const side = 150;
  for (let slot = 0; slot < side * side; slot++) {
    sequences.set(slot, slot);
    const coordinates = [-3.8 + (slot % side) * 0.001, 40.3 + Math.floor(slot / side) * 0.001];
    index.set(slot, { type: 'Point', coordinates });
  }
  const box = { west: -3.7605, south: 40.3395, east: -3.6995, north: 40.4005 };
  const { ranges, size } = index.within(box);
  const found = ranges.flatMap((range) => slotsOf(range));
  const inside = Array.from({ length: side * side }, (_, slot) => slot).filter((slot) => index.mayMeet(slot, box));
  expect(inside).toHaveLength(61 * 61);
  expect(new Set(found).size).toBe(found.length);
  expect(found).toEqual(expect.arrayContaining(inside));
  expect(size / found.length).toBeGreaterThan(0.5);
  expect(size / found.length).toBeLessThan(2);
});
