import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Another process that answers part of the requests which come to this server. */
export interface Elsewhere {
  /** Whether it answers the request, whose route is known and whose body is not read. */
  answers(request: FastifyRequest): boolean;
  /** Resolves when it has begun to answer on the reply's connection; rejects with a refusal where it did not. */
  pass(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Passes on a connection that wants to become a WebSocket. */
  connect(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Has requests answered elsewhere, as they came; in the order of their connection, as those that are answered here. */
export function answerElsewhere(app: FastifyInstance, elsewhere: Elsewhere): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (elsewhere.answers(request)) elsewhere.pass(request, reply).catch(done);
    else done();
  });
}
