import type { FastifyRequest } from 'fastify';
import type { RequestScope } from '../core/scope.ts';
import { parseServicePath, parseTenant } from '../dialects/ngsiv2/request-headers.ts';

/**
 * Whose data the request is about and which part of it, from `Fiware-Service` and `Fiware-ServicePath`; and what those hear of
 * it whom its changes wake.
 *
 * Refuses headers that are not of their form, and paths that do not fit the purpose. [V2 service path] [V2 custom notifications]
 */
export function requestScope(request: FastifyRequest, purpose: 'query' | 'create' | 'update'): RequestScope {
  const { headers } = request;
  const { scopes, scope } = parseServicePath(headerText(headers['fiware-servicepath']), purpose);
  const authToken = headerText(headers['x-auth-token']);
  const { authorization } = headers;
  return {
    tenant: parseTenant(headerText(headers['fiware-service'])),
    scopes,
    scope,
    correlator: request.id,
    ...(authToken !== undefined && { authToken }),
    ...(authorization !== undefined && { authorization }),
    ...(headers['ngsiv2-attrsformat'] === 'custom' && { fromCustomNotification: true }),
  };
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
