import { Refusal } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { RegistrationDialect, RegistrationStatus } from '../../core/registration/registration.ts';
import type { RequestScope } from '../../core/scope.ts';
import type { Broker } from '../broker.ts';
import { defaultScope } from '../entities/create-entity.ts';

/** A registration as a dialect read it from a request. */
export interface RegistrationDraft {
  /** Absent: the broker makes one. */
  readonly id?: string;
  readonly dialect: RegistrationDialect;
  /** What is stored. */
  readonly document: JsonObject;
  /** Absent: active. */
  readonly status?: RegistrationStatus;
}

/**
 * Registers a provider of what is in the path of the request, and returns the id; requests are forwarded from then on.
 * Refuses with `registrationExists` and `limitReached`. [V2 create registration]
 */
export function createRegistration(
  broker: Broker,
  { tenant, scope = defaultScope }: RequestScope,
  { id = broker.random.newId(), dialect, document, status = 'active' }: RegistrationDraft,
): Promise<string> {
  const { registrations, clock, limits } = broker;
  const limit = limits.registrationsPerTenant;
  return registrations.exclusively(tenant, async () => {
    const known = registrations.of(tenant);
    if (known.has(id)) throw new Refusal({ kind: 'registrationExists' });
    if (known.size >= limit) throw new Refusal({ kind: 'limitReached', what: 'registrations', limit });
    const now = clock.now();
    await registrations.put(tenant, { id, dialect, scope, status, document, createdAt: now, modifiedAt: now });
    return id;
  });
}
