import { randomBytes } from 'node:crypto';
import type { MongoClient } from 'mongodb';
import type { TenantName } from '../../../core/scope.ts';
import type { DocumentKind, DocumentListener } from '../../../ports/document-store.ts';
import type { Log } from '../../../ports/log.ts';
import type { OwedListener } from '../../../ports/outbox.ts';
import type { Stores, TenantStore } from '../../../ports/stores.ts';
import type { StoredSubscriptionListener } from '../../../ports/subscription-store.ts';
import { ChangeFeed, type HeardChange } from './cluster/change-feed.ts';
import { connectToMongo, mainDatabaseOf } from './cluster/connect.ts';
import { databaseNameOf } from './cluster/database-name.ts';
import { commonFormOf, Duties } from './cluster/duties.ts';
import { EntityFeed } from './cluster/entity-feed.ts';
import { type Forms, ownForms } from './cluster/forms.ts';
import { Migrations } from './cluster/migrations.ts';
import { OwedFeed } from './cluster/owed-feed.ts';
import { TenantRegistry } from './cluster/tenant-registry.ts';
import { decodeText } from './form/text-form.ts';
import { MongoTenant } from './tenant/mongo-tenant.ts';
import type { OwedForm } from './tenant/owed-form.ts';

export interface MongoStoresOptions {
  /** A connection string; the database that it names, `oriel` where it names none, is that of the default tenant. */
  readonly uri: string;
  /** Memory for decoded entities, a tenant. */
  readonly cacheBytes: number;
  readonly queryTimeoutMs: number;
  /** Tenants beyond which no further one comes to be. */
  readonly maxTenants: number;
  readonly maxTypes: number;
  /** Writes of a tenant under way, beyond which further ones are refused as `overloaded`. */
  readonly maxPendingWrites: number;
  /** Notifications a tenant may owe, dead letters included, beyond which writes that owe more are refused as `overloaded`. */
  readonly maxOwed: number;
  /** How long a broker that died keeps others from sending in its place. */
  readonly leaseMs: number;
  /** How old an entity may be that is given without asking MongoDB, where another broker has changed it, in milliseconds; 0: MongoDB is asked. */
  readonly readStalenessMs: number;
  /** How often everything is looked at that a broken stream may not have told. */
  readonly reconcileMs?: number;
  /** Forms of the collections that it works with, where it is not this release. */
  readonly forms?: Forms;
  /** Entities that a migration looks at together. */
  readonly migrationBatchSize?: number;
  /** Hears why it takes long. */
  readonly onWaiting?: (reason: string) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  readonly log: Log;
}

/**
 * Opens the MongoDB engine: waits for a primary, and follows from then on what other brokers do.
 *
 * Rejects as `connectToMongo` does, and where a newer release has written to the databases.
 */
export async function openMongoStores(options: MongoStoresOptions): Promise<Stores> {
  const { uri, queryTimeoutMs, onWaiting = () => undefined, log, signal } = options;
  const client = await connectToMongo(uri, queryTimeoutMs, onWaiting, log, signal);
  try {
    const stores = new MongoStores(client, options);
    await stores.open();
    return stores;
  } catch (error) {
    await client.close();
    throw error;
  }
}

class MongoStores implements Stores {
  readonly #client: MongoClient;
  readonly #options: MongoStoresOptions;
  readonly #main: string;
  /** Names this broker, this time that it runs. */
  readonly #broker = randomBytes(6).toString('hex');
  readonly #registry: TenantRegistry;
  readonly #duties: Duties;
  readonly #migrations: Migrations;
  readonly #feed = new OwedFeed();
  readonly #changes: ChangeFeed;
  /** Absent where every read asks MongoDB. */
  readonly #entityFeed: EntityFeed | undefined;
  readonly #tenants = new Map<TenantName, MongoTenant>();
  readonly #byDatabase = new Map<string, MongoTenant>();
  readonly #documentListeners: DocumentListener[] = [];
  #subscriptionListener: StoredSubscriptionListener | undefined;
  #revisions = 0;
  #reconciling: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(client: MongoClient, options: MongoStoresOptions) {
    this.#client = client;
    this.#options = options;
    const { log, leaseMs, maxTenants } = options;
    const main = mainDatabaseOf(client, options.uri);
    this.#main = main;
    const database = client.db(main);
    const forms = options.forms ?? ownForms;
    const { newest: newestForm } = forms;
    this.#duties = new Duties({ database, broker: this.#broker, newestForm, leaseMs, log });
    const commonForm = () => commonFormOf(database, newestForm);
    const databaseOf = (tenant: TenantName) => databaseNameOf(main, tenant);
    this.#registry = new TenantRegistry({ database, limit: maxTenants, databaseOf, forms, commonForm });
    this.#migrations = new Migrations({
      client,
      database,
      broker: this.#broker,
      forms,
      registry: this.#registry,
      commonForm,
      leaseMs,
      ...(options.migrationBatchSize !== undefined && { batchSize: options.migrationBatchSize }),
      log,
    });
    this.#changes = new ChangeFeed(
      client,
      main,
      (change) => this.#hear(change),
      () => this.#reconcile(),
      log,
    );
    this.#entityFeed = this.#entityFeedOf(options.readStalenessMs);
  }

  #entityFeedOf(readStalenessMs: number): EntityFeed | undefined {
    if (readStalenessMs === 0) return undefined;
    return new EntityFeed(
      this.#client,
      { mainDatabase: this.#main, broker: this.#broker, stalenessMs: readStalenessMs },
      {
        hear: ({ database, sequence, revision, id }) =>
          this.#byDatabase.get(database)?.known.hear(sequence, revision, id === undefined ? undefined : decodeText(id)),
        lost: () => {
          for (const { known } of this.#tenants.values()) known.clear();
        },
      },
      this.#options.log,
    );
  }

  /** The stream stands before anything is read, so that nothing lies between. */
  async open(): Promise<void> {
    await this.#changes.open();
    // It is known to run before it looks in which form the tenants are, which a migration counts on.
    await this.#duties.register();
    await this.#registry.read();
    const { problem } = this.#registry;
    if (problem !== undefined) throw new Error(problem);
    for (const name of this.#registry.names()) await this.#tenant(name).reconcileOutbox();
    await this.#duties.start();
    this.#changes.begin();
    this.#entityFeed?.begin();
    this.#migrations.begin();
    this.#schedule();
  }

  tenant(name: TenantName): TenantStore {
    return this.#tenant(name);
  }

  tenants(): readonly TenantName[] {
    return this.#registry.names();
  }

  listen(listener: OwedListener): void {
    this.#feed.listen(listener);
  }

  sends(tenant: TenantName, subscriptionId: string): boolean {
    return this.#duties.sends(tenant, subscriptionId);
  }

  watchDuties(listener: () => void): void {
    this.#duties.watch(listener);
  }

  watchSubscriptions(listener: StoredSubscriptionListener): void {
    this.#subscriptionListener = listener;
  }

  watchDocuments(listener: DocumentListener): void {
    this.#documentListeners.push(listener);
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    const interrupted = this.#migrations.stop();
    await Promise.all([...this.#tenants.values()].map((tenant) => tenant.drain()));
    await interrupted;
    await this.#reconciling;
    const unheard = Promise.all([this.#changes.close(), this.#entityFeed?.close()]);
    await this.#duties.stop().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'the leases of what this broker sends could not be given back');
    });
    await this.#client.close();
    await unheard;
  }

  #tenant(name: TenantName): MongoTenant {
    let tenant = this.#tenants.get(name);
    if (tenant !== undefined) return tenant;
    const database = databaseNameOf(this.#main, name);
    tenant = new MongoTenant({
      ...this.#options,
      client: this.#client,
      name,
      database,
      broker: this.#broker,
      admit: () => this.#registry.admit(name),
      form: () => this.#registry.settledForm(name),
      hearsOfEntities: () => this.#entityFeed?.isCurrent ?? false,
      newRevision: () => `${this.#broker}-r${++this.#revisions}`,
      feed: this.#feed,
      tellDocuments: (kind, change) => {
        for (const listener of this.#documentListeners) listener(name, kind, change);
      },
    });
    if (this.#closing) void tenant.drain();
    this.#tenants.set(name, tenant);
    this.#byDatabase.set(database, tenant);
    return tenant;
  }

  async #hear({ database, collection, operation, key, inserted }: HeardChange): Promise<void> {
    if (collection === 'tenants') {
      if (database === this.#main) await this.#readTenants();
      return;
    }
    // One that was made by a broker whose own news of it is still to come.
    if (!this.#byDatabase.has(database)) {
      await this.#registry.read();
      for (const name of this.#registry.names()) this.#tenant(name);
    }
    const tenant = this.#byDatabase.get(database);
    if (tenant === undefined) return;
    switch (collection) {
      case 'owed':
        await (operation === 'insert' ? tenant.hearOwed([inserted as OwedForm]) : tenant.hearReplayed([Number(key)]));
        return;
      case 'subscriptions':
        await this.#followSubscription(tenant, decodeText(String(key)));
        return;
      case 'documents': {
        const { kind, id } = key as { kind: DocumentKind; id: string };
        await tenant.allDocuments.follow(kind, [decodeText(id)]);
      }
    }
  }

  /** Tells how a subscription stands, if another broker has changed it. */
  async #followSubscription(tenant: MongoTenant, id: string): Promise<void> {
    const { subscriptions, name } = tenant;
    const subscription = await subscriptions.get(id);
    if (subscription === undefined) this.#subscriptionListener?.(name, { kind: 'removed', id });
    else this.#subscriptionListener?.(name, { kind: 'put', subscription });
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#reconciling = this.#reconcile()
        .catch((error: unknown) =>
          this.#options.log.warn({ err: error }, 'what other brokers did could not be looked at'),
        )
        .then(() => {
          if (!this.#closing) this.#schedule();
        });
    }, this.#options.reconcileMs ?? 60_000);
    this.#timer.unref();
  }

  async #readTenants(): Promise<void> {
    await this.#registry.read();
    const { problem } = this.#registry;
    if (problem !== undefined)
      this.#options.log.error({ reason: problem }, 'this broker is too old: it refuses writes');
  }

  /** Looks at all that a stream may not have told. */
  async #reconcile(): Promise<void> {
    await this.#readTenants();
    for (const name of this.#registry.names()) {
      if (this.#closing) return;
      const tenant = this.#tenant(name);
      await tenant.reconcileOutbox();
      for (const id of await tenant.subscriptions.changedElsewhere()) await this.#followSubscription(tenant, id);
      for (const [kind, ids] of await tenant.allDocuments.changedElsewhere())
        await tenant.allDocuments.follow(kind, ids);
    }
  }
}
