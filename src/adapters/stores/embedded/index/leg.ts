import { AscendingCursor, DescendingCursor, ListCursor, type SlotCursor } from './index-cursor.ts';
import type { IndexRange } from './ordered-index.ts';

/** One stretch of a scan: slots to look at, one after the other. */
export interface Leg {
  open(): SlotCursor;
  /**
   * What the order of its slots has to do with the order that the query asked for. `exact`: none is better than the one
   * before it; `firstKey`: none is better by the first key; `none`: nothing.
   */
  readonly sorted: 'exact' | 'firstKey' | 'none';
  /** What belongs to this leg, where its cursor shows more. */
  readonly test?: (slot: number) => boolean;
}

/** Slots to look at for one partition, so that nothing that matches is left out. */
export interface Scan {
  /** Taken one after the other; later ones may depend on what the earlier ones found. */
  readonly legs: Iterable<Leg>;
  /** No slot comes twice. */
  readonly distinct: boolean;
}

export function rangeLeg(range: IndexRange, sorted: Leg['sorted']): Leg {
  return { open: () => new AscendingCursor(range), sorted };
}

export function descendingLeg(range: IndexRange, sorted: Leg['sorted']): Leg {
  return { open: () => new DescendingCursor(range), sorted };
}

export function slotsLeg(slots: readonly number[]): Leg {
  return { open: () => new ListCursor(slots), sorted: 'none' };
}

/** A set of slots as bits. */
export class SlotSet {
  private words = new Uint32Array(64);

  /** False where it was there before. */
  add(slot: number): boolean {
    const word = slot >>> 5;
    if (word >= this.words.length) {
      const words = new Uint32Array(Math.max(word + 1, this.words.length * 2));
      words.set(this.words);
      this.words = words;
    }
    const bit = 1 << (slot & 31);
    const before = this.words[word] as number;
    this.words[word] = before | bit;
    return (before & bit) === 0;
  }
}
