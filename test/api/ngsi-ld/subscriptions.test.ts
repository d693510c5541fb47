import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeKinds } from '../api-under-test.ts';
import { anLdApi, coreContext, jsonLd, type LdApi, problem } from './ld-api.ts';

const id = 'urn:ngsi-ld:Subscription:warm';
const endpoint = { uri: 'http://127.0.0.1:9/notifications' };
const warm = {
  id,
  type: 'Subscription',
  entities: [{ type: 'Room' }],
  watchedAttributes: ['temperature'],
  q: 'temperature>25',
  notification: { endpoint },
};
const context = { Room: 'https://example.org/Room', temperature: 'https://example.org/temperature' };

const invalid = (detail: string) => problem('BadRequestData', 400, 'Bad request data', detail);

describe.each(storeKinds)('A subscription of NGSI-LD, on the %s store', (store) => {
  let api: LdApi;

  beforeEach(async () => {
    api = await anLdApi({ store });
  });

  afterEach(() => api.close());

  const subscribe = async (body: object) => {
    const answer = await api.ld('POST', '/subscriptions', { body });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return String(answer.headers.location).replace('/ngsi-ld/v1/subscriptions/', '');
  };
  const shown = async (which = id, query = '') => (await api.ld('GET', `/subscriptions/${which}${query}`)).json();

  test('is created, shown, listed, changed and removed [LD 5.8.1 – 5.8.5] [LD 6.10] [LD 6.11]', async () => {
    const created = await api.ld('POST', '/subscriptions', { body: warm });
    expect([created.statusCode, created.headers.location]).toEqual([201, `/ngsi-ld/v1/subscriptions/${id}`]);
    const asShown = { ...warm, isActive: true, status: 'active', jsonldContext: coreContext };
    expect(await shown()).toEqual(asShown);
    expect((await api.ld('GET', '/subscriptions')).json()).toEqual([asShown]);

    const patch = { description: 'too warm', q: null, notification: { format: 'concise', endpoint } };
    expect((await api.ld('PATCH', `/subscriptions/${id}`, { body: patch })).statusCode).toBe(204);
    const { q: _, ...unfiltered } = asShown;
    expect(await shown()).toEqual({ ...unfiltered, description: 'too warm', notification: patch.notification });

    expect((await api.ld('DELETE', `/subscriptions/${id}`)).statusCode).toBe(204);
    const gone = problem('ResourceNotFound', 404, 'Resource not found', 'there is no such subscription');
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { description: 'x' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await api.ld(method, `/subscriptions/${id}`, body && { body });
      expect(answer.json()).toEqual(gone);
    }
  });

  test('gets a URI of its own where it brings none, and keeps its id to itself [LD 5.8.1]', async () => {
    const { id: _, ...nameless } = warm;
    const own = await subscribe(nameless);
    expect(own).toMatch(/^urn:ngsi-ld:Subscription:[0-9a-f-]+$/);
    await subscribe(warm);
    expect((await api.ld('POST', '/subscriptions', { body: warm })).json()).toEqual(
      problem('AlreadyExists', 409, 'Already exists', 'a subscription with this id exists'),
    );
    expect((await api.ld('GET', '/subscriptions/nonsense')).json()).toEqual(
      invalid('the id of a subscription is a URI: "nonsense"'),
    );
  });

  test('is paused and goes on, expires and is revived [LD 5.8.2.4]', async () => {
    await subscribe({ ...warm, isActive: false });
    expect(await shown()).toMatchObject({ isActive: false, status: 'paused' });
    await api.ld('PATCH', `/subscriptions/${id}`, { body: { isActive: true } });
    expect(await shown()).toMatchObject({ isActive: true, status: 'active' });
    const past = await api.ld('PATCH', `/subscriptions/${id}`, { body: { expiresAt: '2001-01-01T00:00:00Z' } });
    expect(past.json()).toEqual(invalid('expiresAt is past'));
    await api.ld('PATCH', `/subscriptions/${id}`, { body: { expiresAt: '2099-01-01T00:00:00Z' } });
    expect(await shown()).toMatchObject({ expiresAt: '2099-01-01T00:00:00Z', status: 'active' });
  });

  test('speaks to each reader in the terms of its context [LD 5.5.7]', async () => {
    const body = {
      ...warm,
      q: 'temperature>25;name=="temperature"',
      notification: { attributes: ['temperature', 'name'], endpoint },
      '@context': context,
    };
    expect((await api.ld('POST', '/subscriptions', { body: JSON.stringify(body), headers: jsonLd })).statusCode).toBe(
      201,
    );
    expect(await shown()).toEqual({
      id,
      type: 'Subscription',
      entities: [{ type: 'https://example.org/Room' }],
      watchedAttributes: ['https://example.org/temperature'],
      q: 'https://example.org/temperature>25;name=="temperature"',
      notification: { attributes: ['https://example.org/temperature', 'name'], endpoint },
      isActive: true,
      status: 'active',
      jsonldContext: expect.stringContaining('/ngsi-ld/v1/jsonldContexts/'),
    });
    const inJsonLd = await api.ld('GET', `/subscriptions/${id}`, { headers: { accept: 'application/ld+json' } });
    expect(inJsonLd.json()).toMatchObject({ id, '@context': coreContext });
    // Changed with another context, the rest keeps its meaning.
    const patch = { watchedAttributes: ['temperature'] };
    expect((await api.ld('PATCH', `/subscriptions/${id}`, { body: patch })).statusCode).toBe(204);
    expect(await shown()).toMatchObject({
      entities: [{ type: 'https://example.org/Room' }],
      watchedAttributes: ['temperature'],
    });
  });

  test('is listed in pages, with their number [LD 5.8.4] [LD 6.3.10] [LD 6.3.13]', async () => {
    for (const name of ['a', 'b', 'c']) await subscribe({ ...warm, id: `urn:x:${name}` });
    const page = await api.ld('GET', '/subscriptions?limit=1&offset=1&count=true');
    expect(page.json<{ id: string }[]>().map((one) => one.id)).toEqual(['urn:x:b']);
    expect(page.headers['ngsild-results-count']).toBe('3');
    expect(page.headers.link).toContain('offset=0>; rel="prev"');
    expect(page.headers.link).toContain('offset=2>; rel="next"');
    const count = await api.ld('GET', '/subscriptions?limit=0&count=true');
    expect([count.json(), count.headers['ngsild-results-count']]).toEqual([[], '3']);
  });

  test('is not shown in NGSIv2, nor one of NGSIv2 here; an id is given once', async () => {
    await subscribe(warm);
    const v2 = {
      id: 'v2',
      subject: { entities: [{ idPattern: '.*' }] },
      notification: { http: { url: endpoint.uri } },
    };
    expect((await api.send('POST', '/v2/subscriptions', { body: v2 })).statusCode).toBe(201);
    const listed = (await api.send('GET', '/v2/subscriptions')).json<{ id: string }[]>();
    expect(listed.map((one) => one.id)).toEqual(['v2']);
    expect((await api.ld('GET', '/subscriptions')).json<{ id: string }[]>().map((one) => one.id)).toEqual([id]);
    expect((await api.send('GET', `/v2/subscriptions/${id}`)).statusCode).toBe(404);
    expect((await api.send('DELETE', `/v2/subscriptions/${id}`)).statusCode).toBe(404);
    const taken = await api.send('POST', '/v2/subscriptions', { body: { ...v2, id } });
    expect(taken.statusCode).toBe(422);
    expect((await api.ld('DELETE', `/subscriptions/${id}`)).statusCode).toBe(204);
  });

  test('shows times where they are asked for [LD 6.3.11]', async () => {
    await subscribe(warm);
    expect(await shown(id, '?options=sysAttrs')).toMatchObject({
      createdAt: expect.stringMatching(/Z$/),
      modifiedAt: expect.stringMatching(/Z$/),
    });
  });
});

describe('A subscription is refused, saying what and where', () => {
  let api: LdApi;

  beforeEach(async () => {
    api = await anLdApi();
  });

  afterEach(() => api.close());

  const mqtt = (uri: string, more: object = {}) => ({ notification: { endpoint: { uri, ...more } } });

  test.each<[object, string]>([
    [{ type: 'Query' }, 'a Subscription has the type "Subscription"'],
    [{ id: 'x y' }, 'id must be a URI: "x y"'],
    [{ colour: 1 }, 'a Subscription has no member "colour"; it has'],
    [{ entities: [] }, 'entities must be an array of at least one selector'],
    [{ entities: [{ id: 'urn:x:1' }] }, 'a selector of entities has a type; "*" for any'],
    [{ entities: [{ type: '*' }], localOnly: false }, 'type "*" is local; localOnly false contradicts it'],
    [
      { entities: undefined, watchedAttributes: undefined },
      'a Subscription has entities or watchedAttributes, or localOnly',
    ],
    [{ watchedAttributes: [] }, 'watchedAttributes must be an array of at least one text'],
    [{ watchedAttributes: ['<'] }, '"<" is no name of an attribute'],
    [{ notificationTrigger: ['never'] }, 'an item of notificationTrigger is none of entityCreated'],
    [{ timeInterval: 10 }, 'watchedAttributes and timeInterval exclude each other'],
    [
      { timeInterval: 10, watchedAttributes: undefined, throttling: 1 },
      'throttling and timeInterval exclude each other',
    ],
    [
      { timeInterval: 0.5, watchedAttributes: undefined },
      'timeInterval must be a number from 1 to 31536000, in seconds',
    ],
    [{ throttling: 0 }, 'throttling must be a number above 0 to 31536000, in seconds'],
    [{ q: 'a>' }, 'q is not well formed'],
    [{ q: 'a'.repeat(20_000) }, 'q has 20000 characters, at most'],
    [{ csf: '>' }, 'q is not well formed'],
    [{ geoQ: { georel: 'within' } }, 'a geo-query has all of georel, geometry and coordinates'],
    [{ geoQ: { near: 1 } }, 'geoQ has no member "near"'],
    [{ scopeQ: '//' }, 'scopeQ is not well formed'],
    [{ lang: '??' }, 'lang: "??" is no language'],
    [{ datasetId: ['x y'] }, 'datasetId: "x y" is no URI, nor @none'],
    [{ temporalQ: {} }, 'temporalQ is for subscriptions to registrations of context sources'],
    [{ expiresAt: '2001-01-01T00:00:00Z' }, 'expiresAt is past'],
    [{ expiresAt: 'soon' }, 'expiresAt must be a date and time in UTC'],
    [{ isActive: 1 }, 'isActive must be true or false'],
    [{ jsonldContext: 'x' }, 'jsonldContext must be the URL of a context'],
    [{ notification: undefined }, 'a Subscription has a notification'],
    [{ notification: {} }, 'notification has no endpoint'],
    [{ notification: { endpoint, colour: 1 } }, 'notification has no member "colour"'],
    [{ notification: { endpoint, format: 'xml' } }, 'format of notification is none of normalized'],
    [{ notification: { endpoint, format: 'keyValues', showChanges: true } }, 'showChanges and the format simplified'],
    [{ notification: { endpoint, attributes: ['id'] } }, 'id is a member of NGSI-LD and no name of an attribute'],
    [{ notification: { endpoint, attributes: ['a'], pick: ['b'] } }, 'attrs is not given together with pick or omit'],
    [{ notification: { endpoint, joinLevel: 11 } }, 'joinLevel of notification must be a whole number from 1 to 10'],
    [{ notification: { endpoint: {} } }, 'endpoint has no uri'],
    [mqtt('ftp://x'), 'uri of endpoint must be an absolute URL: http, https, mqtt or mqtts'],
    [mqtt('http://x', { accept: 'text/plain' }), 'accept of endpoint is none of application/json'],
    [mqtt('http://x', { timeout: 0 }), 'timeout of endpoint must be a number above 0 to 1800000, in milliseconds'],
    [
      mqtt('http://x', { receiverInfo: [{ key: 'Content-Length', value: '1' }] }),
      'receiverInfo of endpoint: "Content-Length" cannot be',
    ],
    [mqtt('http://x', { receiverInfo: [{ key: 'a' }] }), 'an item of receiverInfo of endpoint has both key and value'],
    [mqtt('mqtt://x'), 'uri of endpoint must be mqtt[s]://'],
    [mqtt('mqtt://x/a/+'), 'uri of endpoint must be mqtt[s]://'],
    [mqtt('mqtt://x/a', { accept: 'application/geo+json' }), 'accept of endpoint: notifications by MQTT are'],
    [
      mqtt('mqtt://x/a', { notifierInfo: [{ key: 'MQTT-QoS', value: '3' }] }),
      'notifierInfo of endpoint: MQTT-QoS is none of 0, 1, 2',
    ],
    [
      mqtt('mqtt://x/a', { notifierInfo: [{ key: 'QoS', value: '1' }] }),
      'there are MQTT-QoS and MQTT-Version for MQTT, no "QoS"',
    ],
    [{ ngsildConformance: 'old' }, 'ngsildConformance must be a version such as 1.9'],
    [{ q: `${'a{'.repeat(11)}b${'}'.repeat(11)}` }, 'q follows more than 10 relationships in a row'],
  ])('%j', async (change, detail) => {
    const answer = await api.ld('POST', '/subscriptions', { body: { ...warm, ...change } });
    expect([answer.statusCode, answer.json().type]).toEqual([
      400,
      'https://uri.etsi.org/ngsi-ld/errors/BadRequestData',
    ]);
    expect(answer.json().detail).toContain(detail);
    expect((await api.ld('GET', '/subscriptions')).json()).toEqual([]);
  });

  test('where its context cannot be had [LD 5.8.1.4]', async () => {
    const body = { ...warm, jsonldContext: 'http://127.0.0.1:9/context.jsonld' };
    const answer = await api.ld('POST', '/subscriptions', { body });
    expect([answer.statusCode, answer.json().type]).toEqual([
      504,
      'https://uri.etsi.org/ngsi-ld/errors/LdContextNotAvailable',
    ]);
  });

  test('passwords are shown masked, and what was shown can be sent back', async () => {
    const uri = 'mqtt://reader:secret@127.0.0.1:9/rooms';
    await api.ld('POST', '/subscriptions', { body: { ...warm, ...mqtt(uri) } });
    const { notification } = (await api.ld('GET', `/subscriptions/${id}`)).json();
    expect(notification.endpoint.uri).toBe('mqtt://reader:*****@127.0.0.1:9/rooms');
    await api.ld('PATCH', `/subscriptions/${id}`, { body: { notification } });
    const stored = api.broker.subscriptions.of('' as never).get(id)?.stored.document;
    expect(stored).toMatchObject({ notification: { endpoint: { uri } } });
  });
});
