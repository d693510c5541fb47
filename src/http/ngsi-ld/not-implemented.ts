import type { FastifyInstance } from 'fastify';
import { Refusal } from '../../core/errors.ts';

/** Resources of NGSI-LD that are not built yet, and what they are for. */
const missing: Readonly<Record<string, string>> = {
  '/csourceRegistrations': 'registrations of context sources',
  '/csourceSubscriptions': 'subscriptions to registrations of context sources',
  '/temporal': 'the temporal evolution of entities',
  '/entityMaps': 'entity maps, which only distributed operations need',
  '/snapshots': 'snapshots',
};

const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const;

/** Says of what is not built that it is not. [LD 5.5.2] */
export function notImplementedRoutes(app: FastifyInstance): void {
  for (const [url, what] of Object.entries(missing)) {
    const refuse = () => {
      throw new Refusal({ kind: 'notImplemented', description: `${what}: not built yet` });
    };
    app.route({ method: [...methods], url, schema: { hide: true }, handler: refuse });
    app.route({ method: [...methods], url: `${url}/*`, schema: { hide: true }, handler: refuse });
  }
}
