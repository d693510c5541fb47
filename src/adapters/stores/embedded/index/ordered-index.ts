import { compareTexts } from '../../../../core/query/compare-values.ts';
import { orderOfNumbers, orderOfTexts, type PendingEntries } from './bulk-order.ts';
import type { IndexMode } from './index-mode.ts';
import type { SlotNumbers } from './slot-numbers.ts';

/** Where a range of an index begins or ends: among equal keys, at a place in the order of creation. */
export interface Bound<Key> {
  readonly key: Key;
  /** `-Infinity`: before every slot with the key; `Infinity`: behind them all. */
  readonly sequence: number;
}

/** A stretch of an index. An end that is not given is that of the index. Nothing lies on a bound itself but a slot of exactly its key and sequence, which belongs to what follows. */
export interface IndexRange<Key = unknown> {
  readonly index: OrderedIndex<Key>;
  readonly low: Bound<Key> | undefined;
  readonly high: Bound<Key> | undefined;
}

/** Some entries of an index, in order. Arrays grow with their content up to the block size. */
export interface Block<Key> {
  keys: { [at: number]: Key; readonly length: number };
  slots: Uint32Array;
  size: number;
}

/**
 * Slots in the order of a key and, among equal keys, of creation: the runs of equal keys are in the order of creation themselves.
 *
 * A list of sorted blocks. Insert, remove and seek cost two binary searches and one shift within a block; counting a range costs one
 * addition per block in it. About 12 bytes an entry beside the text of the keys, in blocks that are two thirds full or better;
 * what arrives in order fills them.
 */
export abstract class OrderedIndex<Key> {
  /** No block in it is empty. */
  readonly blocks: Block<Key>[] = [];
  /** By block: the key and the sequence that it begins with. Side by side, so that a search seldom leaves the processor's cache. */
  protected readonly firstKeys: Key[] = [];
  protected readonly firstSequences: number[] = [];
  size = 0;
  /** Entries of a load that are not in the blocks yet. */
  private pending: PendingEntries<Key> | undefined;

  constructor(
    readonly sequences: SlotNumbers,
    private readonly mode: IndexMode,
  ) {}

  /** The positions of entries in their order. */
  protected abstract orderOf(keys: readonly Key[], sequenceAt: (position: number) => number): Uint32Array;

  /** The last block that begins at or before the entry; 0 where none does. */
  protected abstract blockFor(key: Key, sequence: number): number;
  /** The first place in the block whose entry is not before the given one. */
  protected abstract placeIn(block: Block<Key>, key: Key, sequence: number): number;
  protected abstract makeKeys(capacity: number): Block<Key>['keys'];
  abstract compareKeys(a: Key, b: Key): number;

  /** Adds a slot that is not there under this key. Returns the key as the index has it: an equal one that was there before, so that equal texts share memory. */
  insert(key: Key, slot: number): Key {
    this.size++;
    const sequence = this.sequences.at(slot);
    if (this.blocks.length === 0) this.addBlock(0, this.makeBlock(4));
    const last = this.blocks.length - 1;
    const isAtEnd = this.pending === undefined && this.isBehind(this.blocks[last] as Block<Key>, key, sequence);
    if (!isAtEnd && this.mode.isLoading) return this.postpone(key, slot);
    this.settle();
    const at = isAtEnd ? last : this.blockFor(key, sequence);
    const block = this.blocks[at] as Block<Key>;
    const place = isAtEnd ? block.size : this.placeIn(block, key, sequence);
    const kept = this.keptKey(block, place, key);
    if (block.size < this.mode.blockSize) this.insertIn(block, place, kept, slot);
    else this.insertInFull(at, block, place, kept, slot);
    if (place === 0) this.noteFirst(at);
    return kept;
  }

  private postpone(key: Key, slot: number): Key {
    this.pending ??= { keys: [], slots: [], known: new Map() };
    const { keys, slots, known } = this.pending;
    const kept = known.get(key) ?? key;
    if (typeof key === 'string' && known.size < mostKnown) known.set(kept, kept);
    keys.push(kept);
    slots.push(slot);
    return kept;
  }

  /** Sorts in what has waited for the end of a load. Every look into the index does so first. */
  settle(): void {
    const { pending } = this;
    if (pending === undefined) return;
    this.pending = undefined;
    const { keys, slots } = pending;
    for (const { keys: blockKeys, slots: blockSlots, size } of this.blocks) {
      for (let at = 0; at < size; at++) {
        keys.push(blockKeys[at] as Key);
        slots.push(blockSlots[at] as number);
      }
    }
    const order = this.orderOf(keys, (position) => this.sequences.at(slots[position] as number));
    this.rebuild(order, keys, slots);
  }

  private rebuild(order: Uint32Array, keys: readonly Key[], slots: readonly number[]): void {
    this.blocks.length = 0;
    this.firstKeys.length = 0;
    this.firstSequences.length = 0;
    // Room for some inserts in every block, or the first ones after a load would split them all.
    const fill = Math.max(1, Math.floor(this.mode.blockSize * 0.9));
    for (let from = 0; from < order.length; from += fill) {
      const entries = order.subarray(from, from + fill);
      const block = this.makeBlock(entries.length);
      for (const [place, position] of entries.entries()) {
        block.keys[place] = keys[position] as Key;
        block.slots[place] = slots[position] as number;
      }
      block.size = entries.length;
      this.addBlock(this.blocks.length, block);
    }
  }

  /** Whether the entry comes after all of the block: then what arrives in order needs no search. */
  private isBehind({ keys, slots, size }: Block<Key>, key: Key, sequence: number): boolean {
    if (size === 0) return true;
    const order = this.compareKeys(keys[size - 1] as Key, key);
    return order < 0 || (order === 0 && this.sequences.at(slots[size - 1] as number) < sequence);
  }

  private addBlock(at: number, block: Block<Key>): void {
    this.blocks.splice(at, 0, block);
    this.firstKeys.splice(at, 0, block.keys[0] as Key);
    this.firstSequences.splice(at, 0, 0);
    if (block.size > 0) this.noteFirst(at);
  }

  private dropBlock(at: number): void {
    this.blocks.splice(at, 1);
    this.firstKeys.splice(at, 1);
    this.firstSequences.splice(at, 1);
  }

  private noteFirst(at: number): void {
    const { keys, slots } = this.blocks[at] as Block<Key>;
    this.firstKeys[at] = keys[0] as Key;
    this.firstSequences[at] = this.sequences.at(slots[0] as number);
  }

  private keptKey(block: Block<Key>, place: number, key: Key): Key {
    if (typeof key === 'number') return key;
    const before = block.keys[place - 1];
    if (place > 0 && before === key) return before as Key;
    const behind = block.keys[place];
    return place < block.size && behind === key ? (behind as Key) : key;
  }

  private insertIn(block: Block<Key>, place: number, key: Key, slot: number): void {
    const { size } = block;
    if (size === block.slots.length) this.grow(block);
    const { keys, slots } = block;
    if (keys instanceof Float64Array) keys.copyWithin(place + 1, place, size);
    else for (let i = size; i > place; i--) keys[i] = keys[i - 1] as Key;
    slots.copyWithin(place + 1, place, size);
    keys[place] = key;
    slots[place] = slot;
    block.size = size + 1;
  }

  private insertInFull(at: number, block: Block<Key>, place: number, key: Key, slot: number): void {
    // Behind the end, a new block keeps the full one full: what arrives in order leaves no gaps.
    const cut = place === block.size ? block.size : block.size >> 1;
    const next = this.makeBlock(Math.min(this.mode.blockSize, Math.max(4, block.size - cut)));
    for (let i = cut; i < block.size; i++) {
      next.keys[i - cut] = block.keys[i] as Key;
      next.slots[i - cut] = block.slots[i] as number;
    }
    next.size = block.size - cut;
    this.truncate(block, cut);
    if (place < cut || (place === cut && next.size > 0)) this.insertIn(block, place, key, slot);
    else this.insertIn(next, place - cut, key, slot);
    this.addBlock(at + 1, next);
  }

  private truncate(block: Block<Key>, size: number): void {
    if (Array.isArray(block.keys)) block.keys.length = size;
    block.size = size;
  }

  private makeBlock(capacity: number): Block<Key> {
    return { keys: this.makeKeys(capacity), slots: new Uint32Array(capacity), size: 0 };
  }

  private grow(block: Block<Key>): void {
    const capacity = Math.min(this.mode.blockSize, block.slots.length * 2);
    const slots = new Uint32Array(capacity);
    slots.set(block.slots);
    block.slots = slots;
    if (!(block.keys instanceof Float64Array)) return;
    const keys = new Float64Array(capacity);
    keys.set(block.keys);
    block.keys = keys as unknown as Block<Key>['keys'];
  }

  /** Takes a slot out; its sequence must still be the one it was inserted with. Does nothing where it is not there. */
  remove(key: Key, slot: number): void {
    if (this.size === 0) return;
    this.settle();
    const sequence = this.sequences.at(slot);
    const at = this.blockFor(key, sequence);
    const block = this.blocks[at] as Block<Key>;
    const place = this.placeIn(block, key, sequence);
    if (place >= block.size || block.slots[place] !== slot || block.keys[place] !== key) return;
    this.size--;
    const { keys, slots, size } = block;
    if (keys instanceof Float64Array) keys.copyWithin(place, place + 1, size);
    else for (let i = place + 1; i < size; i++) keys[i - 1] = keys[i] as Key;
    slots.copyWithin(place, place + 1, size);
    this.truncate(block, size - 1);
    if (place === 0 && block.size > 0) this.noteFirst(at);
    this.mergeAround(at, block);
  }

  /** Keeps the blocks from becoming many and nearly empty. */
  private mergeAround(at: number, block: Block<Key>): void {
    if (block.size === 0) {
      this.dropBlock(at);
      return;
    }
    const next = this.blocks[at + 1];
    if (next === undefined || block.size + next.size > this.mode.blockSize >> 1) return;
    for (let i = 0; i < next.size; i++) this.insertIn(block, block.size, next.keys[i] as Key, next.slots[i] as number);
    this.dropBlock(at + 1);
  }

  /** The first position at or behind the bound, as block and place; behind the last block where there is none. */
  seek(bound: Bound<Key> | undefined): { block: number; place: number } {
    this.settle();
    if (bound === undefined || this.blocks.length === 0) return { block: 0, place: 0 };
    const at = this.blockFor(bound.key, bound.sequence);
    const block = this.blocks[at] as Block<Key>;
    const place = this.placeIn(block, bound.key, bound.sequence);
    return place < block.size ? { block: at, place } : { block: at + 1, place: 0 };
  }

  /** Behind the last position. */
  end(): { block: number; place: number } {
    this.settle();
    return { block: this.blocks.length, place: 0 };
  }

  /** The key of the entry that has so many before it; undefined behind the end. Costs one addition a block. */
  keyAt(rank: number): Key | undefined {
    this.settle();
    let before = 0;
    for (const { keys, size } of this.blocks) {
      if (rank < before + size) return keys[rank - before];
      before += size;
    }
    return undefined;
  }

  /** The number of entries between the bounds. Exact; costs one addition per block between them. */
  countRange(low: Bound<Key> | undefined, high: Bound<Key> | undefined): number {
    return this.count(low, high, Number.POSITIVE_INFINITY);
  }

  /** About the number of entries between the bounds, exact where it is small. Costs two seeks. */
  estimateRange(low: Bound<Key> | undefined, high: Bound<Key> | undefined): number {
    return this.count(low, high, 8);
  }

  private count(low: Bound<Key> | undefined, high: Bound<Key> | undefined, exactBlocks: number): number {
    if (this.size === 0) return 0;
    if (low === undefined && high === undefined) return this.size;
    const from = this.seek(low);
    const to = high === undefined ? this.end() : this.seek(high);
    const between = to.block - from.block;
    if (between < 0) return 0;
    let count = to.place - from.place;
    if (between > exactBlocks) return Math.max(0, Math.round(count + (between * this.size) / this.blocks.length));
    for (let i = from.block; i < to.block; i++) count += (this.blocks[i] as Block<Key>).size;
    return Math.max(0, count);
  }
}

/** Different texts that a load remembers, so that equal ones share memory; more than this, and few are equal. */
const mostKnown = 4096;

/** An index by number; instants and the codes of kinds are numbers too. */
export class NumberIndex extends OrderedIndex<number> {
  protected makeKeys(capacity: number): Block<number>['keys'] {
    return new Float64Array(capacity);
  }

  compareKeys(a: number, b: number): number {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  protected orderOf(keys: readonly number[], sequenceAt: (position: number) => number): Uint32Array {
    return orderOfNumbers(keys, sequenceAt);
  }

  protected blockFor(key: number, sequence: number): number {
    const { firstKeys, firstSequences } = this;
    let low = 0;
    let high = firstKeys.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const first = firstKeys[middle] as number;
      if (first < key || (first === key && (firstSequences[middle] as number) <= sequence)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * About the number of entries from the one key up to the other, as if the keys of a block lay evenly. Looks at nothing but where
   * blocks begin, which a seek has to leave for the blocks themselves (bench: `near`).
   */
  guessBetween(low: number, high: number): number {
    this.settle();
    return Math.max(0, this.guessBefore(high) - this.guessBefore(low));
  }

  private guessBefore(key: number): number {
    const { blocks, firstKeys, size } = this;
    if (blocks.length === 0) return 0;
    const at = this.blockFor(key, Number.NEGATIVE_INFINITY);
    const first = firstKeys[at] as number;
    const isLast = at + 1 === blocks.length;
    const block = blocks[at] as Block<number>;
    const end = (isLast ? block.keys[block.size - 1] : firstKeys[at + 1]) as number;
    const share = end > first ? Math.min(1, Math.max(0, (key - first) / (end - first))) : key > first ? 1 : 0;
    return ((at + share) * size) / blocks.length;
  }

  protected placeIn(block: Block<number>, key: number, sequence: number): number {
    const { keys, slots } = block;
    const { values } = this.sequences;
    let low = 0;
    let high = block.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = keys[middle] as number;
      if (other < key || (other === key && (values[slots[middle] as number] as number) < sequence)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** An index by text, in the order of code points. */
export class TextIndex extends OrderedIndex<string> {
  protected makeKeys(): Block<string>['keys'] {
    return [] as string[];
  }

  compareKeys(a: string, b: string): number {
    return compareTexts(a, b);
  }

  protected orderOf(keys: readonly string[], sequenceAt: (position: number) => number): Uint32Array {
    return orderOfTexts(keys, sequenceAt);
  }

  protected blockFor(key: string, sequence: number): number {
    const { firstKeys, firstSequences } = this;
    let low = 0;
    let high = firstKeys.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const order = compareTexts(firstKeys[middle] as string, key);
      if (order < 0 || (order === 0 && (firstSequences[middle] as number) <= sequence)) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  protected placeIn(block: Block<string>, key: string, sequence: number): number {
    const { keys, slots } = block;
    const { values } = this.sequences;
    let low = 0;
    let high = block.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compareTexts(keys[middle] as string, key);
      if (order < 0 || (order === 0 && (values[slots[middle] as number] as number) < sequence)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
