import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EntityViolations } from '../core/model/violation.ts';
import { renderViolationsHeader, renderWarningHeader, violationsHeader } from '../core/model/violations-header.ts';
import type { Mutable } from '../core/mutable.ts';
import type { RequestScope } from '../core/scope.ts';
import { parseServicePath, parseTenant } from '../dialects/ngsiv2/request-headers.ts';
import { parseVia } from './via.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request is answered with, for what is known of it before its handler answers. */
    answer: FastifyReply;
  }
}

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
  const asked: Mutable<RequestScope> = {
    tenant: parseTenant(headerText(headers['fiware-service'])),
    scopes,
    scope,
    correlator: request.id,
  };
  if (authToken !== undefined) asked.authToken = authToken;
  if (authorization !== undefined) asked.authorization = authorization;
  if (wantsCurrent(request)) asked.readsCurrent = true;
  if (headers.via !== undefined) asked.via = parseVia(headers.via);
  if (headers['ngsiv2-attrsformat'] === 'custom') asked.fromCustomNotification = true;
  if (purpose !== 'query') asked.warned = (warnings) => warnIn(request.answer, warnings);
  return asked;
}

/** Tells a client of what was stored although its data model says no, for people and for programs. A warning says that something was stored: it stands beside an answer of success or of part of it. */
export function warnIn(reply: FastifyReply, warnings: readonly EntityViolations[]): void {
  reply.header('warning', renderWarningHeader(warnings)).header(violationsHeader, renderViolationsHeader(warnings));
}

/** Whether the client wants nothing that was kept from an earlier answer: `Cache-Control: no-cache`. [RFC 9111 5.2.1.4] */
export function wantsCurrent({ headers }: FastifyRequest): boolean {
  const directives = headers['cache-control']?.toLowerCase().split(',') ?? [];
  return directives.some((directive) => ['no-cache', 'no-store'].includes(directive.trim()));
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
