import { Refusal } from '../../core/errors.ts';
import type { ForwardingInformation, StoredRegistration } from '../../core/registration/registration.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';

/** A registration, with what became of it by this moment. */
export interface ShownRegistration {
  readonly stored: StoredRegistration;
  readonly forwarding: ForwardingInformation;
}

/** A registration of the tenant, whichever path it is for. Refuses with `registrationNotFound`. [V2 retrieve registration] */
export function retrieveRegistration(broker: Broker, { tenant }: RequestScope, id: string): ShownRegistration {
  const known = broker.registrations.of(tenant).get(id);
  if (known === undefined) throw new Refusal({ kind: 'registrationNotFound' });
  return { stored: known.stored, forwarding: broker.registrations.forwardingOf(tenant, id) };
}
