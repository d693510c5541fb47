import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Headers beyond the simple ones that a page of another origin may read. */
const exposedHeaders = 'Fiware-Correlator, Fiware-Total-Count, Location, Link';

/** Tells whether the request comes from a page of an origin that may call. `corsOrigin`: `none`, `*` or one origin. */
export function originAllowed(request: FastifyRequest, corsOrigin: string): boolean {
  const { origin } = request.headers;
  return origin !== undefined && origin !== '' && (corsOrigin === '*' || origin === corsOrigin);
}

/** Lets pages of other origins read the answers; to a request that comes from none of them, nothing is said. [V2 CORS] */
export function shareWithOrigins(app: FastifyInstance, corsOrigin: string): void {
  if (corsOrigin === 'none') return;
  app.addHook('onRequest', (request, reply, done) => {
    // One of several origins: a cache must not give one the answer to another.
    if (corsOrigin !== '*') reply.header('vary', 'Origin');
    if (originAllowed(request, corsOrigin)) {
      reply.headers({
        'access-control-allow-origin': corsOrigin,
        'access-control-expose-headers': exposedHeaders,
      });
    }
    done();
  });
}
