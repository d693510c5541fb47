import type { EpochMs } from '../../../core/entity/entity.ts';
import type { JsonValue } from '../../../core/json.ts';
import type { StoredSubscription, SubscriptionState } from '../../../core/subscription/subscription.ts';
import type { Synchronization } from '../../../core/subscription/synchronization.ts';
import { renderInstant } from '../../../core/time/instant.ts';
import type {
  DeliveryDocument,
  MqttCustomDocument,
  NotificationDocument,
  SubscriptionDocument,
} from './subscription-document.ts';
import { shownStatus } from './subscription-status.ts';

/** What a password is shown as. */
const masked = '*****';

/**
 * The JSON text of a subscription, as GET shows it: members in the order of the reference implementation, passwords masked,
 * and left out what there is none of, counters that stand at 0 among it.
 * [V2 retrieve subscription] [V2 subscription payload datamodel]
 */
export function renderSubscription(
  subscription: StoredSubscription,
  now: EpochMs,
  synchronization?: Synchronization,
): string {
  const { id, document, state } = subscription;
  const { description, expires, subject, notification, ...throttling } = document as SubscriptionDocument;
  return JSON.stringify({
    id,
    description,
    expires,
    status: shownStatus(subscription, now),
    subject,
    notification: shownNotification(notification, state),
    ...throttling,
    synchronization: shownSynchronization(synchronization),
  });
}

/** Extension: how far it is with what was there before it. */
function shownSynchronization(synchronization: Synchronization | undefined) {
  if (synchronization === undefined) return undefined;
  const { state, told, startedAt, finishedAt } = synchronization;
  return { state, told, startedAt: shownInstant(startedAt), finishedAt: shownInstant(finishedAt) };
}

function shownNotification(document: NotificationDocument, state: SubscriptionState) {
  const { attrs, exceptAttrs, onlyChangedAttrs, attrsFormat, metadata, maxFailsLimit, covered, ...delivery } = document;
  const isHttp = delivery.http !== undefined || delivery.httpCustom !== undefined;
  return {
    timesSent: shownCount(state.timesSent),
    lastNotification: shownInstant(state.lastNotification),
    exceptAttrs,
    attrs,
    onlyChangedAttrs,
    attrsFormat,
    ...shownDelivery(delivery),
    metadata,
    lastFailure: shownInstant(state.lastFailure),
    lastFailureReason: isHttp ? state.lastFailureReason : undefined,
    lastSuccess: shownInstant(state.lastSuccess),
    lastSuccessCode: isHttp ? state.lastSuccessCode : undefined,
    maxFailsLimit,
    failsCounter: shownCount(state.failsCounter),
    covered,
  };
}

function shownDelivery(delivery: DeliveryDocument): { readonly [member: string]: JsonValue } {
  const { mqtt, mqttCustom } = delivery;
  if (mqtt !== undefined) return { mqtt: withoutPassword(mqtt) };
  if (mqttCustom !== undefined) return { mqttCustom: withoutPassword(mqttCustom) };
  return delivery;
}

function withoutPassword(mqtt: MqttCustomDocument): MqttCustomDocument {
  return mqtt.passwd === undefined ? mqtt : { ...mqtt, passwd: masked };
}

function shownCount(count: number): number | undefined {
  return count === 0 ? undefined : count;
}

function shownInstant(instant: EpochMs | undefined): string | undefined {
  return instant === undefined ? undefined : renderInstant(instant);
}
