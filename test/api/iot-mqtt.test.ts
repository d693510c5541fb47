import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { anMqttClient, closeOf, grantedOf, messagesOf } from '../support/iot-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { clientCertificate, serverCertificate, testAuthority } from '../transports/certificates.ts';
import { anApi, type ConfigUnderTest, storeKinds } from './api-under-test.ts';

async function aPlatform(changes: ConfigUnderTest = {}) {
  const api = await anApi({ mqtt: true, mqttPort: 0, ...changes });
  onTestFinished(() => api.close());
  const group = {
    resource: '/iot/json',
    apikey: 'KEY',
    entity_type: 'Weather',
    attributes: [{ object_id: 't', name: 'temperature', type: 'Number' }],
  };
  await api.send('POST', '/iot/services', { body: { services: [group] } });
  const values = async (id: string) => (await api.send('GET', `/v2/entities/${id}?options=keyValues`)).json();
  const [url = ''] = api.broker.mqttUrls;
  return { api, url, values };
}

const sensor1 = { username: 'sensor1', password: 'KEY' };

describe.each(storeKinds)('Readings over MQTT, %s', (store) => {
  it.each([
    ['/json/KEY/sensor1/attrs', '{"t":21.5}', 21.5],
    ['json/KEY/sensor1/attrs', '{"t":21.5}', 21.5],
    ['/KEY/sensor1/attrs', '[{"t":20},{"t":21.5}]', 21.5],
    ['/ul/KEY/sensor1/attrs', 't|20#t|21.5', 21.5],
    ['/KEY/sensor1/attrs/t', '21.5', 21.5],
    ['/ul/KEY/sensor1/attrs/t', '21.5', 21.5],
    ['/json/KEY/sensor1/attrs/t', 'hello', '68656c6c6f'],
  ])('are stored when they are acknowledged: %s %s', async (topic, payload, temperature) => {
    const { url, values } = await aPlatform({ store });
    const client = await anMqttClient(url, sensor1);
    await client.publishAsync(topic, payload, { qos: 1 });
    expect(await values('Weather:sensor1')).toEqual({ id: 'Weather:sensor1', type: 'Weather', temperature });
  });

  it('that arrive together are committed together, each by itself', async () => {
    const { url, values } = await aPlatform({ store });
    const clients = await Promise.all(
      Array.from({ length: 10 }, (_, n) => anMqttClient(url, { username: `s${n}`, password: 'KEY' })),
    );
    await Promise.all(
      clients.flatMap((client, n) =>
        [1, 2, 3].map((t) => client.publishAsync(`/json/KEY/s${n}/attrs`, JSON.stringify({ t }), { qos: 1 })),
      ),
    );
    for (let n = 0; n < 10; n++) expect((await values(`Weather:s${n}`)).temperature).toBe(3);
  });

  it('that are refused are acknowledged, put on record with their reason, and told to who listens', async () => {
    const directory = temporaryDirectory();
    const mqttUsers = join(directory, 'users.json');
    const users = {
      operator: { password: 'secret', subscribe: ['oriel/refused/#'] },
      gateway: { password: 'secret', publish: ['/json/KEY/#'] },
    };
    writeFileSync(mqttUsers, JSON.stringify(users));
    const { api, url, values } = await aPlatform({ store, mqttUsers });
    const operator = await anMqttClient(url, { username: 'operator', password: 'secret' });
    await operator.subscribeAsync('oriel/refused/#');
    const told = messagesOf(operator);
    const gateway = await anMqttClient(url, { username: 'gateway', password: 'secret' });
    await gateway.publishAsync('/json/KEY/sensor1/attrs', '{"t":20,"note":"a<b"}', { qos: 1 });
    await gateway.publishAsync('/json/KEY/sensor2/attrs', '{"t":', { qos: 1 });

    expect((await values('Weather:sensor1')).temperature).toBe(20);
    const listed = (await api.send('GET', '/iot/refused-readings')).json();
    expect(listed).toEqual({
      count: 2,
      refused: [
        expect.objectContaining({
          deviceId: 'sensor2',
          name: 'ParseError',
          reason: 'Errors found in incoming JSON buffer',
          payload: '{"t":',
        }),
        expect.objectContaining({
          deviceId: 'sensor1',
          via: '/json/KEY/sensor1/attrs',
          name: 'PARTIAL_READING',
          reason: 'note: Invalid characters in attribute value. The other measures are stored',
          payload: '{"t":20,"note":"a<b"}',
        }),
      ],
    });
    const topic = 'oriel/refused/- ';
    const first = await told.next();
    expect(first.startsWith(topic)).toBe(true);
    const { id: _, ...recorded } = listed.refused[1];
    expect(JSON.parse(first.slice(topic.length))).toEqual(recorded);

    const ofOne = await api.send('GET', '/iot/refused-readings?device=sensor2');
    expect(ofOne.json().count).toBe(1);
    expect((await api.send('DELETE', '/iot/refused-readings?device=sensor2')).json()).toEqual({ purged: 1 });
    expect((await api.send('GET', '/iot/refused-readings')).json().count).toBe(1);
  });

  it('that are refused make room for each other', async () => {
    const { api, url } = await aPlatform({ store, maxRefusedReadings: 3 });
    const client = await anMqttClient(url, sensor1);
    for (let n = 0; n < 5; n++) await client.publishAsync('/KEY/sensor1/attrs', `${n}`, { qos: 1 });
    const { count, refused } = (await api.send('GET', '/iot/refused-readings')).json();
    expect(count).toBe(3);
    expect(refused.map(({ payload }: { payload: string }) => payload)).toEqual(['4', '3', '2']);
  });
});

describe('Devices that log in', () => {
  it('send and hear what is their own, and nothing else', async () => {
    const { url } = await aPlatform();
    const client = await anMqttClient(url, sensor1);
    const filters = ['/KEY/sensor1/cmd', '/KEY/sensor2/cmd', '/KEY/+/cmd', '#'];
    const granted = await grantedOf(client, filters);
    expect(granted).toEqual([1, 128, 128, 128]);
    const closed = closeOf(client);
    client.publish('/json/KEY/sensor2/attrs', '{"t":1}', { qos: 1 });
    await closed;
  });

  it.each([
    ['under a key that nobody has', { username: 'sensor1', password: 'OTHER' }],
    ['without a password', { username: 'sensor1' }],
    ['without a name', {}],
  ])('are turned away %s', async (_why, credentials) => {
    const { url } = await aPlatform();
    await expect(anMqttClient(url, credentials)).rejects.toThrow('Not authorized');
  });

  it('do so with a certificate of their name, over TLS alone where that is all there is', async () => {
    const directory = temporaryDirectory();
    const file = (name: string, text: string) => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    const { api, url, values } = await aPlatform({
      mqttPlain: false,
      mqttTlsPort: 0,
      mqttCert: file('cert.pem', serverCertificate.cert),
      mqttKey: file('key.pem', serverCertificate.key),
      mqttCa: file('ca.pem', testAuthority),
    });
    expect(api.broker.mqttUrls).toEqual([url]);
    expect(url).toMatch(/^mqtts:/);
    // The certificate of the tests is that of `localhost`.
    const devices = [{ device_id: 'localhost', apikey: 'KEY', entity_name: 'Weather:1', entity_type: 'Weather' }];
    await api.send('POST', '/iot/devices', { body: { devices } });
    const tls = { ca: testAuthority, ...clientCertificate };
    const client = await anMqttClient(url, tls);
    await client.publishAsync('/json/KEY/localhost/attrs', '{"t":9}', { qos: 1 });
    expect(await values('Weather:1')).toMatchObject({ temperature: 9 });
    const closed = closeOf(client);
    client.publish('/json/KEY/sensor2/attrs', '{"t":1}', { qos: 1 });
    await closed;
    await expect(anMqttClient(url, { ca: testAuthority })).rejects.toThrow('Not authorized');
  });

  it('need not, where anybody may connect; then whoever knows a key may use it', async () => {
    const { url, values } = await aPlatform({ mqttAccess: 'open' });
    const client = await anMqttClient(url);
    await client.publishAsync('/json/KEY/sensor7/attrs', '{"t":7}', { qos: 1 });
    expect((await values('Weather:sensor7')).temperature).toBe(7);
    const granted = await grantedOf(client, ['/KEY/sensor7/cmd', '/KEY/+/cmd', '#']);
    expect(granted).toEqual([1, 128, 128]);
  });
});

describe.skipIf(!existsSync('/usr/bin/mosquitto_pub'))("Mosquitto's own client", () => {
  it('publishes readings', async () => {
    const { url, values } = await aPlatform();
    const { port } = new URL(url);
    const login = ['-u', 'sensor1', '-P', 'KEY', '-h', '127.0.0.1', '-p', port];
    await promisify(execFile)('mosquitto_pub', [
      ...login,
      '-q',
      '1',
      '-t',
      '/json/KEY/sensor1/attrs',
      '-m',
      '{"t":21.5}',
    ]);
    await promisify(execFile)('mosquitto_pub', [...login, '-q', '2', '-t', '/ul/KEY/sensor1/attrs', '-m', 'h|40']);
    expect(await values('Weather:sensor1')).toMatchObject({ temperature: 21.5, h: 40 });
  });
});
