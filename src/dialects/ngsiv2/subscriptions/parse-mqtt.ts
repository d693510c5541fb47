import { invalidRequest } from '../../../core/errors.ts';
import type { JsonObject } from '../../../core/json.ts';
import { flagMember, integerMember, requiredTextMember, textMember } from '../json-members.ts';
import { hasForbiddenCharacter, type TextRules } from '../text-rules.ts';
import { parseCustomBody } from './parse-custom-body.ts';
import { parseEndpoint } from './parse-endpoint.ts';
import { parseReceiverUrl } from './receiver-url.ts';
import type { MqttCustomDocument, MqttDocument, TargetDocument } from './subscription-document.ts';
import type { SubscriptionRules } from './subscription-rules.ts';

/** `notification.mqtt`. Extension: `mqtts:` for MQTT over TLS. [V2 subscription notification mqtt] */
export function parseMqtt(body: JsonObject, rules: SubscriptionRules): MqttDocument {
  const endpoint = parseEndpoint('mqtt', body, rules);
  const target = endpoint ?? parseUrl(body, rules.text);
  const credentials = parseCredentials(body, rules.text);
  if (endpoint !== undefined && credentials !== undefined) {
    throw invalidRequest('user and passwd cannot be used with endpoint');
  }
  const qos = parseQos(body);
  const retain = flagMember(body, 'retain') ?? false;
  const topic = parseTopic(body, rules.text);
  return { ...target, topic, qos, retain, ...credentials };
}

/** `notification.mqttCustom`. [V2 subscription notification mqttCustom] [V2 custom notifications] */
export function parseMqttCustom(body: JsonObject, rules: SubscriptionRules): MqttCustomDocument {
  const mqtt = parseMqtt(body, rules);
  return { ...mqtt, ...parseCustomBody(body, rules.text) };
}

function parseUrl(body: JsonObject, rules: TextRules): TargetDocument {
  const url = requiredTextMember(body, 'url', 'url mqtt notification');
  if (hasForbiddenCharacter(url, rules)) throw invalidRequest('forbidden characters in mqtt field /url/');
  const parsed = parseReceiverUrl(url);
  switch (parsed?.protocol) {
    case 'mqtt:':
    case 'mqtts:':
      break;
    case 'http:':
    case 'https:':
      throw invalidRequest('http or https URL cannot be used in mqtt notifications');
    default:
      throw invalidRequest('invalid mqtt /url/');
  }
  if (parsed.pathname !== '' && parsed.pathname !== '/') {
    throw invalidRequest('path cannot be used in mqtt url, use topic instead');
  }
  // Credentials have members of their own, which are never shown. The rest means nothing to MQTT.
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw invalidRequest('invalid mqtt /url/');
  }
  return { url };
}

/** The password may have any character: it is never shown. */
function parseCredentials(
  body: JsonObject,
  rules: TextRules,
): { readonly user: string; readonly passwd: string } | undefined {
  const user = textMember(body, 'user', 'user mqtt notification');
  if (user !== undefined && hasForbiddenCharacter(user, rules)) {
    throw invalidRequest('forbidden characters in mqtt /user/');
  }
  const passwd = textMember(body, 'passwd', 'passwd mqtt notification');
  if (user === undefined && passwd === undefined) return undefined;
  if (user === undefined || passwd === undefined) {
    throw invalidRequest('you must use user and passwd fields simultaneously');
  }
  return { user, passwd };
}

function parseQos(body: JsonObject): 0 | 1 | 2 {
  const qos = integerMember(body, 'qos') ?? 0;
  if (qos !== 0 && qos !== 1 && qos !== 2) {
    throw invalidRequest('mqtt qos field must be an integer in the 0 to 2 range');
  }
  return qos;
}

function parseTopic(body: JsonObject, rules: TextRules): string {
  const topic = requiredTextMember(body, 'topic', 'topic mqtt notification');
  if (topic === '') throw invalidRequest('empty mqtt field /topic/');
  if (/[+#]/.test(topic)) throw invalidRequest('+ and # are not allowed in mqtt field /topic/');
  if (hasForbiddenCharacter(topic, rules)) throw invalidRequest('forbidden characters in mqtt field /topic/');
  return topic;
}
