import { setTimeout as delay } from 'node:timers/promises';
import {
  type ChangeStream,
  type ChangeStreamDocument,
  type ChangeStreamOptions,
  type Document,
  type MongoClient,
  MongoError,
  type ResumeToken,
  type Timestamp,
} from 'mongodb';
import type { Log } from '../../../../ports/log.ts';
import { ownDatabases } from './database-name.ts';

/** Something in a database of this deployment was inserted, replaced, changed or removed. */
export interface HeardChange {
  readonly database: string;
  readonly collection: string;
  readonly operation: string;
  /** `_id` of the document. */
  readonly key: unknown;
  /** The document, where it is new. */
  readonly inserted?: Document;
}

/** How long to wait before the stream is opened again, at first and at most, in milliseconds. */
const firstWaitMs = 100;
const longestWaitMs = 5000;

/** The place from which to go on is not in MongoDB's log any more, or is none. */
const lostCodes: readonly unknown[] = [286, 260, 280, 136];

/** What other brokers have to hear of, by the collection; not entities, which `EntityFeed` follows. */
const followed: Document = {
  $or: [
    {
      'ns.coll': { $in: ['subscriptions', 'documents'] },
      operationType: { $in: ['insert', 'replace', 'update', 'delete'] },
    },
    { 'ns.coll': 'owed', operationType: 'insert' },
    { 'ns.coll': 'tenants', operationType: { $in: ['insert', 'update'] } },
    { 'ns.coll': 'owed', operationType: 'update', 'updateDescription.removedFields': 'diedAt' },
  ],
};

/**
 * Follows what any broker changes, in the order of the changes. A stream that breaks goes on where it was; where that place is lost,
 * `onGap` looks at everything. Nothing is heard twice unless a stream broke.
 */
export class ChangeFeed {
  readonly #client: MongoClient;
  readonly #mainDatabase: string;
  readonly #hear: (change: HeardChange) => Promise<void>;
  readonly #onGap: () => Promise<void>;
  readonly #log: Log;
  #stream: ChangeStream | undefined;
  #token: ResumeToken | undefined;
  #startedAt: Timestamp | undefined;
  #closed = false;
  readonly #closing = new AbortController();
  #following: Promise<void> = Promise.resolve();

  constructor(
    client: MongoClient,
    mainDatabase: string,
    hear: (change: HeardChange) => Promise<void>,
    onGap: () => Promise<void>,
    log: Log,
  ) {
    this.#client = client;
    this.#mainDatabase = mainDatabase;
    this.#hear = hear;
    this.#onGap = onGap;
    this.#log = log;
  }

  /** Sets the moment from which on changes are heard, once `begin` is called. */
  async open(): Promise<void> {
    const { operationTime } = await this.#client.db('admin').command({ ping: 1 });
    this.#startedAt = operationTime;
  }

  begin(): void {
    this.#following = this.#follow();
  }

  /** Hears no more. Resolves once nothing is under way, which is when the client is closed: MongoDB is waited for otherwise. */
  close(): Promise<void> {
    this.#closed = true;
    this.#closing.abort();
    return this.#following;
  }

  #watch(): ChangeStream {
    return this.#client.watch([{ $match: { 'ns.db': { $regex: ownDatabases(this.#mainDatabase) }, ...followed } }], {
      ...this.#place(),
      maxAwaitTimeMS: 1000,
      batchSize: 1000,
    });
  }

  #place(): ChangeStreamOptions {
    if (this.#token !== undefined) return { resumeAfter: this.#token };
    return this.#startedAt === undefined ? {} : { startAtOperationTime: this.#startedAt };
  }

  async #follow(): Promise<void> {
    let waitMs = firstWaitMs;
    while (!this.#closed) {
      try {
        this.#stream ??= this.#watch();
        const change = await this.#stream.next();
        await this.#take(change);
        this.#token = this.#stream.resumeToken;
        waitMs = firstWaitMs;
      } catch (error) {
        if (this.#closed) return;
        await this.#recover(error);
        await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
        waitMs = Math.min(waitMs * 2, longestWaitMs);
      }
    }
  }

  async #recover(error: unknown): Promise<void> {
    this.#log.warn({ err: error }, 'the stream of changes broke and is opened again');
    await this.#stream?.close().catch(() => undefined);
    this.#stream = undefined;
    if (!(error instanceof MongoError && lostCodes.includes(error.code))) return;
    this.#token = undefined;
    try {
      await this.open();
      await this.#onGap();
    } catch (again) {
      this.#log.warn({ err: again }, 'what changed meanwhile could not be read, and will be again');
    }
  }

  async #take(change: ChangeStreamDocument): Promise<void> {
    if (!('ns' in change) || !('documentKey' in change) || !('coll' in change.ns)) return;
    await this.#hear({
      database: change.ns.db,
      collection: change.ns.coll,
      operation: change.operationType,
      key: change.documentKey._id,
      ...(change.operationType === 'insert' && { inserted: change.fullDocument }),
    });
  }
}
