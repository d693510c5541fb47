import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Names the request in logs and answers. */
export const correlatorHeader = 'fiware-correlator';

/** The correlator that the client sent, or a new one. [V2 correlator] */
export function correlatorOf(request: IncomingMessage): string {
  const given = request.headers[correlatorHeader];
  return typeof given === 'string' && given !== '' ? given : randomUUID();
}
