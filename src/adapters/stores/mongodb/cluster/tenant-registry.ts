import type { Collection, Db } from 'mongodb';
import { Refusal } from '../../../../core/errors.ts';
import type { TenantName } from '../../../../core/scope.ts';
import { isConflict, refusing, unavailable } from '../refuse-failure.ts';
import type { Forms } from './forms.ts';

/** A tenant: a document of the collection `tenants`. */
export interface TenantForm {
  /** The tenant's name; that of the default tenant is empty. */
  readonly _id: string;
  readonly database: string;
  /** Version of the form of its collections: a broker that does not work with it leaves the tenant alone. */
  readonly form: number;
  readonly createdAt: Date;
  /** On its way to another form; absent where it is not. */
  readonly migration?: MigrationState;
}

/** How far a migration is, so that another broker goes on where one ended. */
export interface MigrationState {
  readonly to: number;
  /**
   * `filling`: entities get what they lack, while brokers of older releases may run. `waiting`: all have it, and such brokers still run. `checking`: none runs
   * any more, nor could, and what they wrote meanwhile is looked through.
   */
  readonly step: 'filling' | 'waiting' | 'checking';
  /** `_id` of the last entity that was looked at in this step. */
  readonly after: number;
  /** Entities looked at in this step, and those of them that were changed. */
  readonly looked: number;
  readonly changed: number;
}

export interface TenantRegistryParts {
  readonly database: Db;
  readonly limit: number;
  readonly databaseOf: (tenant: TenantName) => string;
  readonly forms: Pick<Forms, 'oldest' | 'newest'>;
  /** The newest form that all brokers which run work with. */
  readonly commonForm: () => Promise<number>;
}

/** Which tenants there are: a document each in the database of the default tenant, that all brokers write. */
export class TenantRegistry {
  readonly #parts: TenantRegistryParts;
  readonly #known = new Map<TenantName, TenantForm>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: TenantRegistryParts) {
    this.#parts = parts;
  }

  /** Sorted. */
  names(): readonly TenantName[] {
    return [...this.#known.keys()].sort();
  }

  /** How they stand, as far as is known, sorted by name. */
  all(): readonly TenantForm[] {
    return this.names().flatMap((name) => this.#known.get(name) ?? []);
  }

  /** The form whose promises all that is stored of the tenant keeps; 0 where nothing is. */
  settledForm(tenant: TenantName): number {
    const known = this.#known.get(tenant);
    if (known === undefined) return 0;
    return known.migration === undefined ? known.form : known.migration.to - 1;
  }

  /** Reads which there are, and how they stand. */
  async read(): Promise<void> {
    for await (const tenant of this.#tenants.find()) this.#known.set(tenant._id as TenantName, tenant);
  }

  /** Why this release cannot work with one of the tenants; undefined: it can. */
  get problem(): string | undefined {
    for (const tenant of this.#known.values()) {
      const problem = this.#problemOf(tenant);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /**
   * Makes the tenant unless it is there. Refuses with `limitReached`; of several brokers at the same moment each may add one. Refuses with
   * `storeUnavailable` where a newer release has brought the tenant to a form that this one does not know.
   */
  async admit(tenant: TenantName): Promise<void> {
    const known = this.#known.get(tenant);
    if (known === undefined) {
      const admitted = this.#last.then(() => refusing(() => this.#admit(tenant)));
      this.#last = admitted.catch(() => undefined);
      return admitted;
    }
    const problem = this.#problemOf(known);
    if (problem !== undefined) throw unavailable(problem);
  }

  /** Changes how a tenant stands, if it stands in this form and step yet; answers whether it did. */
  async move(
    { _id, form, migration }: TenantForm,
    to: { readonly form: number; readonly migration?: MigrationState },
  ): Promise<boolean> {
    const step = migration === undefined ? { migration: { $exists: false } } : { 'migration.step': migration.step };
    const { form: next, migration: state } = to;
    const update = {
      $set: { form: next, ...(state !== undefined && { migration: state }) },
      ...(state === undefined && { $unset: { migration: true } as const }),
    };
    const moved = await this.#tenants.findOneAndUpdate({ _id, form, ...step }, update, { returnDocument: 'after' });
    if (moved !== null) this.#known.set(_id as TenantName, moved);
    return moved !== null;
  }

  async #admit(tenant: TenantName): Promise<void> {
    if (this.#known.has(tenant)) return;
    const { limit, databaseOf, commonForm } = this.#parts;
    if (this.#known.size >= limit) {
      await this.read();
      if (!this.#known.has(tenant)) throw new Refusal({ kind: 'limitReached', what: 'tenants', limit });
      return;
    }
    const made = { _id: tenant, database: databaseOf(tenant), form: await commonForm(), createdAt: new Date() };
    try {
      await this.#tenants.insertOne(made);
      this.#known.set(tenant, made);
    } catch (error) {
      if (!isConflict(error)) throw error;
      await this.read();
    }
  }

  #problemOf({ _id, form }: TenantForm): string | undefined {
    const { oldest, newest } = this.#parts.forms;
    const name = _id === '' ? 'the default tenant' : `the tenant '${_id}'`;
    if (form > newest) {
      return `${name} is in form ${form}, which a newer release has brought it to; this release works with up to ${newest}`;
    }
    if (form < oldest) {
      return `${name} is in form ${form}; this release works with ${oldest} and later: run the release before it first`;
    }
    return undefined;
  }

  get #tenants(): Collection<TenantForm> {
    return this.#parts.database.collection('tenants');
  }
}
