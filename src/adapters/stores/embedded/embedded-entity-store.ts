import { randomUUID } from 'node:crypto';
import type { Awaitable } from '../../../core/awaitable.ts';
import type { Entity } from '../../../core/entity/entity.ts';
import { Refusal } from '../../../core/errors.ts';
import type { Query } from '../../../core/query/query.ts';
import type { ScopePattern } from '../../../core/scope.ts';
import { scopesMatch } from '../../../core/scope.ts';
import type {
  EntityPage,
  EntityRecord,
  EntityStore,
  EntityTarget,
  EntityWrite,
  Reading,
  TypeSummary,
  WriteCommand,
} from '../../../ports/entity-store.ts';
import type { Log } from '../../../ports/log.ts';
import type { OwedChange, OwedNotification, Settlement } from '../../../ports/outbox.ts';
import type { CommitLog } from './commit-log.ts';
import type { DocumentWrite } from './document-write.ts';
import type { EntityIndex } from './index/entity-index.ts';
import type { OutboxLedger } from './outbox-ledger.ts';
import type { PendingRow } from './pending-entities.ts';
import { PendingEntities } from './pending-entities.ts';
import { PendingOutbox } from './pending-outbox.ts';
import type { SubscriptionWrite } from './subscription-write.ts';

/** Entities in one commit, beyond which further calls go into the next: what the event loop can take in at once. */
const maxCommitEntities = 2000;

export interface EmbeddedEntityStoreOptions {
  /** What is durable, and all that readers see. */
  readonly index: EntityIndex;
  readonly commits: CommitLog;
  /** The highest sequence ever given out. */
  readonly lastSequence: number;
  /** Commands on their way to the disk, from which on further calls are refused as `overloaded`. */
  readonly maxPendingWrites: number;
  /** Entity types, from which on a new one is refused; those on their way to the disk are not counted. */
  readonly maxTypes: number;
  readonly ledger: OutboxLedger;
  /** Called with what a commit owes, once it is durable and before its callers hear of it. */
  onOwed(owed: readonly OwedNotification[]): void;
  /** Called before anything is written to a tenant that does not exist yet; may throw a refusal. */
  admit?(): void;
  readonly log: Log;
}

/** A call whose outcome is known and waits for the commit it rests on. */
interface Waiter {
  readonly commands: number;
  settle(): void;
  reject(error: unknown): void;
}

/** What is written beside entities. */
export interface SideWrites {
  readonly subscriptions?: readonly SubscriptionWrite[];
  readonly documents?: readonly DocumentWrite[];
  readonly settlements?: readonly Settlement[];
}

/** What goes to the disk in one commit, and who waits for it. */
interface Batch {
  readonly entities: PendingEntities;
  readonly subscriptions: SubscriptionWrite[];
  readonly documents: DocumentWrite[];
  readonly outbox: PendingOutbox;
  readonly waiters: Waiter[];
}

/**
 * The entities of one tenant: an index in memory over what a commit log made durable; and the one way by which anything
 * of the tenant gets there, so that what belongs together, entities and what they owe, is durable together.
 *
 * A write decides at once, on the newest state there is: the index, and above it, batch by batch, what is on its way
 * to the disk. Everything that arrives while one batch is flushed travels in the next. When a batch is durable the
 * index takes it in, and only then its callers hear of it. When a commit fails, all batches are refused and forgotten,
 * as the later ones may have been decided upon the failed one; the next write starts from what is durable.
 *
 * A call that writes nothing, or is refused, on the ground of a pending state waits for that state to be durable too:
 * nobody is told `entityExists` of an entity that then never comes to be.
 */
export class EmbeddedEntityStore implements EntityStore {
  readonly #options: EmbeddedEntityStoreOptions;
  readonly #index: EntityIndex;
  /** Tells states from those that a process before this one named. */
  readonly #lifetime = randomUUID();
  /** Oldest first; while `#flushing`, the first is on its way. */
  readonly #batches: Batch[] = [];
  #flushing = false;
  #lastSequence: number;
  #pendingCommands = 0;
  #durable: boolean;
  /** Called when nothing is pending any more; from then on the store is closed. */
  #drained: (() => void) | undefined;

  constructor(options: EmbeddedEntityStoreOptions) {
    this.#options = options;
    this.#index = options.index;
    this.#lastSequence = options.lastSequence;
    this.#durable = options.admit === undefined;
  }

  /** Whether the tenant has come to be, or is about to: something is written to it, or on its way. */
  get exists(): boolean {
    return this.#durable || this.#batches.length > 0;
  }

  /** Whether the tenant has come to be for good. */
  get durable(): boolean {
    return this.#durable;
  }

  lookup(target: EntityTarget): readonly EntityRecord[] {
    return this.#index.lookup(target);
  }

  find(query: Query, reading?: Reading): Awaitable<EntityPage> {
    return this.#index.find(query, reading);
  }

  async summarizeTypes(scopes: readonly ScopePattern[]): Promise<readonly TypeSummary[]> {
    return this.#index.summarizeTypes(scopes);
  }

  async stateOf(types: readonly string[]): Promise<string> {
    return `${this.#lifetime}-${this.#index.stateOf(types)}`;
  }

  write<Result>(commands: readonly WriteCommand<Result>[]): Promise<Result[]> {
    if (this.#drained !== undefined) return Promise.reject(unavailable('the store is closing'));
    if (this.#pendingCommands >= this.#options.maxPendingWrites) {
      return Promise.reject(new Refusal({ kind: 'overloaded', retryAfterSeconds: 1 }));
    }
    const call = new PendingEntities();
    const sequenceBefore = this.#lastSequence;
    let ground: Batch | undefined;
    let results: Result[] = [];
    let refusal: { readonly error: unknown } | undefined;
    const owing: OwedChange[] = [];
    try {
      for (const command of commands) {
        const pending = this.#newestBatchOf(command.target.id);
        ground = pending ?? ground;
        const isSettled = pending === undefined && !call.hasId(command.target.id);
        const found = isSettled ? this.#index.lookup(command.target) : this.#newest(command.target, call);
        const { result, writes, owed = none } = command.decide(found);
        for (const write of writes) {
          if (write.kind === 'create') this.#admitTypes(write.change.after.types);
          if (!repeats(write)) call.add(write, this.#nextSequence);
        }
        for (const change of owed) owing.push(change);
        results.push(result);
      }
      this.#options.ledger.admit(owing);
      if (call.size > 0 && !this.exists) this.#options.admit?.();
    } catch (error) {
      this.#lastSequence = sequenceBefore;
      results = [];
      refusal = { error };
    }
    if (refusal === undefined && (call.size > 0 || owing.length > 0)) {
      ground = this.#openBatch();
      ground.entities.absorb(call);
      for (const change of owing) ground.outbox.owe(change, this.#options.ledger.take(change.wakes.length));
    }
    return new Promise((resolve, reject) => {
      const settle = () => (refusal === undefined ? resolve(results) : reject(refusal.error));
      if (ground === undefined) {
        settle();
        return;
      }
      this.#pendingCommands += commands.length;
      ground.waiters.push({ commands: commands.length, settle, reject });
    });
  }

  /**
   * Has subscriptions and documents written with the next commit, and notifications settled, after what it owes; resolves once
   * that is durable. Refused as `storeUnavailable` when it fails, and by `admit`; never as `overloaded`, for it makes room.
   */
  async append({ subscriptions = [], documents = [], settlements = [] }: SideWrites): Promise<void> {
    if (this.#drained !== undefined) throw unavailable('the store is closing');
    if (!this.exists) this.#options.admit?.();
    const batch = this.#openBatch();
    for (const write of subscriptions) batch.subscriptions.push(write);
    for (const write of documents) batch.documents.push(write);
    batch.outbox.settle(settlements);
    await new Promise<void>((resolve, reject) => batch.waiters.push({ commands: 0, settle: resolve, reject }));
  }

  /** Resolves when every write that was accepted is settled; later ones are refused. Reads go on. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      if (this.#batches.length === 0) resolve();
    });
  }

  readonly #nextSequence = (): number => ++this.#lastSequence;

  /** Each type costs memory and time of queries that name none, however few entities it has. */
  #admitTypes(types: readonly string[]): void {
    const limit = this.#options.maxTypes;
    if (this.#index.typesCount < limit || this.#index.hasTypes(types)) return;
    throw new Refusal({ kind: 'limitReached', what: 'entity types', limit });
  }

  /** The newest batch that writes an entity of this id. */
  #newestBatchOf(id: string): Batch | undefined {
    return this.#batches.findLast((batch) => batch.entities.hasId(id));
  }

  /** The entities that the target covers as they will be once all that was decided so far is durable, some of it on one of its id. */
  #newest(target: EntityTarget, call: PendingEntities): readonly EntityRecord[] {
    const pending = new Map<number, EntityRecord | undefined>();
    for (const batch of this.#batches) batch.entities.overlay(target.id, pending);
    call.overlay(target.id, pending);
    const newest = this.#index.lookup(target).filter(({ sequence }) => !pending.has(sequence));
    for (const record of pending.values()) {
      if (record !== undefined && covers(target, record.entity)) newest.push(record);
    }
    return newest.sort((a, b) => a.sequence - b.sequence);
  }

  /** The batch that takes further writes: the last, unless it is on its way or full. */
  #openBatch(): Batch {
    const last = this.#batches.at(-1);
    const closed = last === undefined || (this.#flushing && this.#batches.length === 1);
    if (!closed && last.entities.size < maxCommitEntities) return last;
    const batch: Batch = {
      entities: new PendingEntities(),
      subscriptions: [],
      documents: [],
      outbox: new PendingOutbox(),
      waiters: [],
    };
    this.#batches.push(batch);
    if (this.#batches.length === 1) this.#scheduleFlush();
    return batch;
  }

  /** At the end of this turn of the event loop, so that the requests that were read in it share a commit. */
  #scheduleFlush(): void {
    setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    const batch = this.#batches[0];
    if (batch === undefined || this.#flushing) return;
    this.#flushing = true;
    try {
      const rows = batch.entities.rows();
      const { ledger } = this.#options;
      const outbox = batch.outbox.writes(ledger.lastId);
      const receipt = await this.#options.commits.commit({
        sequences: rows.map((row) => row.sequence),
        texts: rows.map((row) => row.text),
        lastSequence: this.#lastSequence,
        entities: this.#index.size + batch.entities.growth(),
        ...(batch.subscriptions.length > 0 && { subscriptions: batch.subscriptions }),
        ...(batch.documents.length > 0 && { documents: batch.documents }),
        ...(outbox !== undefined && { outbox }),
      });
      this.#takeIn(rows);
      ledger.count(receipt.owed);
      this.#durable = true;
      this.#batches.shift();
      this.#settle(batch);
    } catch (error) {
      this.#refuseAll(error);
    }
    this.#flushing = false;
    if (this.#batches.length > 0) this.#scheduleFlush();
    else this.#drained?.();
  }

  #takeIn(rows: readonly PendingRow[]): void {
    for (const { sequence, text, record } of rows) {
      if (record === undefined || text === null) this.#index.remove(sequence);
      else this.#index.put(sequence, text, record.entity);
    }
  }

  #settle(batch: Batch): void {
    const { owed } = batch.outbox;
    this.#options.ledger.settle(owed.length);
    if (owed.length > 0) this.#options.onOwed(owed);
    for (const waiter of batch.waiters) {
      this.#pendingCommands -= waiter.commands;
      waiter.settle();
    }
  }

  #refuseAll(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log.error({ err: error }, 'a commit failed: its writes are refused, and those decided upon them');
    const refusal = unavailable(`the change could not be made durable: ${reason}`);
    for (const batch of this.#batches.splice(0)) {
      this.#options.ledger.settle(batch.outbox.owed.length);
      for (const waiter of batch.waiters) {
        this.#pendingCommands -= waiter.commands;
        waiter.reject(refusal);
      }
    }
  }
}

const none: readonly OwedChange[] = [];

function unavailable(description: string): Refusal {
  return new Refusal({ kind: 'storeUnavailable', description });
}

/** Tells whether the target, whose id is the entity's, covers it. */
function covers(target: EntityTarget, entity: Entity): boolean {
  return (target.type === undefined || entity.types.includes(target.type)) && scopesMatch(target.scopes, entity.scopes);
}

/** An update that leaves the entity as it is: a device that says again what is known. It needs no row. */
function repeats(write: EntityWrite): boolean {
  return write.kind === 'update' && write.change.after === write.record.entity;
}
