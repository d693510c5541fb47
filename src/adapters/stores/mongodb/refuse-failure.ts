import {
  MongoBulkWriteError,
  MongoError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from 'mongodb';
import { Refusal } from '../../../core/errors.ts';

/** Seconds after which MongoDB may be there again: about what an election takes. */
const retryAfterSeconds = 5;

/** How long MongoDB may take to answer before whoever waits for it is refused, in milliseconds: no request hangs because MongoDB does. */
export const answerMs = 10_000;

/** How much later than MongoDB itself should have ended a query, in milliseconds. */
const lateMs = 2000;

/** The longest time that a timer takes, in milliseconds. */
export const longestTimerMs = 2 ** 31 - 1;

/** Codes of the server, by the names that its own documentation has for them. */
const codes = {
  maxTimeExpired: 50,
  duplicateKey: 11_000,
  objectTooLarge: 10_334,
  documentTooLarge: 17_419,
  documentToInsertTooLarge: 17_420,
  transactionTooLarge: 257,
} as const;

/** What comes of a query that took longer than it may. */
export function queryTimeout(limitMs: number): Refusal {
  return new Refusal({ kind: 'queryTimeout', limitMs });
}

/**
 * The refusal for what MongoDB, or the way to it, failed at; other errors are bugs and come back as they are.
 *
 * A write that was refused so may have been done all the same, if the connection broke at the wrong moment.
 */
export function refusalOf(error: unknown, limitMs?: number): unknown {
  if (error instanceof Refusal || !(error instanceof MongoError)) return error;
  if (limitMs !== undefined && error.code === codes.maxTimeExpired) return queryTimeout(limitMs);
  return unavailable(wordFailure(error));
}

export function unavailable(description: string): Refusal {
  return new Refusal({ kind: 'storeUnavailable', description, retryAfterSeconds });
}

/** Runs what asks MongoDB for something, and waits no longer for it than `answerMs`, or than a query that has a limit of its own may take. */
export async function refusing<Result>(work: () => Promise<Result>, limitMs?: number): Promise<Result> {
  try {
    return await inTime(work(), limitMs === undefined ? answerMs : Math.min(limitMs + lateMs, longestTimerMs));
  } catch (error) {
    throw refusalOf(error, limitMs);
  }
}

/**
 * The result, or a refusal once that takes too long; what comes later nobody hears of. A MongoDB that is stuck takes connections and says
 * nothing, and what is sent just as a connection breaks the driver may neither answer nor refuse.
 */
export async function inTime<Result>(result: Promise<Result>, maxMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable(`MongoDB has not answered in ${maxMs} ms`)), maxMs);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a transaction ends with that another one was faster than, or whose primary is another one by now: codes of the server. */
const transient: readonly unknown[] = [24, 112, 246, 251, 91, 189, 10_107, 11_600, 11_602, 13_435];

/** Nothing of it was written, and decided anew it may be: somebody else has written what was to be written, or an election came between. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof MongoError)) return false;
  if (error instanceof MongoBulkWriteError) {
    const failed = [error.writeErrors].flat();
    return (failed.length > 0 && failed.every(({ code }) => code === codes.duplicateKey)) || isTransient(error);
  }
  return error.code === codes.duplicateKey || isTransient(error);
}

function isTransient(error: MongoError): boolean {
  return error.hasErrorLabel('TransientTransactionError') && transient.includes(error.code);
}

/** A document is larger than MongoDB takes, or a commit is. */
export function isTooLarge(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  const large: readonly unknown[] = [
    codes.objectTooLarge,
    codes.documentTooLarge,
    codes.documentToInsertTooLarge,
    codes.transactionTooLarge,
  ];
  return (
    error instanceof MongoError &&
    (large.includes(error.code) || /object to insert too large|BSONObj size|Document is larger/i.test(error.message))
  );
}

function wordFailure(error: MongoError): string {
  if (error instanceof MongoServerSelectionError) return `no MongoDB primary can be reached: ${error.message}`;
  if (error instanceof MongoWriteConcernError) return `MongoDB has no majority for the change: ${error.message}`;
  if (error instanceof MongoServerError) return `MongoDB refused: ${error.message}`;
  return `MongoDB failed: ${error.message}`;
}
