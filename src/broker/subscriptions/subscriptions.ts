import type { TenantName } from '../../core/scope.ts';
import type { StoredSubscription, SubscriptionState, SubscriptionTerms } from '../../core/subscription/subscription.ts';
import type { Log } from '../../ports/log.ts';
import type { Stores } from '../../ports/stores.ts';
import type { SubscriptionCodecs } from './subscription-codec.ts';
import { type KnownSubscription, TenantSubscriptions } from './tenant-subscriptions.ts';

/** Hears of subscriptions once their change is durable, and in force, whichever broker on the same data made it. */
export interface SubscriptionListener {
  /** It is new, or was replaced. */
  put(tenant: TenantName, known: KnownSubscription): void;
  removed(tenant: TenantName, id: string): void;
}

/** The subscriptions of all tenants, in memory and in the stores. */
export class Subscriptions {
  readonly #stores: Stores;
  readonly #codecs: SubscriptionCodecs;
  readonly #log: Log;
  readonly #byTenant = new Map<TenantName, TenantSubscriptions>();
  readonly #listeners: SubscriptionListener[] = [];

  constructor(stores: Stores, codecs: SubscriptionCodecs, log: Log) {
    this.#stores = stores;
    this.#codecs = codecs;
    this.#log = log;
  }

  /** Reads what the stores have, and follows what other brokers change. Until this resolves nothing may be written: it would wake nobody. */
  async load(): Promise<void> {
    this.#stores.watchSubscriptions((tenant, change) => {
      if (change.kind === 'put') this.#takeOver(tenant, change.subscription);
      else this.#forget(tenant, change.id);
    });
    for (const tenant of this.#stores.tenants()) {
      for (const stored of await this.#stores.tenant(tenant).subscriptions.list()) {
        this.of(tenant).put(stored, this.#restore(tenant, stored));
      }
    }
  }

  /** Those of a tenant, which need not exist. */
  of(tenant: TenantName): TenantSubscriptions {
    let subscriptions = this.#byTenant.get(tenant);
    if (subscriptions === undefined) {
      subscriptions = new TenantSubscriptions();
      this.#byTenant.set(tenant, subscriptions);
    }
    return subscriptions;
  }

  /** Tenants that have, or had, subscriptions. */
  tenants(): readonly TenantName[] {
    return [...this.#byTenant.keys()];
  }

  /** Adds one who hears of changes from now on. */
  listen(listener: SubscriptionListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Stores a subscription, and then puts it in force. Refuses as `SubscriptionStore.put` does.
   *
   * Notifications go on while it is stored, so of one that is there already the state is kept as it is then; but for what
   * is given of it.
   */
  async put(
    tenant: TenantName,
    stored: StoredSubscription,
    terms: SubscriptionTerms,
    given: Pick<SubscriptionState, 'status' | 'statusGiven'> | undefined = undefined,
  ): Promise<void> {
    const put = await this.#stores
      .tenant(tenant)
      .subscriptions.put({ ...stored, state: { ...stored.state, ...given } });
    const state = this.of(tenant).get(stored.id)?.stored.state;
    const known = this.of(tenant).put(state === undefined ? put : { ...put, state: { ...state, ...given } }, terms);
    for (const listener of this.#listeners) listener.put(tenant, known);
  }

  /** Removes a subscription with all that it is owed. Refuses as `SubscriptionStore.remove` does. */
  async remove(tenant: TenantName, id: string): Promise<void> {
    await this.#stores.tenant(tenant).subscriptions.remove(id);
    this.#forget(tenant, id);
  }

  /** Takes a subscription over as it is stored, before something is decided on it: another broker may have changed it just now. */
  async refresh(tenant: TenantName, id: string): Promise<void> {
    const stored = await this.#stores.tenant(tenant).subscriptions.get(id);
    if (stored !== undefined) this.#takeOver(tenant, stored);
    else if (this.of(tenant).get(id) !== undefined) this.#forget(tenant, id);
  }

  #takeOver(tenant: TenantName, stored: StoredSubscription): void {
    const before = this.of(tenant).get(stored.id)?.stored;
    const isAhead = before !== undefined && this.#stores.sends(tenant, stored.id);
    if (isAhead && before.revision === stored.revision) return;
    const state = isAhead ? aheadOf(stored.state, before.state) : stored.state;
    const known = this.of(tenant).put({ ...stored, state }, this.#restore(tenant, stored));
    // What it has become of it here was stored with a revision that is gone.
    if (isAhead) this.of(tenant).changeState(stored.id, (same) => same);
    for (const listener of this.#listeners) listener.put(tenant, known);
  }

  #forget(tenant: TenantName, id: string): void {
    this.of(tenant).remove(id);
    for (const listener of this.#listeners) listener.removed(tenant, id);
  }

  #restore(tenant: TenantName, { id, dialect, document }: StoredSubscription): SubscriptionTerms | undefined {
    try {
      return this.#codecs[dialect].restore(document);
    } catch (error) {
      this.#log.error(
        { err: error, tenant, subscription: id },
        'a stored subscription cannot be read and stays asleep',
      );
      return undefined;
    }
  }
}

/** Whoever sends also counts, ahead of the store, and knows of the status what came of it since it was given. */
function aheadOf(stored: SubscriptionState, counted: SubscriptionState): SubscriptionState {
  if (stored.statusGiven === counted.statusGiven) return counted;
  const { status, statusGiven } = stored;
  return { ...counted, status, ...(statusGiven !== undefined && { statusGiven }) };
}
