import type { TenantName } from '../core/scope.ts';
import type { DocumentKind, DocumentListener, DocumentStore } from './document-store.ts';
import type { EntityStore } from './entity-store.ts';
import type { Outbox, OwedListener } from './outbox.ts';
import type { SubscriptionStore } from './subscription-store.ts';

/** Where the broker keeps what it knows: one store a tenant, so that no query can forget whose it is. */
export interface Stores {
  /**
   * The store of a tenant. Looking does not make a tenant: it comes to be with its first write
   * (which refuses with `limitReached` beyond the configured number of tenants).
   */
  tenant(name: TenantName): TenantStore;
  /** The tenants that exist, sorted. */
  tenants(): readonly TenantName[];
  /** Sets who hears of what any tenant owes from now on, one at most; what nobody heard of waits in the outboxes. */
  listen(listener: OwedListener): void;
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
