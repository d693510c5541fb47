import type { JsonObject } from '../../core/json.ts';
import type { RegistrationStatus, StoredRegistration } from '../../core/registration/registration.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { retrieveRegistration } from './retrieve-registration.ts';

/** What a dialect makes of the registration that is stored. */
export interface RegistrationChange {
  readonly document: JsonObject;
  /** Absent: as it is. */
  readonly status?: RegistrationStatus;
}

/** Changes a registration; counters stay. Refuses with `registrationNotFound`, and as `change` does. [V2 update registration] */
export function updateRegistration(
  broker: Broker,
  scope: RequestScope,
  id: string,
  change: (stored: StoredRegistration) => RegistrationChange,
): Promise<void> {
  const { registrations, clock } = broker;
  return registrations.exclusively(scope.tenant, async () => {
    const { stored } = retrieveRegistration(broker, scope, id);
    const { document, status = stored.status } = change(stored);
    await registrations.put(scope.tenant, { ...stored, document, status, modifiedAt: clock.now() });
  });
}
