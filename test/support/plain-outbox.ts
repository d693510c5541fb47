import type { EpochMs } from '../../src/core/entity/entity.ts';
import { Refusal } from '../../src/core/errors.ts';
import type {
  DeadLetter,
  DeadLetterPage,
  DeadLetterSelection,
  Outbox,
  OwedChange,
  OwedNotification,
  Settlement,
} from '../../src/ports/outbox.ts';

type Row = OwedNotification & Partial<Pick<DeadLetter, 'diedAt' | 'attempts' | 'reason'>>;

/** The contract of `Outbox` in its plainest form: an array, and room for 1000. */
export class PlainOutbox implements Outbox {
  #rows: readonly Row[] = [];
  #lastId = 0;
  readonly #listener: (owed: readonly OwedNotification[]) => void;

  constructor(listener: (owed: readonly OwedNotification[]) => void = () => undefined) {
    this.#listener = listener;
  }

  get size(): number {
    return this.#rows.length;
  }

  owe(changes: readonly OwedChange[]): void {
    const owed = changes.flatMap(({ facts, entityId, wakes }) =>
      wakes.map((wake): Row => ({ ...wake, id: ++this.#lastId, entityId, facts, owedSince: facts.changedAt })),
    );
    if (owed.length === 0) return;
    if (this.size + owed.length > 1000)
      throw new Refusal({ kind: 'overloaded', what: 'notifications', retryAfterSeconds: 5 });
    this.#rows = [...this.#rows, ...owed];
    this.#listener(owed);
  }

  /** Everything that is owed, in the order of the ids. */
  get owed(): readonly OwedNotification[] {
    return this.#rows.filter(({ diedAt }) => diedAt === undefined);
  }

  async backlog(): Promise<ReadonlyMap<string, number>> {
    const ids = new Set(this.owed.map(({ subscriptionId }) => subscriptionId));
    return new Map([...ids].map((id) => [id, this.owed.filter((row) => row.subscriptionId === id).length]));
  }

  async page(subscriptionId: string, after: number, limit: number): Promise<readonly OwedNotification[]> {
    return this.owed.filter((row) => row.subscriptionId === subscriptionId && row.id > after).slice(0, limit);
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    for (const settlement of settlements) {
      if (settlement.kind === 'done') this.#rows = this.#rows.filter(({ id }) => id !== settlement.id);
      else {
        const { id, at: diedAt, attempts, reason } = settlement;
        this.#rows = this.#rows.map((row) => (row.id === id ? { ...row, diedAt, attempts, reason } : row));
      }
    }
  }

  async deadLetters(selection: DeadLetterSelection, offset: number, limit: number): Promise<DeadLetterPage> {
    const letters = this.#dead(selection);
    return { letters: letters.slice(offset, offset + limit), count: letters.length };
  }

  async replay(selection: DeadLetterSelection, now: EpochMs, limit: number): Promise<readonly OwedNotification[]> {
    const revived = this.#dead(selection)
      .slice(0, limit)
      .map(({ diedAt: _diedAt, attempts: _attempts, reason: _reason, ...row }) => ({ ...row, owedSince: now }));
    this.#rows = this.#rows.map((row) => revived.find(({ id }) => id === row.id) ?? row);
    return revived;
  }

  async purge(selection: DeadLetterSelection): Promise<number> {
    const dead = new Set(this.#dead(selection).map(({ id }) => id));
    this.#rows = this.#rows.filter(({ id }) => !dead.has(id));
    return dead.size;
  }

  removeOf(subscriptionId: string): void {
    this.#rows = this.#rows.filter((row) => row.subscriptionId !== subscriptionId);
  }

  #dead({ ids, subscriptionId, after = 0 }: DeadLetterSelection): DeadLetter[] {
    return this.#rows
      .filter((row): row is DeadLetter => row.diedAt !== undefined && row.id > after)
      .filter(({ id }) => ids === undefined || ids.includes(id))
      .filter((row) => subscriptionId === undefined || row.subscriptionId === subscriptionId);
  }
}
