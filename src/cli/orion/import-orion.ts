import type { Entity } from '../../core/entity/entity.ts';
import { encodeEntity } from '../../core/entity/stored-form.ts';
import { Refusal } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import type { SubscriptionRules } from '../../dialects/ngsiv2/subscriptions/subscription-rules.ts';
import { wordRefusal } from '../../dialects/ngsiv2/word-refusal.ts';
import type { WriteCommand } from '../../ports/entity-store.ts';
import type { Stores, TenantStore } from '../../ports/stores.ts';
import type { ImportConflict } from '../import.ts';
import { readOrionEntity } from './orion-entity.ts';
import { readOrionRegistrations } from './orion-registration.ts';
import { readOrionSubscription } from './orion-subscription.ts';

/** An Orion database, one tenant after the other. */
export interface OrionSource {
  tenants(): Promise<readonly TenantName[]>;
  /** The documents of a collection in the order in which they were created. Memory: a batch. */
  documents(tenant: TenantName, collection: OrionCollection): AsyncIterable<unknown>;
}

export type OrionCollection = 'entities' | 'csubs' | 'registrations';

export interface OrionImportOptions {
  readonly source: OrionSource;
  /** Where it goes; undefined: nowhere, only the report is made. */
  readonly stores: Stores | undefined;
  readonly onConflict: ImportConflict;
  readonly compileCondition: SubscriptionRules['compileCondition'];
  /** Called for each document that is left out. */
  readonly onLeftOut: (leftOut: LeftOutDocument) => void;
  /** Called now and then. */
  readonly onProgress?: (read: number) => void;
}

/** A document that does not come over, and why. */
export interface LeftOutDocument {
  readonly tenant: TenantName;
  readonly collection: OrionCollection;
  /** `_id` as JSON. */
  readonly id: string;
  readonly reason: string;
}

/** How much of a collection came over. Without stores, `created` is what would have been read. */
export interface OrionImportCounts {
  created: number;
  unchanged: number;
  replaced: number;
  skipped: number;
  leftOut: number;
}

export type OrionImportSummary = Readonly<Record<OrionCollection, OrionImportCounts>>;

/** Entities in one commit. */
const batchSize = 500;

/**
 * Brings the entities, subscriptions and registrations of every tenant of an Orion database over, with their times and
 * counters. Nothing is notified: what comes over is no change.
 *
 * What is there already with the same content is left alone, so an import that broke off is finished by running it again.
 * A document that cannot be read, or an entity that cannot be stored, is left out and reported; the others come over. Rejects where something of the same
 * identity has other content and `onConflict` is `fail`; what came before it is stored.
 */
export async function importOrion(options: OrionImportOptions): Promise<OrionImportSummary> {
  const summary = { entities: noCounts(), csubs: noCounts(), registrations: noCounts() };
  for (const tenant of await options.source.tenants()) {
    await importEntities(options, tenant, summary.entities);
    await importSubscriptions(options, tenant, summary.csubs);
    await importRegistrations(options, tenant, summary.registrations);
  }
  return summary;
}

function noCounts(): OrionImportCounts {
  return { created: 0, unchanged: 0, replaced: 0, skipped: 0, leftOut: 0 };
}

async function importEntities(
  options: OrionImportOptions,
  tenant: TenantName,
  counts: OrionImportCounts,
): Promise<void> {
  const store = options.stores?.tenant(tenant);
  let batch: Entity[] = [];
  const leaveOut = ({ id, types: [type = ''], scopes: [servicePath = '/'] }: Entity, reason: string) => {
    counts.leftOut++;
    options.onLeftOut({ tenant, collection: 'entities', id: JSON.stringify({ id, type, servicePath }), reason });
  };
  const flush = async () => {
    await writeEntities(store, batch, options.onConflict, counts, leaveOut);
    batch = [];
    options.onProgress?.(counts.created + counts.unchanged + counts.replaced + counts.skipped + counts.leftOut);
  };
  for await (const entity of readEach(options, tenant, 'entities', counts, readOrionEntity)) {
    batch.push(entity);
    if (batch.length === batchSize) await flush();
  }
  await flush();
}

/**
 * Brokers may be writing meanwhile: what they and this one want at the same moment is decided again. A batch that is refused all the same is
 * tried in halves, so that one entity that cannot be stored is left out alone.
 */
async function writeEntities(
  store: TenantStore | undefined,
  entities: readonly Entity[],
  onConflict: ImportConflict,
  counts: OrionImportCounts,
  leaveOut: (entity: Entity, reason: string) => void,
): Promise<void> {
  if (store === undefined) {
    counts.created += entities.length;
    return;
  }
  const [first] = entities;
  if (first === undefined) return;
  let outcomes: readonly PutOutcome[];
  try {
    outcomes = await store.entities.write(entities.map((entity) => putEntity(entity, onConflict)));
  } catch (error) {
    // Of the others none would fare better.
    if (!(error instanceof Refusal) || error.reason.kind === 'storeUnavailable') throw error;
    if (entities.length === 1) {
      leaveOut(first, reasonOf(error));
      return;
    }
    const middle = Math.ceil(entities.length / 2);
    await writeEntities(store, entities.slice(0, middle), onConflict, counts, leaveOut);
    await writeEntities(store, entities.slice(middle), onConflict, counts, leaveOut);
    return;
  }
  for (const outcome of outcomes) {
    if (outcome.kind === 'conflict') throw new Error(`${outcome.id} is there already, with other content`);
    counts[outcome.kind]++;
  }
}

interface PutOutcome {
  readonly kind: 'created' | 'unchanged' | 'replaced' | 'skipped' | 'conflict';
  readonly id: string;
}

function putEntity(after: Entity, onConflict: ImportConflict): WriteCommand<PutOutcome> {
  const [type = ''] = after.types;
  const scopes = after.scopes.map((path) => ({ path, subtree: false }));
  return {
    target: { id: after.id, type, scopes },
    decide: ([record]) => {
      if (record === undefined) {
        const change = { kind: 'created', after, attributes: [] } as const;
        return { result: { kind: 'created', id: after.id }, writes: [{ kind: 'create', change }] };
      }
      const before = record.entity;
      if (encodeEntity(before) === encodeEntity(after))
        return { result: { kind: 'unchanged', id: after.id }, writes: [] };
      if (onConflict !== 'replace') return { result: { kind: outcomes[onConflict], id: after.id }, writes: [] };
      const change = { kind: 'updated', before, after, attributes: [] } as const;
      return { result: { kind: 'replaced', id: after.id }, writes: [{ kind: 'update', record, change }] };
    },
  };
}

async function importSubscriptions(
  options: OrionImportOptions,
  tenant: TenantName,
  counts: OrionImportCounts,
): Promise<void> {
  const store = options.stores?.tenant(tenant).subscriptions;
  const present = new Map((await store?.list())?.map(({ id, document }) => [id, document]));
  const read = (document: unknown) => readOrionSubscription(document, options.compileCondition);
  for await (const stored of readEach(options, tenant, 'csubs', counts, read)) {
    const outcome = outcomeOf(present.get(stored.id), stored.document, options.onConflict);
    if (outcome === 'conflict') throw new Error(`subscription ${stored.id} is there already, with other content`);
    if (outcome === 'created' || outcome === 'replaced') await store?.put(stored);
    counts[outcome]++;
  }
}

async function importRegistrations(
  options: OrionImportOptions,
  tenant: TenantName,
  counts: OrionImportCounts,
): Promise<void> {
  const store = options.stores?.tenant(tenant).documents('registration');
  const present = new Map((await store?.list())?.map(({ id, document }) => [id, document.document]));
  for await (const all of readEach(options, tenant, 'registrations', counts, readOrionRegistrations)) {
    for (const { id, ...rest } of all) {
      const outcome = outcomeOf(present.get(id), rest.document, options.onConflict);
      if (outcome === 'conflict') throw new Error(`registration ${id} is there already, with other content`);
      if (outcome === 'created' || outcome === 'replaced') await store?.put([{ id, document: { ...rest } }]);
      counts[outcome]++;
    }
  }
}

/** What becomes of a document where there may be one of its id. */
function outcomeOf(before: JsonValue | undefined, after: JsonObject, onConflict: ImportConflict): PutOutcome['kind'] {
  if (before === undefined) return 'created';
  if (JSON.stringify(before) === JSON.stringify(after)) return 'unchanged';
  return outcomes[onConflict];
}

const outcomes = { fail: 'conflict', skip: 'skipped', replace: 'replaced' } as const;

/** What the documents of a collection say; those that cannot be read are counted and reported. */
async function* readEach<Value>(
  { source, onLeftOut }: OrionImportOptions,
  tenant: TenantName,
  collection: OrionCollection,
  counts: OrionImportCounts,
  read: (document: unknown) => Value,
): AsyncGenerator<Value> {
  for await (const document of source.documents(tenant, collection)) {
    let value: Value;
    try {
      value = read(document);
    } catch (error) {
      counts.leftOut++;
      onLeftOut({ tenant, collection, id: idOf(document), reason: reasonOf(error) });
      continue;
    }
    yield value;
  }
}

function idOf(document: unknown): string {
  const hasId = typeof document === 'object' && document !== null && '_id' in document;
  return hasId ? JSON.stringify(document._id) : 'without _id';
}

function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return wordRefusal(error.reason).description;
  return error instanceof Error ? error.message : String(error);
}
