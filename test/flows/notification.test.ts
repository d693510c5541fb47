import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from '../api/api-under-test.ts';
import { startMqttBroker } from '../support/mqtt-broker.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const room = { id: 'Room1', type: 'Room', temperature: { type: 'Number', value: 20 }, pressure: { value: 720 } };
const warm = {
  entities: [{ idPattern: '.*', type: 'Room' }],
  condition: { attrs: ['temperature'], expression: { q: 'temperature>25' } },
};

describe.each(storeKinds)('from an update to its receiver, on the %s store', (store) => {
  let api: ApiUnderTest;
  let receiver: Receiver;

  beforeAll(async () => {
    api = await anApi({ store });
    receiver = await startReceiver();
  });

  afterAll(async () => {
    await receiver.close();
    await api.close();
  });

  /** A tenant with Room1 and what is sent to it. */
  const inTenant = (tenant: string) => {
    const headers = { 'fiware-service': tenant };
    const send = (method: string, url: string, body?: unknown, more: Record<string, string> = {}) =>
      api.send(method, url, { headers: { ...headers, ...more }, ...(body !== undefined && { body }) });
    const subscribe = async (body: object) => {
      const { headers: answered } = await send('POST', '/v2/subscriptions', body);
      return String(answered.location).replace('/v2/subscriptions/', '');
    };
    const setTemperature = (value: number, more: Record<string, string> = {}) =>
      send('PATCH', '/v2/entities/Room1/attrs', { temperature: { value, type: 'Number' } }, more);
    return { send, subscribe, setTemperature };
  };

  test('a subscription hears of the update it asked for, and shows that it did [V2 notification messages] [facts 46, 49, 50]', async () => {
    const { send, subscribe, setTemperature } = inTenant('city');
    await send('POST', '/v2/entities', room);
    const notification = { http: { url: `${receiver.url}/warm` }, attrs: ['temperature'] };
    const id = await subscribe({ subject: warm, notification });
    await setTemperature(21);
    await setTemperature(26, {
      'fiware-correlator': 'c0ffee',
      'x-auth-token': 'token',
      authorization: 'Bearer b',
    });
    const { method, url, headers, body } = await receiver.take();
    expect([method, url]).toEqual(['POST', '/warm']);
    expect(body).toBe(
      `{"subscriptionId":"${id}","data":[{"id":"Room1","type":"Room","temperature":{"type":"Number","value":26,"metadata":{}}}]}`,
    );
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'fiware-service': 'city',
      'fiware-servicepath': '/',
      'fiware-correlator': 'c0ffee; cbnotif=1',
      'ngsiv2-attrsformat': 'normalized',
      'x-auth-token': 'token',
      authorization: 'Bearer b',
    });
    await expect
      .poll(async () => (await send('GET', `/v2/subscriptions/${id}`)).json().notification)
      .toMatchObject({
        timesSent: 1,
        lastNotification: expect.any(String),
        lastSuccess: expect.any(String),
        lastSuccessCode: 204,
      });
    expect(receiver.requests).toEqual([]);
  });

  test.each([
    ['POST', '/v2/entities', { ...room, id: 'Room2' }],
    ['POST', '/v2/entities?options=upsert', room],
    ['POST', '/v2/entities/Room1/attrs', { temperature: { value: 31, type: 'Number' } }],
    ['PATCH', '/v2/entities/Room1/attrs', { temperature: { value: 32, type: 'Number' } }],
    ['PUT', '/v2/entities/Room1/attrs', { temperature: { value: 33, type: 'Number' } }],
    ['PUT', '/v2/entities/Room1/attrs/temperature', { value: 34, type: 'Number' }],
    ['PUT', '/v2/entities/Room1/attrs/temperature/value', '35'],
    ['POST', '/v2/op/update', { actionType: 'append', entities: [{ ...room, temperature: { value: 36 } }] }],
    ['POST', '/v2/op/notify', { subscriptionId: 'x', data: [{ ...room, temperature: { type: 'Number', value: 37 } }] }],
    ['DELETE', '/v2/entities/Room1/attrs/pressure', undefined],
    ['DELETE', '/v2/entities/Room1', undefined],
  ])('%s %s passes on who asked, and in which chain of requests [fact 50]', async (method, url, body) => {
    const { send, subscribe } = inTenant('routes');
    await send('POST', '/v2/entities?options=upsert', { ...room, temperature: { value: 1, type: 'Number' } });
    const subject = {
      entities: [{ idPattern: '.*', type: 'Room' }],
      condition: { alterationTypes: ['entityCreate', 'entityUpdate', 'entityDelete'] },
    };
    const id = await subscribe({ subject, notification: { http: { url: receiver.url } } });
    await send(method, url, body, {
      'fiware-correlator': `from ${method}`,
      'x-auth-token': 'token',
      ...(typeof body === 'string' && { 'content-type': 'text/plain' }),
    });
    const { headers } = await receiver.take();
    expect([headers['fiware-correlator'], headers['x-auth-token']]).toEqual([`from ${method}; cbnotif=1`, 'token']);
    await send('DELETE', `/v2/subscriptions/${id}`);
    await send('DELETE', '/v2/entities/Room2');
  });

  test('an update that a custom notification led to is written and wakes nobody [fact 52]', async () => {
    const { send, subscribe, setTemperature } = inTenant('loop');
    await send('POST', '/v2/entities', room);
    const subject = { entities: [{ id: 'Room1', type: 'Room' }] };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro looks like that.
    const httpCustom = { url: receiver.url, payload: '${temperature}' };
    await subscribe({ subject, notification: { httpCustom } });
    await setTemperature(1);
    const { headers, body } = await receiver.take();
    expect([headers['ngsiv2-attrsformat'], body]).toEqual(['custom', '1']);
    const correlator = String(headers['fiware-correlator']);
    await setTemperature(2, { 'ngsiv2-attrsformat': 'custom', 'fiware-correlator': correlator });
    expect((await send('GET', '/v2/entities/Room1/attrs/temperature/value')).body).toBe('2');
    await setTemperature(3);
    expect((await receiver.take()).body).toBe('3');
  });

  test('a subscription that is told once is inactive then [fact 40]', async () => {
    const { send, subscribe, setTemperature } = inTenant('once');
    await send('POST', '/v2/entities', room);
    const id = await subscribe({ subject: warm, notification: { http: { url: receiver.url } }, status: 'oneshot' });
    await setTemperature(30);
    await receiver.take();
    await expect.poll(async () => (await send('GET', `/v2/subscriptions/${id}`)).json().status).toBe('inactive');
    await setTemperature(31);
    expect(receiver.requests).toEqual([]);
  });
});

test('one reading comes to both its receivers, over HTTP and over MQTT [V2 subscription notification mqtt]', async () => {
  const [api, receiver, mqtt] = await Promise.all([anApi(), startReceiver(), startMqttBroker()]);
  const subject = { entities: [{ id: 'Room1', type: 'Room' }] };
  const destinations = [
    { http: { url: receiver.url } },
    { mqtt: { url: mqtt.url, topic: 'rooms', qos: 1 } },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: macros look like that.
    { mqttCustom: { url: mqtt.url, topic: 'rooms/${id}', qos: 2, json: { warm: '${temperature>25}' } } },
  ];
  await api.send('POST', '/v2/entities', { body: room });
  for (const [place, destination] of destinations.entries()) {
    const body = { id: `S${place}`, subject, notification: { ...destination, attrs: ['temperature'] } };
    expect((await api.send('POST', '/v2/subscriptions', { body })).statusCode).toBe(201);
  }
  await api.send('PATCH', '/v2/entities/Room1/attrs', { body: { temperature: { value: 26, type: 'Number' } } });
  const told = (id: string) =>
    `{"subscriptionId":"${id}","data":[{"id":"Room1","type":"Room","temperature":{"type":"Number","value":26,"metadata":{}}}]}`;
  expect((await receiver.take()).body).toBe(told('S0'));
  await expect.poll(() => mqtt.published.toSorted()).toEqual([`rooms ${told('S1')}`, 'rooms/Room1 {"warm":true}']);
  await api.close();
  await Promise.all([receiver.close(), mqtt.close()]);
});

test('two brokers share what they know by subscription: /v2/op/notify [V2 batch notify] [fact 31]', async () => {
  const [source, mirror] = await Promise.all([anApi(), anApi()]);
  const url = await mirror.app.listen({ host: '127.0.0.1', port: 0 });
  const headers = { 'fiware-service': 'city', 'fiware-servicepath': '/centre' };
  await source.send('POST', '/v2/subscriptions', {
    headers,
    body: { subject: { entities: [{ idPattern: '.*' }] }, notification: { http: { url: `${url}/v2/op/notify` } } },
  });
  await source.send('POST', '/v2/entities', { headers, body: room });
  const mirrored = async () => (await mirror.send('GET', '/v2/entities/Room1', { headers })).json();
  await expect.poll(mirrored).toEqual((await source.send('GET', '/v2/entities/Room1', { headers })).json());
  await source.send('PATCH', '/v2/entities/Room1/attrs', {
    headers,
    body: { temperature: { value: 5, type: 'Number' } },
  });
  await expect.poll(async () => (await mirrored()).temperature.value).toBe(5);
  await Promise.all([source.close(), mirror.close()]);
});
