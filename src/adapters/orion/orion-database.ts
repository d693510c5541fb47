import { type Db, MongoClient } from 'mongodb';
import type { TenantName } from '../../core/scope.ts';

/** How Orion calls its database where nobody told it otherwise. */
const defaultDatabase = 'orion';

/** How long to look for the server, in milliseconds. */
const connectTimeoutMs = 10_000;

/** Documents that travel together. */
const batchSize = 500;

/**
 * The databases of an Orion, only read: that of the default tenant, called as the connection string says or `orion`, and one
 * for each other tenant, which is called after it with a dash and the tenant's name behind.
 */
export class OrionDatabase {
  readonly #client: MongoClient;
  readonly #name: string;

  private constructor(client: MongoClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** Rejects where there is no server in reach. */
  static async connect(uri: string): Promise<OrionDatabase> {
    const client = new MongoClient(uri, {
      appName: 'oriel import',
      readPreference: 'secondaryPreferred',
      serverSelectionTimeoutMS: connectTimeoutMs,
    });
    await client.connect();
    const { databaseName } = client.db();
    return new OrionDatabase(client, /^[^/]+\/\/[^/?]+\/[^?]+/.test(uri) ? databaseName : defaultDatabase);
  }

  /** By the names of the databases; sorted. */
  async tenants(): Promise<readonly TenantName[]> {
    const { databases } = await this.#client.db('admin').admin().listDatabases({ nameOnly: true });
    const tenants = databases.flatMap(({ name }) => {
      if (name === this.#name) return [''];
      return name.startsWith(`${this.#name}-`) ? [name.slice(this.#name.length + 1)] : [];
    });
    return tenants.sort() as TenantName[];
  }

  /** The documents of a collection, those with a time of creation in its order. Memory: a batch. */
  async *documents(tenant: TenantName, collection: string): AsyncGenerator<unknown> {
    const cursor = this.#database(tenant)
      .collection(collection)
      .find({}, { sort: { creDate: 1, _id: 1 }, allowDiskUse: true, batchSize });
    yield* cursor;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #database(tenant: TenantName): Db {
    return this.#client.db(tenant === '' ? this.#name : `${this.#name}-${tenant}`);
  }
}
