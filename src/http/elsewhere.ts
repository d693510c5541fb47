import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Another process that answers part of the requests which come to this server. */
export interface Elsewhere {
  /** Whether it answers the request, whose route is known and whose body is not read. */
  answers(request: FastifyRequest): boolean;
  /** Has it answer, and calls `onAnswer` before it begins to; rejects with a refusal where it does not. */
  pass(request: IncomingMessage, response: ServerResponse, correlator: string, onAnswer: () => void): Promise<void>;
  /** Passes on a connection that wants to become a WebSocket. */
  connect(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Has requests answered elsewhere, as they came; in the order of their connection, as those that are answered here. */
export function answerElsewhere(app: FastifyInstance, elsewhere: Elsewhere): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (elsewhere.answers(request))
      elsewhere.pass(request.raw, reply.raw, request.id, () => reply.hijack()).catch(done);
    else done();
  });
}
