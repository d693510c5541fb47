import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../core/errors.ts';

/** Every body is read as text, whatever its type: the dialect parses it. */
export function readBodiesAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

const mediaTypes = new Set(['application/json', 'text/plain']);
const bodyMethods = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Refuses a body that the method does not take or whose type no resource knows, before it is read, in the order in
 * which the reference implementation looks. [V2 errors]
 *
 * `strictLength`: a body of unknown length (chunked) is refused.
 */
export function checkBodyHeaders(request: FastifyRequest, strictLength: boolean): void {
  const { method, headers } = request;
  const hasLength = isPositive(headers['content-length']);
  const hasBody = hasLength || headers['transfer-encoding'] !== undefined;
  const type = mediaTypeOf(headers['content-type']);
  if (hasLength && !mediaTypes.has(type)) throw unsupported(type);
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') {
    if (hasBody || type !== '') throw bodyForbidden;
    return;
  }
  if (!bodyMethods.has(method)) return;
  if (!hasBody || (strictLength && !hasLength)) throw new Refusal({ kind: 'lengthRequired' });
  if (!mediaTypes.has(type)) throw unsupported(type);
}

/** The body of a resource that takes JSON. */
export function jsonBody(request: FastifyRequest): string {
  const type = mediaTypeOf(request.headers['content-type']);
  if (type !== 'application/json') throw unsupported(type);
  return bodyText(request);
}

/** The body of a resource that takes JSON or a bare value. */
export function valueBody(request: FastifyRequest): { contentType: 'json' | 'text'; text: string } {
  const json = mediaTypeOf(request.headers['content-type']) === 'application/json';
  return { contentType: json ? 'json' : 'text', text: bodyText(request) };
}

/** Chunks that add up to nothing are no body either. */
function bodyText(request: FastifyRequest): string {
  const text = request.body as string;
  if (text === '') throw new Refusal({ kind: 'lengthRequired' });
  return text;
}

const bodyForbidden = new Refusal({
  kind: 'invalidRequest',
  description: 'Orion accepts no payload for GET/DELETE requests. HTTP header Content-Type is thus forbidden',
});

function unsupported(type: string): Refusal {
  return new Refusal({
    kind: 'unsupportedMediaType',
    description:
      type === ''
        ? 'Content-Type header not used, default application/octet-stream is not supported'
        : `not supported content type: ${type}`,
  });
}

function mediaTypeOf(contentType: string | undefined): string {
  if (contentType === undefined) return '';
  const [type = ''] = contentType.split(';', 1);
  return type.trim().toLowerCase();
}

function isPositive(contentLength: string | undefined): boolean {
  return contentLength !== undefined && contentLength !== '0';
}
