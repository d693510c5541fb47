import { describe, expect, it, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts';
import { parseSubscription } from '../../../../src/dialects/ngsiv2/subscriptions/parse-subscription.ts';
import { freeText } from '../../../../src/dialects/ngsiv2/text-rules.ts';
import { complaintOf, refusalOf } from '../refusal-of.ts';
import { aPayload, http, mqtt, rules } from './subscription-payload.ts';

const parse = (body: JsonValue) => parseSubscription(body, rules);
const complaint = (body: JsonValue) => complaintOf(() => parse(body));

describe('a subscription [V2 create subscription]', () => {
  it('is stored with its defaults said and read into terms', () => {
    expect(parse(aPayload())).toEqual({
      document: {
        subject: {
          entities: [{ idPattern: '.*', type: 'Room' }],
          condition: { attrs: [], notifyOnMetadataChange: true },
        },
        notification: { attrs: [], onlyChangedAttrs: false, attrsFormat: 'normalized', http, covered: false },
      },
      terms: {
        selectors: [{ types: ['Room'] }],
        watched: [],
        alterations: ['entityCreate', 'entityChange'],
        notifyOnMetadataChange: true,
        notification: {
          attributes: { kind: 'all' },
          onlyChanged: false,
          metadata: [],
          format: 'normalized',
          delivery: { kind: 'http', target: { kind: 'url', url: http.url } },
        },
      },
    });
  });

  it('says everything it can', () => {
    const body = {
      id: 'urn:ngsi-ld:Subscription:1',
      description: 'Warm rooms',
      subject: {
        entities: [
          { id: 'Room1', type: 'Room' },
          { idPattern: '^Hall', typePattern: 'oo' },
        ],
        condition: {
          attrs: ['temperature', 'humidity', 'temperature'],
          expression: { q: 'temperature>22', mq: 'temperature.accuracy<1', ...near },
          jexlExpression: 'temperature > humidity',
          alterationTypes: ['entityUpdate', 'entityDelete'],
          notifyOnMetadataChange: false,
        },
      },
      notification: {
        attrs: ['temperature', 'pressure'],
        onlyChangedAttrs: true,
        covered: true,
        metadata: ['previousValue', '*'],
        attrsFormat: 'keyValues',
        maxFailsLimit: 3,
        http: { ...http, timeout: 5000 },
      },
      expires: '2030-01-01T10:00:00+01:00',
      status: 'oneshot',
      throttling: 5,
      throttlingMode: 'trailing',
    };
    const { document, terms, status, id } = parse(body);
    expect({ status, id }).toEqual({ status: 'oneshot', id: 'urn:ngsi-ld:Subscription:1' });
    expect(document).toEqual({
      description: 'Warm rooms',
      expires: '2030-01-01T09:00:00.000Z',
      subject: { ...body.subject, condition: { ...body.subject.condition, attrs: ['temperature', 'humidity'] } },
      notification: body.notification,
      throttling: 5,
      throttlingMode: 'trailing',
    });
    expect(terms).toEqual({
      description: 'Warm rooms',
      selectors: [
        { ids: ['Room1'], types: ['Room'] },
        {
          idPattern: expect.objectContaining({ source: '^Hall' }),
          typePattern: expect.objectContaining({ source: 'oo' }),
        },
      ],
      watched: ['temperature', 'humidity'],
      alterations: ['entityUpdate', 'entityDelete'],
      notifyOnMetadataChange: false,
      filter: {
        kind: 'and',
        filters: [
          {
            kind: 'compare',
            path: { kind: 'attribute', attribute: 'temperature', subAttributes: [], members: [] },
            operator: '>',
            operand: { kind: 'number', value: 22 },
          },
          {
            kind: 'compare',
            path: { kind: 'attribute', attribute: 'temperature', subAttributes: ['accuracy'], members: [] },
            operator: '<',
            operand: { kind: 'number', value: 1 },
          },
          { kind: 'near', center: [-3.7, 40.4], maxDistance: 1000 },
        ],
      },
      condition: expect.objectContaining({ source: 'temperature > humidity' }),
      notification: {
        attributes: { kind: 'only', names: ['temperature', 'pressure'], covered: true },
        onlyChanged: true,
        metadata: ['previousValue', '*'],
        format: 'keyValues',
        delivery: { kind: 'http', target: { kind: 'url', url: http.url }, timeoutMs: 5000 },
        maxFails: 3,
      },
      throttling: { periodMs: 5000, mode: 'trailing' },
      expiresAt: Date.UTC(2030, 0, 1, 9),
    });
  });

  it('does not keep what says nothing, nor members that nobody knows', () => {
    const condition = { attrs: [], alterationTypes: [], expression: { foo: 'x' }, foo: 1 };
    const body = aPayload({
      description: '',
      expires: '',
      throttling: 0,
      throttlingMode: 'drop',
      status: 'active',
      foo: { bar: 1 },
      subject: { entities: [{ id: 'a', foo: 1 }, { id: 'a' }], condition },
      notification: { http: { ...http, timeout: 0 }, metadata: [], timesSent: 3, lastSuccess: 'x' },
    });
    expect(parse(body)).toEqual({
      status: 'active',
      terms: expect.anything(),
      document: {
        subject: { entities: [{ id: 'a' }], condition: { attrs: [], notifyOnMetadataChange: true } },
        notification: { attrs: [], onlyChangedAttrs: false, attrsFormat: 'normalized', http, covered: false },
      },
    });
  });

  it('with a throttling below 0 is not throttled, as in Orion', () => {
    expect(parse(aPayload({ throttling: -1 })).terms).not.toHaveProperty('throttling');
  });
});

const near = { georel: 'near;maxDistance:1000', geometry: 'point', coords: '40.4,-3.7' };

describe('refused as a whole', () => {
  it('is what is no object [V2 error responses]', () => {
    for (const body of [null, [], 'a', 1]) expect(refusalOf(() => parse(body))).toEqual({ kind: 'invalidJson' });
  });

  test.each<[string, JsonObject]>([
    ['empty payload', {}],
    ['no subject for subscription specified', { notification: { http } }],
    ['no notification for subscription specified', { subject: { entities: [{ id: 'a' }] } }],
    ['description is not a string', aPayload({ description: 1 })],
    ['description is not a string', aPayload({ description: null })],
    ['max description length exceeded', aPayload({ description: 'a'.repeat(1025) })],
    ['max description length exceeded', aPayload({ description: 'ñ'.repeat(513) })],
    ['forbidden characters in description', aPayload({ description: 'a<b' })],
    ['expires is not a string', aPayload({ expires: 1 })],
    ['expires has an invalid format', aPayload({ expires: 'tomorrow' })],
    ['expires has an invalid format', aPayload({ expires: '2030-02-30T00:00:00Z' })],
    ['status is not a string', aPayload({ status: 1 })],
    ['status is not valid: it has to be either active or inactive', aPayload({ status: 'expired' })],
    ['throttling is not an int', aPayload({ throttling: '5' })],
    ['throttling is not an int', aPayload({ throttling: 1.5 })],
    ['throttlingMode is not valid: it has to be either drop or trailing', aPayload({ throttlingMode: 'x' })],
    ['id is not a string', aPayload({ id: 1 })],
    [
      'id must have 1 to 256 characters: letters, digits, hyphens, underscores, dots and colons',
      aPayload({ id: 'a/b' }),
    ],
  ])('%s', (expected, body) => {
    expect(complaint(body)).toBe(expected);
  });

  it('takes a description of 1024 bytes', () => {
    expect(parse(aPayload({ description: 'a'.repeat(1024) })).document.description).toHaveLength(1024);
  });
});

describe('a subject is refused [V2 subscription subject]', () => {
  const entities = (...items: JsonValue[]) => aPayload({ subject: { entities: items } });

  test.each<[string, JsonObject]>([
    ['subject is not an object', { ...aPayload(), subject: [] }],
    ['no subject entities specified', { ...aPayload(), subject: {} }],
    ['/entities/ is not an array', aPayload({ subject: { entities: {} } })],
    ['subject entities is empty', entities()],
    ['/entities/ vector item is not an object', entities('a')],
    ['/entities/ vector item does not have /id/ nor /idPattern/', entities({ type: 'Room' })],
    ['/entities/ vector item has both /id/ and /idPattern/', entities({ id: 'a', idPattern: 'a' })],
    ['/entities/ element has both /type/ and /typePattern/', entities({ id: 'a', type: 'a', typePattern: 'a' })],
    ['/entities/ vector item /id/ is not a string', entities({ id: 1 })],
    ['/entities/ element id is empty', entities({ id: '' })],
    ['forbidden characters in /entities/ vector item /id/', entities({ id: 'a b' })],
    ['forbidden characters in /entities/ vector item /id/', entities({ id: 'a=b' })],
    ['max id length exceeded in /entities/ vector item /id/', entities({ id: 'a'.repeat(257) })],
    ['/entities/ vector item /idPattern/ is not a string', entities({ idPattern: 1 })],
    ['/entities/ vector item /idPattern/ is empty', entities({ idPattern: '' })],
    ['Invalid regex for entity idPattern', entities({ idPattern: '*' })],
    ['/entities/ vector item type is not a string', entities({ id: 'a', type: null })],
    ['entity type length: 0, min length supported: 1', entities({ id: 'a', type: '' })],
    ['forbidden characters in /entities/ vector item /type/', entities({ id: 'a', type: 'a/b' })],
    ['max type length exceeded in /entities/ vector item /type/', entities({ id: 'a', type: 'a'.repeat(257) })],
    ['/entities/ vector item /typePattern/ is not a string', entities({ id: 'a', typePattern: 1 })],
    ['/entities/ vector item /typePattern/ is empty', entities({ id: 'a', typePattern: '' })],
    ['Invalid regex for entity typePattern', entities({ id: 'a', typePattern: '(' })],
  ])('%s', (expected, body) => {
    expect(complaint(body)).toBe(expected);
  });
});

describe('a condition [V2 subscription subject condition]', () => {
  const condition = (value: JsonValue) => aPayload({ subject: { condition: value } });
  const expression = (value: JsonValue) => condition({ expression: value });

  test.each<[string, JsonObject]>([
    ['condition is not an object', condition([])],
    ['condition is empty', condition({})],
    ['condition attrs is empty', condition({ attrs: [] })],
    ['the field /attrs/ must be a JSON array', condition({ attrs: 'a' })],
    ['only JSON Strings allowed in string vector /attrs/', condition({ attrs: [1] })],
    ['empty string found in string vector /attrs/', condition({ attrs: [''] })],
    ['expression is not an object', expression('temperature>1')],
    ['expression is empty', expression({})],
    ['q is not a string', expression({ q: 1 })],
    ['q is empty', expression({ q: '' })],
    ['q length: 101, max length supported: 100', expression({ q: 'a'.repeat(101) })],
    ['mq is not a string', expression({ mq: {} })],
    ['mq is empty', expression({ mq: '' })],
    ['geometry is empty', expression({ ...near, geometry: '' })],
    ['coords is not a string', expression({ ...near, coords: 1 })],
    ['georel is empty', expression({ ...near, georel: '' })],
    [
      'partial geo expression: geometry, georel and coords have to be provided together',
      expression({ geometry: 'point', coords: '40.4,-3.7' }),
    ],
    ['error parsing geo-query fields: Invalid modifier in georel parameter', expression({ ...near, georel: 'beside' })],
    ['jexlExpression is not a string', condition({ jexlExpression: 1 })],
    ['jexlExpression is empty', condition({ jexlExpression: '' })],
    ['jexlExpression length: 101, max length supported: 100', condition({ jexlExpression: 'a'.repeat(101) })],
    ['the field /alterationTypes/ must be a JSON array', condition({ alterationTypes: 'entityCreate' })],
    ['unknown subscription alterationType: entityRename', condition({ alterationTypes: ['entityRename'] })],
    ['notifyOnMetadataChange is not a bool', condition({ notifyOnMetadataChange: 'no' })],
  ])('is refused: %s', (expected, body) => {
    expect(complaint(body)).toBe(expected);
  });

  it('that names no attribute beside something else is what brokers show', () => {
    const { document } = parse(condition({ attrs: [], notifyOnMetadataChange: true }));
    expect(document.subject.condition).toEqual({ attrs: [], notifyOnMetadataChange: true });
  });

  it('that asks for what cannot be answered is refused as a query is [V2 query resolution]', () => {
    const body = expression({ ...near, georel: 'coveredBy' });
    expect(refusalOf(() => parse(body))).toEqual({
      kind: 'unsupportedQuery',
      description: 'point geometry cannot be used with coveredBy georel',
    });
  });
});

describe('a notification [V2 subscription notification]', () => {
  const notification = (members: JsonObject) => aPayload({ notification: { http, ...members } });

  test.each<[string, JsonObject]>([
    ['notification is not an object', { ...aPayload(), notification: 'http://a' }],
    ['http, httpCustom, mqtt or mqttCustom is missing', aPayload({ notification: { attrs: [] } })],
    ['only one of http, httpCustom, mqtt or mqttCustom is allowed', notification({ mqtt })],
    ['only one of http, httpCustom, mqtt or mqttCustom is allowed', notification({ kafka: {} })],
    ['http notification is not an object', notification({ http: null })],
    ['mqttCustom notification is not an object', aPayload({ notification: { mqttCustom: 'a' } })],
    ['stream notification is not an object', aPayload({ notification: { stream: true } })],
    ['http notification has attrs and exceptAttrs', notification({ attrs: [], exceptAttrs: ['a'] })],
    ['http notification has exceptAttrs is empty', notification({ exceptAttrs: [] })],
    ['the field /exceptAttrs/ must be a JSON array', notification({ exceptAttrs: 'a' })],
    ['only JSON Strings allowed in string vector /attrs/', notification({ attrs: [null] })],
    ['onlyChangedAttrs is not a bool', notification({ onlyChangedAttrs: 1 })],
    ['covered is not a bool', notification({ covered: 'true' })],
    ['covered true cannot be used if notification attributes list is empty', notification({ covered: true })],
    [
      'covered true cannot be used if notification attributes list is empty',
      notification({ attrs: [], covered: true }),
    ],
    ['empty string found in string vector /metadata/', notification({ metadata: [''] })],
    ['attrsFormat is not a string', notification({ attrsFormat: 1 })],
    [
      'invalid attrsFormat, accepted values: normalized, keyValues, values, simplifiedNormalized, simplifiedKeyValues',
      notification({ attrsFormat: 'legacy' }),
    ],
    ['maxFailsLimit is not an int', notification({ maxFailsLimit: 1.5 })],
    ['maxFailsLimit must be greater than zero', notification({ maxFailsLimit: 0 })],
  ])('is refused: %s', (expected, body) => {
    expect(complaint(body)).toBe(expected);
  });

  it('over Kafka is a promise that this broker does not make', () => {
    const body = aPayload({ notification: { kafka: { url: 'kafka://a:9092', topic: 'a' } } });
    expect(refusalOf(() => parse(body))).toEqual({
      kind: 'notImplemented',
      description: 'kafka notifications are not supported: use http, httpCustom, mqtt or mqttCustom',
    });
  });

  it('shows all attributes but some', () => {
    const { terms } = parse(notification({ exceptAttrs: ['a'], covered: true }));
    expect(terms.notification.attributes).toEqual({ kind: 'except', names: ['a'] });
  });

  it('is not sent where it is there to be read as a stream', () => {
    const { terms, document } = parse(aPayload({ notification: { stream: {} } }));
    expect(terms.notification.delivery).toEqual({ kind: 'stream' });
    expect(document.notification.stream).toEqual({});
  });
});

it('takes any text where the operator lifts the restriction [V2 general syntax restrictions]', () => {
  const body = aPayload({ description: '<b>' });
  expect(parseSubscription(body, { ...rules, text: freeText }).document.description).toBe('<b>');
});
