import type { MongoClient } from 'mongodb';
import type { TenantName } from '../../../../core/scope.ts';
import type { DocumentChange, DocumentKind } from '../../../../ports/document-store.ts';
import type { Log } from '../../../../ports/log.ts';
import type { TenantStore } from '../../../../ports/stores.ts';
import type { OwedFeed } from '../cluster/owed-feed.ts';
import { RecordCache } from '../record-cache.ts';
import { TenantCollections } from './collections.ts';
import { Counters } from './counters.ts';
import { EntityQueries } from './entity-queries.ts';
import { EntityWrites } from './entity-writes.ts';
import { KnownEntities, openCommitMs } from './known-entities.ts';
import { MongoDocuments } from './mongo-documents.ts';
import { MongoEntityStore } from './mongo-entity-store.ts';
import { MongoOutbox } from './mongo-outbox.ts';
import { MongoSubscriptionStore } from './mongo-subscription-store.ts';
import { OutboxLedger } from './outbox-ledger.ts';
import type { OwedForm } from './owed-form.ts';
import { PointReads } from './point-reads.ts';
import { TypeLimit } from './type-limit.ts';
import { TypeShapes } from './type-shapes.ts';
import { TypeStates } from './type-states.ts';

export interface MongoTenantParts {
  readonly client: MongoClient;
  readonly name: TenantName;
  readonly database: string;
  readonly broker: string;
  readonly cacheBytes: number;
  readonly queryTimeoutMs: number;
  readonly maxTypes: number;
  readonly maxPendingWrites: number;
  readonly maxOwed: number;
  readonly admit: () => Promise<void>;
  /** The form whose promises all that is stored keeps, as far as is known. */
  readonly form: () => number;
  readonly newRevision: () => string;
  /** Whether all is heard in time that others change of entities. */
  readonly hearsOfEntities: () => boolean;
  readonly feed: OwedFeed;
  readonly tellDocuments: (kind: DocumentKind, change: DocumentChange) => void;
  readonly log: Log;
}

/** All of one tenant, in a database of its own. Looking at it makes nothing: what is not there is empty. */
export class MongoTenant implements TenantStore {
  readonly entities: MongoEntityStore;
  readonly known: KnownEntities;
  readonly outbox: MongoOutbox;
  readonly subscriptions: MongoSubscriptionStore;
  readonly allDocuments: MongoDocuments;
  readonly #collections: TenantCollections;
  readonly #writes: EntityWrites;
  readonly #ledger: OutboxLedger;
  readonly #parts: MongoTenantParts;
  readonly name: TenantName;
  /** Ids from here on may have been given out lately, and be committed yet. */
  #lately: readonly { readonly at: number; readonly owed: number }[] = [];

  constructor(parts: MongoTenantParts) {
    this.#parts = parts;
    this.name = parts.name;
    const { client, name, database, cacheBytes, queryTimeoutMs, admit, newRevision, feed } = parts;
    const collections = new TenantCollections(client.db(database), parts.form);
    const cache = new RecordCache(cacheBytes);
    const known = new KnownEntities(cache, parts.hearsOfEntities);
    const reads = new PointReads(collections, cache, known);
    const counters = new Counters(collections);
    const states = new TypeStates(collections, () => parts.form() !== 1);
    this.#collections = collections;
    this.known = known;
    this.#ledger = new OutboxLedger(parts.maxOwed);
    this.#writes = new EntityWrites({
      ...parts,
      collections,
      cache,
      known,
      reads,
      counters,
      types: new TypeLimit(collections, parts.maxTypes),
      states,
      ledger: this.#ledger,
      feed: {
        begin: (notifications) => feed.begin(name, notifications),
        end: (notifications, outcome) => feed.end(name, notifications, outcome),
      },
    });
    const queries = new EntityQueries(collections, cache, queryTimeoutMs);
    this.entities = new MongoEntityStore({
      collections,
      reads,
      known,
      queries,
      states,
      writes: this.#writes,
      shapes: new TypeShapes(collections),
      haveShapes: () => parts.form() >= 2,
      queryTimeoutMs,
    });
    this.outbox = new MongoOutbox(collections, this.#ledger, (ids) => feed.pass(name, ids));
    this.subscriptions = new MongoSubscriptionStore({ collections, counters, outbox: this.outbox, admit, newRevision });
    this.allDocuments = new MongoDocuments({
      client,
      collections,
      counters,
      admit,
      newRevision,
      tell: parts.tellDocuments,
    });
  }

  documents(kind: DocumentKind) {
    return this.allDocuments.of(kind);
  }

  /** As `WriteQueue.drain`. */
  drain(): Promise<void> {
    return this.#writes.drain();
  }

  /** Another broker, or this one, has had it owed. */
  async hearOwed(forms: readonly OwedForm[]): Promise<void> {
    const { feed, name, broker } = this.#parts;
    // Of this broker's own, those are looked at whose commit is under way: its outcome may never be told otherwise.
    const news = forms.filter((form) => !feed.hasTold(name, form._id));
    for (const form of news) if (form.broker !== broker) this.#ledger.add(1);
    feed.hear(name, await this.outbox.decode(news));
  }

  /** Dead letters that a broker has had replayed, this one or another. */
  async hearReplayed(ids: readonly number[]): Promise<void> {
    const filter = { _id: { $in: [...ids] }, diedAt: { $exists: false } };
    const forms = await this.#collections.named<OwedForm>('owed').find(filter).toArray();
    this.#parts.feed.hearReplayed(this.#parts.name, await this.outbox.decode(forms));
  }

  /** Counts anew what is owed, and tells what nobody was told of that became owed lately. */
  async reconcileOutbox(): Promise<void> {
    const owed = this.#collections.named<OwedForm>('owed');
    this.#ledger.set(await owed.estimatedDocumentCount());
    const [newest] = await owed
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    const now = performance.now();
    const before = this.#lately.filter(({ at }) => at <= now - openCommitMs).at(-1);
    this.#lately = [...this.#lately.filter(({ at }) => at > now - openCommitMs), ...(before ? [before] : [])].sort(
      (a, b) => a.at - b.at,
    );
    const after = this.#lately[0]?.owed;
    this.#lately = [...this.#lately, { at: now, owed: newest?._id ?? 0 }];
    if (after === undefined) return;
    const forms = await owed
      .find({ _id: { $gt: after }, diedAt: { $exists: false } })
      .sort({ _id: 1 })
      .toArray();
    await this.hearOwed(forms);
  }
}
