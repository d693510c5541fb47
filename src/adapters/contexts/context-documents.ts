import type { EpochMs } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ContextCache } from './context-cache.ts';

/** A document fetched from where its URL leads. Throws an `Error` whose message says why it cannot be had. */
export type FetchDocument = (url: string) => Promise<JsonValue>;

export interface ContextDocumentsOptions {
  /** Documents that come with the release, or that the operator keeps, by URL; nobody else is asked for these. */
  readonly kept: ReadonlyMap<string, JsonObject>;
  readonly cache: ContextCache;
  /** Absent: nothing is fetched. */
  readonly fetch?: FetchDocument;
  /** How long a copy is used before it is fetched anew. */
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long one that could not be had is not asked for again. */
const retryAfterMs = 10_000;

interface Failure {
  readonly at: EpochMs;
  readonly refusal: Refusal;
}

/**
 * The documents of contexts, by URL: those that are kept, then copies from the cache, then the network.
 *
 * A copy that is too old is fetched anew and, where that fails, used all the same: a context that is gone from the network
 * keeps the requests of those who use it alive. Requests for one document at the same time share one fetch.
 */
export class ContextDocuments {
  readonly #options: ContextDocumentsOptions;
  readonly #underWay = new Map<string, Promise<JsonObject>>();
  readonly #failures = new Map<string, Failure>();

  constructor(options: ContextDocumentsOptions) {
    this.#options = options;
  }

  /** Refuses with `contextUnavailable`, or with `invalidContext` for a document that holds none. */
  get(url: string): Promise<JsonObject> {
    const kept = this.#options.kept.get(url);
    if (kept !== undefined) return Promise.resolve(kept);
    const underWay = this.#underWay.get(url);
    if (underWay !== undefined) return underWay;
    const got = this.#obtain(url).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, got);
    return got;
  }

  /** Has the document fetched anew the next time that it is asked for. */
  async forget(url: string): Promise<void> {
    this.#failures.delete(url);
    await this.#options.cache.remove(url);
  }

  async #obtain(url: string): Promise<JsonObject> {
    const { cache, clock, ttlMs, log } = this.#options;
    const copy = await cache.get(url);
    if (copy !== undefined && clock.now() - copy.fetchedAt < ttlMs) return copy.document;
    try {
      return await this.#fetch(url);
    } catch (error) {
      if (copy === undefined) throw error;
      log.warn({ url, fetchedAt: copy.fetchedAt, err: error }, 'a context cannot be had: its old copy is used');
      return copy.document;
    }
  }

  async #fetch(url: string): Promise<JsonObject> {
    const { fetch, clock, cache } = this.#options;
    if (fetch === undefined) throw unavailable(url, 'contexts are not fetched here (see ORIEL_CONTEXT_FETCH)');
    const failure = this.#failures.get(url);
    if (failure !== undefined && clock.now() - failure.at < retryAfterMs) throw failure.refusal;
    try {
      const document = contextDocument(url, await fetch(url));
      this.#failures.delete(url);
      await cache.put(url, { document, fetchedAt: clock.now() });
      return document;
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
