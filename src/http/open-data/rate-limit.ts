import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { clientAddress } from '../client-address.ts';
import type { OpenDataService } from './service.ts';

/** Clients that are remembered; the longest silent one is forgotten first. */
const maxClients = 20_000;

/**
 * Bounds what one client may ask of the routes that are registered from now on in this scope: so much a minute in all, and so
 * much of a dataset that has a bound of its own. [RFC 6585 4]
 */
export async function limitRates(app: FastifyInstance, service: OpenDataService): Promise<void> {
  await app.register(rateLimit, {
    timeWindow: 60_000,
    cache: maxClients,
    max: (request) => ownLimitOf(request, service) ?? service.requestsPerMinute,
    keyGenerator: (request) =>
      `${clientAddress(request)} ${ownLimitOf(request, service) === undefined ? '' : datasetOf(request)}`,
    errorResponseBuilder: (_request, { ttl }) => new RateError(Math.ceil(ttl / 1000)),
  });
}

/** A client asked too often. */
class RateError extends Error {
  readonly statusCode = 429;

  constructor(seconds: number) {
    super(`too many requests: try again in ${seconds} seconds`);
    this.name = 'RateError';
  }
}

function ownLimitOf(request: FastifyRequest, { availability }: OpenDataService): number | undefined {
  const id = datasetOf(request);
  if (id === undefined || availability.state === 'starting') return undefined;
  return availability.openData.datasets.published().find((dataset) => dataset.id === id)?.terms.requestsPerMinute;
}

function datasetOf({ params }: FastifyRequest): string | undefined {
  const { dataset, collectionId } = (params ?? {}) as { readonly dataset?: string; readonly collectionId?: string };
  return (dataset ?? collectionId)?.split('.', 1)[0];
}
