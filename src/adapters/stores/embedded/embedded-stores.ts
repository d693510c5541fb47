import { Refusal } from '../../../core/errors.ts';
import type { TenantName } from '../../../core/scope.ts';
import type { DocumentListener } from '../../../ports/document-store.ts';
import type { Log } from '../../../ports/log.ts';
import type { OwedListener } from '../../../ports/outbox.ts';
import type { Stores, TenantStore } from '../../../ports/stores.ts';
import { Disk } from './disk.ts';
import type { TenantSummary } from './disk-calls.ts';
import { DiskLog } from './disk-log.ts';
import { EmbeddedDocuments } from './embedded-documents.ts';
import { EmbeddedEntityStore } from './embedded-entity-store.ts';
import { EmbeddedOutbox } from './embedded-outbox.ts';
import { EmbeddedSubscriptionStore } from './embedded-subscription-store.ts';
import { EntityIndex } from './index/entity-index.ts';
import { yieldAfterMs } from './index/time-slice.ts';
import { loadTenant } from './load-tenant.ts';
import { MemoryLog } from './memory-log.ts';
import { OutboxLedger } from './outbox-ledger.ts';
import type { Followers } from './replica/followers.ts';
import { SharedLog } from './replica/shared-log.ts';
import { decodeSubscription } from './subscription-write.ts';
import { type TenantDirectory, unwrittenTenant } from './unwritten-tenant.ts';

export interface EmbeddedStoresOptions {
  /** Where the data is kept, made if it is not there; undefined: nowhere but in memory, until the process ends. */
  readonly directory: string | undefined;
  /** Memory for decoded entities, a tenant. */
  readonly cacheBytes: number;
  readonly queryTimeoutMs: number;
  /** Tenants beyond which no further one comes to be; those on disk are served, however many. */
  readonly maxTenants: number;
  /** Writes of a tenant on their way to the disk, beyond which further ones are refused as `overloaded`. */
  readonly maxTypes: number;
  readonly maxPendingWrites: number;
  /** Notifications a tenant may owe, dead letters included, beyond which writes that owe more are refused as `overloaded`. */
  readonly maxOwed: number;
  /** Called as a tenant is read at start, and once for a tenant without entities. */
  readonly onProgress?: (tenant: TenantName, loaded: number, total: number) => void;
  /** Processes of this machine that answer reads too. */
  readonly followers?: Followers;
  readonly log: Log;
}

/**
 * Opens the embedded engine: takes the directory for this process, and reads every tenant into memory.
 *
 * Rejects with `DirectoryInUseError` if another process has the directory, and for a file that is not readable,
 * not Oriel's, or newer than this release. Cost: about 20 s for 1,000,000 entities of five attributes.
 */
export async function openEmbeddedStores(options: EmbeddedStoresOptions): Promise<Stores> {
  if (options.directory === undefined) return new EmbeddedStores(options, undefined);
  const disk = new Disk();
  try {
    const stores = new EmbeddedStores(options, disk);
    for (const tenant of await disk.call('open', { directory: options.directory })) await stores.load(tenant);
    return stores;
  } catch (error) {
    await disk.close().catch(() => undefined);
    throw error;
  }
}

/** What the main thread has of a tenant. */
interface EmbeddedTenant extends TenantStore {
  readonly entities: EmbeddedEntityStore;
}

/** What a tenant has that nothing was written to. */
const nothing: TenantSummary = { lastSequence: 0, total: 0, owed: 0, lastOwed: 0, subscriptions: [], documents: [] };

class EmbeddedStores implements Stores, TenantDirectory {
  readonly #options: EmbeddedStoresOptions;
  readonly #disk: Disk | undefined;
  /** The tenants that exist, and those that a write under way may bring to be. */
  readonly #tenants = new Map<TenantName, EmbeddedTenant>();
  #listener: OwedListener | undefined;
  readonly #documentListeners: DocumentListener[] = [];
  #closing = false;

  constructor(options: EmbeddedStoresOptions, disk: Disk | undefined) {
    this.#options = options;
    this.#disk = disk;
  }

  tenant(name: TenantName): TenantStore {
    const tenant = this.#tenants.get(name);
    return tenant?.entities.durable ? tenant : unwrittenTenant(this, name);
  }

  tenants(): readonly TenantName[] {
    return [...this.#tenants]
      .filter(([, { entities }]) => entities.exists)
      .map(([name]) => name)
      .sort();
  }

  listen(listener: OwedListener): void {
    this.#listener = listener;
  }

  /** No other process has the directory. */
  sends(): boolean {
    return true;
  }

  watchDuties(): void {}

  watchSubscriptions(): void {}

  watchDocuments(listener: DocumentListener): void {
    this.#documentListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#tenants.values()].map(({ entities }) => entities.drain()));
    await this.#disk?.close();
  }

  /** Reads a tenant from the disk. */
  async load(name: TenantName): Promise<void> {
    if (this.#disk === undefined) return;
    const index = this.#newIndex();
    const { onProgress } = this.#options;
    const summary = await loadTenant(this.#disk, name, index, (loaded, total) => onProgress?.(name, loaded, total));
    this.#tenants.set(name, this.#newTenant(name, index, summary));
    this.#options.followers?.knows(name);
  }

  existing(name: TenantName): EmbeddedTenant | undefined {
    return this.#tenants.get(name);
  }

  async writeFirst<Result>(name: TenantName, write: (tenant: TenantStore) => Promise<Result>): Promise<Result> {
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) {
      if (this.#closing) throw new Refusal({ kind: 'storeUnavailable', description: 'the store is closing' });
      tenant = this.#newTenant(name, this.#newIndex(), nothing, () => this.#admit());
      this.#tenants.set(name, tenant);
    }
    try {
      return await write(tenant);
    } finally {
      if (!tenant.entities.exists) this.#tenants.delete(name);
    }
  }

  #admit(): void {
    const limit = this.#options.maxTenants;
    if (this.tenants().length >= limit) throw new Refusal({ kind: 'limitReached', what: 'tenants', limit });
  }

  #newIndex(): EntityIndex {
    const { cacheBytes, queryTimeoutMs } = this.#options;
    return new EntityIndex({ cacheBytes, queryTimeoutMs, yieldAfterMs });
  }

  #newTenant(name: TenantName, index: EntityIndex, summary: TenantSummary, admit?: () => void): EmbeddedTenant {
    const { maxTypes, maxPendingWrites, maxOwed, followers, log } = this.#options;
    const rows = this.#disk === undefined ? new MemoryLog() : new DiskLog(this.#disk, name);
    const ledger = new OutboxLedger(summary, maxOwed);
    const entities = new EmbeddedEntityStore({
      index,
      commits: followers === undefined ? rows : new SharedLog(rows, name, followers),
      lastSequence: summary.lastSequence,
      maxTypes,
      maxPendingWrites,
      ledger,
      onOwed: (owed) => this.#listener?.(name, owed),
      log,
      ...(admit === undefined ? {} : { admit }),
    });
    const documents = new EmbeddedDocuments(summary.documents, entities, (kind, change) => {
      for (const listener of this.#documentListeners) listener(name, kind, change);
    });
    return {
      entities,
      outbox: new EmbeddedOutbox(rows, ledger, entities),
      subscriptions: new EmbeddedSubscriptionStore(summary.subscriptions.map(decodeSubscription), entities),
      documents: (kind) => documents.of(kind),
    };
  }
}
