import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient, type MongoClientOptions, MongoError, MongoServerError } from 'mongodb';
import type { Log } from '../../../../ports/log.ts';
import { answerMs, longestTimerMs } from '../refuse-failure.ts';

/** How long one attempt to find a primary takes, and how long to wait after one that failed, in milliseconds. */
const selectionMs = 3000;
const againMs = 1000;

/** How soon a member that is gone without a word is noticed, in milliseconds. */
const heartbeatMs = 2000;
const silenceMs = 5000;

/**
 * How much longer than a query may take a connection says nothing until it is given up, in milliseconds. Who waits has been told by then; this
 * is so that a MongoDB that is stuck does not keep connections.
 */
const stuckMs = 10_000;

/** How long a majority may take to have a write, in milliseconds. */
const majorityMs = 5000;

/**
 * What Oriel connects with where the connection string does not say otherwise: answers come in seconds also when no primary is there,
 * and what a majority has is what counts.
 */
function optionsFor(uri: string, queryTimeoutMs: number): MongoClientOptions {
  const given = new URL(uri.replace(/^mongodb(\+srv)?:/, 'http:').replace(/,[^/]*/, '')).searchParams;
  const names = new Set([...given.keys()].map((name) => name.toLowerCase()));
  const unlessGiven = <Options extends MongoClientOptions>(options: Options): MongoClientOptions =>
    Object.fromEntries(Object.entries(options).filter(([name]) => !names.has(name.toLowerCase())));
  return {
    appName: 'oriel',
    ...unlessGiven({
      serverSelectionTimeoutMS: selectionMs,
      heartbeatFrequencyMS: heartbeatMs,
      connectTimeoutMS: silenceMs,
      socketTimeoutMS: Math.min(Math.max(queryTimeoutMs, answerMs) + stuckMs, longestTimerMs),
      waitQueueTimeoutMS: answerMs,
      maxPoolSize: 50,
    }),
    readPreference: 'primary',
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', wtimeoutMS: majorityMs },
  };
}

/** Waiting ends with this: the process is to stop. */
export class WaitAborted extends Error {}

/**
 * Connects to a replica set or a sharded cluster, and waits until a primary is there, however long that takes; `onWaiting` hears why.
 *
 * Rejects for what waiting does not mend: a connection string that is none, credentials that are refused, a MongoDB that stands alone
 * (it has neither transactions nor change streams).
 */
export async function connectToMongo(
  uri: string,
  queryTimeoutMs: number,
  onWaiting: (reason: string) => void,
  log: Log,
  signal?: AbortSignal,
): Promise<MongoClient> {
  for (;;) {
    const client = new MongoClient(uri, optionsFor(uri, queryTimeoutMs));
    try {
      await client.connect();
      await refuseStandalone(client);
      return client;
    } catch (error) {
      await client.close();
      if (!(error instanceof MongoError) || isHopeless(error)) throw error;
      log.warn({ err: error }, 'MongoDB cannot be reached: waiting for it');
      onWaiting(`waiting for MongoDB: ${error.message}`);
    }
    await delay(againMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    if (signal?.aborted) throw new WaitAborted('stopped while waiting for MongoDB');
  }
}

/** The database of the default tenant: the one that the connection string names, else `oriel`. */
export function mainDatabaseOf(client: MongoClient, uri: string): string {
  const isNamed = /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]+/.test(uri);
  return isNamed ? client.options.dbName : 'oriel';
}

async function refuseStandalone(client: MongoClient): Promise<void> {
  const hello = await client.db('admin').command({ hello: 1 });
  if (hello.setName === undefined && hello.msg !== 'isdbgrid') {
    throw new Error(
      'this MongoDB stands alone; Oriel needs a replica set, of one member at least: start mongod with --replSet and run rs.initiate()',
    );
  }
}

/** The credentials are wrong, or may not do what is needed. */
function isHopeless(error: MongoError): boolean {
  const refused: readonly unknown[] = [13, 18, 8000];
  return error instanceof MongoServerError && refused.includes(error.code);
}
