import type { FastifyReply, FastifyRequest } from 'fastify';
import { type OlderVersion, versionName } from '../../dialects/ngsi-ld/older-versions.ts';
import { sendJson, sendRendered } from '../json-reply.ts';
import type { Utf8Text } from '../utf8-text.ts';
import { type AnswerType, preferredVersion, prefersPlainBody } from './negotiation.ts';
import type { RequestContext } from './request-context.ts';

/** Tells whether the answer carries its context in itself; else it names it in a `Link` header. [LD 6.3.6] */
export function carriesContext(request: FastifyRequest, type: AnswerType): boolean {
  return type === 'application/ld+json' || (type === 'application/geo+json' && !prefersPlainBody(request));
}

/** Sends JSON that is already rendered; `version`: it conforms to that older one. [LD 6.3.6] [LD 4.3.6.8] */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  type: AnswerType,
  context: RequestContext,
  json: Utf8Text,
  version?: OlderVersion,
): void {
  if (!carriesContext(request, type)) addLink(reply, context.link);
  if (preferredVersion(request) !== undefined) {
    reply.header('preference-applied', `ngsi-ld=${versionName(version)}`);
  }
  sendRendered(reply, json, type);
}

/** Sends JSON that no context goes with: of problems and of partial successes, or one itself. [LD 6.3.6] */
export function sendPlainJson(
  reply: FastifyReply,
  status: number,
  value: object,
  type = 'application/json',
): FastifyReply {
  return sendJson(reply.code(status), JSON.stringify(value), type);
}

export function addLink(reply: FastifyReply, link: string): void {
  const before = reply.getHeader('link');
  reply.header('link', before === undefined ? link : `${String(before)}, ${link}`);
}
