import type { FastifyInstance } from 'fastify';
import type { Logger } from '../observe/log.ts';

/** Logs a line for every answer, at `debug`; registered only where that level is on, since it costs every request. */
export function logRequests(app: FastifyInstance, log: Logger): void {
  app.addHook('onResponse', (request, reply, done) => {
    log.debug(
      {
        correlator: request.id,
        method: request.method,
        url: request.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 1000) / 1000,
      },
      'answered',
    );
    done();
  });
}
