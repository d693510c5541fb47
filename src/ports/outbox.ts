import type { EpochMs } from '../core/entity/entity.ts';
import type { TenantName } from '../core/scope.ts';
import type { ChangeFacts } from '../core/subscription/notification-facts.ts';
import type { Alteration } from '../core/subscription/subscription.ts';

/** A change, and who has to be told of it: what the writes of entities commit beside the entities (`Decision.owed`). */
export interface OwedChange {
  readonly facts: ChangeFacts;
  /** Id of the entity: notifications of one entity to one subscription keep their order. */
  readonly entityId: string;
  /** At least one. */
  readonly wakes: readonly OwedWake[];
}

export interface OwedWake {
  readonly subscriptionId: string;
  readonly alteration: Alteration;
  /** Place among all that one request owes, from 1 on. */
  readonly ordinal: number;
}

/** A notification that is owed until it is settled. */
export interface OwedNotification extends OwedWake {
  /** Grows with each one that is owed; unique in the tenant, never used again, whatever crashes. */
  readonly id: number;
  readonly entityId: string;
  /** The same object for all that one change owes, as long as they come together. */
  readonly facts: ChangeFacts;
  /** When it began to be owed: the time of the change or, of a dead letter, of its replay. */
  readonly owedSince: EpochMs;
}

/** What became of a notification that was owed. */
export type Settlement =
  /** It was delivered, or there is no need any more: it is forgotten. */
  | { readonly kind: 'done'; readonly id: number }
  /** It could not be delivered: it becomes a dead letter, which somebody may replay or purge. */
  | {
      readonly kind: 'dead';
      readonly id: number;
      readonly at: EpochMs;
      readonly attempts: number;
      readonly reason: string;
    };

/** A notification that was given up. */
export interface DeadLetter extends OwedNotification {
  readonly diedAt: EpochMs;
  readonly attempts: number;
  /** Why the last attempt failed, or why none was made. */
  readonly reason: string;
}

/** Dead letters: all of which everything holds that is said. */
export interface DeadLetterSelection {
  readonly ids?: readonly number[];
  readonly subscriptionId?: string;
  /** Their ids are above this one. */
  readonly after?: number;
}

export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** All that the selection covers. */
  readonly count: number;
}

/**
 * The notifications that one tenant owes. `EntityStore.write` puts them here, in the commit that makes them owed, and
 * refuses as `overloaded` what there is no room for; nothing but `settle`, `purge` and the removal of the subscription
 * takes them out. After a crash all that was not settled durably is here again.
 *
 * Methods refuse with `storeUnavailable`, and change nothing then.
 */
export interface Outbox {
  /** Owed notifications and dead letters together: what the room is measured by. What other brokers do counts with a delay. */
  readonly size: number;

  /** How many notifications are owed, dead letters not counted, by the id of the subscription. Cost: by all of them. */
  backlog(): Promise<ReadonlyMap<string, number>>;

  /** What is owed to a subscription with ids above `after`, in the order of the ids; no dead letters. Cost: by the page. */
  page(subscriptionId: string, after: number, limit: number): Promise<readonly OwedNotification[]>;

  /**
   * Resolves once all of it is durable. An id that is not owed any more is passed over.
   * Cheap in bulk: what comes together, with writes of entities or without, shares a commit.
   */
  settle(settlements: readonly Settlement[]): Promise<void>;

  /** Dead letters of the selection in the order of the ids. */
  deadLetters(selection: DeadLetterSelection, offset: number, limit: number): Promise<DeadLetterPage>;

  /** Makes dead letters, the oldest `limit` of the selection, owed again since `now`; resolves with them once that is durable. */
  replay(selection: DeadLetterSelection, now: EpochMs, limit: number): Promise<readonly OwedNotification[]>;

  /** Forgets dead letters; resolves with their number once that is durable. */
  purge(selection: DeadLetterSelection): Promise<number>;
}

/**
 * Hears what a commit owes, in the order of the ids, as soon as that is durable and before the writers hear of it.
 *
 * Of several brokers on the same data each hears of all, of what another wrote with a delay. Ids of one entity come in their
 * order; of different entities a lower id may come after a higher one. Nothing is told twice, nor what a page has given; but
 * for what is replayed.
 */
export type OwedListener = (tenant: TenantName, owed: readonly OwedNotification[]) => void;
