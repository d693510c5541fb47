import { invalidRequest, Refusal } from '../../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { type NotificationFormat, notificationFormats } from '../../../core/subscription/subscription.ts';
import { flagMember, integerMember, listMember, textMember } from '../json-members.ts';
import { parseHttp, parseHttpCustom } from './parse-http.ts';
import { parseMqtt, parseMqttCustom } from './parse-mqtt.ts';
import type { AttributesDocument, DeliveryDocument, NotificationDocument } from './subscription-document.ts';
import type { SubscriptionRules } from './subscription-rules.ts';

/** The `notification` of a subscription: what to show, and where to send it. [V2 subscription notification] */
export function parseNotification(body: JsonValue, rules: SubscriptionRules): NotificationDocument {
  if (!isJsonObject(body)) throw invalidRequest('notification is not an object');
  const delivery = parseDelivery(body, rules);
  const attributes = parseAttributes(body);
  const onlyChangedAttrs = flagMember(body, 'onlyChangedAttrs') ?? false;
  const covered = flagMember(body, 'covered') ?? false;
  if (covered && attributes.attrs?.length === 0) {
    throw invalidRequest('covered true cannot be used if notification attributes list is empty');
  }
  const metadata = listMember(body, 'metadata') ?? [];
  const attrsFormat = parseFormat(textMember(body, 'attrsFormat'));
  const maxFailsLimit = integerMember(body, 'maxFailsLimit');
  if (maxFailsLimit !== undefined && maxFailsLimit <= 0) {
    throw invalidRequest('maxFailsLimit must be greater than zero');
  }
  return {
    ...attributes,
    onlyChangedAttrs,
    attrsFormat,
    ...delivery,
    ...(metadata.length > 0 && { metadata }),
    ...(maxFailsLimit !== undefined && { maxFailsLimit }),
    covered,
  };
}

/** `stream` is an extension: the notifications are not sent, but there to be read. */
const deliveryMembers = ['http', 'httpCustom', 'mqtt', 'mqttCustom', 'kafka', 'kafkaCustom', 'stream'] as const;

function parseDelivery(body: JsonObject, rules: SubscriptionRules): DeliveryDocument {
  const [member, ...others] = deliveryMembers.filter((one) => body[one] !== undefined);
  if (others.length > 0) throw invalidRequest('only one of http, httpCustom, mqtt or mqttCustom is allowed');
  const delivery = member === undefined ? undefined : body[member];
  if (member === undefined || delivery === undefined) {
    throw invalidRequest('http, httpCustom, mqtt or mqttCustom is missing');
  }
  if (member === 'kafka' || member === 'kafkaCustom') {
    const description = 'kafka notifications are not supported: use http, httpCustom, mqtt or mqttCustom';
    throw new Refusal({ kind: 'notImplemented', description });
  }
  if (!isJsonObject(delivery)) throw invalidRequest(`${member} notification is not an object`);
  switch (member) {
    case 'http':
      return { http: parseHttp(delivery, rules) };
    case 'httpCustom':
      return { httpCustom: parseHttpCustom(delivery, rules) };
    case 'mqtt':
      return { mqtt: parseMqtt(delivery, rules) };
    case 'mqttCustom':
      return { mqttCustom: parseMqttCustom(delivery, rules) };
    case 'stream':
      return { stream: {} };
  }
}

function parseAttributes(body: JsonObject): AttributesDocument {
  const attrs = listMember(body, 'attrs');
  const exceptAttrs = listMember(body, 'exceptAttrs');
  if (attrs !== undefined && exceptAttrs !== undefined) {
    throw invalidRequest('http notification has attrs and exceptAttrs');
  }
  if (exceptAttrs === undefined) return { attrs: attrs ?? [] };
  if (exceptAttrs.length === 0) throw invalidRequest('http notification has exceptAttrs is empty');
  return { exceptAttrs };
}

function parseFormat(text: string | undefined): NotificationFormat {
  if (text === undefined) return 'normalized';
  const format = notificationFormats.find((known) => known === text);
  if (format === undefined) {
    throw invalidRequest(`invalid attrsFormat, accepted values: ${notificationFormats.join(', ')}`);
  }
  return format;
}
