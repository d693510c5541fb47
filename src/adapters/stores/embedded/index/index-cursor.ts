import type { Block, Bound, IndexRange, OrderedIndex } from './ordered-index.ts';

const noSlots = new Uint32Array(0);

/**
 * Walks slots, chunk by chunk: those from `place` up to `stop` of `slots` are next, then `advance` brings more.
 *
 * The fields are open so that the loops that visit slots, the hottest there are, need no call a slot.
 */
export abstract class SlotCursor {
  slots: Uint32Array = noSlots;
  place = 0;
  stop = 0;

  /** Goes to the next chunk, which is not empty; false at the end. */
  abstract advance(): boolean;

  /** To be called before anything may change: keeps the place, and leaves the chunk. */
  abstract pause(): void;

  /** The next slot; -1 at the end. */
  next(): number {
    return this.place < this.stop || this.advance() ? (this.slots[this.place++] as number) : -1;
  }
}

/** Walks a range of an index from the low end to the high one. */
export class AscendingCursor<Key> extends SlotCursor {
  private readonly index: OrderedIndex<Key>;
  private readonly high: Bound<Key> | undefined;
  private low: Bound<Key> | undefined;
  /** The block of the chunk; undefined where the range must be sought first. */
  private block: Block<Key> | undefined;
  private at = 0;
  private endBlock = 0;
  private endPlace = 0;

  constructor({ index, low, high }: IndexRange<Key>) {
    super();
    this.index = index;
    this.low = low;
    this.high = high;
  }

  advance(): boolean {
    if (this.block === undefined) {
      const end = this.high === undefined ? this.index.end() : this.index.seek(this.high);
      this.endBlock = end.block;
      this.endPlace = end.place;
      const { block, place } = this.index.seek(this.low);
      this.enter(block, place);
    }
    while (this.place >= this.stop) {
      if (this.at >= this.endBlock) return false;
      this.enter(this.at + 1, 0);
    }
    return true;
  }

  pause(): void {
    if (this.block !== undefined && this.place > 0) {
      const key = this.block.keys[this.place - 1] as Key;
      const sequence = this.index.sequences.at(this.block.slots[this.place - 1] as number);
      this.low = { key, sequence: afterSequence(sequence) };
    }
    this.block = undefined;
    this.stop = this.place;
  }

  private enter(at: number, place: number): void {
    this.at = at;
    this.block = this.index.blocks[at];
    this.slots = this.block?.slots ?? noSlots;
    this.place = place;
    this.stop = at > this.endBlock ? 0 : at === this.endBlock ? this.endPlace : (this.block?.size ?? 0);
  }
}

/** Walks a range of an index from the high end to the low one, but equal keys in the order of creation. */
export class DescendingCursor<Key> extends SlotCursor {
  private readonly index: OrderedIndex<Key>;
  private readonly low: Bound<Key> | undefined;
  /** What lies from here on has been walked, or is being walked. */
  private high: Bound<Key> | undefined;
  /** The equal keys being walked, where they are several. */
  private run: AscendingCursor<Key> | undefined;
  /** What lies from here on has been walked; undefined where it must be sought. */
  private end: { block: number; place: number } | undefined;

  constructor({ index, low, high }: IndexRange<Key>) {
    super();
    this.index = index;
    this.low = low;
    this.high = high;
  }

  advance(): boolean {
    for (;;) {
      if (this.run !== undefined) {
        if (this.advanceRun(this.run)) return true;
        this.run = undefined;
        this.end = undefined;
      }
      this.end ??= this.high === undefined ? this.index.end() : this.index.seek(this.high);
      const { end } = this;
      if (end.place === 0) {
        end.block--;
        end.place = this.index.blocks[end.block]?.size ?? 0;
        if (end.place === 0) return false;
      }
      const block = this.index.blocks[end.block] as Block<Key>;
      const key = block.keys[end.place - 1] as Key;
      if (this.low !== undefined && this.isBelow(key, block.slots[end.place - 1] as number, this.low)) return false;
      if (end.place > 1 && block.keys[end.place - 2] !== key) {
        // Alone with its key, as most are where keys are many: there is no run to seek.
        this.high = { key, sequence: Number.NEGATIVE_INFINITY };
        end.place--;
        this.show(block.slots, end.place, end.place + 1);
        return true;
      }
      this.openRun(key);
    }
  }

  pause(): void {
    if (this.run !== undefined) {
      this.run.place = this.place;
      this.run.pause();
    }
    this.end = undefined;
    this.stop = this.place;
  }

  private advanceRun(run: AscendingCursor<Key>): boolean {
    run.place = run.stop;
    if (!run.advance()) return false;
    this.show(run.slots, run.place, run.stop);
    return true;
  }

  private show(slots: Uint32Array, place: number, stop: number): void {
    this.slots = slots;
    this.place = place;
    this.stop = stop;
  }

  private isBelow(key: Key, slot: number, low: Bound<Key>): boolean {
    const order = this.index.compareKeys(key, low.key);
    return order < 0 || (order === 0 && this.index.sequences.at(slot) < low.sequence);
  }

  /** Equal keys begin where the key does, or at the low end of the range. */
  private openRun(key: Key): void {
    const { index, low, high } = this;
    const start = { key, sequence: Number.NEGATIVE_INFINITY };
    this.run = new AscendingCursor({
      index,
      low: low !== undefined && index.compareKeys(key, low.key) === 0 ? low : start,
      high: high !== undefined && index.compareKeys(key, high.key) === 0 ? high : { key, sequence: Infinity },
    });
    this.high = start;
  }
}

/** Walks a list. */
export class ListCursor extends SlotCursor {
  constructor(list: readonly number[]) {
    super();
    this.slots = Uint32Array.from(list);
    this.stop = list.length;
  }

  advance(): boolean {
    return false;
  }

  pause(): void {}
}

/** The bound right behind a sequence: sequences are whole numbers. */
export function afterSequence(sequence: number): number {
  return sequence + 1;
}
