import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { retrieveRegistration } from './retrieve-registration.ts';

/** Removes a registration; what is on its way to the provider still arrives. Refuses with `registrationNotFound`. [V2 delete registration] */
export function deleteRegistration(broker: Broker, scope: RequestScope, id: string): Promise<void> {
  return broker.registrations.exclusively(scope.tenant, async () => {
    retrieveRegistration(broker, scope, id);
    await broker.registrations.remove(scope.tenant, id);
  });
}
