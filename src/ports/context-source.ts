import type { Awaitable } from '../core/awaitable.ts';
import type { EpochMs } from '../core/entity/entity.ts';
import type { JsonValue } from '../core/json.ts';
import type { TenantName } from '../core/scope.ts';

/** JSON-LD contexts, parsed: where the terms of a client come from. */
export interface ContextSource {
  /**
   * What a context means: a URL, an object of terms, or an array of both. The core context of NGSI-LD counts as its last part.
   *
   * Refuses with `contextUnavailable` where a document cannot be had, and with `invalidContext` for one that is no context.
   * Cost: a look-up for one that was parsed before, which is there at once; else a request a document, unless a copy is at hand.
   */
  parse(context: JsonValue): Awaitable<ParsedContext>;

  /** The context of a tenant's requests that name none; undefined: the core context alone. [LD 5.5.5] */
  defaultFor(tenant: TenantName): JsonValue | undefined;

  /** Parses every context anew the next time that it is asked for: a document behind one has changed. */
  forget(): void;
}

/** The terms of a context. */
export interface ParsedContext {
  /** IRIs by term; null where the context takes a term out of use. */
  readonly terms: ReadonlyMap<string, string | null>;
  /** Terms that may stand before a colon, with the IRI that they stand for. */
  readonly prefixes: ReadonlyMap<string, string>;
}

/** The copies of contexts that were fetched from elsewhere. They are this process's own, and shared by its tenants. [LD 5.13.1] */
export interface FetchedContexts {
  /** Those at hand, the oldest first. Reads what is on disk the first time. */
  list(): Promise<readonly FetchedContext[]>;

  /** Fetches it again, and keeps the copy as it is where that fails: refuses then with `contextUnavailable`. */
  refetch(url: string): Promise<void>;

  /** Removes the copy, if there is one: it is fetched again when a request names it. */
  remove(url: string): Promise<void>;
}

export interface FetchedContext {
  /** Made of the URL, so the same in every process. */
  readonly id: string;
  readonly url: string;
  readonly fetchedAt: EpochMs;
  /** When it is fetched anew, if it is still asked for. */
  readonly staleAt: EpochMs;
}

/** How often a context was made use of since the process began, and when last. */
export interface ContextTally {
  hits: number;
  /** Meaningless while there are no hits. */
  lastHitAt: EpochMs;
}

/** Who counts the uses of contexts. */
export interface ContextTallies {
  /** The tally of a context, by its id where it is hosted here, else by its URL; one that is new counts from zero. */
  of(key: string): ContextTally;
}
