import type { Provider } from '../../../core/registration/registration.ts';
import type { ScopePattern, TenantName } from '../../../core/scope.ts';
import type { OutgoingHttp, OutgoingTarget } from '../../../core/subscription/outgoing-notification.ts';

/** Whom a request is from, as the headers say it. */
export interface RequestOrigin {
  readonly tenant: TenantName;
  readonly scopes?: readonly ScopePattern[];
  readonly correlator: string;
  readonly authToken?: string;
  readonly via: readonly string[];
}

/**
 * A request to a provider: `POST` to the operation, which is added to its address. Agents have theirs without `/v2`.
 * [V2 registration provider]
 */
export function providerRequest(
  operation: 'op/query' | 'op/update',
  parameters: string,
  body: object,
  { target }: Provider,
  origin: RequestOrigin,
  userAgent: string,
): OutgoingHttp {
  return {
    kind: 'http',
    target: targetOf(target, operation, parameters),
    method: 'POST',
    headers: headersOf(origin, userAgent),
    body: JSON.stringify(body),
  };
}

function targetOf(target: Provider['target'], operation: string, query: string): OutgoingTarget {
  if (target.kind === 'endpoint') return { ...target, path: `/${operation}`, query };
  const url = `${target.url.replace(/\/+$/, '')}/${operation}`;
  return { kind: 'url', url: query === '' ? url : `${url}?${query}` };
}

function headersOf(origin: RequestOrigin, userAgent: string): ReadonlyMap<string, string> {
  const { tenant, scopes, correlator, authToken, via } = origin;
  const headers = new Map([
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json'],
    ['User-Agent', userAgent],
    ['Fiware-Correlator', correlator],
    ['Via', via.map((name) => `1.1 ${name}`).join(', ')],
  ]);
  if (tenant !== '') headers.set('Fiware-Service', tenant);
  if (scopes !== undefined) headers.set('Fiware-ServicePath', scopes.map(renderScope).join(','));
  if (authToken !== undefined) headers.set('X-Auth-Token', authToken);
  return headers;
}

function renderScope({ path, subtree }: ScopePattern): string {
  if (!subtree) return path;
  return path === '/' ? '/#' : `${path}/#`;
}
