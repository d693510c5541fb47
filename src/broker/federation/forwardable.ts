import type { Registration } from '../../core/registration/registration.ts';
import { forwards } from '../../core/registration/registration.ts';
import type { Interest } from '../../core/registration/registration-index.ts';
import { type RequestScope, scopesMatch } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';

/**
 * The registrations because of which a request is forwarded that is about such entities and attributes, in the order in which
 * they came. None where the client wants none, and none where the request came back or came too far, which the log tells.
 *
 * Cost: a few look-ups where there are none, however many registrations there are (bench/forwarding).
 */
export function forwardable(
  { registrations, providers, clock, log }: Broker,
  scope: RequestScope,
  kind: 'query' | 'update',
  interest: Interest,
): readonly Registration[] {
  const index = scope.staysHere ? undefined : registrations.indexOf(scope.tenant);
  if (index === undefined || index.size === 0) return none;
  const now = clock.now();
  const matching = index
    .matching(interest)
    .filter((registration) => forwards(registration, kind, now) && scopesMatch(scope.scopes, [registration.scope]));
  if (matching.length === 0) return none;
  const why = providers.whyNotForwarded(scope);
  if (why === undefined) return matching;
  log.warn({ correlator: scope.correlator, via: scope.via, why }, 'a request is not forwarded');
  return none;
}

/** Tells whether anything of a request may have to be forwarded at all. Cost: a look-up. */
export function mayForward(
  { registrations }: Broker,
  { tenant, staysHere }: Pick<RequestScope, 'tenant' | 'staysHere'>,
): boolean {
  return staysHere !== true && (registrations.indexOf(tenant)?.size ?? 0) > 0;
}

const none: readonly Registration[] = [];
