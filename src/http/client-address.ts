import type { FastifyRequest } from 'fastify';

/** Says who the client is, on connections from other processes of the same broker alone: these have no address. */
export const clientAddressHeader = 'oriel-client-address';

/** Who sent the request, also where another process of the broker passed it on. */
export function clientAddress({ ip, headers }: FastifyRequest): string {
  const passed = headers[clientAddressHeader];
  return (ip as string | undefined) ?? (typeof passed === 'string' ? passed : 'unknown');
}
