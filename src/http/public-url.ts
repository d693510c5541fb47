import type { FastifyRequest } from 'fastify';
import { invalidRequest } from '../core/errors.ts';

/**
 * The URL at which a client reaches the broker, without a slash at the end: the one configured, or where `publicUrl` is `none` the one
 * that the request came to. Refuses a host that is none.
 */
export function publicUrlOf({ protocol, host }: FastifyRequest, publicUrl: string): string {
  if (publicUrl !== 'none') return publicUrl.replace(/\/+$/, '');
  if (!/^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(host))
    throw invalidRequest('the header Host names no host');
  return `${protocol}://${host}`;
}
