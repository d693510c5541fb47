import type { EpochMs } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FetchedContext, FetchedContexts } from '../../ports/context-source.ts';
import type { Log } from '../../ports/log.ts';
import type { CachedContext, CacheTimes, ContextCache } from './context-cache.ts';
import { contextId } from './context-id.ts';

/** A document fetched from where its URL leads. Throws an `Error` whose message says why it cannot be had. */
export type FetchDocument = (url: string) => Promise<FetchedDocument>;

export interface FetchedDocument {
  readonly document: JsonValue;
  /** For how long it holds by its server's word; absent: it gave none. */
  readonly freshForMs?: number;
}

/** A document that a URL stands for. */
export interface ContextDocument {
  readonly document: JsonObject;
  /** When it has to be asked for again. */
  readonly staleAt: EpochMs;
  /** Under which its uses are counted. */
  readonly key: string;
}

export interface ContextDocumentsOptions {
  /** Documents that come with the release, or that the operator keeps, by URL; nobody else is asked for these. */
  readonly kept: ReadonlyMap<string, JsonObject>;
  /** What is hosted here under the URL, with its id. */
  hosted(url: string): { readonly id: string; readonly document: JsonObject } | undefined;
  readonly cache: ContextCache;
  /** Absent: nothing is fetched. */
  readonly fetch?: FetchDocument;
  /** How long a copy is used before it is fetched anew, where its server does not say. */
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long one that could not be had is not asked for again. */
const retryAfterMs = 10_000;

/** A server that allows no copy is asked no more often than this. */
const leastFreshMs = 1000;

interface Failure {
  readonly at: EpochMs;
  readonly refusal: Refusal;
}

/**
 * The documents of contexts, by URL: those that are kept or hosted here, then copies from the cache, then the network.
 *
 * A copy holds for as long as its server said, or for a time of the configuration. One that is too old is fetched anew and, where
 * that fails, used all the same: a context that is gone from the network keeps the requests of those who use it alive. Requests for
 * one document at the same time share one fetch. [LD 6.3.16]
 */
export class ContextDocuments implements FetchedContexts {
  readonly #options: ContextDocumentsOptions;
  readonly #underWay = new Map<string, Promise<ContextDocument>>();
  readonly #failures = new Map<string, Failure>();

  constructor(options: ContextDocumentsOptions) {
    this.#options = options;
  }

  /** Refuses with `contextUnavailable`, or with `invalidContext` for a document that holds none. */
  get(url: string): Promise<ContextDocument> {
    const kept = this.#options.kept.get(url);
    if (kept !== undefined) return Promise.resolve({ document: kept, staleAt: Number.POSITIVE_INFINITY, key: url });
    const hosted = this.#options.hosted(url);
    if (hosted !== undefined) {
      return Promise.resolve({ document: hosted.document, staleAt: Number.POSITIVE_INFINITY, key: hosted.id });
    }
    const underWay = this.#underWay.get(url);
    if (underWay !== undefined) return underWay;
    const got = this.#obtain(url).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, got);
    return got;
  }

  async list(): Promise<readonly FetchedContext[]> {
    const listed = await this.#options.cache.list();
    return [...listed].map(([url, times]) => ({
      id: contextId(url),
      url,
      fetchedAt: times.fetchedAt,
      staleAt: this.#staleAt(times),
    }));
  }

  async refetch(url: string): Promise<void> {
    this.#failures.delete(url);
    try {
      await this.#fetch(url);
    } catch (error) {
      const { reason } = error as Refusal;
      // A server that has something else there now does not have the context.
      throw reason?.kind === 'invalidContext' ? unavailable(url, reason.description) : error;
    }
  }

  async remove(url: string): Promise<void> {
    this.#failures.delete(url);
    await this.#options.cache.remove(url);
  }

  async #obtain(url: string): Promise<ContextDocument> {
    const { cache, clock, log } = this.#options;
    const copy = await cache.get(url);
    if (copy !== undefined && clock.now() < this.#staleAt(copy)) return this.#asDocument(url, copy);
    try {
      return this.#asDocument(url, await this.#fetch(url));
    } catch (error) {
      if (copy === undefined) throw error;
      log.warn({ url, fetchedAt: copy.fetchedAt, err: error }, 'a context cannot be had: its old copy is used');
      return { document: copy.document, staleAt: clock.now() + retryAfterMs, key: url };
    }
  }

  #asDocument(url: string, copy: CachedContext): ContextDocument {
    return { document: copy.document, staleAt: this.#staleAt(copy), key: url };
  }

  #staleAt({ fetchedAt, staleAt }: CacheTimes): EpochMs {
    return staleAt ?? fetchedAt + this.#options.ttlMs;
  }

  async #fetch(url: string): Promise<CachedContext> {
    const { fetch, clock, cache } = this.#options;
    if (fetch === undefined) throw unavailable(url, 'contexts are not fetched here (see ORIEL_CONTEXT_FETCH)');
    const failure = this.#failures.get(url);
    if (failure !== undefined && clock.now() - failure.at < retryAfterMs) throw failure.refusal;
    try {
      const { document, freshForMs } = await fetch(url);
      const fetchedAt = clock.now();
      const copy = {
        document: contextDocument(url, document),
        fetchedAt,
        ...(freshForMs !== undefined && { staleAt: fetchedAt + Math.max(freshForMs, leastFreshMs) }),
      };
      this.#failures.delete(url);
      await cache.put(url, copy);
      return copy;
    } catch (error) {
      const refusal = error instanceof Refusal ? error : unavailable(url, messageOf(error));
      if (this.#failures.size >= 1000) this.#failures.clear();
      this.#failures.set(url, { at: clock.now(), refusal });
      throw refusal;
    }
  }
}

/** The document itself; refuses with `invalidContext` what is no JSON object with an `@context`. */
export function contextDocument(url: string, document: JsonValue): JsonObject {
  if (isJsonObject(document) && Object.hasOwn(document, '@context')) return document;
  throw new Refusal({ kind: 'invalidContext', description: `${url} is no JSON object with a member @context` });
}

function unavailable(url: string, description: string): Refusal {
  return new Refusal({ kind: 'contextUnavailable', url, description });
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${error.message}: ${cause.message}` : error.message;
}
