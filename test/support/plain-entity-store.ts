import type { Entity } from '../../src/core/entity/entity.ts';
import { compareEntities } from '../../src/core/query/compare-entities.ts';
import { matches } from '../../src/core/query/evaluate.ts';
import type { Query } from '../../src/core/query/query.ts';
import type { ScopePattern, TenantName } from '../../src/core/scope.ts';
import { scopesMatch } from '../../src/core/scope.ts';
import type { DocumentKind, DocumentListener } from '../../src/ports/document-store.ts';
import type {
  EntityPage,
  EntityRecord,
  EntityStore,
  EntityTarget,
  EntityWrite,
  TypeSummary,
  WriteCommand,
} from '../../src/ports/entity-store.ts';
import type { OwedChange, OwedListener } from '../../src/ports/outbox.ts';
import type { Stores, TenantStore } from '../../src/ports/stores.ts';
import { PlainDocumentStore } from './plain-document-store.ts';
import { PlainOutbox } from './plain-outbox.ts';
import { PlainSubscriptionStore } from './plain-subscription-store.ts';

/**
 * The contract of `EntityStore` in its plainest form: an array that every question runs over.
 *
 * Slow and forgetful, so it serves as the oracle of the stores that are neither.
 */
export class PlainEntityStore implements EntityStore {
  #records: readonly EntityRecord[] = [];
  #lastSequence = 0;

  /** Everything that was ever written, in order. */
  readonly writes: EntityWrite[] = [];

  readonly #outbox: PlainOutbox;

  constructor(outbox = new PlainOutbox()) {
    this.#outbox = outbox;
  }

  /** Something was written once. */
  get exists(): boolean {
    return this.#lastSequence > 0;
  }

  async lookup(target: EntityTarget): Promise<readonly EntityRecord[]> {
    return this.#records.filter(({ entity }) => covers(target, entity));
  }

  async find(query: Query): Promise<EntityPage> {
    const all = this.#records.filter(({ entity }) => matches(entity, query)).toSorted(compareEntities(query.order));
    const { after } = query;
    const start = after === undefined ? query.offset : all.filter(({ sequence }) => sequence <= after.sequence).length;
    const records = all.slice(start, start + query.limit);
    const last = records.at(-1);
    const hasMore = last !== undefined && query.order.length === 0 && start + query.limit < all.length;
    return {
      records,
      ...(query.count && { count: all.length }),
      ...(hasMore && { next: { sequence: last.sequence } }),
    };
  }

  async summarizeTypes(scopes: readonly ScopePattern[]): Promise<readonly TypeSummary[]> {
    const summaries = new Map<string, { count: number; attributes: Map<string, Set<string>> }>();
    for (const { entity } of this.#records) {
      if (!scopesMatch(scopes, entity.scopes)) continue;
      for (const type of entity.types) {
        const summary = summaries.get(type) ?? { count: 0, attributes: new Map() };
        summaries.set(type, summary);
        summary.count++;
        for (const [name, [attribute]] of entity.attributes) {
          const types = summary.attributes.get(name) ?? new Set();
          summary.attributes.set(name, types);
          if (attribute.declaredType !== undefined) types.add(attribute.declaredType);
        }
      }
    }
    return [...summaries].toSorted(byName).map(([type, { count, attributes }]) => ({
      type,
      count,
      attributes: new Map([...attributes].toSorted(byName).map(([name, types]) => [name, [...types].toSorted()])),
    }));
  }

  async stateOf(types: readonly string[]): Promise<string> {
    return String(this.writes.findLastIndex((write) => typesOf(write).some((type) => types.includes(type))));
  }

  async write<Result>(commands: readonly WriteCommand<Result>[]): Promise<Result[]> {
    const before = { records: this.#records, sequence: this.#lastSequence, writes: this.writes.length };
    try {
      const owing: OwedChange[] = [];
      const results = commands.map(({ target, decide }) => {
        const { result, writes, owed = [] } = decide(this.#records.filter(({ entity }) => covers(target, entity)));
        for (const write of writes) this.#write(write);
        owing.push(...owed);
        return result;
      });
      this.#outbox.owe(owing);
      return results;
    } catch (error) {
      this.#records = before.records;
      this.#lastSequence = before.sequence;
      this.writes.length = before.writes;
      throw error;
    }
  }

  #write(write: EntityWrite): void {
    this.writes.push(write);
    switch (write.kind) {
      case 'create':
        this.#records = [...this.#records, newRecord(++this.#lastSequence, write.change.after)];
        break;
      case 'update': {
        const { record, change } = write;
        if (change.after === record.entity) break;
        const updated = newRecord(record.sequence, change.after);
        this.#records = this.#records.map((other) => (other.sequence === record.sequence ? updated : other));
        break;
      }
      case 'remove':
        this.#records = this.#records.filter(({ sequence }) => sequence !== write.record.sequence);
        break;
    }
  }
}

/** A plain store a tenant; a tenant exists once something was written to it. */
export class PlainStores implements Stores {
  readonly #tenants = new Map<TenantName, PlainTenantStore>();
  #listener: OwedListener | undefined;
  readonly #documentListeners: DocumentListener[] = [];

  tenant(name: TenantName): PlainTenantStore {
    let tenant = this.#tenants.get(name);
    if (tenant === undefined) {
      const outbox = new PlainOutbox((owed) => this.#listener?.(name, owed));
      const kinds = new Map<DocumentKind, PlainDocumentStore>();
      tenant = {
        entities: new PlainEntityStore(outbox),
        outbox,
        subscriptions: new PlainSubscriptionStore(outbox),
        kinds,
        documents: (kind) => {
          const known = kinds.get(kind) ?? new PlainDocumentStore((change) => this.#tell(name, kind, change));
          kinds.set(kind, known);
          return known;
        },
      };
      this.#tenants.set(name, tenant);
    }
    return tenant;
  }

  tenants(): readonly TenantName[] {
    const existing = [...this.#tenants].filter(
      ([, { entities, subscriptions, kinds }]) =>
        entities.exists || subscriptions.exists || [...kinds.values()].some(({ exists }) => exists),
    );
    return existing.map(([name]) => name).toSorted();
  }

  listen(listener: OwedListener): void {
    this.#listener = listener;
  }

  sends(): boolean {
    return true;
  }

  watchDuties(): void {}

  watchSubscriptions(): void {}

  watchDocuments(listener: DocumentListener): void {
    this.#documentListeners.push(listener);
  }

  #tell(...told: Parameters<DocumentListener>): void {
    for (const listener of this.#documentListeners) listener(...told);
  }

  async close(): Promise<void> {}
}

export interface PlainTenantStore extends TenantStore {
  readonly entities: PlainEntityStore;
  readonly outbox: PlainOutbox;
  readonly subscriptions: PlainSubscriptionStore;
  readonly kinds: ReadonlyMap<DocumentKind, PlainDocumentStore>;
}

/** Of the entity before and after. */
function typesOf(write: EntityWrite): readonly string[] {
  switch (write.kind) {
    case 'create':
      return write.change.after.types;
    case 'update':
      return [...write.record.entity.types, ...write.change.after.types];
    case 'remove':
      return write.record.entity.types;
  }
}

function newRecord(sequence: number, entity: Entity): EntityRecord {
  return { sequence, entity, memo: new Map() };
}

function covers({ id, type, scopes }: EntityTarget, entity: Entity): boolean {
  return entity.id === id && (type === undefined || entity.types.includes(type)) && scopesMatch(scopes, entity.scopes);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
