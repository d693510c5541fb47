import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { codingFor, compressor } from './content-coding.ts';
import { isUnchanged } from './validators.ts';

/** Texts that are smaller are not worth compressing. */
const minCompressed = 1024;

/**
 * Sends a text that was made for this request: under a tag of its bytes, so that a client that has it gets 304, and compressed
 * for who takes that. `etag` is weak: the same text may come in several codings.
 */
export function sendText(request: FastifyRequest, reply: FastifyReply, text: string, mediaType: string): FastifyReply {
  const etag = `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
  reply.headers({ etag, 'cache-control': 'public, no-cache', vary: 'Accept, Accept-Encoding, Accept-Language' });
  if (isUnchanged({ 'if-none-match': request.headers['if-none-match'] }, { etag, changedAt: 0 }))
    return reply.code(304).send();
  reply.header('content-type', mediaType).header('x-content-type-options', 'nosniff');
  const coding =
    text.length < minCompressed || request.method === 'HEAD'
      ? 'identity'
      : codingFor(request.headers['accept-encoding']);
  // As bytes: to a text Fastify would add a charset, which JSON does not have.
  if (coding === 'identity') return reply.send(Buffer.from(text));
  reply.header('content-encoding', coding);
  const compressed = compressor(coding);
  compressed.end(text);
  return reply.send(compressed);
}
