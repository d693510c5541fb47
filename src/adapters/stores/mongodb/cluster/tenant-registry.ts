import type { Collection, Db } from 'mongodb';
import { Refusal } from '../../../../core/errors.ts';
import type { TenantName } from '../../../../core/scope.ts';
import { isConflict, refusing } from '../refuse-failure.ts';

interface TenantForm {
  /** The tenant's name; that of the default tenant is empty. */
  readonly _id: string;
  readonly database: string;
  /** Version of the form of its collections. */
  readonly form: number;
  readonly createdAt: Date;
}

/** The version of the collections that this release writes, and the newest that it works with. */
const formVersion = 1;

/** Which tenants there are: a document each in the database of the default tenant, that all brokers write. */
export class TenantRegistry {
  readonly #database: Db;
  readonly #limit: number;
  readonly #databaseOf: (tenant: TenantName) => string;
  readonly #known = new Set<TenantName>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: Db, limit: number, databaseOf: (tenant: TenantName) => string) {
    this.#database = database;
    this.#limit = limit;
    this.#databaseOf = databaseOf;
  }

  /** Sorted. */
  names(): readonly TenantName[] {
    return [...this.#known].sort();
  }

  /** Reads which there are; answers those that were not known. Throws where a newer release has changed the form. */
  async read(): Promise<readonly TenantName[]> {
    const added: TenantName[] = [];
    for await (const { _id, form } of this.#tenants.find()) {
      if (form > formVersion) {
        throw new Error(
          `the tenant '${_id}' was written by a newer release (version ${form} of its form; this release reads up to ${formVersion})`,
        );
      }
      const name = _id as TenantName;
      if (!this.#known.has(name)) added.push(name);
      this.#known.add(name);
    }
    return added;
  }

  /** Another broker has made a tenant. */
  add(tenant: TenantName): void {
    this.#known.add(tenant);
  }

  /** Makes the tenant unless it is there. Refuses with `limitReached`; of several brokers at the same moment each may add one. */
  admit(tenant: TenantName): Promise<void> {
    if (this.#known.has(tenant)) return Promise.resolve();
    const admitted = this.#last.then(() => refusing(() => this.#admit(tenant)));
    this.#last = admitted.catch(() => undefined);
    return admitted;
  }

  async #admit(tenant: TenantName): Promise<void> {
    if (this.#known.has(tenant)) return;
    if (this.#known.size >= this.#limit) {
      await this.read();
      if (!this.#known.has(tenant)) throw new Refusal({ kind: 'limitReached', what: 'tenants', limit: this.#limit });
      return;
    }
    const form = { _id: tenant, database: this.#databaseOf(tenant), form: formVersion, createdAt: new Date() };
    await this.#tenants.insertOne(form).catch((error: unknown) => {
      if (!isConflict(error)) throw error;
    });
    this.#known.add(tenant);
  }

  get #tenants(): Collection<TenantForm> {
    return this.#database.collection('tenants');
  }
}
