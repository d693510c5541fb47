import type { DeadLetterSelection } from '../../../ports/outbox.ts';
import type { Commit, CommitLog, CommitReceipt } from './commit-log.ts';
import type { DeadRow, OutboxRows, OwedRow } from './outbox-rows.ts';
import type { OutboxWrites } from './outbox-writes.ts';

/** A row, given up or not, among those of its subscription. */
type MemoryRow = OwedRow & Partial<Pick<DeadRow, 'diedAt' | 'attempts' | 'reason'>>;

/** What `memory` keeps: of entities nothing, as the index has them, but what is owed, until it is settled or the process ends. */
export class MemoryLog implements CommitLog, OutboxRows {
  /** In the order of the ids. */
  readonly #rows = new Map<number, MemoryRow>();
  readonly #idsOf = new Map<string, Set<number>>();

  async commit({ subscriptions = [], outbox }: Commit): Promise<CommitReceipt> {
    if (outbox !== undefined) this.#write(outbox);
    for (const { kind, id } of subscriptions) {
      if (kind === 'remove') for (const owed of [...(this.#idsOf.get(id) ?? [])]) this.#delete(owed);
    }
    return { owed: this.#rows.size };
  }

  async backlog(): Promise<readonly (readonly [string, number])[]> {
    const counts = new Map<string, number>();
    for (const row of this.#rows.values()) {
      if (row.diedAt === undefined) counts.set(row.subscription, (counts.get(row.subscription) ?? 0) + 1);
    }
    return [...counts];
  }

  async page(subscriptionId: string, after: number, limit: number): Promise<readonly OwedRow[]> {
    const page: OwedRow[] = [];
    for (const id of this.#idsOf.get(subscriptionId) ?? []) {
      if (page.length === limit) break;
      const row = this.#rows.get(id);
      if (id > after && row !== undefined && row.diedAt === undefined) page.push(row);
    }
    return page;
  }

  async deadLetters(selection: DeadLetterSelection, offset: number, limit: number) {
    const dead = this.#dead(selection);
    return { rows: dead.slice(offset, offset + limit), count: dead.length };
  }

  async replay(selection: DeadLetterSelection, now: number, limit: number): Promise<readonly OwedRow[]> {
    return this.#dead(selection)
      .slice(0, limit)
      .map(({ diedAt: _diedAt, attempts: _attempts, reason: _reason, ...row }) => {
        const revived = { ...row, since: now };
        this.#rows.set(row.id, revived);
        return revived;
      });
  }

  async purge(selection: DeadLetterSelection) {
    const dead = this.#dead(selection);
    for (const { id } of dead) this.#delete(id);
    return { purged: dead.length, owed: this.#rows.size };
  }

  #write({ changes, owed, settlements }: OutboxWrites): void {
    const positions = new Map(changes.ids.map((id, at) => [id, at]));
    for (const [at, id] of owed.ids.entries()) {
      const change = owed.changes[at] ?? 0;
      const position = positions.get(change) ?? 0;
      const subscription = owed.subscriptionIds[at] ?? '';
      this.#rows.set(id, {
        id,
        change,
        subscription,
        alteration: owed.alterations[at] ?? '',
        ordinal: owed.ordinals[at] ?? 0,
        since: owed.since[at] ?? 0,
        entityId: changes.entityIds[position] ?? '',
        entity: changes.entities[position] ?? '',
        previous: changes.previous[position] ?? null,
        details: changes.details[position] ?? '',
      });
      const ids = this.#idsOf.get(subscription);
      if (ids === undefined) this.#idsOf.set(subscription, new Set([id]));
      else ids.add(id);
    }
    for (const settlement of settlements) {
      const row = this.#rows.get(settlement.id);
      if (row === undefined) continue;
      if (settlement.kind === 'done') this.#delete(settlement.id);
      else {
        const { at, attempts, reason } = settlement;
        this.#rows.set(settlement.id, { ...row, diedAt: at, attempts, reason });
      }
    }
  }

  #dead({ ids, subscriptionId, after = 0 }: DeadLetterSelection): DeadRow[] {
    return [...this.#rows.values()].filter(
      (row): row is DeadRow =>
        row.diedAt !== undefined &&
        row.id > after &&
        (ids === undefined || ids.includes(row.id)) &&
        (subscriptionId === undefined || row.subscription === subscriptionId),
    );
  }

  #delete(id: number): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.delete(id);
    const ids = this.#idsOf.get(row.subscription);
    ids?.delete(id);
    if (ids?.size === 0) this.#idsOf.delete(row.subscription);
  }
}
