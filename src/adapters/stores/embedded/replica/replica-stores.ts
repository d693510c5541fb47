import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { decodeEntity } from '../../../../core/entity/stored-form.ts';
import type { TenantName } from '../../../../core/scope.ts';
import type { DocumentKind, DocumentListener, DocumentStore } from '../../../../ports/document-store.ts';
import type { EntityStore } from '../../../../ports/entity-store.ts';
import type { Outbox } from '../../../../ports/outbox.ts';
import type { Stores, TenantStore } from '../../../../ports/stores.ts';
import type { SubscriptionStore } from '../../../../ports/subscription-store.ts';
import { EntityIndex } from '../index/entity-index.ts';
import { yieldAfterMs } from '../index/time-slice.ts';
import { readTenantDocuments, readTenantFile } from '../tenant-file.ts';
import { tenantFileName, tenantOfFileName } from '../tenant-file-name.ts';
import { type Applied, type FeedMessage, isReplicated, type ReplicatedCommit } from './feed.ts';
import { frameOf, readFrames } from './frames.ts';
import { ReplicaTenant } from './replica-tenant.ts';
import { SharedMark } from './shared-mark.ts';

export interface ReplicaStoresOptions {
  /** Where another process of this machine keeps the data. */
  readonly directory: string;
  /** Where that process tells what it commits (`Followers`). */
  readonly channel: Duplex;
  readonly cacheBytes: number;
  readonly queryTimeoutMs: number;
}

/**
 * The entities of an embedded engine that another process of this machine writes: read from its directory, without a lock,
 * and kept in step by what that process tells. For reading alone; of what else is stored it has the documents that decide who
 * can answer a read.
 *
 * Resolves when all that was durable before is read; from then on the writer waits for it, and lets it answer once it is
 * current. Cost: the memory of a whole engine; and of each commit, to decode what it writes and take it in.
 */
export async function openReplicaStores(options: ReplicaStoresOptions): Promise<Stores> {
  const stores = new ReplicaStores(options);
  await stores.load();
  return stores;
}

class ReplicaStores implements Stores {
  readonly #options: ReplicaStoresOptions;
  readonly #tenants = new Map<TenantName, ReplicaTenant>();
  readonly #mark = new SharedMark();
  readonly #listeners: DocumentListener[] = [];
  /** What came while the disk was read; undefined once it is taken in. */
  #early: Extract<FeedMessage, { kind: 'commit' }>[] | undefined = [];
  #applied = 0;

  constructor(options: ReplicaStoresOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { directory, channel } = this.#options;
    await new Promise<void>((resolve) => {
      readFrames(
        channel,
        (message) => {
          this.#take(message as FeedMessage);
          if ((message as FeedMessage).kind === 'joined') resolve();
        },
        () => this.#tellApplied(),
      );
    });
    const tenants = readdirSync(directory).map(tenantOfFileName);
    for (const tenant of tenants) if (tenant !== undefined) await this.#read(tenant);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const commit of early) this.#apply(commit.number, commit);
    this.#tellApplied();
  }

  tenant(name: TenantName): TenantStore {
    const tenant = () => this.#tenants.get(name);
    const entities: EntityStore = {
      lookup: (target) => tenant()?.lookup(target) ?? [],
      find: (query, reading) => tenant()?.find(query, reading) ?? { records: [], ...(query.count && { count: 0 }) },
      summarizeTypes: async (scopes) => tenant()?.summarizeTypes(scopes) ?? [],
      // Whoever exports asks the writer.
      stateOf: async () => undefined,
      write: refuseWrite,
    };
    const documents = (kind: DocumentKind): DocumentStore => ({
      list: async () => tenant()?.documentsOf(kind) ?? [],
      put: refuseWrite,
      remove: refuseWrite,
    });
    return { entities, documents, outbox: nothingOwed, subscriptions: noSubscriptions };
  }

  tenants(): readonly TenantName[] {
    return [...this.#tenants.keys()].sort();
  }

  listen(): void {}

  /** The process that writes does. */
  sends(): boolean {
    return false;
  }

  watchDuties(): void {}

  watchSubscriptions(): void {}

  watchDocuments(listener: DocumentListener): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#options.channel.destroy();
  }

  #take(message: FeedMessage): void {
    switch (message.kind) {
      case 'joined':
        this.#applied = message.number;
        this.#mark.reached(message.shared);
        return;
      case 'shared':
        this.#mark.reached(message.number);
        return;
      case 'commit':
        if (this.#early === undefined) this.#apply(message.number, message);
        else this.#early.push(message);
        return;
    }
  }

  #apply(number: number, commit: ReplicatedCommit): void {
    const documents = this.#tenantOf(commit.tenant).apply(number, commit);
    this.#applied = number;
    for (const { of, change } of documents) for (const listener of this.#listeners) listener(commit.tenant, of, change);
  }

  #tellApplied(): void {
    if (this.#early !== undefined) return;
    this.#options.channel.write(frameOf({ applied: this.#applied } satisfies Applied));
  }

  async #read(name: TenantName): Promise<void> {
    const path = join(this.#options.directory, tenantFileName(name));
    const { index } = this.#tenantOf(name);
    index.beginLoad();
    for (const { sequences, texts } of readTenantFile(path)) {
      for (const [position, sequence] of sequences.entries()) {
        const text = texts[position] ?? '';
        index.put(sequence, text, decodeEntity(text));
      }
      // What the writer tells meanwhile waits here, not there.
      await setImmediate();
    }
    index.endLoad();
    for (const row of readTenantDocuments(path)) {
      if (isReplicated(row)) this.#tenantOf(name).applyDocument({ kind: 'put', ...row });
    }
  }

  #tenantOf(name: TenantName): ReplicaTenant {
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) {
      const { cacheBytes, queryTimeoutMs } = this.#options;
      const index = new EntityIndex({ cacheBytes, queryTimeoutMs, yieldAfterMs });
      tenant = new ReplicaTenant(index, this.#mark, this.#applied);
      this.#tenants.set(name, tenant);
    }
    return tenant;
  }
}

const refuseWrite = (): Promise<never> => Promise.reject(new Error('a replica is written to'));

const nothingOwed: Outbox = {
  size: 0,
  backlog: async () => new Map(),
  page: async () => [],
  settle: refuseWrite,
  deadLetters: async () => ({ letters: [], count: 0 }),
  replay: refuseWrite,
  purge: refuseWrite,
};

const noSubscriptions: SubscriptionStore = {
  list: async () => [],
  get: async () => undefined,
  put: refuseWrite,
  remove: refuseWrite,
  saveStates: refuseWrite,
};
