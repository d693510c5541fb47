import { ContextParser, type JsonLdContext } from 'jsonld-context-parser';
import type { Awaitable } from '../../core/awaitable.ts';
import { Refusal } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import type { ContextSource, ContextTallies, ContextTally, ParsedContext } from '../../ports/context-source.ts';
import type { ContextDocuments } from './context-documents.ts';

/** Contexts that are kept parsed; those not used for longest make room. */
const mostParsed = 500;

/** How long uses in a row count as one for that, in milliseconds. */
const touchedAfterMs = 1000;

export interface JsonLdContextsOptions {
  readonly documents: Pick<ContextDocuments, 'get'>;
  /** Counts the uses of documents. */
  readonly used: ContextTallies;
  /** The core context, and the URLs that stand for it: they are not looked at, as it counts as the last part of every context. */
  readonly core: JsonObject;
  isCore(url: string): boolean;
  readonly now: () => number;
  /** How long a parsed context is used at most before its documents are asked for again. */
  readonly parsedForMs: number;
  /** The context of a tenant's requests that name none. */
  defaultFor(tenant: TenantName): JsonValue | undefined;
}

interface Parsed {
  /** Itself, once it is parsed. */
  context: Awaitable<ParsedContext>;
  readonly sources: Sources;
}

/** What a context was made of. */
interface Sources {
  /** Tallies of its documents. */
  readonly tallies: Set<ContextTally>;
  /** When they have to be asked for again. */
  until: number;
  usedAt: number;
}

/** Contexts parsed by a JSON-LD library. [LD 5.5.7] */
export class JsonLdContexts implements ContextSource {
  readonly #options: JsonLdContextsOptions;
  readonly #parsed = new Map<string, Parsed>();

  constructor(options: JsonLdContextsOptions) {
    this.#options = options;
  }

  parse(context: JsonValue): Awaitable<ParsedContext> {
    const key = typeof context === 'string' ? context : JSON.stringify(context);
    const known = this.#parsed.get(key);
    const now = this.#options.now();
    if (known !== undefined && now < known.sources.until) {
      if (now - known.sources.usedAt >= touchedAfterMs) this.#touch(key, known, now);
      for (const tally of known.sources.tallies) count(tally, now);
      return known.context;
    }
    const sources: Sources = { tallies: new Set(), until: now + this.#options.parsedForMs, usedAt: now };
    const parsing = this.#parse(context, sources);
    const parsed: Parsed = { context: parsing, sources };
    this.#touch(key, parsed, now);
    parsing.then(
      (value) => {
        parsed.context = value;
      },
      () => {
        // What could not be parsed is parsed again the next time.
        if (this.#parsed.get(key) === parsed) this.#parsed.delete(key);
      },
    );
    const [oldest] = this.#parsed.keys();
    if (this.#parsed.size > mostParsed && oldest !== undefined) this.#parsed.delete(oldest);
    return parsing;
  }

  /** Puts it behind all others: it was used last. */
  #touch(key: string, parsed: Parsed, now: number): void {
    parsed.sources.usedAt = now;
    this.#parsed.delete(key);
    this.#parsed.set(key, parsed);
  }

  defaultFor(tenant: TenantName): JsonValue | undefined {
    return this.#options.defaultFor(tenant);
  }

  forget(): void {
    this.#parsed.clear();
  }

  async #parse(context: JsonValue, sources: Sources): Promise<ParsedContext> {
    const { documents, core, isCore, used, now } = this.#options;
    const parts = partsOf(context).filter((part) => typeof part !== 'string' || !isCore(part));
    for (const part of parts) checkPart(part);
    // The library hides what a loader throws behind an error of its own.
    let refusal: Refusal | undefined;
    const load = async (url: string) => {
      try {
        if (isCore(url)) return { '@context': {} };
        const { document, staleAt, key } = await documents.get(url);
        sources.until = Math.min(sources.until, staleAt);
        const tally = used.of(key);
        if (!sources.tallies.has(tally)) count(tally, now());
        sources.tallies.add(tally);
        for (const part of partsOf(document['@context'] ?? null)) checkPart(part, url);
        return document as never;
      } catch (error) {
        if (error instanceof Refusal) refusal = error;
        throw error;
      }
    };
    const parser = new ContextParser({ documentLoader: { load } });
    try {
      const normalized = await parser.parse([...parts, core['@context'] ?? core] as unknown as JsonLdContext, {
        processingMode: 1.1,
        ignoreProtection: true,
        ignoreScopedContexts: true,
        ignoreRemoteScopedContexts: true,
      });
      return termsOf(normalized.getContextRaw());
    } catch (error) {
      throw refusal ?? invalidContext(error instanceof Error ? error.message : String(error));
    }
  }
}

function count(tally: ContextTally, now: number): void {
  tally.hits++;
  tally.lastHitAt = now;
}

function partsOf(context: JsonValue): readonly JsonValue[] {
  return Array.isArray(context) ? context : [context];
}

/** A user's context is made of URLs and of objects whose terms have no context of their own. [LD 5.5.7] */
function checkPart(part: JsonValue, where = '@context'): void {
  if (typeof part === 'string') return;
  if (!isJsonObject(part)) {
    throw invalidContext(`${where}: a context is a URL, an object of terms, or an array of these`);
  }
  for (const [term, definition] of Object.entries(part)) {
    if (isJsonObject(definition) && Object.hasOwn(definition, '@context')) {
      throw invalidContext(`${where}: the term ${term} has a context of its own, which NGSI-LD does not allow`);
    }
  }
}

function invalidContext(description: string): Refusal {
  return new Refusal({ kind: 'invalidContext', description });
}

/** What the library says of a term: its IRI, or more about it. */
type TermDefinition = string | null | { readonly '@id'?: string | null; readonly '@prefix'?: boolean };

function termsOf(raw: Readonly<Record<string, unknown>>): ParsedContext {
  const terms = new Map<string, string | null>();
  const prefixes = new Map<string, string>();
  for (const [term, definition] of Object.entries(raw) as [string, TermDefinition][]) {
    if (term.startsWith('@')) continue;
    const iri = typeof definition === 'object' && definition !== null ? definition['@id'] : definition;
    if (iri === undefined) continue;
    if (iri !== null && (iri.startsWith('@') || !iri.includes(':'))) continue;
    terms.set(term, iri);
    if (iri !== null && isPrefix(term, iri, definition)) prefixes.set(term, iri);
  }
  return { terms, prefixes };
}

/** A plain term is a prefix where its IRI ends like one; a longer definition has to say so. [JSON-LD 1.1, 4.4] */
function isPrefix(term: string, iri: string, definition: TermDefinition): boolean {
  if (term.includes(':') || term.includes('/')) return false;
  if (typeof definition === 'string') return /[:/?#[\]@]$/.test(iri);
  return definition?.['@prefix'] === true;
}
