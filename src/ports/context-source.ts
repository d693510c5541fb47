import type { JsonValue } from '../core/json.ts';
import type { TenantName } from '../core/scope.ts';

/** JSON-LD contexts, parsed: where the terms of a client come from. */
export interface ContextSource {
  /**
   * What a context means: a URL, an object of terms, or an array of both. The core context of NGSI-LD counts as its last part.
   *
   * Refuses with `contextUnavailable` where a document cannot be had, and with `invalidContext` for one that is no context.
   * Cost: a look-up for one that was parsed before; else a request a document, unless a copy is at hand.
   */
  parse(context: JsonValue): Promise<ParsedContext>;

  /** The context of a tenant's requests that name none; undefined: the core context alone. [LD 5.5.5] */
  defaultFor(tenant: TenantName): JsonValue | undefined;
}

/** The terms of a context. */
export interface ParsedContext {
  /** IRIs by term; null where the context takes a term out of use. */
  readonly terms: ReadonlyMap<string, string | null>;
  /** Terms that may stand before a colon, with the IRI that they stand for. */
  readonly prefixes: ReadonlyMap<string, string>;
}
