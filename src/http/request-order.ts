import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { OrionResponse } from './orion-response.ts';

/** The newest answer of a connection. */
interface Connection {
  newest: OrionResponse;
}

/**
 * Serves the requests of one connection one after the other, also where the client sends them without waiting for the
 * answers: each finds what those before it wrote. [RFC 9112 9.3.2]
 *
 * Cost: one look-up a request.
 */
export function serveInOrder(app: FastifyInstance): void {
  const connections = new WeakMap<Socket, Connection>();
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = reply;
    // Requests that are injected have neither a connection nor a response of ours.
    if (!(raw instanceof OrionResponse)) {
      done();
      return;
    }
    const connection = connections.get(request.raw.socket);
    if (connection === undefined) {
      connections.set(request.raw.socket, { newest: raw });
      done();
      return;
    }
    const before = connection.newest;
    connection.newest = raw;
    if (before.headersSent) done();
    else before.onAnswer = done;
  });
}
