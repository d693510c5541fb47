import { setTimeout as delay } from 'node:timers/promises';
import type { Collection, Db, MongoClient } from 'mongodb';
import { MongoError } from 'mongodb';
import type { Log } from '../../../../ports/log.ts';
import type { EntityForm } from '../form/entity-form.ts';
import { isConflict } from '../refuse-failure.ts';
import type { Forms, Migration } from './forms.ts';
import type { MigrationState, TenantForm, TenantRegistry } from './tenant-registry.ts';

/** Whose turn it is to migrate: a document of the collection `leases`. */
interface LeaseForm {
  readonly _id: 'migration';
  readonly broker: string;
  readonly until: Date;
}

export interface MigrationsParts {
  readonly client: MongoClient;
  /** That of the default tenant. */
  readonly database: Db;
  readonly broker: string;
  readonly forms: Forms;
  readonly registry: TenantRegistry;
  /** The newest form that all brokers which run work with. */
  readonly commonForm: () => Promise<number>;
  readonly leaseMs: number;
  /** Entities that are looked at together. */
  readonly batchSize?: number;
  readonly log: Log;
}

/** Entities that are looked at together: little work, so that those who serve meanwhile are not kept waiting. */
const defaultBatchSize = 500;

/** How often what was written by somebody else meanwhile is looked at again. */
const maxRounds = 20;

/**
 * Brings tenants to the newest form, one broker at a time, while all of them serve.
 *
 * First entities get what they lack, batch by batch, each only in the state in which it was read; how far that is stands in `tenants`, so whoever has
 * the lease next goes on from there. A broker of an older release may undo some of it meanwhile, so the tenant is in the new form only once none runs
 * that does not work with it, from when on none starts; then everything is looked through once more.
 */
export class Migrations {
  readonly #parts: MigrationsParts;
  readonly #stopping = new AbortController();
  /** Tenants that were said to wait. */
  readonly #waiting = new Set<string>();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: MigrationsParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#running = this.#run();
  }

  /** Resolves once nothing is under way, at the end of a batch; the next broker goes on. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { leaseMs, log } = this.#parts;
    while (!this.#isStopping) {
      try {
        await this.#takeTurn();
      } catch (error) {
        log.warn({ err: error }, 'a migration was interrupted and goes on later');
      }
      await delay(leaseMs / 2, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
    }
    await this.#leases.deleteOne({ _id: 'migration', broker: this.#parts.broker }).catch(() => undefined);
  }

  async #takeTurn(): Promise<void> {
    // One that cannot migrate must not keep the lease from those that can.
    const pending = () => this.#parts.registry.all().filter((tenant) => this.#nextOf(tenant) !== undefined);
    if (pending().length === 0 || !(await this.#lease())) return;
    // As they stand now: the one who had the lease before has gone on.
    await this.#parts.registry.read();
    for (const tenant of pending()) await this.#migrate(tenant);
  }

  /** The migration that the tenant is in, or that is its next; undefined: none, or one of another release. */
  #nextOf({ form, migration }: TenantForm): Migration | undefined {
    const to = migration?.to ?? form + 1;
    return this.#parts.forms.migrations.find((one) => one.to === to);
  }

  async #migrate(tenant: TenantForm): Promise<void> {
    const migration = this.#nextOf(tenant);
    if (migration === undefined) return;
    const { to } = migration;
    switch (tenant.migration?.step) {
      case undefined:
        this.#parts.log.info({ tenant: tenant._id, from: tenant.form, to }, 'a migration begins');
        await this.#move(tenant, tenant.form, begun(to, 'filling'));
        return;
      case 'filling':
        await this.#buildIndexes(tenant, migration);
        if (await this.#lookThrough(tenant, tenant.migration, migration)) {
          await this.#move(tenant, tenant.form, begun(to, 'waiting'));
        }
        return;
      case 'waiting':
        await this.#cutOver(tenant, to);
        return;
      case 'checking':
        if (await this.#lookThrough(tenant, tenant.migration, migration)) {
          await this.#move(tenant, to, undefined);
          this.#parts.log.info({ tenant: tenant._id, form: to }, 'a migration is done');
        }
    }
  }

  /**
   * A broker says that it runs before it looks at the forms, and here the form is changed before it is looked who runs: of the two one
   * sees the other.
   */
  async #cutOver(tenant: TenantForm, to: number): Promise<void> {
    const { registry, commonForm, log } = this.#parts;
    if ((await commonForm()) < to) {
      if (!this.#waiting.has(tenant._id)) {
        log.info({ tenant: tenant._id, to }, 'a migration waits until no broker of an older release runs');
      }
      this.#waiting.add(tenant._id);
      return;
    }
    this.#waiting.delete(tenant._id);
    const before = tenant.form;
    const checking = begun(to, 'checking');
    if (!(await registry.move(tenant, { form: to, migration: checking }))) return;
    if ((await commonForm()) >= to) {
      await this.#migrate({ ...tenant, form: to, migration: checking });
      return;
    }
    await registry.move(
      { ...tenant, form: to, migration: checking },
      { form: before, migration: begun(to, 'waiting') },
    );
  }

  async #move(tenant: TenantForm, form: number, migration: MigrationState | undefined): Promise<void> {
    const { registry } = this.#parts;
    const moved = await registry.move(tenant, { form, ...(migration !== undefined && { migration }) });
    if (!moved || this.#isStopping) return;
    const now = registry.all().find(({ _id }) => _id === tenant._id);
    if (now !== undefined) await this.#migrate(now);
  }

  /** MongoDB builds them while others write. That may take longer than a connection waits, and asking again waits for the one that is being built. */
  async #buildIndexes(tenant: TenantForm, { indexes }: Migration): Promise<void> {
    while (indexes.length > 0 && !this.#isStopping) {
      try {
        await this.#entitiesOf(tenant).createIndexes([...indexes]);
        return;
      } catch (error) {
        if (!(error instanceof MongoError) || !(await this.#lease())) throw error;
        this.#parts.log.info({ tenant: tenant._id, reason: error.message }, 'an index is being built');
      }
    }
  }

  /** Whether it came to the end. */
  async #lookThrough(tenant: TenantForm, from: MigrationState, migration: Migration): Promise<boolean> {
    const { registry, log } = this.#parts;
    let state = from;
    let loggedAt = performance.now();
    for (;;) {
      if (this.#isStopping || !(await this.#lease())) return false;
      const batch = await this.#change(tenant, state.after, migration);
      if (batch === undefined) break;
      const { last, looked, changed } = batch;
      state = { ...state, after: last, looked: state.looked + looked, changed: state.changed + changed };
      const at = { ...tenant, migration: state };
      if (!(await registry.move(at, at))) return false;
      if (performance.now() - loggedAt < 10_000) continue;
      loggedAt = performance.now();
      log.info({ tenant: tenant._id, ...state }, 'a migration goes on');
    }
    log.info({ tenant: tenant._id, ...state }, 'a migration has looked at all entities');
    return true;
  }

  /** One batch, until nothing of it was written by somebody else between being read and being changed; undefined at the end. */
  async #change(
    tenant: TenantForm,
    after: number,
    { change }: Migration,
  ): Promise<{ readonly last: number; readonly looked: number; readonly changed: number } | undefined> {
    const entities = this.#entitiesOf(tenant);
    const { batchSize = defaultBatchSize } = this.#parts;
    let changed = 0;
    let last: number | undefined;
    for (let round = 0; round < maxRounds; round++) {
      const range = { $gt: after, ...(last !== undefined && { $lte: last }) };
      const documents = await entities.find({ _id: range }).sort({ _id: 1 }).limit(batchSize).toArray();
      last ??= documents.at(-1)?._id;
      if (last === undefined) return undefined;
      const operations = documents.flatMap((document) => {
        const { _id, revision, id } = document;
        const fields = change(document);
        return fields === undefined ? [] : [{ updateOne: { filter: { _id, revision, id }, update: { $set: fields } } }];
      });
      if (operations.length === 0) return { last, looked: documents.length, changed };
      changed += (await entities.bulkWrite(operations, { ordered: false })).matchedCount;
    }
    throw new Error('entities are written too often to be migrated just now');
  }

  /** Takes or renews the lease, until twice as long as a broker is taken for alive; answers whether it is this broker's. */
  async #lease(): Promise<boolean> {
    const { broker, leaseMs } = this.#parts;
    const until = { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: leaseMs * 2 } } as const;
    const isFree = { $or: [{ broker }, { $expr: { $lte: ['$until', '$$NOW'] } }] };
    const take = () => this.#leases.updateOne({ _id: 'migration', ...isFree }, [{ $set: { broker, until } }]);
    if ((await take()).matchedCount === 1) return true;
    try {
      await this.#leases.insertOne({ _id: 'migration', broker, until: new Date(0) });
    } catch (error) {
      // It is somebody else's.
      if (isConflict(error)) return false;
      throw error;
    }
    return (await take()).matchedCount === 1;
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #entitiesOf({ database }: TenantForm): Collection<EntityForm> {
    return this.#parts.client.db(database).collection('entities');
  }

  get #leases(): Collection<LeaseForm> {
    return this.#parts.database.collection('leases');
  }
}

function begun(to: number, step: MigrationState['step']): MigrationState {
  return { to, step, after: 0, looked: 0, changed: 0 };
}
