import { collatorOf, type TextCollator } from '../../../../core/query/collated-order.ts';
import type { OrderKey } from '../../../../core/query/query.ts';
import type { Partition } from './partition.ts';
import { compareKeyValues, type KeyReader, type KeyValue } from './row-order.ts';

/** A match that may be on the page. */
export interface Row {
  readonly partition: Partition;
  readonly slot: number;
  readonly sequence: number;
  /** By key of the order; empty in the order of creation. */
  readonly keys: readonly KeyValue[];
}

/** Whether a row has a place among the best. */
export type Verdict = typeof inPlace | typeof out | typeof late;

export const inPlace = 0;
export const out = 1;
/** It has none, and the first key, or the order of creation alone, says so. */
export const late = 2;

/** The first rows of an order among all that are offered: as many as offset and limit reach. */
export class TopRows {
  private readonly rows: Row[] = [];
  private isHeap = false;
  private readonly collators: readonly (TextCollator | undefined)[];

  constructor(
    private readonly order: readonly OrderKey[],
    private readonly capacity: number,
  ) {
    this.collators = order.map(({ collation }) => (collation === undefined ? undefined : collatorOf(collation)));
  }

  get isFull(): boolean {
    return this.rows.length >= this.capacity;
  }

  /** The last of a full list. */
  get worst(): Row | undefined {
    if (!this.isFull) return undefined;
    this.makeHeap();
    return this.rows[0];
  }

  /** In the order of creation: only sequences below this have a place. */
  sequenceLimit(): number {
    if (!this.isFull) return Number.POSITIVE_INFINITY;
    if (!this.isHeap) this.makeHeap();
    return this.rows[0]?.sequence ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether the slot would have a place; asked before the costly part of a test. */
  judge(slot: number, sequence: number, readers: readonly KeyReader[]): Verdict {
    if (!this.isFull) return inPlace;
    if (readers.length === 0) return sequence < this.sequenceLimit() ? inPlace : late;
    const { worst } = this;
    if (worst === undefined) return late;
    for (let at = 0; at < readers.length; at++) {
      const read = (readers[at] as KeyReader).read(slot);
      const compared = compareKeyValues(read, worst.keys[at] as KeyValue, this.collators[at]);
      if (compared === 0) continue;
      const isBehind = this.order[at]?.descending ? compared < 0 : compared > 0;
      return isBehind ? (at === 0 ? late : out) : inPlace;
    }
    return sequence < worst.sequence ? inPlace : out;
  }

  /** Takes in a row that was judged to have a place. */
  add(partition: Partition, slot: number, readers: readonly KeyReader[]): void {
    const keys = readers.length === 0 ? noKeys : readers.map((reader) => reader.read(slot));
    const row = { partition, slot, sequence: partition.sequences.at(slot), keys };
    if (!this.isFull) {
      this.rows.push(row);
      this.isHeap = false;
      return;
    }
    this.makeHeap();
    this.rows[0] = row;
    this.sink(0);
  }

  /** Forgets what one partition has offered. */
  drop(partition: Partition): void {
    const kept = this.rows.filter((row) => row.partition !== partition);
    this.rows.splice(0, this.rows.length, ...kept);
    this.isHeap = false;
  }

  /** In order. */
  sorted(): Row[] {
    return [...this.rows].sort((a, b) => this.compare(a, b));
  }

  private compare(a: Row, b: Row): number {
    for (let at = 0; at < this.order.length; at++) {
      const compared = compareKeyValues(a.keys[at] as KeyValue, b.keys[at] as KeyValue, this.collators[at]);
      if (compared !== 0) return this.order[at]?.descending ? -compared : compared;
    }
    return a.sequence - b.sequence;
  }

  /** The worst on top. Made when the list is full, since most lists never overflow. */
  private makeHeap(): void {
    if (this.isHeap) return;
    for (let at = (this.rows.length >> 1) - 1; at >= 0; at--) this.sink(at);
    this.isHeap = true;
  }

  private sink(from: number): void {
    const { rows } = this;
    const row = rows[from] as Row;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= rows.length) break;
      if (child + 1 < rows.length && this.compare(rows[child + 1] as Row, rows[child] as Row) > 0) child++;
      if (this.compare(rows[child] as Row, row) <= 0) break;
      rows[at] = rows[child] as Row;
      at = child;
    }
    rows[at] = row;
  }
}

const noKeys: readonly KeyValue[] = [];
