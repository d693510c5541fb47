import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TenantName } from '../../src/core/scope.ts';
import { storeKinds } from '../api/api-under-test.ts';
import { anLdApi, coreContext, jsonLd } from '../api/ngsi-ld/ld-api.ts';
import { startMqttBroker } from '../support/mqtt-broker.ts';
import { startMqtt5Broker } from '../support/mqtt5-broker.ts';
import { type ReceivedRequest, startReceiver } from '../support/receiver.ts';

const id = 'urn:ngsi-ld:Room:1';
const subscriptionId = 'urn:ngsi-ld:Subscription:S';
const temperature = { type: 'Property', value: 20 };
const room = { id, type: 'Room', temperature, name: { type: 'Property', value: 'Sol' } };
const gone = 'urn:ngsi-ld:null';
const anInstant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const link = (url: string) => `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`;

/** A broker with a receiver, spoken to in NGSI-LD. */
async function aCity(store: 'memory' | 'embedded' | 'mongodb' = 'memory') {
  const [api, receiver] = await Promise.all([anLdApi({ store }), startReceiver()]);
  const ok = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const sent = body === undefined ? {} : { body: 'content-type' in headers ? JSON.stringify(body) : body };
    const answer = await api.ld(method, path, { ...sent, headers });
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.body}`);
  };
  return {
    api,
    receiver,
    ok,
    subscribe: (more: object = {}, notification: object = {}, endpoint: object = {}) =>
      ok('POST', '/subscriptions', {
        id: subscriptionId,
        type: 'Subscription',
        entities: [{ type: 'Room' }],
        ...more,
        notification: { ...notification, endpoint: { uri: receiver.url, ...endpoint } },
      }),
    /** The data of the next notification. */
    async told() {
      return JSON.parse((await receiver.take()).body).data;
    },
    /** That nothing was sent is seen by what comes after it. */
    async toldNothing() {
      await ok('POST', '/entities', { id: 'urn:ngsi-ld:Room:mark', type: 'Room', temperature });
      const [{ id: next }] = JSON.parse((await receiver.take()).body).data;
      expect(next).toBe('urn:ngsi-ld:Room:mark');
      await ok('DELETE', '/entities/urn:ngsi-ld:Room:mark');
    },
    async close() {
      await api.close();
      await receiver.close();
    },
  };
}

type City = Awaited<ReturnType<typeof aCity>>;

describe.each(storeKinds)('A subscription of NGSI-LD, on the %s store', (store) => {
  let city: City;

  beforeAll(async () => {
    city = await aCity(store);
  });

  afterAll(() => city.close());

  test('hears of what either dialect writes, and says that it did [LD 5.8.6] [LD 5.3.1] [LD 6.3.8]', async () => {
    const { api, ok, receiver, subscribe } = city;
    await subscribe({ watchedAttributes: ['temperature'], q: 'temperature>25' });
    await ok('POST', '/entities', room);
    await ok('PATCH', `/entities/${id}/attrs`, { temperature: { type: 'Property', value: 26 } });
    const { method, headers, body } = await receiver.take();
    expect(method).toBe('POST');
    expect(headers).toMatchObject({ 'content-type': 'application/json', link: link(coreContext) });
    const first = JSON.parse(body);
    expect(first).toEqual({
      id: expect.stringMatching(/^urn:ngsi-ld:Notification:S-/),
      type: 'Notification',
      subscriptionId,
      notifiedAt: anInstant,
      data: [{ ...room, temperature: { type: 'Property', value: 26 } }],
    });

    const update = { temperature: { type: 'Number', value: 27, metadata: { unitCode: { value: 'CEL' } } } };
    await api.send('PATCH', `/v2/entities/${id}/attrs`, { body: update });
    const second = JSON.parse((await receiver.take()).body);
    expect(second.data).toEqual([{ ...room, temperature: { type: 'Property', value: 27, unitCode: 'CEL' } }]);
    expect(second.id).not.toBe(first.id);
    await expect
      .poll(async () => (await api.ld('GET', `/subscriptions/${subscriptionId}`)).json().notification)
      .toMatchObject({ status: 'ok', timesSent: 2, lastNotification: anInstant, lastSuccess: anInstant });
    await ok('DELETE', `/subscriptions/${subscriptionId}`);
    await ok('DELETE', `/entities/${id}`);
  });

  test('of an interval tells of all that it covers, again and again [LD 5.8.6]', async () => {
    const { ok, subscribe, receiver } = city;
    await ok('POST', '/entities', { ...room, id: 'urn:ngsi-ld:Room:2', temperature: { type: 'Property', value: 1 } });
    await ok('POST', '/entities', room);
    await subscribe({ timeInterval: 1, q: 'temperature>10' }, { format: 'simplified' });
    for (let time = 1; time <= 2; time++) {
      const { body } = await receiver.take();
      expect(JSON.parse(body)).toMatchObject({
        type: 'Notification',
        subscriptionId,
        data: [{ id, type: 'Room', temperature: 20, name: 'Sol' }],
      });
    }
    await ok('DELETE', `/subscriptions/${subscriptionId}`);
  });
});

describe('A notification of NGSI-LD', () => {
  let city: City;

  beforeEach(async () => {
    city = await aCity();
  });

  afterEach(() => city.close());

  test.each<[string, object, object]>([
    ['normalized', {}, room],
    ['concise', { format: 'concise' }, { id, type: 'Room', temperature: 20, name: 'Sol' }],
    ['simplified', { format: 'simplified' }, { id, type: 'Room', temperature: 20, name: 'Sol' }],
    ['keyValues', { format: 'keyValues' }, { id, type: 'Room', temperature: 20, name: 'Sol' }],
    ['of some attributes', { attributes: ['name'] }, { id, type: 'Room', name: room.name }],
    ['of what is picked', { pick: ['id', 'name'] }, { id, name: room.name }],
    ['without what is omitted', { omit: ['type', 'name'] }, { id, temperature }],
  ])('is %s where that is asked for [LD 5.2.14]', async (_form, notification, shown) => {
    await city.subscribe({}, notification);
    await city.ok('POST', '/entities', room);
    expect(await city.told()).toEqual([shown]);
  });

  test('has the times that the broker keeps [LD 5.2.14]', async () => {
    await city.subscribe({}, { sysAttrs: true, pick: ['id', 'temperature'] });
    await city.ok('POST', '/entities', { ...room, expiresAt: '2099-01-01T00:00:00Z' });
    const times = { createdAt: anInstant, modifiedAt: anInstant };
    expect(await city.told()).toEqual([
      { id, ...times, expiresAt: '2099-01-01T00:00:00Z', temperature: { ...temperature, ...times } },
    ]);
  });

  test('says what was there before, of what changed [LD 5.2.14]', async () => {
    const isPartOf = { type: 'Relationship', object: 'urn:x:1' };
    const label = { type: 'LanguageProperty', languageMap: { en: 'one' } };
    await city.ok('POST', '/entities', { ...room, isPartOf, label });
    await city.subscribe({}, { showChanges: true });
    await city.ok('PATCH', `/entities/${id}/attrs`, {
      temperature: { type: 'Property', value: 21 },
      isPartOf: { type: 'Relationship', object: 'urn:x:2' },
      label: { type: 'LanguageProperty', languageMap: { en: 'two' } },
    });
    expect(await city.told()).toEqual([
      {
        ...room,
        temperature: { type: 'Property', value: 21, previousValue: 20 },
        isPartOf: { type: 'Relationship', object: 'urn:x:2', previousObject: 'urn:x:1' },
        label: { type: 'LanguageProperty', languageMap: { en: 'two' }, previousLanguageMap: { en: 'one' } },
      },
    ]);
  });

  test('says of attributes that they are gone, with more where more is asked for [LD 5.8.6]', async () => {
    const { ok, subscribe, told } = city;
    const label = { type: 'LanguageProperty', languageMap: { en: 'one' } };
    const isPartOf = { type: 'Relationship', object: 'urn:x:1' };
    const level = [
      { type: 'Property', value: 1 },
      { type: 'Property', value: 2, datasetId: 'urn:d:2' },
    ];
    const shown = { notificationTrigger: ['attributeDeleted'] };
    const rest = { id, type: 'Room', name: room.name };

    for (const [notification, deleted] of [
      [{}, { temperature: gone, isPartOf: gone, label: gone }],
      [{ format: 'concise' }, { temperature: gone, isPartOf: gone, label: gone }],
      [
        { showChanges: true },
        {
          temperature: { type: 'Property', value: gone, previousValue: 20 },
          isPartOf: { type: 'Relationship', object: gone, previousObject: 'urn:x:1' },
          label: { type: 'LanguageProperty', languageMap: { '@none': gone }, previousLanguageMap: { en: 'one' } },
        },
      ],
    ] as const) {
      await ok('POST', '/entities', { ...room, isPartOf, label });
      await subscribe(shown, notification);
      for (const name of ['temperature', 'isPartOf', 'label'] as const) {
        await ok('DELETE', `/entities/${id}/attrs/${name}`);
        const [{ [name]: value }] = await told();
        expect(value).toEqual(deleted[name]);
      }
      await ok('DELETE', `/subscriptions/${subscriptionId}`);
      await ok('DELETE', `/entities/${id}`);
    }

    await ok('POST', '/entities', { ...rest, level });
    await subscribe(shown, { sysAttrs: true, pick: ['level'] });
    await ok('DELETE', `/entities/${id}/attrs/level?datasetId=urn:d:2`);
    const times = { createdAt: anInstant, modifiedAt: anInstant };
    expect(await told()).toEqual([
      {
        ...times,
        level: [
          { ...level[0], ...times },
          { type: 'Property', value: gone, datasetId: 'urn:d:2', ...times, deletedAt: anInstant },
        ],
      },
    ]);
  });

  test('says of an entity when it was deleted, and what it was where that is asked for [LD 5.8.6]', async () => {
    const { ok, subscribe, told } = city;
    const times = { createdAt: anInstant, modifiedAt: anInstant };
    for (const [notification, rest] of [
      [{}, {}],
      [{ sysAttrs: true }, times],
      [
        { showChanges: true, attributes: ['temperature'] },
        { temperature: { type: 'Property', value: gone, previousValue: 20 } },
      ],
    ] as const) {
      await ok('POST', '/entities', { ...room, scope: '/a' });
      await subscribe({ notificationTrigger: ['entityDeleted'] }, notification);
      await ok('DELETE', `/entities/${id}`);
      expect(await told()).toEqual([{ id, type: 'Room', deletedAt: anInstant, ...rest }]);
      await ok('DELETE', `/subscriptions/${subscriptionId}`);
    }
  });

  test('comes for the triggers that were asked for alone [LD 5.2.12]', async () => {
    const { ok, subscribe, told, toldNothing } = city;
    const writes: Record<string, () => Promise<void>> = {
      entityCreated: () => ok('POST', '/entities', room),
      attributeCreated: () => ok('POST', `/entities/${id}/attrs`, { level: { type: 'Property', value: 1 } }),
      attributeUpdated: () => ok('PATCH', `/entities/${id}/attrs`, { level: { type: 'Property', value: 2 } }),
      unchanged: () => ok('PATCH', `/entities/${id}/attrs`, { level: { type: 'Property', value: 2 } }),
      attributeDeleted: () => ok('DELETE', `/entities/${id}/attrs/level`),
      entityDeleted: () => ok('DELETE', `/entities/${id}`),
    };
    for (const [triggers, heard] of [
      [undefined, ['entityCreated', 'attributeCreated', 'attributeUpdated']],
      [['entityCreated'], ['entityCreated']],
      [['attributeCreated'], ['entityCreated', 'attributeCreated']],
      [
        ['attributeUpdated', 'entityCreated'],
        ['entityCreated', 'attributeUpdated'],
      ],
      [
        ['attributeDeleted', 'entityCreated'],
        ['entityCreated', 'attributeDeleted'],
      ],
      [['entityUpdated'], ['entityCreated', 'attributeCreated', 'attributeUpdated', 'attributeDeleted']],
      [
        ['entityDeleted', 'entityCreated'],
        ['entityCreated', 'entityDeleted'],
      ],
    ] as const) {
      await subscribe(triggers === undefined ? {} : { notificationTrigger: triggers });
      for (const [what, write] of Object.entries(writes)) {
        await write();
        if ((heard as readonly string[]).includes(what)) expect((await told())[0].id).toBe(id);
      }
      await ok('DELETE', `/subscriptions/${subscriptionId}`);
      expect(city.receiver.requests).toEqual([]);
    }
    await subscribe();
    await toldNothing();
  });

  test('comes for what is covered alone: ids, patterns, types, scopes, places, watched attributes [LD 5.2.33]', async () => {
    const { ok, subscribe, told, toldNothing } = city;
    const near = { type: 'GeoProperty', value: { type: 'Point', coordinates: [-3.7, 40.4] } };
    const whole = { ...room, scope: '/Madrid/Sol', location: near };
    const mark = { type: 'Room', id: 'urn:ngsi-ld:Room:mark' };
    const point = { geometry: 'Point', coordinates: [-3.7, 40.4] };
    for (const [more, isTold] of [
      [{ entities: [{ type: 'Room', id }] }, true],
      [{ entities: [{ type: 'Room', idPattern: ':1$' }] }, true],
      [{ entities: [{ type: 'Room', idPattern: ':2$' }, mark] }, false],
      [{ entities: [{ type: '(Room;Hall)' }, mark] }, false],
      [{ entities: [{ type: 'Hall|Room' }] }, true],
      [{ entities: [{ type: '*' }] }, true],
      [{ scopeQ: '/Madrid/#' }, true],
      [{ geoQ: { ...point, georel: 'near;maxDistance==10' } }, true],
      [{ geoQ: { ...point, coordinates: '[-3.7,40.4]', georel: 'within' } }, true],
      [{ entities: undefined, watchedAttributes: ['name'] }, true],
      [{ entities: undefined, localOnly: true }, true],
      [{ q: 'temperature>20|id=="urn:ngsi-ld:Room:mark"' }, false],
      [{ q: 'name=="Sol";temperature==20', csf: 'x==1' }, true],
    ] as const) {
      await subscribe(more);
      await ok('POST', '/entities', whole);
      if (isTold) expect((await told())[0].id).toBe(id);
      else await toldNothing();
      await ok('DELETE', `/entities/${id}`);
      await ok('DELETE', `/subscriptions/${subscriptionId}`);
    }
  });

  test('shows the instances and the language that were asked for [LD 4.5.5] [LD 4.15]', async () => {
    const level = [
      { type: 'Property', value: 1 },
      { type: 'Property', value: 2, datasetId: 'urn:d:2' },
    ];
    const label = { type: 'LanguageProperty', languageMap: { en: 'one', es: 'uno' }, datasetId: 'urn:d:2' };
    await city.subscribe({ datasetId: ['urn:d:2'], lang: 'es' });
    await city.ok('POST', '/entities', { ...room, level, label });
    expect(await city.told()).toEqual([
      {
        id,
        type: 'Room',
        level: level[1],
        label: { type: 'Property', value: 'uno', lang: 'es', datasetId: 'urn:d:2' },
      },
    ]);
  });

  test.each([
    [
      'inline',
      (linked: object) => [{ ...room, isPartOf: { type: 'Relationship', object: 'urn:x:1', entity: linked } }],
    ],
    ['flat', (linked: object) => [{ ...room, isPartOf: { type: 'Relationship', object: 'urn:x:1' } }, linked]],
  ])('brings linked entities, %s [LD 4.5.23]', async (join, shown) => {
    const building = { id: 'urn:x:1', type: 'Building', floors: { type: 'Property', value: 3 } };
    await city.ok('POST', '/entities', building);
    await city.subscribe({}, { join });
    await city.ok('POST', '/entities', { ...room, isPartOf: { type: 'Relationship', object: 'urn:x:1' } });
    expect(await city.told()).toEqual(shown(building));
  });

  test('comes where what is linked to matches, a throttle counting from what was sent [LD 4.9] [LD 5.8.6]', async () => {
    const { ok, subscribe, told, toldNothing } = city;
    const building = (uri: string, floors: number) => ({
      id: uri,
      type: 'Building',
      floors: { type: 'Property', value: floors },
      on: { type: 'Relationship', object: 'urn:x:street' },
    });
    await ok('POST', '/entities', building('urn:x:low', 2));
    await ok('POST', '/entities', building('urn:x:high', 9));
    await ok('POST', '/entities', { id: 'urn:x:street', type: 'Street', name: 'Sol' });
    const linked = (object: string | readonly string[]) => ({ ...room, isPartOf: { type: 'Relationship', object } });
    for (const [q, object, isTold] of [
      ['isPartOf{floors}>5', 'urn:x:high', true],
      ['isPartOf{floors}>5', 'urn:x:low', false],
      ['isPartOf{floors}>5', ['urn:x:low', 'urn:x:high'], true],
      ['isPartOf{floors}>5', 'urn:x:nowhere', false],
      ['isPartOf{House:floors}>5', 'urn:x:high', false],
      ['isPartOf{Building:on{name}}=="Sol";temperature==20', 'urn:x:low', true],
      ['isPartOf{on{name}}=="Luna"|temperature==20', 'urn:x:low', true],
    ] as const) {
      await subscribe({ q: `${q}|id=="urn:ngsi-ld:Room:mark"` });
      await ok('POST', '/entities', linked(object));
      if (isTold) expect((await told())[0].id).toBe(id);
      else await toldNothing();
      await ok('DELETE', `/entities/${id}`);
      await ok('DELETE', `/subscriptions/${subscriptionId}`);
    }
    await subscribe({ q: 'isPartOf{floors}>5', throttling: 3600 });
    const { outbox } = city.api.broker.stores.tenant('' as TenantName);
    await ok('POST', '/entities', linked('urn:x:low'));
    await expect.poll(() => outbox.page(subscriptionId, 0, 1)).toEqual([]);
    await ok('PATCH', `/entities/${id}/attrs`, { isPartOf: { type: 'Relationship', object: 'urn:x:high' } });
    expect((await told())[0].isPartOf.object).toBe('urn:x:high');
  });

  test('is as an older version has it, where that is what the receiver knows [LD 4.3.6.8] [LD 5.2.12]', async () => {
    const { ok, subscribe, told } = city;
    const name = { type: 'LanguageProperty', languageMap: { es: 'Sol' } };
    const parts = { type: 'ListRelationship', objectList: ['urn:x:1'], observedAt: '2026-01-01T00:00:00Z' };
    await subscribe({ ngsildConformance: '1.3' }, { showChanges: true, sysAttrs: false });
    await ok('POST', '/entities', { id, type: ['Room', 'Hall'], scope: '/Madrid', name, parts });
    const shown = {
      id,
      type: ['Room', 'Hall'],
      parts: { type: 'Relationship', object: ['urn:x:1'], observedAt: '2026-01-01T00:00:00Z' },
    };
    expect(await told()).toEqual([{ ...shown, name: { type: 'Property', value: { es: 'Sol' } } }]);
    await ok('PATCH', `/entities/${id}/attrs`, { name: { ...name, languageMap: { es: 'Luna' } } });
    expect(await told()).toEqual([
      { ...shown, name: { type: 'Property', value: { es: 'Luna' }, previousValue: { es: 'Sol' } } },
    ]);
    await subscribe({ id: `${subscriptionId}2`, ngsildConformance: '1.3' }, { showChanges: true });
    await ok('DELETE', `/subscriptions/${subscriptionId}`);
    await ok('PATCH', `/subscriptions/${subscriptionId}2`, { notificationTrigger: ['attributeDeleted'] });
    await ok('DELETE', `/entities/${id}/attrs/name`);
    expect(await told()).toEqual([
      { ...shown, name: { type: 'Property', value: gone, previousValue: { es: 'Luna' } } },
    ]);
  });

  test('says with every JSON-LD entity, and as a whole, in which context it speaks [LD 5.3.1]', async () => {
    await city.subscribe({}, {}, { accept: 'application/ld+json' });
    await city.ok('POST', '/entities', room);
    const { headers, body } = await city.receiver.take();
    expect([headers['content-type'], headers.link]).toEqual(['application/ld+json', undefined]);
    expect(JSON.parse(body)).toMatchObject({
      type: 'Notification',
      data: [{ ...room, '@context': coreContext }],
      '@context': coreContext,
    });
  });

  test.each([
    [[], undefined, { '@context': coreContext }],
    [[{ key: 'Prefer', value: 'body=json' }], link(coreContext), {}],
  ])('is a collection of features as GeoJSON, %j [LD 5.3.1] [LD 6.3.8]', async (receiverInfo, linked, own) => {
    const location = { type: 'GeoProperty', value: { type: 'Point', coordinates: [-3.7, 40.4] } };
    await city.subscribe({}, {}, { accept: 'application/geo+json', receiverInfo });
    await city.ok('POST', '/entities', { ...room, location });
    const { headers, body } = await city.receiver.take();
    expect([headers['content-type'], headers.link]).toEqual(['application/geo+json', linked]);
    const { id: _, type, ...properties } = { ...room, location };
    expect(JSON.parse(body).data).toEqual({
      type: 'FeatureCollection',
      features: [{ id, type: 'Feature', geometry: location.value, properties: { type, ...properties } }],
      ...own,
    });
  });

  test('tells the receiver whose data it is and what the subscriber wants it told [LD 5.2.22] [LD 6.3.14]', async () => {
    const headers = { 'ngsild-tenant': 'city', 'x-auth-token': 'of the writer' };
    const receiverInfo = [
      { key: 'Authorization', value: 'Bearer b' },
      { key: 'x-zone', value: 'Sol y Luna' },
    ];
    const notification = { endpoint: { uri: city.receiver.url, receiverInfo } };
    await city.ok(
      'POST',
      '/subscriptions',
      { id: subscriptionId, type: 'Subscription', entities: [{ type: 'Room' }], notification },
      { ...headers, 'content-type': 'application/json' },
    );
    await city.ok('POST', '/entities', room, { ...headers, 'content-type': 'application/json' });
    const received = await city.receiver.take();
    expect(received.headers).toMatchObject({
      'ngsild-tenant': 'city',
      authorization: 'Bearer b',
      'x-zone': 'Sol y Luna',
    });
    expect(received.headers['x-auth-token']).toBeUndefined();
  });

  test('is throttled, and comes to nobody who is paused [LD 5.2.12]', async () => {
    const { ok, subscribe, told, receiver } = city;
    const set = (value: number) => ok('PATCH', `/entities/${id}/attrs`, { temperature: { type: 'Property', value } });
    await ok('POST', '/entities', room);
    await subscribe({ throttling: 3600 });
    await set(21);
    expect((await told())[0].temperature.value).toBe(21);
    await set(22);
    await ok('PATCH', `/subscriptions/${subscriptionId}`, { throttling: null, isActive: false });
    await set(23);
    await ok('PATCH', `/subscriptions/${subscriptionId}`, { isActive: true });
    await set(24);
    expect((await told())[0].temperature.value).toBe(24);
    expect(receiver.requests).toEqual([]);
  });
});

describe('The context of notifications', () => {
  const terms = {
    Room: 'https://example.org/Room',
    temperature: 'https://example.org/temperature',
    partOf: 'https://example.org/isPartOf',
  };
  let city: City;
  let server: ReturnType<typeof createServer>;
  let url: string;

  beforeEach(async () => {
    city = await aCity();
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/ld+json').end(JSON.stringify({ '@context': terms }));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/context.jsonld`;
  });

  afterEach(async () => {
    server.close();
    await city.close();
  });

  const entity = {
    id,
    type: 'Room',
    temperature,
    partOf: { type: 'Relationship', object: 'urn:x:1', objectType: 'Room' },
    zone: { type: 'VocabProperty', vocab: 'Room' },
  };
  const subscription = (uri: string, more: object = {}, endpoint: object = {}) => ({
    id: subscriptionId,
    type: 'Subscription',
    entities: [{ type: 'Room' }],
    watchedAttributes: ['temperature'],
    ...more,
    notification: { endpoint: { uri, ...endpoint } },
  });

  test('is that of the subscription: names, types, what relationships and vocab values say [LD 5.8.1.4] [LD 5.5.7]', async () => {
    const linked = { link: link(url), 'content-type': 'application/json' };
    await city.ok('POST', '/subscriptions', subscription(city.receiver.url), linked);
    await city.ok('POST', '/entities', { ...entity, '@context': terms }, jsonLd);
    const { headers, body } = await city.receiver.take();
    expect(headers.link).toBe(link(url));
    expect(JSON.parse(body).data).toEqual([entity]);
    const shown = await city.api.ld('GET', `/subscriptions/${subscriptionId}`, { headers: { link: link(url) } });
    expect(shown.json()).toMatchObject({ jsonldContext: url, entities: [{ type: 'Room' }] });
  });

  test('is hosted where the subscription brought it in its body, so that the Link leads to it [LD 5.8.1.4] [LD 5.13.1]', async () => {
    await city.ok('POST', '/subscriptions', { ...subscription(city.receiver.url), '@context': terms }, jsonLd);
    await city.ok('POST', '/entities', { ...entity, '@context': terms }, jsonLd);
    const { headers, body } = await city.receiver.take();
    expect(JSON.parse(body).data).toEqual([entity]);
    const [, path = ''] = /^<http:\/\/[^/]+(\/ngsi-ld\/v1\/jsonldContexts\/[\w-]+)>/.exec(String(headers.link)) ?? [];
    expect((await city.api.send('GET', path)).json()).toEqual({ '@context': [terms, coreContext] });
  });

  test('is another where jsonldContext says so, and is written in the body as JSON-LD [LD 5.2.12]', async () => {
    const body = subscription(city.receiver.url, { jsonldContext: url }, { accept: 'application/ld+json' });
    await city.ok(
      'POST',
      '/subscriptions',
      { ...body, '@context': { Room: terms.Room, temperature: terms.temperature } },
      jsonLd,
    );
    await city.ok('POST', '/entities', { ...entity, '@context': terms }, jsonLd);
    const received: ReceivedRequest = await city.receiver.take();
    expect(JSON.parse(received.body)).toMatchObject({
      data: [{ ...entity, '@context': [url, coreContext] }],
      '@context': [url, coreContext],
    });
  });
});

describe('A receiver that does not do its part', () => {
  test('is failed in the subscription, whatever it answers but a success [LD 5.8.6]', async () => {
    const refusing = await startReceiver(() => ({ status: 404 }));
    const city = await aCity();
    await city.subscribe({}, {}, { uri: refusing.url });
    await city.ok('POST', '/entities', room);
    await refusing.take();
    await expect
      .poll(async () => (await city.api.ld('GET', `/subscriptions/${subscriptionId}`)).json().notification)
      .toMatchObject({ status: 'failed', timesSent: 1, timesFailed: 1, lastFailure: anInstant });
    await city.close();
    await refusing.close();
  });
});

describe('A notification by MQTT [LD 7.2]', () => {
  test.each([
    ['the defaults', startMqtt5Broker, {}, 5, 0],
    [
      'version and QoS',
      startMqttBroker,
      {
        notifierInfo: [
          { key: 'MQTT-Version', value: 'mqtt3.1.1' },
          { key: 'MQTT-QoS', value: '2' },
        ],
      },
      4,
      2,
    ],
  ])('has its metadata beside its body, with %s', async (_what, startBroker, endpoint, version, qos) => {
    const [city, mqtt] = await Promise.all([aCity(), startBroker()]);
    const receiverInfo = [{ key: 'zone', value: 'Sol' }];
    await city.subscribe({}, { format: 'concise' }, { uri: `${mqtt.url}/rooms/warm`, receiverInfo, ...endpoint });
    await city.ok('POST', '/entities', room);
    await expect.poll(() => mqtt.published.length).toBe(1);
    const [topic, text = ''] = /^(\S+) (.*)$/.exec(mqtt.published[0] ?? '')?.slice(1) ?? [];
    expect(topic).toBe('rooms/warm');
    expect(mqtt.deliveries).toEqual([{ version, qos }]);
    expect(JSON.parse(text)).toEqual({
      metadata: {
        'Content-Type': 'application/json',
        Link: link(coreContext),
        'Fiware-Correlator': expect.any(String),
        'Oriel-Notification-Id': expect.any(String),
        zone: 'Sol',
      },
      body: {
        id: expect.stringMatching(/^urn:ngsi-ld:Notification:/),
        type: 'Notification',
        subscriptionId,
        notifiedAt: anInstant,
        data: [{ id, type: 'Room', temperature: 20, name: 'Sol' }],
      },
    });
    await city.close();
    await mqtt.close();
  });
});
