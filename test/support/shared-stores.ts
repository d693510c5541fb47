import type { TenantName } from '../../src/core/scope.ts';
import type { DocumentListener } from '../../src/ports/document-store.ts';
import type { OwedListener } from '../../src/ports/outbox.ts';
import type { Stores, TenantStore } from '../../src/ports/stores.ts';
import type { StoredSubscriptionListener } from '../../src/ports/subscription-store.ts';

/** Stores that other brokers seem to share: the test says what is up to this broker, and what the others tell. */
export class SharedStores implements Stores {
  /** Ids of subscriptions that others send for. */
  readonly leftToOthers = new Set<string>();
  /** Tells of subscriptions that another broker changed. */
  tellSubscription: StoredSubscriptionListener = () => undefined;
  /** Tells of what another broker's commit owes. */
  tellOwed: OwedListener = () => undefined;
  readonly #stores: Stores;
  #dutiesChanged: () => void = () => undefined;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  tenant(name: TenantName): TenantStore {
    return this.#stores.tenant(name);
  }

  tenants(): readonly TenantName[] {
    return this.#stores.tenants();
  }

  listen(listener: OwedListener): void {
    this.tellOwed = listener;
    this.#stores.listen(listener);
  }

  sends(_tenant: TenantName, subscriptionId: string): boolean {
    return !this.leftToOthers.has(subscriptionId);
  }

  watchDuties(listener: () => void): void {
    this.#dutiesChanged = listener;
  }

  /** From now on others send for these, and this broker for all else. */
  leaveToOthers(...subscriptionIds: readonly string[]): void {
    this.leftToOthers.clear();
    for (const id of subscriptionIds) this.leftToOthers.add(id);
    this.#dutiesChanged();
  }

  watchSubscriptions(listener: StoredSubscriptionListener): void {
    this.tellSubscription = listener;
  }

  watchDocuments(listener: DocumentListener): void {
    this.#stores.watchDocuments(listener);
  }

  close(): Promise<void> {
    return this.#stores.close();
  }
}
