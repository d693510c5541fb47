import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi } from '../api/api-under-test.ts';
import { hasMosquitto, Mosquitto } from '../support/mosquitto.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { clientCertificate, testAuthority } from '../transports/certificates.ts';

const subject = { entities: [{ id: 'Room1', type: 'Room' }] };

/** Needs mosquitto (`apt-get install mosquitto`); notification.test.ts has the same over a broker that is always there. */
describe.skipIf(!hasMosquitto)('notifications over mosquitto [V2 subscription notification mqtt]', () => {
  let mosquitto: Mosquitto;
  let api: ApiUnderTest;

  beforeEach(async () => {
    mosquitto = await Mosquitto.start();
    const directory = temporaryDirectory();
    const file = (name: string, text: string) => writeFileSync(join(directory, name), text);
    file('ca.pem', testAuthority);
    file('oriel.pem', clientCertificate.cert);
    file('oriel.key', clientCertificate.key);
    const modern = { url: mosquitto.url, user: 'city', password: 'right', protocolVersion: 5 };
    const plant = { url: mosquitto.secureUrl, ca: 'ca.pem', cert: 'oriel.pem', key: 'oriel.key' };
    const { cert: _cert, key: _key, ...nobody } = plant;
    file('endpoints.json', JSON.stringify({ plant, nobody, modern }));
    api = await anApi({ endpoints: join(directory, 'endpoints.json') });
    await api.send('POST', '/v2/entities', { body: { id: 'Room1', type: 'Room' } });
  });

  afterEach(async () => {
    await api.close();
    await mosquitto.stop();
  });

  const subscribe = async (id: string, mqttCustom: object) => {
    const body = { id, subject, notification: { mqttCustom } };
    expect((await api.send('POST', '/v2/subscriptions', { body })).statusCode).toBe(201);
  };
  const set = (value: number) =>
    api.send('POST', '/v2/entities/Room1/attrs', { body: { n: { value, type: 'Number' } } });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: macros look like that.
  const [topicOfEntity, valueOfAttribute] = ['rooms/${id}', 'n is ${n}'];
  const city = () => ({ url: mosquitto.url, user: 'city', passwd: 'right', payload: valueOfAttribute });

  test('arrive in every quality of service, in order, and lie there where they are retained', async () => {
    const messages = await mosquitto.read('#');
    for (const qos of [0, 1, 2]) {
      await subscribe(`Q${qos}`, { ...city(), topic: `${topicOfEntity}/q${qos}`, qos, retain: qos === 1 });
    }
    for (const value of [1, 2, 3]) await set(value);
    await expect.poll(() => messages.length).toBe(9);
    for (const qos of [0, 1, 2]) {
      const topic = `rooms/Room1/q${qos}`;
      const expected = [1, 2, 3].map((value) => `${topic} ${qos} n is ${value}`);
      expect(messages.filter((message) => message.startsWith(topic))).toEqual(expected);
    }
    const retained = await mosquitto.read('#');
    await expect.poll(() => retained).toEqual(['rooms/Room1/q1 1 n is 3 retained']);
  });

  test('come again when it was away, and fail where it does not know who we are', async () => {
    await subscribe('S', { ...city(), topic: 'rooms', qos: 1 });
    await subscribe('wrong', { ...city(), passwd: 'wrong', topic: 'wrong', qos: 1 });
    await mosquitto.stop();
    await set(1);
    const state = async (id: string) => (await api.send('GET', `/v2/subscriptions/${id}`)).json().notification;
    await expect.poll(async () => (await state('S')).failsCounter).toBeGreaterThan(0);
    await mosquitto.start();
    const messages = await mosquitto.read('#');
    await expect.poll(() => messages, { timeout: 10_000 }).toEqual(['rooms 1 n is 1']);
    await expect.poll(async () => (await state('wrong')).failsCounter).toBeGreaterThan(0);
    await expect.poll(async () => (await state('S')).failsCounter).toBe(undefined);
  });

  test('speak MQTT 5 where the endpoint says so', async () => {
    const messages = await mosquitto.read('#');
    const properties = await mosquitto.readProperties('#');
    await subscribe('S', { endpoint: 'modern', topic: topicOfEntity, qos: 1, retain: true, payload: valueOfAttribute });
    await subscribe('old', { ...city(), topic: 'old', qos: 1, payload: valueOfAttribute });
    for (const value of [1, 2]) await set(value);
    await expect
      .poll(() => messages.toSorted())
      .toEqual(['old 1 n is 1', 'old 1 n is 2', 'rooms/Room1 1 n is 1', 'rooms/Room1 1 n is 2']);
    await expect.poll(() => properties).toHaveLength(4);
    const ids = properties.flatMap((given) => (given === undefined ? [] : [given['Oriel-Notification-Id']]));
    expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
  });

  test('are sent over TLS with the certificates of an endpoint, and not without them', async () => {
    const messages = await mosquitto.read('#');
    await subscribe('S', { endpoint: 'plant', topic: 'secret', qos: 2, payload: valueOfAttribute });
    await subscribe('N', { endpoint: 'nobody', topic: 'nobody', qos: 2, payload: valueOfAttribute });
    await set(1);
    await expect.poll(() => messages).toEqual(['secret 2 n is 1']);
    const failing = async () => (await api.send('GET', '/v2/subscriptions/N')).json().notification.failsCounter;
    await expect.poll(failing).toBeGreaterThan(0);
  });
});
