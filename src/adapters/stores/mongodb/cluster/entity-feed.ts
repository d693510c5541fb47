import { setTimeout as delay } from 'node:timers/promises';
import type { Document, MongoClient } from 'mongodb';
import type { Log } from '../../../../ports/log.ts';
import { ownDatabases } from './database-name.ts';

/** What became of one stored entity. */
export interface HeardEntity {
  readonly database: string;
  readonly sequence: number;
  /** The state that it has now; absent where it is gone, or is not told. */
  readonly revision?: string;
  /** Of a new one, as `encodeText` wrote it. */
  readonly id?: string;
}

export interface EntityFeedListener {
  hear(change: HeardEntity): void;
  /** Something may not have been heard, of what was until now. */
  lost(): void;
}

/** Longest time that MongoDB waits for something to tell, as a part of the time in which it must have been heard. */
const waitPart = 4;
const longestWaitMs = 500;

/** How long to wait before a stream that broke is opened again, in milliseconds. */
const againMs = 500;

/** Changes in one answer; with fewer it has all there were. */
const batchSize = 1000;

/** What cannot be told entity by entity. */
const upheavals: readonly string[] = ['drop', 'rename', 'dropDatabase', 'invalidate'];

/**
 * Follows the changes of all entities by other brokers, and knows up to which moment it has heard of all: a question to MongoDB that is
 * answered has told everything that a majority had when it was asked. It asks several times in `stalenessMs`; when that long
 * nothing is heard, not even that there is nothing, `isCurrent` is false.
 */
export class EntityFeed {
  readonly #client: MongoClient;
  readonly #pipeline: readonly Document[];
  readonly #stalenessMs: number;
  readonly #listener: EntityFeedListener;
  readonly #log: Log;
  readonly #closing = new AbortController();
  /** Everything up to then has been heard, by `performance.now()`. */
  #heardUntil = Number.NEGATIVE_INFINITY;
  #following: Promise<void> = Promise.resolve();

  /** `broker`: begins the revisions of this broker's own writes, which are not told. */
  constructor(
    client: MongoClient,
    { mainDatabase, broker, stalenessMs }: { mainDatabase: string; broker: string; stalenessMs: number },
    listener: EntityFeedListener,
    log: Log,
  ) {
    this.#client = client;
    this.#stalenessMs = stalenessMs;
    this.#listener = listener;
    this.#log = log;
    const foreign = { $not: { $regex: `^${broker}-` } };
    this.#pipeline = [
      { $changeStream: { allChangesForCluster: true } },
      {
        $match: {
          'ns.db': { $regex: ownDatabases(mainDatabase) },
          $or: [{ 'ns.coll': 'entities' }, { operationType: 'dropDatabase' }],
          'fullDocument.revision': foreign,
          'updateDescription.updatedFields.revision': foreign,
        },
      },
      {
        $project: {
          operationType: 1,
          'ns.db': 1,
          'documentKey._id': 1,
          'fullDocument.id': 1,
          'fullDocument.revision': 1,
          'updateDescription.updatedFields.revision': 1,
        },
      },
    ];
  }

  /** Whether all is known that was acknowledged longer ago than the staleness. */
  get isCurrent(): boolean {
    return performance.now() - this.#heardUntil <= this.#stalenessMs;
  }

  begin(): void {
    this.#following = this.#follow();
  }

  /** Resolves once nothing is under way, which is when the client is closed. */
  close(): Promise<void> {
    this.#closing.abort();
    return this.#following;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#listen();
      } catch (error) {
        if (signal.aborted) return;
        this.#heardUntil = Number.NEGATIVE_INFINITY;
        this.#log.warn({ err: error }, 'the stream of entities broke: until it is open again every read asks MongoDB');
        await delay(againMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Until it fails. */
  async #listen(): Promise<void> {
    const cursor = this.#client
      .db('admin')
      .runCursorCommand(
        { aggregate: 1, pipeline: this.#pipeline, cursor: {}, readConcern: { level: 'majority' } },
        { tailable: true, awaitData: true },
      )
      .setMaxTimeMS(Math.min(longestWaitMs, Math.ceil(this.#stalenessMs / waitPart)))
      .setBatchSize(batchSize);
    let isNew = true;
    try {
      while (!this.#closing.signal.aborted) {
        const askedAt = performance.now();
        const first = await cursor.tryNext();
        if (isNew) this.#listener.lost();
        isNew = false;
        const changes = first === null ? [] : [first, ...cursor.readBufferedDocuments()];
        for (const change of changes) this.#take(change);
        if (changes.length < batchSize) this.#heardUntil = askedAt;
      }
    } finally {
      await cursor.close().catch(() => undefined);
    }
  }

  #take({ operationType, ns, documentKey, fullDocument, updateDescription }: Document): void {
    if (upheavals.includes(operationType)) {
      this.#listener.lost();
      return;
    }
    const revision = fullDocument?.revision ?? updateDescription?.updatedFields?.revision;
    this.#listener.hear({
      database: ns.db,
      sequence: Number(documentKey._id),
      ...(typeof revision === 'string' && { revision }),
      ...(operationType === 'insert' && { id: String(fullDocument?.id) }),
    });
  }
}
