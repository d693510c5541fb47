import { Effort } from '../../../core/expression/effort.ts';
import { expandText, type TextExpansion } from '../../../core/expression/macros.ts';
import type { HttpDelivery, MqttDelivery } from '../../../core/subscription/delivery.ts';
import type { NotificationFacts } from '../../../core/subscription/notification-facts.ts';
import type { OutgoingNotification, Unsendable } from '../../../core/subscription/outgoing-notification.ts';
import { isTopicName } from '../../../core/subscription/topic-name.ts';
import { changeContext } from './change-context.ts';
import { type ChangedEntity, changeOfFacts } from './changed-entity.ts';
import { type NotificationEnvelope, notificationHeaders, withCustomHeaders } from './notification-headers.ts';
import { customTarget, plainTarget } from './notification-target.ts';
import { renderBody, renderCustomBody, type ShowingSubscription } from './render-body.ts';

/** What the macros of one notification may cost: a fifth of a second at worst, and a few megabytes of text. */
const notificationEffort = 4_000_000;

/**
 * A notification as it is sent, with all that its transport has to know; or why it can never be sent.
 *
 * Pure: the same subscription, facts and envelope give the same message, so an attempt that is repeated repeats it byte by
 * byte; `now`, in expressions, is when the change happened. Cost: that of reading the stored form and rendering the entity,
 * and of the macros. [V2 notification messages] [V2 custom notifications]
 */
export function renderNotification(
  subscription: ShowingSubscription,
  facts: NotificationFacts,
  envelope: NotificationEnvelope,
): OutgoingNotification | Unsendable {
  const changed = changeOfFacts(facts);
  const effort = new Effort(notificationEffort);
  const expansion = { context: changeContext(changed), effort, absent: '' };
  const rendered = render({ subscription, changed, envelope, expansion });
  if (!effort.exceeded) return rendered;
  return { kind: 'unsendable', reason: 'the macros of the notification cost more than those of one notification may' };
}

/** All that a notification is made of. */
interface Ingredients {
  readonly subscription: ShowingSubscription;
  readonly changed: ChangedEntity;
  readonly envelope: NotificationEnvelope;
  readonly expansion: TextExpansion;
}

function render(ingredients: Ingredients): OutgoingNotification | Unsendable {
  const { subscription, changed } = ingredients;
  const { delivery } = subscription.notification;
  switch (delivery.kind) {
    case 'http':
      return renderHttp(delivery, ingredients);
    case 'mqtt':
      return renderMqtt(delivery, ingredients);
    case 'stream':
      return { kind: 'stream', body: renderBody(subscription, changed).body };
  }
}

/** [V2 subscription notification http] [V2 subscription notification httpCustom] */
function renderHttp(
  { target, timeoutMs, custom }: HttpDelivery,
  { subscription, changed, envelope, expansion }: Ingredients,
): OutgoingNotification | Unsendable {
  const common = { kind: 'http', ...(timeoutMs !== undefined && { timeoutMs }) } as const;
  if (custom === undefined) {
    const rendered = renderBody(subscription, changed);
    const headers = notificationHeaders(changed, rendered, envelope);
    return { ...common, target: plainTarget(target), method: 'POST', headers, body: rendered.body };
  }
  const filledTarget = customTarget(target, custom.query, expansion);
  if (filledTarget.kind === 'unsendable') return filledTarget;
  const rendered = renderCustomBody(subscription, changed, custom.body, expansion);
  const usual = notificationHeaders(changed, rendered, envelope);
  return {
    ...common,
    target: filledTarget,
    method: custom.method ?? 'POST',
    headers: withCustomHeaders(usual, custom.headers, expansion),
    ...(rendered.body !== undefined && { body: rendered.body }),
  };
}

/** [V2 subscription notification mqtt] [V2 subscription notification mqttCustom] */
function renderMqtt(
  { target, topic, qos, retain, credentials, custom }: MqttDelivery,
  { subscription, changed, envelope, expansion }: Ingredients,
): OutgoingNotification | Unsendable {
  const filledTopic = custom === undefined ? topic : expandText(topic, expansion);
  if (!isTopicName(filledTopic)) {
    return { kind: 'unsendable', reason: `the notification has no valid topic: ${filledTopic.slice(0, 200)}` };
  }
  const rendered =
    custom === undefined
      ? renderBody(subscription, changed)
      : renderCustomBody(subscription, changed, custom.body, expansion);
  return {
    kind: 'mqtt',
    id: envelope.id,
    target,
    topic: filledTopic,
    qos,
    retain,
    ...(credentials !== undefined && { credentials }),
    body: rendered.body ?? '',
  };
}
