import type { FastifyReply } from 'fastify';

/** Fastify would add a charset, which neither JSON nor existing clients know. */
const asWritten = (json: unknown): string => json as string;

/** Sends JSON that is already rendered, as text or as its bytes. */
export function sendJson(reply: FastifyReply, json: string | Uint8Array): FastifyReply {
  return reply.header('content-type', 'application/json').serializer(asWritten).send(json);
}
