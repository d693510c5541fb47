import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Headers beyond the simple ones that a page of another origin may read. */
const exposedHeaders = 'Fiware-Correlator, Fiware-Total-Count, Location, Link';

const exposedLdHeaders = 'Fiware-Correlator, NGSILD-Results-Count, NGSILD-Tenant, Location, Link';

const preflightMaxAgeSeconds = '86400';

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
        'access-control-expose-headers': request.url.startsWith('/ngsi-ld/') ? exposedLdHeaders : exposedHeaders,
      });
    }
    done();
  });
}

/** Answers OPTIONS; `headers`, for a page of another origin that may call, are those that it may send. HEAD needs no permission. */
export function answerOptions(reply: FastifyReply, methods: readonly string[], headers: string | undefined): void {
  reply.code(200).header('allow', methods.join(', '));
  if (headers !== undefined) {
    reply.headers({
      'access-control-allow-methods': methods.filter((method) => method !== 'HEAD').join(', '),
      'access-control-allow-headers': headers,
      'access-control-max-age': preflightMaxAgeSeconds,
    });
  }
  reply.send();
}
