import type { DocumentWrite } from './document-write.ts';
import type { OutboxWrites } from './outbox-writes.ts';
import type { SubscriptionWrite } from './subscription-write.ts';

/** What one commit writes of a tenant: column by column, as that travels fastest between threads. */
export interface Commit {
  readonly sequences: readonly number[];
  /** The stored form, or null where the entity is removed. Same length as `sequences`. */
  readonly texts: readonly (string | null)[];
  /** The highest sequence that was ever given out. */
  readonly lastSequence: number;
  /** Entities that the tenant has after the commit. */
  readonly entities: number;
  /** In the order in which they take effect, before those of the outbox. */
  readonly subscriptions?: readonly SubscriptionWrite[];
  /** In the order in which they take effect. */
  readonly documents?: readonly DocumentWrite[];
  readonly outbox?: OutboxWrites;
}

/** What is known once a commit is durable. */
export interface CommitReceipt {
  /** Rows that the outbox has, dead letters included. */
  readonly owed: number;
}

/** Where a tenant's writes become durable. */
export interface CommitLog {
  /**
   * Resolves once the whole commit is durable; rejects when it is not, and then nothing of it is kept.
   * The store never asks for a second commit before the first has settled.
   */
  commit(commit: Commit): Promise<CommitReceipt>;
}
