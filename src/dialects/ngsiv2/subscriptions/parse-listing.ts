import type { EpochMs } from '../../../core/entity/entity.ts';
import { invalidRequest } from '../../../core/errors.ts';
import type { StoredSubscription } from '../../../core/subscription/subscription.ts';
import type { UriParameters } from '../uri-parameters.ts';
import type {
  EntityDocument,
  NotificationDocument,
  SubscriptionDocument,
  TargetDocument,
} from './subscription-document.ts';
import { shownStatus, shownStatuses } from './subscription-status.ts';

/** Tells whether a subscription is among those that were asked for. */
export type SubscriptionFilter = (subscription: StoredSubscription, now: EpochMs) => boolean;

/**
 * Which subscriptions the parameters of a list ask for; all that are given must hold, and without any all are.
 *
 * Extension, the reference implementation knows none of them: `status` is a list of statuses as they are shown; `id` and `type`
 * are lists of what the subject names in so many words, patterns aside; `url` is the beginning of the receiver's address.
 */
export function parseListing(parameters: UriParameters): SubscriptionFilter {
  const filters = [
    statusFilter(parameters.get('status')),
    subjectFilter('id', parameters.get('id')),
    subjectFilter('type', parameters.get('type')),
    receiverFilter(parameters.get('url')),
  ].filter((filter) => filter !== undefined);
  return (subscription, now) => filters.every((filter) => filter(subscription, now));
}

function statusFilter(text: string | undefined): SubscriptionFilter | undefined {
  if (text === undefined) return undefined;
  const asked = text.split(',');
  if (!asked.every((word) => shownStatuses.some((status) => status === word))) {
    throw invalidRequest(`Invalid value for URI param /status/: it takes a list of ${shownStatuses.join(', ')}`);
  }
  return (subscription, now) => asked.includes(shownStatus(subscription, now));
}

function subjectFilter(member: keyof EntityDocument, text: string | undefined): SubscriptionFilter | undefined {
  if (text === undefined) return undefined;
  const asked = text.split(',');
  return ({ document }) => {
    const { entities } = (document as SubscriptionDocument).subject;
    return entities.some((entity) => entity[member] !== undefined && asked.includes(entity[member]));
  };
}

function receiverFilter(beginning: string | undefined): SubscriptionFilter | undefined {
  if (beginning === undefined) return undefined;
  return ({ document }) => {
    const url = targetOf((document as SubscriptionDocument).notification)?.url;
    return url?.startsWith(beginning) === true;
  };
}

function targetOf({ http, httpCustom, mqtt, mqttCustom }: NotificationDocument): TargetDocument | undefined {
  return http ?? httpCustom ?? mqtt ?? mqttCustom;
}
