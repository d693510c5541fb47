import type { FastifyRequest } from 'fastify';
import { Links } from '../../catalogue/links.ts';
import type { OpenData } from '../../catalogue/open-data.ts';
import type { QueryLimits } from '../../dialects/ngsiv2/parse-query.ts';
import type { Availability } from '../availability.ts';
import { publicUrlOf } from '../public-url.ts';

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
  return new Links(publicUrlOf(request, publicUrl));
}

/** Refuses with `overloaded` while the broker starts. */
export function openDataOf({ availability }: OpenDataService): OpenData {
  return availability.openData;
}
