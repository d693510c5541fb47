import { compareEntities } from '../../../../core/query/compare-entities.ts';
import type { OrderKey } from '../../../../core/query/query.ts';
import type { StoredRecord } from '../record-cache.ts';

/** The first records of an order among all that are offered: as many as offset and limit reach, and never many more. */
export class FirstRecords {
  readonly #compare: (a: StoredRecord, b: StoredRecord) => number;
  readonly #capacity: number;
  #records: StoredRecord[] = [];

  constructor(order: readonly OrderKey[], capacity: number) {
    this.#compare = compareEntities(order);
    this.#capacity = capacity;
  }

  offer(record: StoredRecord): void {
    this.#records.push(record);
    if (this.#records.length >= 2 * this.#capacity + 1000) this.#records = this.#first();
  }

  /** In their order, from one place up to another. */
  page(offset: number, limit: number): readonly StoredRecord[] {
    return this.#first().slice(offset, offset + limit);
  }

  #first(): StoredRecord[] {
    return this.#records.sort(this.#compare).slice(0, this.#capacity);
  }
}
