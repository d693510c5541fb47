import type { TenantName } from '../../../core/scope.ts';
import type { DocumentKind, DocumentStore } from '../../../ports/document-store.ts';
import type { EntityStore } from '../../../ports/entity-store.ts';
import type { Outbox } from '../../../ports/outbox.ts';
import type { TenantStore } from '../../../ports/stores.ts';
import type { SubscriptionStore } from '../../../ports/subscription-store.ts';

/** Where a tenant is looked for that had not come to be, and how it comes to be. */
export interface TenantDirectory {
  existing(name: TenantName): TenantStore | undefined;
  /** Writes to a tenant that may not exist; what does not come to be by it is forgotten. */
  writeFirst<Result>(name: TenantName, write: (tenant: TenantStore) => Promise<Result>): Promise<Result>;
}

/**
 * A tenant that had not come to be when it was asked for: looking at it makes nothing, writing to it makes the tenant.
 * It is looked for anew each time, as one whose first commit failed is forgotten.
 */
export function unwrittenTenant(directory: TenantDirectory, name: TenantName): TenantStore {
  const existing = () => directory.existing(name);
  const entities: EntityStore = {
    lookup: (target, freshness) => existing()?.entities.lookup(target, freshness) ?? [],
    find: (query, reading) =>
      existing()?.entities.find(query, reading) ?? { records: [], ...(query.count && { count: 0 }) },
    summarizeTypes: async (scopes) => existing()?.entities.summarizeTypes(scopes) ?? [],
    stateOf: async (types) => (existing() === undefined ? '' : existing()?.entities.stateOf(types)),
    write: (commands) => directory.writeFirst(name, (tenant) => tenant.entities.write(commands)),
  };
  const outbox: Outbox = {
    get size() {
      return existing()?.outbox.size ?? 0;
    },
    backlog: async () => existing()?.outbox.backlog() ?? new Map(),
    page: async (subscriptionId, after, limit) => existing()?.outbox.page(subscriptionId, after, limit) ?? [],
    settle: async (settlements) => existing()?.outbox.settle(settlements),
    deadLetters: async (selection, offset, limit) =>
      existing()?.outbox.deadLetters(selection, offset, limit) ?? { letters: [], count: 0 },
    replay: async (selection, now, limit) => existing()?.outbox.replay(selection, now, limit) ?? [],
    purge: async (selection) => existing()?.outbox.purge(selection) ?? 0,
  };
  const subscriptions: SubscriptionStore = {
    list: async () => existing()?.subscriptions.list() ?? [],
    get: async (id) => existing()?.subscriptions.get(id),
    put: (subscription) => directory.writeFirst(name, (tenant) => tenant.subscriptions.put(subscription)),
    remove: async (id) => existing()?.subscriptions.remove(id),
    saveStates: async (subscriptions) => existing()?.subscriptions.saveStates(subscriptions),
  };
  const documents = (kind: DocumentKind): DocumentStore => ({
    list: async () => existing()?.documents(kind).list() ?? [],
    put: (stored) => directory.writeFirst(name, (tenant) => tenant.documents(kind).put(stored)),
    remove: async (ids) => existing()?.documents(kind).remove(ids),
  });
  return { entities, outbox, subscriptions, documents };
}
