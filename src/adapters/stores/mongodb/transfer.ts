import { randomBytes } from 'node:crypto';
import { encodeEntity } from '../../../core/entity/stored-form.ts';
import type { TenantName } from '../../../core/scope.ts';
import type { EntityStore } from '../../../ports/entity-store.ts';
import type { Log } from '../../../ports/log.ts';
import { connectToMongo, mainDatabaseOf } from './cluster/connect.ts';
import { databaseNameOf } from './cluster/database-name.ts';
import { commonFormOf } from './cluster/duties.ts';
import { ownForms } from './cluster/forms.ts';
import { OwedFeed } from './cluster/owed-feed.ts';
import { TenantRegistry } from './cluster/tenant-registry.ts';
import type { EntityForm } from './form/entity-form.ts';
import { RecordCache } from './record-cache.ts';
import { MongoTenant } from './tenant/mongo-tenant.ts';

/** The entities of one tenant, for a command that moves them; brokers may be running on them. */
export interface MongoTransfer {
  /** Whether the tenant exists. */
  readonly exists: boolean;
  /** Writes wake no subscription. */
  readonly entities: EntityStore;
  /** Stored forms as `encodeEntity` renders them, in the order of creation: one moment's truth where nobody writes meanwhile. */
  texts(): AsyncGenerator<{ readonly texts: readonly string[]; readonly total: number }>;
  close(): Promise<void>;
}

/** Entities that come at once. */
const chunkLength = 1000;

const queryTimeoutMs = 60_000;

/** Rejects where MongoDB cannot be reached: a command waits for nothing. */
export async function openMongoTransfer(uri: string, tenant: TenantName, log: Log): Promise<MongoTransfer> {
  const client = await connectToMongo(
    uri,
    queryTimeoutMs,
    (reason) => {
      throw new Error(reason.replace('waiting for MongoDB: ', 'MongoDB cannot be reached: '));
    },
    log,
  );
  const main = mainDatabaseOf(client, uri);
  const registry = new TenantRegistry({
    database: client.db(main),
    limit: Number.POSITIVE_INFINITY,
    databaseOf: (name) => databaseNameOf(main, name),
    forms: ownForms,
    commonForm: () => commonFormOf(client.db(main), ownForms.newest),
  });
  await registry.read();
  const { problem } = registry;
  if (problem !== undefined) {
    await client.close();
    throw new Error(problem);
  }
  const broker = randomBytes(6).toString('hex');
  const database = databaseNameOf(main, tenant);
  const { entities, drain } = tenantOf();
  return {
    exists: registry.names().includes(tenant),
    entities,
    async *texts() {
      const collection = client.db(database).collection<EntityForm>('entities');
      const total = await collection.estimatedDocumentCount();
      const cache = new RecordCache(0);
      const cursor = collection
        .find({}, { raw: true, batchSize: chunkLength, noCursorTimeout: false })
        .sort({ _id: 1 });
      while (await cursor.hasNext()) {
        const chunk = cursor.readBufferedDocuments();
        yield { texts: chunk.map((bson) => encodeEntity(cache.recordOf(bson as unknown as Uint8Array).entity)), total };
      }
    },
    async close() {
      await drain();
      await client.close();
    },
  };

  function tenantOf() {
    const made = new MongoTenant({
      client,
      name: tenant,
      database,
      broker,
      cacheBytes: 16 * 1024 * 1024,
      queryTimeoutMs,
      maxTypes: Number.POSITIVE_INFINITY,
      maxPendingWrites: Number.POSITIVE_INFINITY,
      maxOwed: Number.POSITIVE_INFINITY,
      admit: () => registry.admit(tenant),
      form: () => registry.settledForm(tenant),
      hearsOfEntities: () => false,
      newRevision: () => broker,
      feed: new OwedFeed(),
      tellDocuments: () => undefined,
      log,
    });
    return { entities: made.entities, drain: () => made.drain() };
  }
}
