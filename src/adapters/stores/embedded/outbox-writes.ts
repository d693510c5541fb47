import type { Settlement } from '../../../ports/outbox.ts';

/** What a commit does to the outbox: first what becomes owed, column by column, then what is settled. */
export interface OutboxWrites {
  readonly changes: ChangeColumns;
  readonly owed: OwedColumns;
  /** The highest id that was ever given out. */
  readonly lastOwed: number;
  readonly settlements: readonly Settlement[];
}

/** The changes, once each, whoever is owed them. All columns have the same length. */
export interface ChangeColumns {
  /** A change has the id of the first notification that it owes; its notifications have the ids from there … */
  readonly ids: readonly number[];
  /** … to here. */
  readonly lasts: readonly number[];
  readonly entityIds: readonly string[];
  /** `ChangeFacts.entity` and `ChangeFacts.previous`, which are JSON already. */
  readonly entities: readonly string[];
  readonly previous: readonly (string | null)[];
  /** JSON of the rest of the `ChangeFacts`. */
  readonly details: readonly string[];
}

/** The notifications. All columns have the same length. */
export interface OwedColumns {
  readonly ids: readonly number[];
  readonly changes: readonly number[];
  readonly subscriptionIds: readonly string[];
  readonly alterations: readonly string[];
  readonly ordinals: readonly number[];
  readonly since: readonly number[];
}
