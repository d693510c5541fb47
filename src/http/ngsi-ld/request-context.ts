import type { FastifyRequest } from 'fastify';
import { invalidRequest } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import { parseContextLink } from '../../dialects/ngsi-ld/context/context-link.ts';
import {
  contextVocabulary,
  coreVocabulary,
  type LdVocabulary,
} from '../../dialects/ngsi-ld/context/context-vocabulary.ts';
import { coreContextUrl, isCoreContextUrl } from '../../dialects/ngsi-ld/context/core-context.ts';
import type { ContextSource, ParsedContext } from '../../ports/context-source.ts';

/** The context of a request, for what it says and for what it is answered. */
export interface RequestContext {
  readonly vocabulary: LdVocabulary;
  /** As the client gave it, the core context apart; undefined: the core context alone. */
  readonly user: JsonValue | undefined;
  /** Where it is found as a whole, where it is more than one URL and an answer has to name it. */
  readonly url?: string;
}

const vocabularies = new WeakMap<ParsedContext, LdVocabulary>();

/** The context that the `Link` header names, or that of the tenant. [LD 6.3.5] */
export function linkedContext(
  request: FastifyRequest,
  tenant: TenantName,
  contexts: ContextSource,
): Promise<RequestContext> {
  const url = parseContextLink(linkHeader(request));
  return requestContext(url ?? contexts.defaultFor(tenant), contexts);
}

/** The context of a body: its own as JSON-LD, that of the `Link` header as JSON. Refuses a mixture of the two. [LD 6.3.5] */
export function bodyContext(
  request: FastifyRequest,
  isJsonLd: boolean,
  own: JsonValue | undefined,
  tenant: TenantName,
  contexts: ContextSource,
): Promise<RequestContext> {
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
  return requestContext(own, contexts);
}

/** What a context means; without one, the core context. */
export async function requestContext(context: JsonValue | undefined, contexts: ContextSource): Promise<RequestContext> {
  const user = withoutCore(context);
  if (user === undefined) return { vocabulary: coreVocabulary, user };
  const parsed = await contexts.parse(user);
  let vocabulary = vocabularies.get(parsed);
  if (vocabulary === undefined) {
    vocabulary = contextVocabulary(parsed);
    vocabularies.set(parsed, vocabulary);
  }
  return { vocabulary, user };
}

/** The core context is part of every other. */
function withoutCore(context: JsonValue | undefined): JsonValue | undefined {
  if (context === undefined || context === null) return undefined;
  const parts: readonly JsonValue[] = Array.isArray(context) ? context : [context];
  const own = parts.filter((part) => typeof part !== 'string' || !isCoreContextUrl(part));
  return own.length > 1 ? own : own[0];
}

/** The context as the member of an answer: the core context comes last. [LD 4.4] [LD 6.3.6] */
export function renderContext({ user }: RequestContext): string {
  if (user === undefined) return JSON.stringify(coreContextUrl);
  return JSON.stringify([...(Array.isArray(user) ? user : [user]), coreContextUrl]);
}

function linkHeader(request: FastifyRequest): string | undefined {
  const { link } = request.headers;
  return Array.isArray(link) ? link.join(', ') : link;
}
