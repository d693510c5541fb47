import type { FastifyRequest } from 'fastify';
import { invalidRequest, Refusal } from '../core/errors.ts';
import { malformationOf, namesKnownRange, preferredType } from './accept-header.ts';
import { checkSegments } from './path-segments.ts';
import { checkBodyHeaders } from './request-body.ts';
import { isStreamPath } from './streams/stream-path.ts';

const jsonOnly = ['application/json'];
const jsonOrText = ['application/json', 'text/plain'];
const eventsOnly = ['text/event-stream'];

/**
 * Looks at path and headers of a request to NGSIv2 before its body is read and before its route is looked for, so that a
 * request without a body is refused for that even where no such method or path is.
 *
 * `strictLength` as in `checkBodyHeaders`.
 */
export function admitRequest(request: FastifyRequest, strictLength: boolean): void {
  checkSegments(request.url);
  checkBodyHeaders(request, strictLength);
  checkAccept(request);
}

/** [V2 MIME types] */
function checkAccept(request: FastifyRequest): void {
  const { accept } = request.headers;
  if (accept === undefined || accept === '*/*') return;
  if (isStreamPath(request.url)) {
    if (preferredType(accept, eventsOnly) === undefined) {
      throw new Refusal({ kind: 'notAcceptable', accepted: eventsOnly });
    }
    return;
  }
  if (accept === 'application/json') return;
  const malformation = malformationOf(accept);
  if (malformation !== undefined) throw invalidRequest(malformation);
  if (!namesKnownRange(accept)) throw new Refusal({ kind: 'notAcceptable', accepted: [] });
  const offers = /\/value\/*(?:\?|$)/.test(request.url) ? jsonOrText : jsonOnly;
  if (preferredType(accept, offers) === undefined) throw new Refusal({ kind: 'notAcceptable', accepted: offers });
}
