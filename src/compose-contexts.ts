import { join } from 'node:path';
import { DiskContextCache, MemoryContextCache } from './adapters/contexts/context-cache.ts';
import { ContextDocuments } from './adapters/contexts/context-documents.ts';
import { contextId } from './adapters/contexts/context-id.ts';
import { ContextFetcher } from './adapters/contexts/fetch-context.ts';
import { JsonLdContexts } from './adapters/contexts/json-ld-contexts.ts';
import type { ReceiverGuard } from './adapters/transports/receiver-guard.ts';
import type { Broker } from './broker/broker.ts';
import { HostedContexts } from './broker/contexts/hosted-contexts.ts';
import type { ContextDocument } from './config/contexts.ts';
import type { Config } from './config/options.ts';
import type { JsonObject } from './core/json.ts';
import type { TenantName } from './core/scope.ts';
import { coreContext, isCoreContextUrl } from './dialects/ngsi-ld/context/core-context.ts';
import { hostedContextIn } from './dialects/ngsi-ld/context/hosted-context-url.ts';

/** What operators keep of JSON-LD contexts. */
export interface KeptContexts {
  readonly documents: ReadonlyMap<string, ContextDocument>;
  defaultFor(tenant: TenantName): string | undefined;
}

/** Nothing but the core context. */
export const noContexts: KeptContexts = { documents: new Map(), defaultFor: () => undefined };

/** What a broker knows of JSON-LD contexts. */
export interface ComposedContexts extends Pick<Broker, 'contexts' | 'hostedContexts' | 'fetchedContexts'> {
  closeContexts(): Promise<void>;
}

/** How long a context stays parsed before the age of its documents is looked at again. */
const parsedForMs = 60_000;
const maxRedirects = 5;

/** Puts together where contexts come from. Resolves when those that are hosted are loaded; fetches none. */
export async function composeContexts(
  config: Config,
  kept: KeptContexts,
  guard: ReceiverGuard,
  { stores, clock, random, log }: Pick<Broker, 'stores' | 'clock' | 'random' | 'log'>,
): Promise<ComposedContexts> {
  const { contextTimeoutMs: timeoutMs, contextMaxBytes: maxBytes } = config;
  const fetcher = new ContextFetcher({ timeoutMs, maxBytes, maxRedirects }, guard);
  const hostedContexts = new HostedContexts({
    stores,
    clock,
    random,
    log,
    most: config.maxContexts,
    idOf: contextId,
    changed: () => contexts.forget(),
  });
  const fetchedContexts = new ContextDocuments({
    kept: kept.documents as ReadonlyMap<string, JsonObject>,
    hosted(url) {
      const id = hostedContextIn(url);
      const hosted = id === undefined ? undefined : hostedContexts.find(id);
      return id === undefined || hosted === undefined ? undefined : { id, document: { '@context': hosted.context } };
    },
    cache:
      config.store === 'memory' ? new MemoryContextCache() : new DiskContextCache(join(config.data, 'contexts'), log),
    ...(config.contextFetch && { fetch: fetcher.fetch }),
    ttlMs: config.contextTtlSeconds * 1000,
    clock,
    log,
  });
  const contexts = new JsonLdContexts({
    documents: fetchedContexts,
    used: hostedContexts.used,
    core: coreContext,
    isCore: isCoreContextUrl,
    now: clock.now,
    parsedForMs,
    defaultFor: kept.defaultFor,
  });
  await hostedContexts.load();
  return { contexts, hostedContexts, fetchedContexts, closeContexts: () => fetcher.close() };
}
