import type { TenantName } from '../../core/scope.ts';
import type { DocumentChange, DocumentKind, StoredDocument } from '../../ports/document-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Stores } from '../../ports/stores.ts';

/** Hears of documents as they come into force, at start too; for what is derived from them, such as an index. */
export interface KnownDocumentsListener<Value> {
  /** It is new, or replaces the one of its id, which is `before` then. */
  put(tenant: TenantName, id: string, value: Value, before?: Value): void;
  removed(tenant: TenantName, id: string, value: Value): void;
}

/**
 * The documents of one kind of all tenants, read into what they mean, in memory and in step with the stores, whichever
 * broker changes them.
 *
 * A document that `read` throws for is kept in the store, logged, and not known: one that a newer release wrote does not
 * stop this one.
 */
export class KnownDocuments<Value> {
  readonly #kind: DocumentKind;
  readonly #stores: Stores;
  readonly #read: (stored: StoredDocument, tenant: TenantName) => Value;
  readonly #log: Log;
  readonly #listener: KnownDocumentsListener<Value> | undefined;
  readonly #byTenant = new Map<TenantName, Map<string, Value>>();

  constructor(
    stores: Stores,
    kind: DocumentKind,
    read: (stored: StoredDocument, tenant: TenantName) => Value,
    log: Log,
    listener?: KnownDocumentsListener<Value>,
  ) {
    this.#stores = stores;
    this.#kind = kind;
    this.#read = read;
    this.#log = log;
    this.#listener = listener;
  }

  /** Reads what the stores have, and follows them from then on. Called once. */
  async load(): Promise<void> {
    this.#stores.watchDocuments((tenant, kind, change) => {
      if (kind === this.#kind) this.#take(tenant, change);
    });
    for (const tenant of this.#stores.tenants()) {
      const documents = await this.#stores.tenant(tenant).documents(this.#kind).list();
      this.#take(tenant, { kind: 'put', documents });
    }
  }

  /** Those of a tenant by id, in the order in which they became known; none of a tenant that does not exist. */
  of(tenant: TenantName): ReadonlyMap<string, Value> {
    return this.#byTenant.get(tenant) ?? none;
  }

  /** Tenants that have, or had, documents of the kind. */
  tenants(): readonly TenantName[] {
    return [...this.#byTenant.keys()];
  }

  #take(tenant: TenantName, change: DocumentChange): void {
    if (change.kind === 'removed') {
      for (const id of change.ids) this.#remove(tenant, id);
      return;
    }
    for (const stored of change.documents) {
      const value = this.#valueOf(tenant, stored);
      if (value === undefined) this.#remove(tenant, stored.id);
      else {
        const known = this.#known(tenant);
        const before = known.get(stored.id);
        known.set(stored.id, value);
        this.#listener?.put(tenant, stored.id, value, before);
      }
    }
  }

  #remove(tenant: TenantName, id: string): void {
    const known = this.#byTenant.get(tenant);
    const value = known?.get(id);
    if (known === undefined || value === undefined) return;
    known.delete(id);
    this.#listener?.removed(tenant, id, value);
  }

  #valueOf(tenant: TenantName, stored: StoredDocument): Value | undefined {
    try {
      return this.#read(stored, tenant);
    } catch (error) {
      const { id } = stored;
      this.#log.error({ err: error, tenant, kind: this.#kind, id }, 'a stored document cannot be read and is left out');
      return undefined;
    }
  }

  #known(tenant: TenantName): Map<string, Value> {
    let known = this.#byTenant.get(tenant);
    if (known === undefined) {
      known = new Map();
      this.#byTenant.set(tenant, known);
    }
    return known;
  }
}

const none = new Map<string, never>();
