import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Broker } from '../../broker/broker.ts';
import { type Awaitable, whenKnown } from '../../core/awaitable.ts';
import { invalidRequest, Refusal } from '../../core/errors.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { Mutable } from '../../core/mutable.ts';
import { parseJson } from '../../core/parse-json.ts';
import type { RequestScope } from '../../core/scope.ts';
import { parseTenant } from '../../dialects/ngsiv2/request-headers.ts';
import { wantsCurrent, warnIn } from '../request-scope.ts';
import { bodyContext, linkedContext, type RequestContext } from './request-context.ts';
import type { LdService } from './service.ts';

export const tenantHeader = 'ngsild-tenant';

/** A request to NGSI-LD: whose data it is about, and in which terms. */
export interface LdRequest {
  readonly broker: Broker;
  readonly scope: RequestScope;
  readonly context: RequestContext;
}

/** The same with its body. */
export interface LdBodyRequest extends LdRequest {
  /** Without its context. */
  readonly body: JsonValue;
}

/**
 * Whose data the request is about. Operations that make nothing refuse a tenant that is not there with `tenantNotFound`.
 * [LD 5.5.10] [LD 6.3.14]
 */
export function ldScope(request: FastifyRequest, broker: Broker, creates: boolean): RequestScope {
  const { headers } = request;
  const header = headers[tenantHeader];
  const tenant = parseTenant(Array.isArray(header) ? header.join(',') : header);
  if (tenant !== '' && !creates && !broker.stores.tenants().includes(tenant))
    throw new Refusal({ kind: 'tenantNotFound' });
  const authToken = headers['x-auth-token'];
  const { authorization } = headers;
  const asked: Mutable<RequestScope> = {
    tenant,
    scopes: [],
    scope: undefined,
    correlator: request.id,
    warned: (warnings) => warnIn(request.answer, warnings),
  };
  if (typeof authToken === 'string') asked.authToken = authToken;
  if (authorization !== undefined) asked.authorization = authorization;
  if (wantsCurrent(request)) asked.readsCurrent = true;
  return asked;
}

/** A request without a body: its context is that of the `Link` header. */
export function ldRequest(request: FastifyRequest, { availability }: LdService): Awaitable<LdRequest> {
  const { broker } = availability;
  const scope = ldScope(request, broker, false);
  return whenKnown(linkedContext(request, scope.tenant, broker.contexts), (context) => ({ broker, scope, context }));
}

/** A request with a body. `creates`: it may make a tenant. */
export async function ldBodyRequest(
  request: FastifyRequest,
  { availability }: LdService,
  { creates }: { readonly creates: boolean },
): Promise<LdBodyRequest> {
  const { broker } = availability;
  const scope = ldScope(request, broker, creates);
  const { body, own } = splitBody(parseBody(request));
  const context = await bodyContext(request, isJsonLd(request), own, scope.tenant, broker.contexts);
  return { broker, scope, context, body };
}

/** The items of a batch, each with its own context: an item as JSON-LD carries one in itself. [LD 5.6.7] */
export interface LdBatchRequest {
  readonly broker: Broker;
  readonly scope: RequestScope;
  readonly items: readonly LdBatchItem[];
}

export interface LdBatchItem {
  readonly body: JsonValue;
  /** A context that cannot be had refuses its item alone. */
  readonly context: Promise<RequestContext>;
}

/** A request with a batch. Refuses one that is empty or has items that are null. */
export function ldBatchRequest(
  request: FastifyRequest,
  { availability }: LdService,
  { creates }: { readonly creates: boolean },
): LdBatchRequest {
  const { broker } = availability;
  const scope = ldScope(request, broker, creates);
  const items = parseBody(request);
  if (!Array.isArray(items) || items.length === 0 || items.some((item) => item === null)) {
    throw invalidRequest('the body must be an array of at least one item, none of them null');
  }
  const isLd = isJsonLd(request);
  const contextOf = (own: JsonValue | undefined): Promise<RequestContext> => {
    const context = settle(() => bodyContext(request, isLd, own, scope.tenant, broker.contexts));
    // Whoever waits for it hears of it.
    context.catch(() => undefined);
    return context;
  };
  // Items that say nothing of it have that of the request.
  const common = contextOf(undefined);
  return {
    broker,
    scope,
    items: (items as readonly JsonValue[]).map((item) => {
      const { body, own } = splitBody(item);
      return { body, context: own === undefined ? common : contextOf(own) };
    }),
  };
}

async function settle<Value>(act: () => Awaitable<Value>): Promise<Value> {
  return act();
}

export function parseBody(request: FastifyRequest): JsonValue {
  const text = request.body as string;
  if (text === undefined || text === '') throw new Refusal({ kind: 'invalidJson' });
  return parseJson(text);
}

function splitBody(body: JsonValue): { readonly body: JsonValue; readonly own: JsonValue | undefined } {
  if (!isJsonObject(body) || !Object.hasOwn(body, '@context')) return { body, own: undefined };
  const { '@context': own, ...rest } = body;
  return { body: rest, own };
}

export function isJsonLd(request: FastifyRequest): boolean {
  return mediaType(request) === 'application/ld+json';
}

export function mediaType(request: FastifyRequest): string {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';', 1);
  return type.trim().toLowerCase();
}

/** Says in the answer, whatever it is, which tenant it is about. [LD 6.3.14] */
export function echoTenant(request: FastifyRequest, reply: FastifyReply): void {
  const tenant = request.headers[tenantHeader];
  if (typeof tenant === 'string' && tenant !== '') reply.header('NGSILD-Tenant', tenant);
}
