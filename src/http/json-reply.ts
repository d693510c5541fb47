import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Utf8Text } from './utf8-text.ts';

/** Fastify would add a charset, which neither JSON nor existing clients know. */
const asWritten = (text: unknown): string => text as string;

/** Sends a text that is already rendered, as JSON unless another type is named. */
export function sendJson(reply: FastifyReply, text: string, type = 'application/json'): FastifyReply {
  return reply.header('content-type', type).serializer(asWritten).send(text);
}

/** As `sendJson`, past Fastify, which would measure and encode what is encoded. No `onSend` hook sees the answer. */
export function sendRendered(reply: FastifyReply, text: Utf8Text, type = 'application/json'): void {
  reply.hijack().header('content-type', type).header('content-length', text.length);
  const { raw, request } = reply;
  raw.writeHead(raw.statusCode, reply.getHeaders() as OutgoingHttpHeaders);
  raw.end(request.method === 'HEAD' ? '' : text, 'latin1');
}
