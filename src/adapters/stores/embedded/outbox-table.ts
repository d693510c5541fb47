import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import type { DeadLetterSelection } from '../../../ports/outbox.ts';
import type { DeadRow, OwedRow } from './outbox-rows.ts';
import type { OutboxWrites } from './outbox-writes.ts';

const owedColumns = `owed.id, change, subscription, alteration, ordinal, since,
  entity_id AS entityId, entity, previous, details`;

/** The outbox in a tenant's file. All calls block. Those that write, but for `write`, are a transaction each. */
export class OutboxTable {
  readonly #database: DatabaseSyncInstance;
  readonly #addChange: StatementSyncInstance;
  readonly #addOwed: StatementSyncInstance;
  readonly #done: StatementSyncInstance;
  readonly #dead: StatementSyncInstance;
  readonly #ofSubscription: StatementSyncInstance;
  readonly #forgetChange: StatementSyncInstance;
  readonly #count: StatementSyncInstance;
  readonly #page: StatementSyncInstance;
  #size: number;

  constructor(database: DatabaseSyncInstance) {
    this.#database = database;
    this.#addChange = database.prepare('INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?)');
    this.#addOwed = database.prepare(
      'INSERT INTO owed (id, change, subscription, alteration, ordinal, since) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#done = database.prepare('DELETE FROM owed WHERE id = ? RETURNING change');
    this.#dead = database.prepare('UPDATE owed SET died_at = ?, attempts = ?, reason = ? WHERE id = ?');
    this.#ofSubscription = database.prepare('DELETE FROM owed WHERE subscription = ? RETURNING change');
    // The notifications of a change have the ids from its own to its last.
    this.#forgetChange = database.prepare(
      `DELETE FROM changes WHERE id = ?
       AND NOT EXISTS (SELECT 1 FROM owed WHERE owed.id BETWEEN changes.id AND changes.last)`,
    );
    this.#count = database.prepare("UPDATE counters SET value = ? WHERE name = 'owed'");
    this.#page = database.prepare(
      `SELECT ${owedColumns} FROM owed JOIN changes ON changes.id = change
       WHERE subscription = ? AND owed.id > ? AND died_at IS NULL ORDER BY owed.id LIMIT ?`,
    );
    this.#size = database.prepare('SELECT count(*) AS size FROM owed').get().size;
  }

  /** Rows, dead letters included; as of the last transaction that was kept. */
  get size(): number {
    return this.#size;
  }

  /** Within the transaction of a commit. Answers the size that holds once it is kept, for `keep`. */
  write({ changes, owed, lastOwed, settlements }: OutboxWrites): number {
    for (const [at, id] of changes.ids.entries()) {
      this.#addChange.run(
        id,
        changes.lasts[at],
        changes.entityIds[at],
        changes.entities[at],
        changes.previous[at],
        changes.details[at],
      );
    }
    for (const [at, id] of owed.ids.entries()) {
      this.#addOwed.run(
        id,
        owed.changes[at],
        owed.subscriptionIds[at],
        owed.alterations[at],
        owed.ordinals[at],
        owed.since[at],
      );
    }
    if (owed.ids.length > 0) this.#count.run(lastOwed);
    let gone = 0;
    const changesLeft = new Set<number>();
    for (const settlement of settlements) {
      if (settlement.kind === 'dead') {
        this.#dead.run(settlement.at, settlement.attempts, settlement.reason, settlement.id);
        continue;
      }
      const row = this.#done.get(settlement.id);
      if (row === undefined) continue;
      gone++;
      changesLeft.add(row.change);
    }
    this.#forgetChanges(changesLeft);
    return this.#size + owed.ids.length - gone;
  }

  /** Within the transaction of a commit: forgets what a subscription is owed; answers how many rows that were. */
  removeOf(subscriptionId: string): number {
    const rows = this.#ofSubscription.all(subscriptionId);
    this.#forgetChanges(new Set(rows.map(({ change }) => change)));
    return rows.length;
  }

  /** The transaction was kept, and this is the size now. */
  keep(size: number): void {
    this.#size = size;
  }

  backlog(): [subscriptionId: string, owed: number][] {
    const rows = this.#database
      .prepare('SELECT subscription, count(*) AS owed FROM owed WHERE died_at IS NULL GROUP BY subscription')
      .all();
    return rows.map(({ subscription, owed }) => [subscription, owed]);
  }

  page(subscriptionId: string, after: number, limit: number): OwedRow[] {
    return this.#page.all(subscriptionId, after, limit).map(plain);
  }

  deadLetters(selection: DeadLetterSelection, offset: number, limit: number): { rows: DeadRow[]; count: number } {
    const { where, values } = conditionOf(selection);
    const { count } = this.#database.prepare(`SELECT count(*) AS count FROM owed WHERE ${where}`).get(...values);
    const rows = this.#database
      .prepare(
        `SELECT ${owedColumns}, died_at AS diedAt, attempts, reason FROM owed JOIN changes ON changes.id = change
         WHERE ${where} ORDER BY owed.id LIMIT ? OFFSET ?`,
      )
      .all(...values, limit, offset);
    return { rows: rows.map(plain), count };
  }

  replay(selection: DeadLetterSelection, now: number, limit: number): OwedRow[] {
    const { where, values } = conditionOf(selection);
    const rows = this.#database
      .prepare(
        `SELECT ${owedColumns.replace('since', '? AS since')} FROM owed JOIN changes ON changes.id = change
         WHERE ${where} ORDER BY owed.id LIMIT ?`,
      )
      .all(now, ...values, limit)
      .map(plain<OwedRow>);
    this.#transaction(() => {
      const revive = this.#database.prepare(
        'UPDATE owed SET died_at = NULL, attempts = NULL, reason = NULL, since = ? WHERE id = ?',
      );
      for (const { id } of rows) revive.run(now, id);
    });
    return rows;
  }

  purge(selection: DeadLetterSelection): { purged: number; owed: number } {
    const { where, values } = conditionOf(selection);
    const purged = this.#transaction(() => {
      const rows = this.#database.prepare(`DELETE FROM owed WHERE ${where} RETURNING change`).all(...values);
      this.#forgetChanges(new Set(rows.map(({ change }) => change)));
      return rows.length;
    });
    this.#size -= purged;
    return { purged, owed: this.#size };
  }

  #forgetChanges(ids: ReadonlySet<number>): void {
    for (const id of ids) this.#forgetChange.run(id);
  }

  #transaction<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function conditionOf({ ids, subscriptionId, after }: DeadLetterSelection): {
  where: string;
  values: (string | number)[];
} {
  const conditions = ['died_at IS NOT NULL'];
  const values: (string | number)[] = [];
  if (ids !== undefined) {
    conditions.push('owed.id IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(ids));
  }
  if (subscriptionId !== undefined) {
    conditions.push('subscription = ?');
    values.push(subscriptionId);
  }
  if (after !== undefined) {
    conditions.push('owed.id > ?');
    values.push(after);
  }
  return { where: conditions.join(' AND '), values };
}

/** Rows of the driver have no prototype, and are compared as other objects are once they have one. */
function plain<Row>(row: Row): Row {
  return { ...row };
}
