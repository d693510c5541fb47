import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type Awaitable, whenKnown } from '../../core/awaitable.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import { parseContextLink, renderContextLink } from '../../dialects/ngsi-ld/context/context-link.ts';
import type { LdVocabulary } from '../../dialects/ngsi-ld/context/context-vocabulary.ts';
import { coreContextUrl, isCoreContextUrl, renderContextMember } from '../../dialects/ngsi-ld/context/core-context.ts';
import { tenantVocabularies, withoutDefault } from '../../dialects/ngsi-ld/context/tenant-vocabularies.ts';
import type { ContextSource, ParsedContext } from '../../ports/context-source.ts';

/** The context of a request, for what it says and for what it is answered. */
export interface RequestContext {
  readonly vocabulary: LdVocabulary;
  /** As the client gave it, the core context apart; undefined: the core context alone. */
  readonly user: JsonValue | undefined;
  /** Names it and what it says: the same for the same terms, another once a document behind it has changed. */
  readonly key: string;
  /** Where it is found as a whole, where it is more than one URL and an answer has to name it (see `linkable`). */
  readonly url?: string;
  /** The `Link` header of answers that name it. */
  readonly link: string;
}

/** The context that the `Link` header names, or that of the tenant. [LD 6.3.5] */
export function linkedContext(
  request: FastifyRequest,
  tenant: TenantName,
  contexts: ContextSource,
): Awaitable<RequestContext> {
  const url = parseContextLink(linkHeader(request));
  return requestContext(url ?? contexts.defaultFor(tenant), tenant, contexts);
}

/** The context of a body: its own as JSON-LD, that of the `Link` header as JSON. Refuses a mixture of the two. [LD 6.3.5] */
export function bodyContext(
  request: FastifyRequest,
  isJsonLd: boolean,
  own: JsonValue | undefined,
  tenant: TenantName,
  contexts: ContextSource,
): Awaitable<RequestContext> {
  if (!isJsonLd) {
    if (own !== undefined) {
      throw invalidRequest(
        'a body of application/json has no @context: name it in a Link header, or send application/ld+json',
      );
    }
    return linkedContext(request, tenant, contexts);
  }
  if (parseContextLink(linkHeader(request)) !== undefined) {
    throw invalidRequest('a body of application/ld+json has its @context in itself: leave out the Link header');
  }
  if (own === undefined) throw invalidRequest('a body of application/ld+json needs an @context');
  return requestContext(own, tenant, contexts);
}

/**
 * What a context means to a tenant, whose default context says how names are kept; without one, the core context. Refuses as
 * `ContextSource.parse` does, for the default context too.
 */
export function requestContext(
  context: JsonValue | undefined,
  tenant: TenantName,
  contexts: ContextSource,
): Awaitable<RequestContext> {
  const byDefault = withoutCore(contexts.defaultFor(tenant));
  const user = withoutCore(context);
  const terms = byDefault === undefined ? undefined : contexts.parse(byDefault);
  return whenKnown(terms, (ofTenant) => {
    const { core, of } = ofTenant === undefined ? withoutDefault : tenantVocabularies(ofTenant);
    if (user === undefined) return contextOf(core, user, ofTenant, undefined);
    return whenKnown(contexts.parse(user), (parsed) => contextOf(of(parsed), user, ofTenant, parsed));
  });
}

const known = new WeakMap<LdVocabulary, RequestContext>();

/** Made once: a vocabulary is of one context. */
function contextOf(
  vocabulary: LdVocabulary,
  user: JsonValue | undefined,
  ofTenant: ParsedContext | undefined,
  own: ParsedContext | undefined,
): RequestContext {
  let context = known.get(vocabulary);
  if (context === undefined) {
    const link = renderContextLink(typeof user === 'string' ? user : coreContextUrl);
    const key = [JSON.stringify(user ?? null), fingerprintOf(ofTenant), fingerprintOf(own)].join(' ');
    context = { vocabulary, user, key, link };
    known.set(vocabulary, context);
  }
  return context;
}

/** Contexts are parsed again and again; what was rendered in their terms holds for as long as these stay what they were. */
function fingerprintOf(parsed: ParsedContext | undefined): string {
  if (parsed === undefined) return '';
  const { terms, prefixes } = parsed;
  return createHash('sha256')
    .update(JSON.stringify([[...terms], [...prefixes]]))
    .digest('base64');
}

/** The core context is part of every other. */
function withoutCore(context: JsonValue | undefined): JsonValue | undefined {
  if (context === undefined || context === null) return undefined;
  if (typeof context === 'string') return isCoreContextUrl(context) ? undefined : context;
  const parts: readonly JsonValue[] = Array.isArray(context) ? context : [context];
  const own = parts.filter((part) => typeof part !== 'string' || !isCoreContextUrl(part));
  return own.length > 1 ? own : own[0];
}

/** The context as the member of an answer. [LD 6.3.6] */
export function renderContext({ user }: RequestContext): string {
  return renderContextMember(user);
}

function linkHeader(request: FastifyRequest): string | undefined {
  const { link } = request.headers;
  return Array.isArray(link) ? link.join(', ') : link;
}
