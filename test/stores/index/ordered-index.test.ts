import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AscendingCursor,
  DescendingCursor,
  type SlotCursor,
} from '../../../src/adapters/stores/embedded/index/index-cursor.ts';
import type { IndexMode } from '../../../src/adapters/stores/embedded/index/index-mode.ts';
import {
  type Bound,
  NumberIndex,
  type OrderedIndex,
  TextIndex,
} from '../../../src/adapters/stores/embedded/index/ordered-index.ts';
import { SlotNumbers } from '../../../src/adapters/stores/embedded/index/slot-numbers.ts';
import { compareTexts } from '../../../src/core/query/compare-values.ts';
import { numbers, texts } from '../../support/arbitrary-entity.ts';

interface Entry<Key> {
  readonly key: Key;
  readonly slot: number;
}

function drained(cursor: SlotCursor): number[] {
  const slots: number[] = [];
  for (let slot = cursor.next(); slot >= 0; slot = cursor.next()) slots.push(slot);
  return slots;
}

function suite<Key>(
  name: string,
  make: (sequences: SlotNumbers, mode: IndexMode) => OrderedIndex<Key>,
  arbitraryKey: fc.Arbitrary<Key>,
  compare: (a: Key, b: Key) => number,
): void {
  const arbitrarySteps = fc.array(fc.record({ key: arbitraryKey, slot: fc.nat(40), remove: fc.boolean() }), {
    maxLength: 200,
  });
  const arbitraryBound: fc.Arbitrary<Bound<Key> | undefined> = fc.option(
    fc.record({ key: arbitraryKey, sequence: fc.constantFrom(Number.NEGATIVE_INFINITY, 20, Number.POSITIVE_INFINITY) }),
    { nil: undefined },
  );
  const arbitraryBlockSize = fc.constantFrom(2, 3, 4, 7, 256);

  /** Slots come with sequences that run the other way, so that a tie broken by slot is found out. */
  function build(steps: readonly { key: Key; slot: number; remove: boolean }[], blockSize: number, isLoading = false) {
    const sequences = new SlotNumbers();
    for (let slot = 0; slot <= 40; slot++) sequences.set(slot, 40 - slot);
    const index = make(sequences, { blockSize, isLoading });
    let entries: Entry<Key>[] = [];
    for (const { key, slot, remove } of steps) {
      const isThere = entries.some((one) => compare(one.key, key) === 0 && one.slot === slot);
      if (remove) {
        index.remove(key, slot);
        entries = entries.filter((one) => compare(one.key, key) !== 0 || one.slot !== slot);
      } else if (!isThere) {
        index.insert(key, slot);
        entries.push({ key, slot });
      }
    }
    entries.sort((a, b) => compare(a.key, b.key) || b.slot - a.slot);
    return { index, entries };
  }

  function isFrom(low: Bound<Key> | undefined, { key, slot }: Entry<Key>): boolean {
    if (low === undefined) return true;
    const order = compare(key, low.key);
    return order > 0 || (order === 0 && 40 - slot >= low.sequence);
  }

  describe(name, () => {
    test('counts and walks every range upward as a sorted array does', () => {
      fc.assert(
        fc.property(
          arbitrarySteps,
          arbitraryBlockSize,
          fc.boolean(),
          arbitraryBound,
          arbitraryBound,
          (steps, blockSize, isLoading, low, high) => {
            const { index, entries } = build(steps, blockSize, isLoading);
            const within = entries.filter(
              (entry) => isFrom(low, entry) && !(high !== undefined && isFrom(high, entry)),
            );
            expect(index.size).toBe(entries.length);
            expect(index.countRange(low, high)).toBe(within.length);
            expect(drained(new AscendingCursor({ index, low, high }))).toEqual(within.map(({ slot }) => slot));
            for (const block of index.blocks) expect(block.size).toBeGreaterThan(0);
          },
        ),
      );
    });

    test('walks every range downward, equal keys still in the order of creation', () => {
      fc.assert(
        fc.property(
          arbitrarySteps,
          arbitraryBlockSize,
          fc.boolean(),
          arbitraryBound,
          arbitraryBound,
          (steps, blockSize, isLoading, low, high) => {
            const { index, entries } = build(steps, blockSize, isLoading);
            const within = entries
              .filter((entry) => isFrom(low, entry) && !(high !== undefined && isFrom(high, entry)))
              .sort((a, b) => compare(b.key, a.key) || b.slot - a.slot);
            expect(drained(new DescendingCursor({ index, low, high }))).toEqual(within.map(({ slot }) => slot));
          },
        ),
      );
    });

    test('keeps its place in a walk while entries come and go', () => {
      fc.assert(
        fc.property(
          arbitrarySteps,
          arbitrarySteps,
          fc.constantFrom(2, 3, 4),
          fc.boolean(),
          (before, later, blockSize, down) => {
            const { index, entries } = build(before, blockSize);
            const whole = { index, low: undefined, high: undefined };
            const cursor = down ? new DescendingCursor(whole) : new AscendingCursor(whole);
            const seen: number[] = [];
            const touched = new Set<number>();
            const there = new Set(entries.map(({ key, slot }) => `${slot} ${key}`));
            for (const { key, slot, remove } of later) {
              const next = cursor.next();
              if (next >= 0) seen.push(next);
              cursor.pause();
              touched.add(slot);
              if (remove) {
                index.remove(key, slot);
                there.delete(`${slot} ${key}`);
              } else if (!there.has(`${slot} ${key}`)) {
                index.insert(key, slot);
                there.add(`${slot} ${key}`);
              }
            }
            seen.push(...drained(cursor));
            const inOrder = down ? entries.sort((a, b) => compare(b.key, a.key) || b.slot - a.slot) : entries;
            const untouched = inOrder.filter(({ slot }) => !touched.has(slot)).map(({ slot }) => slot);
            expect(seen.filter((slot) => !touched.has(slot))).toEqual(untouched);
          },
        ),
      );
    });

    test('finds the key at every rank', () => {
      fc.assert(
        fc.property(arbitrarySteps, arbitraryBlockSize, (steps, blockSize) => {
          const { index, entries } = build(steps, blockSize);
          expect(entries.map((_, rank) => index.keyAt(rank))).toEqual(entries.map(({ key }) => key));
          expect(index.keyAt(entries.length)).toBe(undefined);
        }),
      );
    });
  });
}

suite(
  'An index of numbers',
  (sequences, mode) => new NumberIndex(sequences, mode),
  fc.constantFrom(...numbers),
  (a, b) => a - b,
);
suite(
  'An index of texts',
  (sequences, mode) => new TextIndex(sequences, mode),
  fc.constantFrom<string>(...texts),
  compareTexts,
);

test('An index of texts keeps one copy of equal texts that come one after the other', () => {
  const sequences = new SlotNumbers();
  const index = new TextIndex(sequences, { blockSize: 4, isLoading: false });
  const kept = [0, 1, 2, 3, 4, 5].map((slot) => {
    sequences.set(slot, slot);
    return index.insert(['pa', 'rk'].join(''), slot);
  });
  expect(new Set(kept)).toEqual(new Set(['park']));
  expect(index.blocks).toHaveLength(2);
});

test('An index fed in order leaves no gaps', () => {
  const sequences = new SlotNumbers();
  const index = new NumberIndex(sequences, { blockSize: 8, isLoading: false });
  for (let slot = 0; slot < 80; slot++) {
    sequences.set(slot, slot);
    index.insert(slot, slot);
  }
  expect(index.blocks.map(({ size }) => size)).toEqual(Array.from({ length: 10 }, () => 8));
});
