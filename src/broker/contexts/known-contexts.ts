import type { EpochMs } from '../../core/entity/entity.ts';
import { invalidRequest, Refusal } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import type { ContextTally, FetchedContext } from '../../ports/context-source.ts';
import type { Broker } from '../broker.ts';
import type { HostedContext, HostedKind } from './hosted-contexts.ts';

export type ContextKind = HostedKind | 'Cached';

/** What is known about a context that the broker has. [LD 5.13.3.5] */
export interface ContextDetails {
  readonly id: string;
  readonly kind: ContextKind;
  /** Where it was fetched from; undefined where it is served here. */
  readonly url: string | undefined;
  readonly createdAt: EpochMs;
  /** When a copy is fetched anew. */
  readonly staleAt?: EpochMs;
  /** Undefined: never used since the process began. */
  readonly usage: Readonly<ContextTally> | undefined;
}

/**
 * Hosts a context, and returns its id. What it says itself is looked at, and refused with `invalidContext`; what its URLs lead to is
 * not, as it is when the context is used. Refuses with `limitReached`. [LD 5.13.2]
 */
export async function addContext(broker: Broker, tenant: TenantName, context: JsonValue): Promise<string> {
  const parts = Array.isArray(context) ? (context as readonly JsonValue[]) : [context];
  for (const part of parts) {
    if (typeof part === 'string' && !URL.canParse(part)) {
      throw invalidContext(`@context: ${JSON.stringify(part)} is no URL`);
    }
  }
  const own = parts.filter((part) => typeof part !== 'string');
  if (own.length > 0) await broker.contexts.parse(own);
  return broker.hostedContexts.add(tenant, context);
}

/** The contexts of a tenant, and the copies that all share; of one kind, or of each. [LD 5.13.3] */
export async function listContexts(broker: Broker, tenant: TenantName, kind?: ContextKind): Promise<ContextDetails[]> {
  const { hostedContexts, fetchedContexts } = broker;
  const hosted = [...hostedContexts.of(tenant)].map(([id, context]) => detailsOfHosted(broker, id, context));
  const fetched = (await fetchedContexts.list()).map((copy) => detailsOfCopy(broker, copy));
  return [...hosted, ...fetched].filter((details) => kind === undefined || details.kind === kind);
}

/** What is known about one of them; `tenant` undefined: whichever tenant's. Refuses with `contextNotFound`. [LD 5.13.4] */
export async function retrieveContext(
  broker: Broker,
  tenant: TenantName | undefined,
  id: string,
): Promise<ContextDetails> {
  const hosted = hostedOf(broker, tenant, id);
  if (hosted !== undefined) return detailsOfHosted(broker, id, hosted);
  return detailsOfCopy(broker, await copyOf(broker, id));
}

/**
 * What a hosted context says; `tenant` as above. Refuses with `contextNotFound`, and for a copy, which is for its own server to
 * give out, with `unsupportedOperation`. [LD 5.13.4]
 */
export async function serveContext(broker: Broker, tenant: TenantName | undefined, id: string): Promise<JsonValue> {
  const hosted = hostedOf(broker, tenant, id);
  if (hosted !== undefined) {
    broker.hostedContexts.touch(id);
    return hosted.context;
  }
  const { url } = await copyOf(broker, id);
  throw new Refusal({ kind: 'unsupportedOperation', description: `a copy is not served: ${url} has the context` });
}

/** Removes a context of the tenant, or a copy. Refuses with `contextNotFound`. [LD 5.13.5] */
export async function removeContext(broker: Broker, tenant: TenantName, id: string): Promise<void> {
  const { hostedContexts, fetchedContexts, contexts } = broker;
  if (hostedContexts.of(tenant).has(id)) return hostedContexts.remove(tenant, [id]);
  const { url } = await copyOf(broker, id);
  await fetchedContexts.remove(url);
  contexts.forget();
}

/**
 * Fetches a copy anew; it stays as it is where that fails. Refuses with `contextNotFound` and `contextUnavailable`, and what is no
 * copy as a request that is wrong. [LD 5.13.5]
 */
export async function reloadContext(broker: Broker, tenant: TenantName, id: string): Promise<void> {
  const { hostedContexts, fetchedContexts, contexts } = broker;
  if (hostedContexts.of(tenant).has(id))
    throw invalidRequest('only a copy (Cached) has a place to be loaded from anew');
  const { url } = await copyOf(broker, id);
  await fetchedContexts.refetch(url);
  contexts.forget();
}

function hostedOf({ hostedContexts }: Broker, tenant: TenantName | undefined, id: string): HostedContext | undefined {
  return tenant === undefined ? hostedContexts.find(id) : hostedContexts.of(tenant).get(id);
}

async function copyOf({ fetchedContexts }: Broker, id: string): Promise<FetchedContext> {
  const copy = (await fetchedContexts.list()).find((each) => each.id === id);
  if (copy === undefined) throw new Refusal({ kind: 'contextNotFound' });
  return copy;
}

function detailsOfHosted({ hostedContexts }: Broker, id: string, { kind, createdAt }: HostedContext): ContextDetails {
  return { id, kind, url: undefined, createdAt, usage: hostedContexts.used.known(id) };
}

function detailsOfCopy({ hostedContexts }: Broker, { id, url, fetchedAt, staleAt }: FetchedContext): ContextDetails {
  return { id, kind: 'Cached', url, createdAt: fetchedAt, staleAt, usage: hostedContexts.used.known(url) };
}

function invalidContext(description: string): Refusal {
  return new Refusal({ kind: 'invalidContext', description });
}
