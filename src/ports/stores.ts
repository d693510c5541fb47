import type { TenantName } from '../core/scope.ts';
import type { DocumentKind, DocumentListener, DocumentStore } from './document-store.ts';
import type { EntityStore } from './entity-store.ts';
import type { Outbox, OwedListener } from './outbox.ts';
import type { StoredSubscriptionListener, SubscriptionStore } from './subscription-store.ts';

/**
 * Where the broker keeps what it knows: one store a tenant, so that no query can forget whose it is.
 *
 * Several brokers may work on the same data where the engine lets them. They divide the subscriptions among themselves: what
 * one is owed is sent by one broker at a time, whichever wrote the change, and by another when that one is gone.
 */
export interface Stores {
  /**
   * The store of a tenant. Looking does not make a tenant: it comes to be with its first write
   * (which refuses with `limitReached` beyond the configured number of tenants).
   */
  tenant(name: TenantName): TenantStore;
  /** The tenants that exist, sorted; those that another broker makes are among them with a delay. */
  tenants(): readonly TenantName[];
  /** Sets who hears of what any tenant owes from now on, one at most; what nobody heard of waits in the outboxes. */
  listen(listener: OwedListener): void;
  /** Whether it is up to this broker, at this moment, to send what the subscription is owed. Cost: no look-up. */
  sends(tenant: TenantName, subscriptionId: string): boolean;
  /** Sets who hears that `sends` answers otherwise than before for some subscriptions, one at most. */
  watchDuties(listener: () => void): void;
  /** Sets who hears of subscriptions that other brokers changed, one at most. */
  watchSubscriptions(listener: StoredSubscriptionListener): void;
  /** Adds one who hears of changed documents of any tenant from now on. */
  watchDocuments(listener: DocumentListener): void;
  /** Resolves when every write that was accepted is durable and the files or connections are closed. */
  close(): Promise<void>;
}

export interface TenantStore {
  readonly entities: EntityStore;
  readonly outbox: Outbox;
  readonly subscriptions: SubscriptionStore;
  documents(kind: DocumentKind): DocumentStore;
}
