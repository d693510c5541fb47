import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import type { StoredTexts, SubscriptionWrite } from './subscription-write.ts';

/** The subscriptions in a tenant's file. All calls block. */
export class SubscriptionTable {
  readonly #database: DatabaseSyncInstance;
  readonly #put: StatementSyncInstance;
  readonly #remove: StatementSyncInstance;
  readonly #setState: StatementSyncInstance;

  constructor(database: DatabaseSyncInstance) {
    this.#database = database;
    this.#put = database.prepare(
      `INSERT INTO subscriptions (id, subscription, state) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET subscription = excluded.subscription, state = excluded.state`,
    );
    this.#remove = database.prepare('DELETE FROM subscriptions WHERE id = ?');
    this.#setState = database.prepare('UPDATE subscriptions SET state = ? WHERE id = ?');
  }

  /** In the order of creation. */
  list(): StoredTexts[] {
    const rows = this.#database.prepare('SELECT subscription, state FROM subscriptions ORDER BY position').all();
    return rows.map(({ subscription, state }) => ({ subscription, state }));
  }

  /** Within the transaction of a commit. What a removed one is owed is the outbox's to forget. */
  write(write: SubscriptionWrite): void {
    switch (write.kind) {
      case 'put':
        this.#put.run(write.id, write.subscription, write.state);
        return;
      case 'remove':
        this.#remove.run(write.id);
        return;
      case 'state':
        this.#setState.run(write.state, write.id);
        return;
    }
  }
}
