import type { FastifyRequest } from 'fastify';
import { Refusal } from '../../core/errors.ts';
import { preferredType } from '../accept-header.ts';

export type AnswerType = 'application/json' | 'application/ld+json' | 'application/geo+json';

const plainTypes = ['application/json', 'application/ld+json'] as const;
const geoTypes = [...plainTypes, 'application/geo+json'] as const;

/** The media type of the answer; `geo`: the resource has places. Refuses with `notAcceptable`. [LD 6.3.4] */
export function answerType(request: FastifyRequest, { geo }: { readonly geo: boolean }): AnswerType {
  const offers: readonly AnswerType[] = geo ? geoTypes : plainTypes;
  const type = preferredType(request.headers.accept, offers);
  if (type === undefined) throw new Refusal({ kind: 'notAcceptable', accepted: offers });
  return type as AnswerType;
}

/** Problems go out as JSON, which every client takes, unless one asks for the type of problems. [LD 5.5.3] [RFC 7807] */
export function problemType(request: FastifyRequest): string {
  return /application\/problem\+json/i.test(request.headers.accept ?? '')
    ? 'application/problem+json'
    : 'application/json';
}

/** The version of NGSI-LD that the client prefers, as it wrote it; it has to hear which one it got. [LD 6.3.6] */
export function preferredVersion(request: FastifyRequest): string | undefined {
  const { prefer } = request.headers;
  if (prefer === undefined) return undefined;
  return /(?:^|[,;\s])ngsi-ld\s*=\s*"?([^",;\s]*)/i.exec(String(prefer))?.[1];
}

/** What the client prefers: of GeoJSON, the context in the `Link` header. [LD 6.3.6] */
export function prefersPlainBody(request: FastifyRequest): boolean {
  const { prefer } = request.headers;
  const preferences = (Array.isArray(prefer) ? prefer.join(',') : (prefer ?? '')).split(/[,;]/);
  return preferences.some((preference) => /^\s*body\s*=\s*"?json"?\s*$/i.test(preference));
}
