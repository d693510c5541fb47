import { invalidRequest } from '../../../core/errors.ts';
import type { JsonValue } from '../../../core/json.ts';
import { isCustomHeaderName } from '../../../core/subscription/header-fields.ts';
import { isTopicName } from '../../../core/subscription/topic-name.ts';
import { type MemberCheck, members, object, oneOf, positive, text } from './json-members.ts';
import { acceptedTypes, type EndpointDocument, type KeyValuePair } from './subscription-document.ts';

/** Milliseconds that a receiver may take to answer, at most: half an hour. */
const maxTimeoutMs = 1_800_000;

/** A day: what is owed for longer is given up. */
const maxCooldownMs = 86_400_000;

/** Pairs of one list. */
const maxPairs = 100;

const nothing: ReadonlySet<string> = new Set();

/** `notification.endpoint`. [LD 5.2.15] */
export function parseEndpoint(value: JsonValue, what: string): EndpointDocument {
  const endpoint = members(object(value, what), 'endpoint', checks, nothing) as unknown as EndpointDocument;
  if (endpoint.uri === undefined) throw invalidRequest('endpoint has no uri');
  if (isMqttUri(endpoint.uri)) checkMqtt(endpoint);
  else checkHttp(endpoint);
  return endpoint;
}

const checks: Readonly<Record<keyof EndpointDocument, MemberCheck<unknown>>> = {
  uri: text,
  accept: oneOf(acceptedTypes),
  cooldown: positive('milliseconds', 0, maxCooldownMs),
  timeout: positive('milliseconds', 0, maxTimeoutMs),
  receiverInfo: pairs,
  notifierInfo: pairs,
};

const pairChecks = { key: text, value: (value: JsonValue, what: string) => (value === '' ? value : text(value, what)) };

/** [LD 5.2.22] */
function pairs(value: JsonValue, what: string): readonly KeyValuePair[] {
  if (!Array.isArray(value)) throw invalidRequest(`${what} must be an array of objects with key and value`);
  if (value.length > maxPairs)
    throw invalidRequest(`${what} has ${value.length} pairs, at most ${maxPairs} are allowed`);
  return (value as readonly JsonValue[]).map((item) => {
    const pair = members(object(item, `an item of ${what}`), `an item of ${what}`, pairChecks, nothing);
    if (pair.key === undefined || pair.value === undefined) {
      throw invalidRequest(`an item of ${what} has both key and value`);
    }
    return pair as KeyValuePair;
  });
}

export function isMqttUri(uri: string): boolean {
  return /^mqtts?:/i.test(uri);
}

/** What every notification says in its own words. */
const ownHeaders: ReadonlySet<string> = new Set(['content-type', 'link', 'host', 'oriel-notification-id']);

/** [LD 6.3.8] */
function checkHttp({ uri, receiverInfo = [] }: EndpointDocument): void {
  if (!/^https?:\/\/[^/?#]/i.test(uri) || !URL.canParse(uri)) {
    throw invalidRequest('uri of endpoint must be an absolute URL: http, https, mqtt or mqtts');
  }
  for (const { key } of receiverInfo) {
    if (!isCustomHeaderName(key) || ownHeaders.has(key.toLowerCase())) {
      throw invalidRequest(`receiverInfo of endpoint: ${JSON.stringify(key)} cannot be a header of a notification`);
    }
  }
}

/** [LD 7.2] */
function checkMqtt(endpoint: EndpointDocument): void {
  const { accept, notifierInfo = [] } = endpoint;
  if (mqttAddress(endpoint.uri) === undefined) {
    throw invalidRequest(
      'uri of endpoint must be mqtt[s]://[username][:password]@host[:port]/topic[/subtopic], the topic without wildcards',
    );
  }
  if (accept === 'application/geo+json') {
    throw invalidRequest('accept of endpoint: notifications by MQTT are application/json or application/ld+json');
  }
  for (const { key, value } of notifierInfo) {
    const values = Object.hasOwn(protocolParameters, key) ? protocolParameters[key] : undefined;
    if (values === undefined) {
      const known = Object.keys(protocolParameters).join(' and ');
      throw invalidRequest(`notifierInfo of endpoint: there are ${known} for MQTT, no ${JSON.stringify(key)}`);
    }
    if (!values.includes(value)) {
      throw invalidRequest(
        `notifierInfo of endpoint: ${key} is none of ${values.join(', ')}: ${JSON.stringify(value)}`,
      );
    }
  }
}

/** [LD 7.2, table 7.2-1] */
const protocolParameters: Readonly<Record<string, readonly string[]>> = {
  'MQTT-QoS': ['0', '1', '2'],
  'MQTT-Version': ['mqtt3.1.1', 'mqtt5.0'],
};

/** Where an MQTT URI leads. */
export interface MqttAddress {
  /** Scheme, host and port. */
  readonly url: string;
  readonly topic: string;
  readonly user: string;
  readonly password: string;
}

/** The parts of an MQTT URI; undefined for what is none. [LD 7.2] */
export function mqttAddress(uri: string): MqttAddress | undefined {
  if (!/^mqtts?:\/\/[^/?#]/i.test(uri) || !URL.canParse(uri)) return undefined;
  const { protocol, host, pathname, search, hash, username, password } = new URL(uri);
  if (host === '' || search !== '' || hash !== '') return undefined;
  try {
    const topic = decodeURIComponent(pathname.slice(1));
    if (!isTopicName(topic)) return undefined;
    return {
      url: `${protocol}//${host}`,
      topic,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
    };
  } catch {
    return undefined;
  }
}
