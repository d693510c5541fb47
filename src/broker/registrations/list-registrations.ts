import { type RequestScope, scopesMatch } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import type { ShownRegistration } from './retrieve-registration.ts';

export interface RegistrationListing {
  readonly offset: number;
  readonly limit: number;
  /** Which of them to list. */
  readonly where: (registration: ShownRegistration) => boolean;
}

export interface RegistrationPage {
  readonly registrations: readonly ShownRegistration[];
  /** All that the listing covers, whatever the page. */
  readonly count: number;
}

/** The registrations for the paths that the request sees, in the order of creation. [V2 list registrations] */
export function listRegistrations(
  { registrations }: Broker,
  { tenant, scopes }: RequestScope,
  { offset, limit, where }: RegistrationListing,
): RegistrationPage {
  const listed: ShownRegistration[] = [];
  for (const [id, { stored }] of registrations.of(tenant)) {
    if (!scopesMatch(scopes, [stored.scope])) continue;
    const shown = { stored, forwarding: registrations.forwardingOf(tenant, id) };
    if (where(shown)) listed.push(shown);
  }
  return { registrations: listed.slice(offset, offset + limit), count: listed.length };
}
