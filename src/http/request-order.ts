import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { OrionResponse } from './orion-response.ts';

/**
 * Serves the requests of one connection one after the other, also where the client sends them without waiting for the
 * answers: each finds what those before it wrote. [RFC 9112 9.3.2]
 *
 * Cost: one look-up a request.
 */
export function serveInOrder(app: FastifyInstance): void {
  const latest = new WeakMap<Socket, OrionResponse>();
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = reply;
    // Requests that are injected have neither a connection nor a response of ours.
    if (!(raw instanceof OrionResponse)) {
      done();
      return;
    }
    const before = latest.get(request.raw.socket);
    latest.set(request.raw.socket, raw);
    if (before === undefined || before.headersSent) done();
    else before.onAnswer = done;
  });
}
