import type { EpochMs } from '../../../core/entity/entity.ts';
import type { ForwardingInformation, StoredRegistration } from '../../../core/registration/registration.ts';
import { renderInstant } from '../../../core/time/instant.ts';
import type { RegistrationDocument } from './registration-document.ts';
import { shownStatus } from './registration-status.ts';

/**
 * The JSON text of a registration, as GET shows it: members in the order of the reference implementation, and left out what
 * there is none of. [V2 retrieve registration] [V2 registration payload datamodel]
 */
export function renderRegistration(
  registration: StoredRegistration,
  forwarding: ForwardingInformation,
  now: EpochMs,
): string {
  const { id, document } = registration;
  const { description, expires, dataProvided, provider } = document as RegistrationDocument;
  return JSON.stringify({
    id,
    description,
    expires,
    dataProvided,
    provider,
    status: shownStatus(registration, forwarding, now),
    forwardingInformation: shownForwarding(forwarding),
  });
}

/** [V2 registration forwardingInformation] */
function shownForwarding(information: ForwardingInformation) {
  const { timesSent, lastForwarding, lastSuccess, lastFailure, lastFailureReason } = information;
  if (timesSent === 0) return undefined;
  return {
    timesSent,
    lastForwarding: shownInstant(lastForwarding),
    lastSuccess: shownInstant(lastSuccess),
    lastFailure: shownInstant(lastFailure),
    lastFailureReason,
  };
}

function shownInstant(instant: EpochMs | undefined): string | undefined {
  return instant === undefined ? undefined : renderInstant(instant);
}
