import type { TenantCollections } from './collections.ts';

interface CountersForm {
  readonly _id: 'counters';
  /** The highest place in the order of creation that was ever given out. */
  readonly sequence?: number;
  /** The highest id of a notification that was. */
  readonly owed?: number;
  /** The highest place of a subscription or a document. */
  readonly position?: number;
}

export type CounterName = 'sequence' | 'owed' | 'position';

export type Reserved = Readonly<Record<CounterName, number>>;

/** Numbers that no broker is ever given again. */
export class Counters {
  readonly #collections: TenantCollections;

  constructor(collections: TenantCollections) {
    this.#collections = collections;
  }

  /**
   * Reserves so many numbers of each kind; the first of each. Cost: one round trip, which waits for no majority: what is committed
   * with these numbers comes later in the log of MongoDB, and lasts only if the reservation does.
   */
  async reserve(counts: Partial<Reserved>): Promise<Reserved> {
    const { sequence = 0, owed = 0, position = 0 } = counts;
    const counters = this.#collections.named<CountersForm>('counters');
    const after = await counters.findOneAndUpdate(
      { _id: 'counters' },
      { $inc: { sequence, owed, position } },
      { upsert: true, returnDocument: 'after', writeConcern: { w: 1 } },
    );
    return {
      sequence: (after?.sequence ?? sequence) - sequence + 1,
      owed: (after?.owed ?? owed) - owed + 1,
      position: (after?.position ?? position) - position + 1,
    };
  }
}
