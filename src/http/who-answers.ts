import type { FastifyRequest } from 'fastify';
import { mayForward } from '../broker/federation/forwardable.ts';
import type { TenantName } from '../core/scope.ts';
import { parseTenant } from '../dialects/ngsiv2/request-headers.ts';
import type { Availability } from './availability.ts';
import { tenantHeader } from './ngsi-ld/ld-request.ts';
import { ldRoot } from './ngsi-ld/routes.ts';

/** What every process answers for itself. */
const ownRoutes: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/version']);

/** Reads of entities, which whoever has all entities can answer. A query of NGSI-LD by POST may have a context be kept that it brings. */
export const readRoutes: ReadonlySet<string> = new Set([
  'GET /v2/entities',
  'GET /v2/entities/:entityId',
  'GET /v2/entities/:entityId/attrs',
  'GET /v2/entities/:entityId/attrs/:attrName',
  'GET /v2/entities/:entityId/attrs/:attrName/value',
  'POST /v2/op/query',
  'GET /v2/types',
  'GET /v2/types/:entityType',
  `GET ${ldRoot}/entities`,
  `GET ${ldRoot}/entities/:entityId`,
  `GET ${ldRoot}/types`,
  `GET ${ldRoot}/types/:type`,
  `GET ${ldRoot}/attributes`,
  `GET ${ldRoot}/attributes/:attrId`,
]);

/**
 * Whether the process that writes answers the request, not one that holds a replica of the entities: all but reads of entities;
 * and of those the ones for which somebody else may have to be asked, a provider or a device.
 */
export function answeredByWriter(request: FastifyRequest, availability: Availability): boolean {
  const { url = '' } = request.routeOptions;
  if (ownRoutes.has(url)) return false;
  if (!readRoutes.has(`${request.method === 'HEAD' ? 'GET' : request.method} ${url}`)) return true;
  const tenant = tenantOf(request, url);
  return (
    tenant === undefined || mayForward(availability.broker, { tenant }) || isOfDevice(request, tenant, availability)
  );
}

/**
 * Whether the first process answers the request, not another broker on the same database: what is on this machine once,
 * which is devices that are connected, files of open data, and live streams.
 */
export function answeredByFirst(request: FastifyRequest, availability: Availability): boolean {
  const { url = '' } = request.routeOptions;
  if (ownRoutes.has(url)) return false;
  if (!url.startsWith('/v2/') && !url.startsWith(`${ldRoot}/`)) return true;
  if (url.endsWith('/stream')) return true;
  const tenant = tenantOf(request, url);
  return tenant === undefined || isOfDevice(request, tenant, availability);
}

/** Undefined where the headers are to be refused. */
function tenantOf({ headers }: FastifyRequest, url: string): TenantName | undefined {
  const header = headers[url.startsWith(ldRoot) ? tenantHeader : 'fiware-service'];
  try {
    return parseTenant(Array.isArray(header) ? header.join(',') : header);
  } catch {
    return undefined;
  }
}

/** A device may have to be asked. */
function isOfDevice({ params }: FastifyRequest, tenant: TenantName, { ingest }: Availability): boolean {
  const { entityId } = (params ?? {}) as { readonly entityId?: string };
  return entityId !== undefined && ingest.registry.devicesOfEntity(tenant, entityId).length > 0;
}
