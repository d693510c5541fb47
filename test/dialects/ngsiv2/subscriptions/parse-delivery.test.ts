// biome-ignore-all lint/suspicious/noTemplateCurlyInString: macros look like that.
import { describe, expect, it, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts';
import type { Delivery } from '../../../../src/core/subscription/delivery.ts';
import { parseSubscription } from '../../../../src/dialects/ngsiv2/subscriptions/parse-subscription.ts';
import { complaintOf } from '../refusal-of.ts';
import { aPayload, http, mqtt, rules } from './subscription-payload.ts';

const parse = (notification: JsonObject) => parseSubscription(aPayload({ notification }), rules);
const deliveryOf = (notification: JsonObject): Delivery => parse(notification).terms.notification.delivery;
const complaint = (notification: JsonObject) => complaintOf(() => parse(notification));

describe('http [V2 subscription notification http]', () => {
  test.each<[string, JsonObject]>([
    ['url http notification is missing', {}],
    ['url http notification is not a string', { url: 1 }],
    ['forbidden characters in http field /url/', { url: 'http://a/?b=c' }],
    ['Invalid URL parsing notification url', { url: '' }],
    ['Invalid URL parsing notification url', { url: 'receiver:1028/notify' }],
    ['Invalid URL parsing notification url', { url: '/notify' }],
    ['Invalid URL parsing notification url', { url: 'http://' }],
    ['Invalid URL parsing notification url', { url: 'http:/receiver' }],
    ['Invalid URL parsing notification url', { url: 'http://receiver:99999' }],
    ['Invalid URL parsing notification url', { url: 'ftp://receiver' }],
    ['mqtt URL cannot be used in http notifications', { url: 'mqtt://broker' }],
    ['timeout is not an int', { ...http, timeout: '5' }],
    ['timeout field must be an integer between 0 and 1800000', { ...http, timeout: -1 }],
    ['timeout field must be an integer between 0 and 1800000', { ...http, timeout: 1_800_001 }],
    ['unknown http endpoint: plant', { endpoint: 'plant' }],
    ['endpoint is not a string', { endpoint: {} }],
    ['only one of url or endpoint is allowed', { ...http, endpoint: 'warehouse' }],
  ])('is refused: %s', (expected, body) => {
    expect(complaint({ http: body })).toBe(expected);
  });

  test.each(['http://quantum_leap:8668/v2/notify', 'https://a', 'http://[::1]:1028/', 'HTTP://A.B/c'])(
    'takes %s',
    (url) => {
      expect(deliveryOf({ http: { url } })).toEqual({ kind: 'http', target: { kind: 'url', url } });
    },
  );

  it('can name an endpoint instead of an address', () => {
    expect(deliveryOf({ http: { endpoint: 'warehouse', timeout: 1_800_000 } })).toEqual({
      kind: 'http',
      target: { kind: 'endpoint', name: 'warehouse' },
      timeoutMs: 1_800_000,
    });
  });
});

describe('httpCustom [V2 subscription notification httpCustom]', () => {
  test.each<[string, JsonObject]>([
    ['url httpCustom notification is missing', { url: undefined as unknown as JsonValue }],
    ['url httpCustom notification is not a string', { url: null }],
    ['forbidden characters in custom /url/', { url: 'http://a/?b=c' }],
    ['invalid custom /url/', { url: 'receiver' }],
    ['mqtt URL cannot be used in http notifications', { url: 'mqtts://broker' }],
    ['method httpCustom notification is not a string', { method: 1 }],
    ['unknown method httpCustom notification', { method: 'FETCH' }],
    [
      'only one of payload, json or ngsi fields accepted at the same time in httpCustom or mqttCustom',
      { payload: null, json: {} },
    ],
    ['payload custom notification is not a string', { payload: 1 }],
    ['forbidden characters in custom /payload/', { payload: 'a=b' }],
    ['json fields in httpCustom or mqttCustom must be object or array', { json: 'a' }],
    ['ngsi fields in httpCustom or mqttCustom must be object', { ngsi: [] }],
    ['notification httpCustom qs is not an object', { qs: [] }],
    ['notification httpCustom qs is empty', { qs: {} }],
    ['notification httpCustom qs element is not a string', { qs: { a: 1 } }],
    ['forbidden characters in custom notification httpCustom qs', { qs: { a: 'b;c' } }],
    ['forbidden characters in custom notification httpCustom qs', { qs: { 'a=': 'b' } }],
    ['notification httpCustom headers is not an object', { headers: 'a' }],
    ['notification httpCustom headers is empty', { headers: {} }],
    ['notification httpCustom headers element is not a string', { headers: { a: null } }],
    ['forbidden characters in custom notification httpCustom headers', { headers: { a: 'b=c' } }],
    ['forbidden characters in custom notification httpCustom headers', { headers: { 'a;': 'b' } }],
    ['timeout is not an int', { timeout: null }],
  ])('is refused: %s', (expected, members) => {
    const { url, ...others } = { ...http, ...members } as JsonObject;
    expect(complaint({ httpCustom: url === undefined ? others : { url, ...others } })).toBe(expected);
  });

  it('customises method, headers, query and body', () => {
    const httpCustom = {
      url: 'http://receiver/${id}',
      method: 'PUT',
      headers: { 'X-B': '${type}', Cookie: `a"b';c`, Accept: '' },
      qs: { t: '${temperature}', 'q-${type}': 'x' },
      payload: 'The temperature is ${temperature}',
    };
    expect(deliveryOf({ httpCustom })).toEqual({
      kind: 'http',
      target: { kind: 'url', url: 'http://receiver/${id}' },
      custom: {
        method: 'PUT',
        headers: new Map([
          ['Accept', ''],
          ['Cookie', `a"b';c`],
          ['X-B', '${type}'],
        ]),
        query: new Map([
          ['q-${type}', 'x'],
          ['t', '${temperature}'],
        ]),
        body: { kind: 'text', template: 'The temperature is ${temperature}' },
      },
    });
  });

  test.each<[JsonObject, JsonObject]>([
    [{}, { kind: 'default' }],
    [{ payload: '' }, { kind: 'default' }],
    [{ payload: null }, { kind: 'none' }],
    [{ payload: 'a' }, { kind: 'text', template: 'a' }],
    [{ json: { a: ["${b|split(',')}"] } }, { kind: 'json', template: { a: ["${b|split(',')}"] } }],
    [{ json: [1] }, { kind: 'json', template: [1] }],
    [{ ngsi: {} }, { kind: 'patch', patch: { attributes: [] } }],
  ])('reads the body of %j [V2 custom notifications]', (members, body) => {
    expect(deliveryOf({ httpCustom: { ...http, ...members } })).toMatchObject({ custom: { body } });
  });
});

describe('an ngsi patch [V2 NGSI payload patching]', () => {
  const parsePatch = (ngsi: JsonObject) => parse({ httpCustom: { ...http, ngsi } });

  it('takes any text in values, types their defaults, and puts attributes in the order of their evaluation', () => {
    const { document, terms } = parsePatch({
      id: 'prefix:${id}',
      type: 'T',
      b: { value: '${a+1}', type: 'Calculated' },
      a: { value: "${(speed|split(' '))[0]}", metadata: { evalPriority: { value: 1, type: 'Number' } } },
      c: { value: { deep: '<${a}>' } },
      d: {},
    });
    expect(document.notification.httpCustom?.ngsi).toEqual({
      id: 'prefix:${id}',
      type: 'T',
      b: { type: 'Calculated', value: '${a+1}', metadata: {} },
      a: {
        type: 'Text',
        value: "${(speed|split(' '))[0]}",
        metadata: { evalPriority: { type: 'Number', value: 1 } },
      },
      c: { type: 'StructuredValue', value: { deep: '<${a}>' }, metadata: {} },
      d: { type: 'None', value: null, metadata: {} },
    });
    expect(terms.notification.delivery).toMatchObject({
      custom: {
        body: {
          kind: 'patch',
          patch: {
            id: 'prefix:${id}',
            type: 'T',
            attributes: [
              { name: 'a', declaredType: 'Text', value: "${(speed|split(' '))[0]}" },
              { name: 'b', declaredType: 'Calculated', value: '${a+1}' },
              { name: 'c', declaredType: 'StructuredValue', value: { deep: '<${a}>' } },
              { name: 'd', declaredType: 'None', value: null },
            ],
          },
        },
      },
    });
  });

  it('takes a date that a macro is still to become', () => {
    expect(() => parsePatch({ at: { value: '${0|now|toIsoString}', type: 'DateTime' } })).not.toThrow();
  });

  const withMetadata = (metadata: JsonValue) => ({ a: { value: 1, metadata } });
  const withPriority = (value: JsonValue) => withMetadata({ evalPriority: { value } });

  test.each<[string, JsonObject]>([
    ['Invalid JSON type for entity id', { id: 1 }],
    ['Invalid JSON type for entity type', { type: null }],
    ['attribute must be a JSON object, unless keyValues option is used', { a: 1 }],
    ['unrecognized property for context attribute', { a: { value: 1, foo: 1 } }],
    ['invalid JSON type for attribute type', { a: { type: 1 } }],
    ['Invalid characters in attribute name', { 'a b': {} }],
    ['Invalid characters in attribute name', { '*': {} }],
    ['Invalid characters in attribute type', { a: { type: '${type}<' } }],
    ['metadata not a JSON object', withMetadata([])],
    ['only evalPriority metadata is allowed in ngsi field', withMetadata({ unit: { value: 'C' } })],
    ['evalPriority must be a number', withMetadata({ evalPriority: 1 })],
    ['evalPriority must be a number', withPriority('1')],
    ['evalPriority must be between 1 and 100000', withPriority(0)],
    ['evalPriority must be between 1 and 100000', withPriority(100_001)],
  ])('is refused: %s', (expected, ngsi) => {
    expect(complaintOf(() => parsePatch(ngsi))).toBe(expected);
  });
});

describe('mqtt and mqttCustom [V2 subscription notification mqtt]', () => {
  const { topic } = mqtt;

  test.each<[string, JsonObject]>([
    ['url mqtt notification is missing', { topic }],
    ['url mqtt notification is not a string', { topic, url: 1 }],
    ['forbidden characters in mqtt field /url/', { topic, url: 'mqtt://a?b=c' }],
    ['invalid mqtt /url/', { topic, url: 'broker:1883' }],
    ['invalid mqtt /url/', { topic, url: 'mqtt://' }],
    ['invalid mqtt /url/', { topic, url: 'ws://broker' }],
    ['invalid mqtt /url/', { topic, url: 'mqtt://user:secret@broker' }],
    ['http or https URL cannot be used in mqtt notifications', { topic, url: 'https://a' }],
    ['path cannot be used in mqtt url, use topic instead', { topic, url: 'mqtt://broker/a' }],
    ['you must use user and passwd fields simultaneously', { ...mqtt, user: 'a' }],
    ['you must use user and passwd fields simultaneously', { ...mqtt, passwd: 'a' }],
    ['user mqtt notification is not a string', { ...mqtt, user: 1 }],
    ['passwd mqtt notification is not a string', { ...mqtt, user: 'a', passwd: 1 }],
    ['forbidden characters in mqtt /user/', { ...mqtt, user: 'a=b', passwd: 'a' }],
    ['qos is not an int', { ...mqtt, qos: '1' }],
    ['mqtt qos field must be an integer in the 0 to 2 range', { ...mqtt, qos: 3 }],
    ['retain is not a bool', { ...mqtt, retain: 1 }],
    ['topic mqtt notification is missing', { url: mqtt.url }],
    ['topic mqtt notification is not a string', { ...mqtt, topic: 1 }],
    ['empty mqtt field /topic/', { ...mqtt, topic: '' }],
    ['+ and # are not allowed in mqtt field /topic/', { ...mqtt, topic: 'a/+/b' }],
    ['+ and # are not allowed in mqtt field /topic/', { ...mqtt, topic: 'a/#' }],
    ['forbidden characters in mqtt field /topic/', { ...mqtt, topic: 'a(b)' }],
    ['unknown mqtt endpoint: warehouse', { topic, endpoint: 'warehouse' }],
    ['user and passwd cannot be used with endpoint', { topic, endpoint: 'plant', user: 'a', passwd: 'b' }],
  ])('is refused: %s', (expected, body) => {
    expect(complaint({ mqtt: body })).toBe(expected);
    expect(complaint({ mqttCustom: body })).toBe(expected);
  });

  it('says quality, retention and credentials', () => {
    expect(deliveryOf({ mqtt })).toEqual({
      kind: 'mqtt',
      target: { kind: 'url', url: 'mqtt://broker:1883' },
      topic: 'city/room',
      qos: 0,
      retain: false,
    });
    const credentials = { user: 'a', passwd: '<b="c">' };
    expect(deliveryOf({ mqtt: { ...mqtt, url: 'mqtts://broker/', qos: 2, retain: true, ...credentials } })).toEqual({
      kind: 'mqtt',
      target: { kind: 'url', url: 'mqtts://broker/' },
      topic: 'city/room',
      qos: 2,
      retain: true,
      credentials: { user: 'a', password: '<b="c">' },
    });
  });

  it('can name an endpoint, and customise the body [V2 subscription notification mqttCustom]', () => {
    const mqttCustom = { endpoint: 'plant', topic: 'city/${id}', json: { t: '${temperature}' } };
    expect(deliveryOf({ mqttCustom })).toEqual({
      kind: 'mqtt',
      target: { kind: 'endpoint', name: 'plant' },
      topic: 'city/${id}',
      qos: 0,
      retain: false,
      custom: { body: { kind: 'json', template: { t: '${temperature}' } } },
    });
    expect(complaint({ mqttCustom: { ...mqttCustom, json: 1 } })).toBe(
      'json fields in httpCustom or mqttCustom must be object or array',
    );
  });
});
