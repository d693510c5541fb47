import type { EpochMs } from '../../../core/entity/entity.ts';
import {
  type ForwardingInformation,
  isFailing,
  registrationStatuses,
  type StoredRegistration,
} from '../../../core/registration/registration.ts';
import type { RegistrationDocument } from './registration-document.ts';

/** What GET can say of a registration. [V2 registration payload datamodel] */
export const shownStatuses = [...registrationStatuses, 'expired', 'failed'] as const;

/** Once its time is up a registration is `expired`, whatever its status; an active one is `failed` while forwarding fails. */
export function shownStatus(
  { document, status }: StoredRegistration,
  forwarding: ForwardingInformation,
  now: EpochMs,
): (typeof shownStatuses)[number] {
  const { expires } = document as RegistrationDocument;
  if (expires !== undefined && Date.parse(expires) <= now) return 'expired';
  return status === 'active' && isFailing(forwarding) ? 'failed' : status;
}
