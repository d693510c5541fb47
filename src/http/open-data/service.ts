import type { FastifyRequest } from 'fastify';
import { Links } from '../../catalogue/links.ts';
import type { OpenData } from '../../catalogue/open-data.ts';
import { invalidRequest } from '../../core/errors.ts';
import type { QueryLimits } from '../../dialects/ngsiv2/parse-query.ts';
import type { Availability } from '../availability.ts';

/** What the public routes work on. */
export interface OpenDataService {
  readonly availability: Availability;
  /** What a filter of the public may cost. */
  readonly limits: QueryLimits;
  /** Of the broker. */
  readonly version: string;
  /** Where the public reaches the broker, or `none`: then it is where the request came to. */
  readonly publicUrl: string;
  /** Requests that one client may make a minute. */
  readonly requestsPerMinute: number;
}

/** URLs as this client is to see them. Refuses a host that is none. */
export function linksOf(request: FastifyRequest, { publicUrl }: OpenDataService): Links {
  if (publicUrl !== 'none') return new Links(publicUrl);
  const { protocol, host } = request;
  if (!/^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(host))
    throw invalidRequest('the header Host names no host');
  return new Links(`${protocol}://${host}`);
}

/** Refuses with `overloaded` while the broker starts. */
export function openDataOf({ availability }: OpenDataService): OpenData {
  return availability.openData;
}
