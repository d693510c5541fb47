import type { FastifyReply, FastifyRequest } from 'fastify';
import { mediaType } from './ld-request.ts';

const bodyTypes: ReadonlySet<string> = new Set(['application/json', 'application/ld+json']);
const bodyMethods: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Looks at the headers of a body before it is read. Answers 411 and 415 without a body, and returns false then. `strictLength`: a
 * body of unknown length is refused. [LD 6.3.4]
 */
export function admitBody(request: FastifyRequest, reply: FastifyReply, strictLength: boolean): boolean {
  const { method, headers } = request;
  if (!bodyMethods.has(method)) return true;
  const hasLength = headers['content-length'] !== undefined;
  if (!hasLength && (strictLength || headers['transfer-encoding'] === undefined)) {
    reply.code(411).send();
    return false;
  }
  const type = mediaType(request);
  if (bodyTypes.has(type) || (method === 'PATCH' && type === 'application/merge-patch+json')) return true;
  reply.code(415).send();
  return false;
}
