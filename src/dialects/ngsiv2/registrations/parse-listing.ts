import type { EpochMs } from '../../../core/entity/entity.ts';
import { invalidRequest } from '../../../core/errors.ts';
import type { ForwardingInformation, StoredRegistration } from '../../../core/registration/registration.ts';
import type { EntityDocument } from '../subscriptions/subscription-document.ts';
import type { UriParameters } from '../uri-parameters.ts';
import type { RegistrationDocument } from './registration-document.ts';
import { shownStatus, shownStatuses } from './registration-status.ts';

/** Tells whether a registration is among those that were asked for. */
export type RegistrationFilter = (
  registration: StoredRegistration,
  forwarding: ForwardingInformation,
  now: EpochMs,
) => boolean;

/**
 * Which registrations the parameters of a list ask for; all that are given must hold, and without any all are.
 *
 * Extension, the reference implementation knows none of them: `status` is a list of statuses as they are shown; `id` and `type`
 * are lists of what `dataProvided` names in so many words, patterns aside; `attrs` is a list of attributes, at least one of
 * which it names; `url` is the beginning of the provider's address.
 */
export function parseListing(parameters: UriParameters): RegistrationFilter {
  const filters = [
    statusFilter(listOf(parameters.get('status'))),
    entityFilter('id', listOf(parameters.get('id'))),
    entityFilter('type', listOf(parameters.get('type'))),
    attributeFilter(listOf(parameters.get('attrs'))),
    providerFilter(parameters.get('url')),
  ].filter((filter) => filter !== undefined);
  return (registration, forwarding, now) => filters.every((filter) => filter(registration, forwarding, now));
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(',');
}

function statusFilter(asked: readonly string[] | undefined): RegistrationFilter | undefined {
  if (asked === undefined) return undefined;
  if (!asked.every((word) => shownStatuses.some((status) => status === word))) {
    throw invalidRequest(`Invalid value for URI param /status/: it takes a list of ${shownStatuses.join(', ')}`);
  }
  return (registration, forwarding, now) => asked.includes(shownStatus(registration, forwarding, now));
}

function entityFilter(
  member: keyof EntityDocument,
  asked: readonly string[] | undefined,
): RegistrationFilter | undefined {
  if (asked === undefined) return undefined;
  return ({ document }) => {
    const { entities } = (document as RegistrationDocument).dataProvided;
    return entities.some((entity) => entity[member] !== undefined && asked.includes(entity[member]));
  };
}

function attributeFilter(asked: readonly string[] | undefined): RegistrationFilter | undefined {
  if (asked === undefined) return undefined;
  return ({ document }) => (document as RegistrationDocument).dataProvided.attrs.some((name) => asked.includes(name));
}

function providerFilter(beginning: string | undefined): RegistrationFilter | undefined {
  if (beginning === undefined) return undefined;
  return ({ document }) => (document as RegistrationDocument).provider.http.url?.startsWith(beginning) === true;
}
