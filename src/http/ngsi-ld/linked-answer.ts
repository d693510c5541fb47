import type { FastifyRequest } from 'fastify';
import { renderContextLink } from '../../dialects/ngsi-ld/context/context-link.ts';
import { hostedContextPath } from '../../dialects/ngsi-ld/context/hosted-context-url.ts';
import { publicUrlOf } from '../public-url.ts';
import { carriesContext } from './answer.ts';
import type { LdRequest } from './ld-request.ts';
import type { AnswerType } from './negotiation.ts';
import { renderContext } from './request-context.ts';
import type { LdService } from './service.ts';

/**
 * The request, with a context that its answer can name: one that came in a body and is more than one URL has none, and is
 * hosted here from now on. [LD 5.13.1] [LD 6.3.6]
 */
export async function linkable<Request extends LdRequest>(
  request: FastifyRequest,
  type: AnswerType,
  ld: Request,
  { publicUrl }: LdService,
): Promise<Request> {
  const { user } = ld.context;
  if (user === undefined || typeof user === 'string' || carriesContext(request, type)) return ld;
  const { broker, scope, context } = ld;
  const id = await broker.hostedContexts.link(scope.tenant, JSON.parse(renderContext(context)));
  const url = publicUrlOf(request, publicUrl) + hostedContextPath(id);
  return { ...ld, context: { ...context, url, link: renderContextLink(url) } };
}
