import { setTimeout as delay } from 'node:timers/promises';
import type { AnyBulkWriteOperation, MongoClient } from 'mongodb';
import type { Entity } from '../../../../core/entity/entity.ts';
import { Refusal } from '../../../../core/errors.ts';
import type { EntityWrite, WriteCommand } from '../../../../ports/entity-store.ts';
import type { Log } from '../../../../ports/log.ts';
import type { OwedChange, OwedNotification } from '../../../../ports/outbox.ts';
import { type EntityForm, encodeEntity } from '../form/entity-form.ts';
import { encodeUpdate } from '../form/entity-update.ts';
import { encodeText } from '../form/text-form.ts';
import type { RecordCache, StoredRecord, StoredState } from '../record-cache.ts';
import { answerMs, inTime, isConflict, isTooLarge, refusalOf } from '../refuse-failure.ts';
import type { TenantCollections } from './collections.ts';
import { CommitConflict, commitToMongo } from './commit.ts';
import type { Counters } from './counters.ts';
import type { KnownEntities, Watch } from './known-entities.ts';
import type { OutboxLedger } from './outbox-ledger.ts';
import { oweChanges } from './owed-form.ts';
import type { PointReads, ReadConcern } from './point-reads.ts';
import { type TypeLimit, TypesUnknown } from './type-limit.ts';
import type { TypeStates } from './type-states.ts';
import { type ChangedEntity, WorkingSet } from './working-set.ts';
import { type Call, WriteQueue } from './write-queue.ts';

export interface EntityWritesParts {
  readonly client: MongoClient;
  readonly collections: TenantCollections;
  readonly cache: RecordCache;
  readonly known: KnownEntities;
  readonly reads: PointReads;
  readonly counters: Counters;
  readonly types: TypeLimit;
  readonly states: TypeStates;
  readonly ledger: OutboxLedger;
  readonly maxPendingWrites: number;
  /** Names this broker, this time that it runs. */
  readonly broker: string;
  /** Called before the first commit that writes something; may refuse. */
  readonly admit: () => Promise<void>;
  readonly feed: CommitFeed;
  readonly log: Log;
}

/** Hears of what this broker's commits owe. */
export interface CommitFeed {
  /** These may come to be owed. */
  begin(notifications: readonly OwedNotification[]): void;
  /** They are, or nobody knows whether they are. */
  end(notifications: readonly OwedNotification[], outcome: 'committed' | 'unknown'): void;
}

/** What became of the decisions of a commit's calls. */
interface Decided {
  readonly call: Call;
  readonly outcome: { readonly results: unknown[] } | { readonly error: unknown };
  /** All that it was decided on is written, and only as it was found: had it been another state, nothing would be. */
  readonly isGuarded: boolean;
}

/** What commands decide on: of these ids what MongoDB has, by that read concern; of others what is known, where it is. */
interface Ground {
  readonly level: ReadConcern;
  readonly asked: ReadonlySet<string>;
}

/** How long a call may lose races against other brokers, and how long to wait after one at most. */
const maxConflictMs = 15_000;
const maxBackoffMs = 50;

/** A document of MongoDB is never larger. */
const maxEntityBytes = 16 * 1024 * 1024;

/**
 * The write path of a tenant's entities: read what is not known, decide, commit, and once more where another broker was faster.
 *
 * Each entity is replaced only in the state that was decided on, which its `revision` names; a new one takes the place `twin` among
 * those of its id, of which there is one each. So a commit that rests on something that has changed since writes nothing.
 */
export class EntityWrites {
  readonly #parts: EntityWritesParts;
  readonly #queue: WriteQueue;
  #commits = 0;

  constructor(parts: EntityWritesParts) {
    this.#parts = parts;
    this.#queue = new WriteQueue(parts.maxPendingWrites, (calls) => this.#commit(calls));
  }

  /** As `EntityStore.write`. */
  write<Result>(commands: readonly WriteCommand<Result>[]): Promise<Result[]> {
    return commands.length === 0 ? Promise.resolve([]) : this.#queue.add(commands);
  }

  /** As `WriteQueue.drain`. */
  drain(): Promise<void> {
    return this.#queue.drain();
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    try {
      const decided = await this.#untilCommitted(calls);
      for (const { call, outcome } of decided) {
        if ('results' in outcome) call.resolve(outcome.results);
        else call.reject(outcome.error);
      }
    } catch (error) {
      if (isTooLarge(error) && calls.length > 1) {
        // One of them is, and the others must not suffer.
        for (const call of calls) await this.#commit([call]);
        return;
      }
      const refusal = isTooLarge(error) ? tooLarge() : refusalOf(error);
      if (!(refusal instanceof Refusal) || refusal.reason.kind === 'storeUnavailable') {
        this.#parts.log.error({ err: error }, 'a commit failed: its writes are refused');
      }
      for (const call of calls) call.reject(refusal);
    }
  }

  async #untilCommitted(calls: readonly Call[]): Promise<readonly Decided[]> {
    const ids = [...new Set(calls.flatMap((call) => call.ids))];
    const givesUpAt = performance.now() + maxConflictMs;
    // After a lost race the winner's write is looked at at once, though a majority may not have it yet: the commit waits for both.
    let ground: Ground = { level: 'majority', asked: new Set() };
    for (let attempt = 1; ; attempt++) {
      try {
        const attempted = await inTime(this.#attempt(calls, ids, ground), answerMs);
        if ('decided' in attempted) return attempted.decided;
        ground = { level: 'majority', asked: new Set([...ground.asked, ...attempted.doubted]) };
      } catch (error) {
        if (error instanceof TypesUnknown) {
          await inTime(this.#parts.types.refresh(), answerMs);
          continue;
        }
        if (!(error instanceof CommitConflict || isConflict(error))) throw error;
        if (performance.now() > givesUpAt) throw new Refusal({ kind: 'overloaded', retryAfterSeconds: 1 });
        await delay(Math.random() * Math.min(maxBackoffMs, 2 ** attempt));
        ground = { level: 'local', asked: new Set(ids) };
      }
    }
  }

  /** `doubted`: ids that must be asked for, as something rests on what may be older than it may be, or that nobody is durably known to have written. */
  async #attempt(
    calls: readonly Call[],
    ids: readonly string[],
    ground: Ground,
  ): Promise<{ readonly decided: readonly Decided[] } | { readonly doubted: readonly string[] }> {
    const { types, ledger } = this.#parts;
    const { stored, read } = await this.#stored(ids, ground);
    const working = new WorkingSet(stored);
    const owing: OwedChange[] = [];
    let room = 0;
    try {
      const decided = calls.map((call): Decided => {
        try {
          const { results, owed, isGuarded } = this.#decide(call, working);
          room += ledger.admit(owed);
          owing.push(...owed);
          working.keep();
          return { call, outcome: { results }, isGuarded };
        } catch (error) {
          if (error instanceof TypesUnknown) throw error;
          working.undo();
          return { call, outcome: { error }, isGuarded: false };
        }
      });
      types.settle();
      const unguarded = decided.flatMap(({ call, isGuarded }) => (isGuarded ? [] : call.ids));
      const doubted = unguarded.filter((id) => !read.has(id));
      if (doubted.length > 0) return { doubted };
      const changes = working.changes();
      if (changes.length > 0 || owing.length > 0) await this.#write(changes, owing, stored);
      else if (ground.level === 'local') return { doubted: ids };
      return { decided };
    } finally {
      ledger.release(room);
    }
  }

  /** `read`: the ids that MongoDB was asked for. */
  async #stored(
    ids: readonly string[],
    { level, asked }: Ground,
  ): Promise<{ readonly stored: ReadonlyMap<string, readonly StoredRecord[]>; readonly read: ReadonlySet<string> }> {
    const { known, reads } = this.#parts;
    const stored = new Map<string, readonly StoredRecord[]>();
    const read = new Set<string>();
    for (const id of ids) {
      const records = asked.has(id) ? undefined : known.ofId(id);
      if (records === undefined) read.add(id);
      else stored.set(id, records);
    }
    if (read.size > 0) for (const [id, records] of await reads.ofIds([...read], level)) stored.set(id, records);
    return { stored, read };
  }

  #decide(
    { commands }: Call,
    working: WorkingSet,
  ): Omit<Decided, 'call' | 'outcome'> & { results: unknown[]; owed: OwedChange[] } {
    const results: unknown[] = [];
    let isGuarded = true;
    const owing: OwedChange[] = [];
    for (const { target, decide } of commands) {
      const { result, writes, owed = [] } = decide(working.found(target));
      for (const write of writes) {
        if (write.kind === 'create') this.#parts.types.admit(write.change.after.types);
        working.apply(write);
      }
      owing.push(...owed);
      results.push(result);
      isGuarded &&= writes.length > 0 && writes.every(isGuard);
    }
    return { results, owed: owing, isGuarded };
  }

  async #write(
    changes: readonly ChangedEntity[],
    owing: readonly OwedChange[],
    stored: ReadonlyMap<string, readonly StoredRecord[]>,
  ): Promise<void> {
    const { client, collections, known, counters, ledger, broker, admit, feed, states: typeStates } = this.#parts;
    await admit();
    await collections.make('entities', 'counters', ...(owing.length > 0 ? (['owed', 'changes'] as const) : []));
    await typeStates.announce(changes);
    const created = changes.filter((change) => change.stored === undefined).length;
    const owed = owing.reduce((sum, { wakes }) => sum + wakes.length, 0);
    const first = created + owed === 0 ? { sequence: 0, owed: 0 } : await counters.reserve({ sequence: created, owed });
    const revision = `${broker}-${++this.#commits}`;
    const { operations, states } = operationsOf(changes, stored, first.sequence, revision);
    const { notifications, ...outbox } = oweChanges(owing, first.owed, broker);
    feed.begin(notifications);
    const watch = known.watch();
    try {
      await commitToMongo(client, collections, { entities: operations, ...outbox });
      this.#keep(states, stored, watch);
    } catch (error) {
      feed.end(notifications, 'unknown');
      if (!(error instanceof CommitConflict || isConflict(error) || isTooLarge(error))) known.distrust();
      throw error;
    } finally {
      watch.end();
    }
    ledger.add(notifications.length);
    feed.end(notifications, 'committed');
  }

  /** What was written is known from now on, and what was there before not any more. */
  #keep(
    states: readonly (readonly [StoredState, Entity | undefined])[],
    stored: ReadonlyMap<string, readonly StoredRecord[]>,
    watch: Watch,
  ): void {
    const { cache } = this.#parts;
    const written = new Map<string, Map<number, StoredRecord>>();
    for (const [state, entity] of states) {
      const { id, sequence, revision } = state;
      const before = stored.get(id) ?? [];
      const ofId = written.get(id) ?? new Map(before.map((record) => [record.sequence, record]));
      written.set(id, ofId);
      if (entity === undefined) {
        ofId.delete(sequence);
        cache.forget(sequence);
        watch.tellOthers(sequence, undefined);
      } else {
        const isNew = !ofId.has(sequence);
        ofId.set(sequence, cache.admit(state, entity));
        watch.tellOthers(sequence, revision, isNew ? id : undefined);
      }
    }
    for (const [id, ofId] of written) watch.admit(id, [...ofId.values()]);
  }
}

/** Writes of which MongoDB has none unless the entity is as it was found. A new one stands beside others that were not looked at. */
function isGuard(write: EntityWrite): boolean {
  return write.kind === 'remove' || (write.kind === 'update' && write.change.after !== write.record.entity);
}

/** What MongoDB is told to do about each entity, and the state that each has then. */
function operationsOf(
  changes: readonly ChangedEntity[],
  stored: ReadonlyMap<string, readonly { readonly state: StoredState }[]>,
  firstSequence: number,
  revision: string,
): { operations: AnyBulkWriteOperation<EntityForm>[]; states: [StoredState, Entity | undefined][] } {
  const operations: AnyBulkWriteOperation<EntityForm>[] = [];
  const states: [StoredState, Entity | undefined][] = [];
  const twins = new Map<string, Set<number>>();
  let sequence = firstSequence;
  for (const { stored: before, entity } of changes) {
    if (before === undefined) {
      const { id } = entity;
      const taken = twins.get(id) ?? new Set(stored.get(id)?.map(({ state }) => state.twin));
      twins.set(id, taken);
      let twin = 0;
      while (taken.has(twin)) twin++;
      taken.add(twin);
      const state = { sequence: sequence++, revision, twin, id };
      operations.push({ insertOne: { document: formOf(state, entity) } });
      states.push([state, entity]);
      continue;
    }
    // With the id, by which a sharded collection knows where the entity lies.
    const form = before.state;
    const filter = { _id: form.sequence, revision: form.revision, id: encodeText(form.id) };
    // Named, so that MongoDB tries no other plan.
    const hint = '_id_';
    const update = entity && encodeUpdate(before.entity, entity);
    if (entity === undefined) operations.push({ deleteOne: { filter, hint } });
    else if (update !== undefined)
      operations.push({ updateOne: { filter, hint, update: { $set: { revision, ...update } } } });
    else operations.push({ replaceOne: { filter, hint, replacement: formOf({ ...form, revision }, entity) } });
    states.push([{ ...form, revision }, entity]);
  }
  return { operations, states };
}

/** The order matters: `readHeader` reads the first four. */
function formOf({ sequence, revision, twin }: StoredState, entity: Entity): EntityForm {
  const { id, ...body } = encodeEntity(entity);
  return { _id: sequence, revision, twin, id, ...body };
}

function tooLarge(): Refusal {
  return new Refusal({ kind: 'limitReached', what: 'bytes of an entity', limit: maxEntityBytes });
}
