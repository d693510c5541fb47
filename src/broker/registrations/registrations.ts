import type { JsonObject } from '../../core/json.ts';
import type { ForwardingInformation, Registration, StoredRegistration } from '../../core/registration/registration.ts';
import { RegistrationIndex } from '../../core/registration/registration-index.ts';
import type { TenantName } from '../../core/scope.ts';
import type { StoredDocument } from '../../ports/document-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Stores } from '../../ports/stores.ts';
import type { Timers } from '../../ports/timers.ts';
import { KnownDocuments } from '../documents/known-documents.ts';
import { ForwardingStatistics } from './forwarding-statistics.ts';
import type { RegistrationCodecs } from './registration-codec.ts';

/** How often counters are stored, in milliseconds. */
const statisticsDelayMs = 10_000;

/** A registration as it is stored, and what it means. */
export interface KnownRegistration {
  readonly stored: StoredRegistration;
  readonly registration: Registration;
}

/** The registrations of all tenants, in memory and in step with the stores, whichever broker changes them. */
export class Registrations {
  readonly statistics: ForwardingStatistics;
  readonly #stores: Stores;
  readonly #known: KnownDocuments<KnownRegistration>;
  readonly #indexes = new Map<TenantName, RegistrationIndex>();
  readonly #last = new Map<TenantName, Promise<unknown>>();

  constructor(stores: Stores, codecs: RegistrationCodecs, timers: Timers, log: Log) {
    this.#stores = stores;
    this.statistics = new ForwardingStatistics(stores, timers, statisticsDelayMs, log);
    this.#known = new KnownDocuments(stores, 'registration', (document) => read(document, codecs), log, {
      put: (tenant, _id, { registration }) => this.#index(tenant).put(registration),
      removed: (tenant, id) => this.#index(tenant).remove(id),
    });
  }

  /** Reads what the stores have. Until this resolves nothing is forwarded. */
  async load(): Promise<void> {
    await this.#known.load();
    await this.statistics.load();
  }

  /** Those of a tenant by id, in the order of creation. */
  of(tenant: TenantName): ReadonlyMap<string, KnownRegistration> {
    return this.#known.of(tenant);
  }

  /** Those of a tenant to be found by what is asked for; undefined where it has none. */
  indexOf(tenant: TenantName): RegistrationIndex | undefined {
    return this.#indexes.get(tenant);
  }

  forwardingOf(tenant: TenantName, id: string): ForwardingInformation {
    return this.statistics.of(tenant, id);
  }

  /** Stores a registration; resolves once it is in force. Refuses as `DocumentStore.put` does. */
  async put(tenant: TenantName, { id, ...rest }: StoredRegistration): Promise<void> {
    const document = rest as unknown as JsonObject;
    await this.#stores.tenant(tenant).documents('registration').put([{ id, document }]);
  }

  /** Removes a registration with all that is known of it. Refuses as `DocumentStore.remove` does. */
  async remove(tenant: TenantName, id: string): Promise<void> {
    await this.#stores.tenant(tenant).documents('registration').remove([id]);
    await this.statistics.forget(tenant, id);
  }

  /** Runs one change of a tenant's registrations after the other, so that none is decided on what another is about to replace. */
  exclusively<Result>(tenant: TenantName, work: () => Promise<Result>): Promise<Result> {
    const result = (this.#last.get(tenant) ?? Promise.resolve()).then(work);
    this.#last.set(
      tenant,
      result.catch(() => undefined),
    );
    return result;
  }

  #index(tenant: TenantName): RegistrationIndex {
    let index = this.#indexes.get(tenant);
    if (index === undefined) {
      index = new RegistrationIndex();
      this.#indexes.set(tenant, index);
    }
    return index;
  }
}

function read({ id, document }: StoredDocument, codecs: RegistrationCodecs): KnownRegistration {
  const stored = { ...document, id } as unknown as StoredRegistration;
  const { dialect, scope, status } = stored;
  return { stored, registration: { ...codecs[dialect].restore(stored.document), id, dialect, scope, status } };
}
