import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expireCommands } from '../../src/ingest/commands/expire-commands.ts';
import { ObservationWriter } from '../../src/ingest/readings/observation-writer.ts';
import { anMqttClient, messagesOf } from '../support/iot-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type ApiUnderTest, anApi, type ConfigUnderTest, storeKinds } from './api-under-test.ts';

const device = {
  device_id: 'gate1',
  apikey: 'KEY',
  entity_name: 'Gate1',
  entity_type: 'Gate',
  commands: [
    { name: 'open', type: 'command' },
    { object_id: 'b', name: 'blink', type: 'command', expression: '{ times: blink, by: id }' },
  ],
  lazy: [{ object_id: 'v', name: 'voltage', type: 'Number' }],
};

async function aPlatform(changes: ConfigUnderTest = {}, devices: object[] = [device]) {
  const api = await anApi({ mqtt: true, mqttPort: 0, ...changes });
  onTestFinished(() => api.close());
  const created = await api.send('POST', '/iot/devices', { body: { devices } });
  expect(created.statusCode).toBe(201);
  return api;
}

const command = (api: ApiUnderTest, name: string, value: unknown) =>
  api.send('PATCH', '/v2/entities/Gate1/attrs?type=Gate', { body: { [name]: { type: 'command', value } } });

async function gate(api: ApiUnderTest): Promise<Record<string, unknown>> {
  const answer = await api.send(
    'GET',
    '/v2/entities/Gate1?options=keyValues&attrs=open_status,open_info,blink_status,open',
  );
  return answer.statusCode === 404 ? {} : answer.json();
}

/** Asks until the status is that; the flow ends there or the test does. */
async function untilStatus(api: ApiUnderTest, status: string): Promise<Record<string, unknown>> {
  for (;;) {
    const shown = await gate(api);
    if (shown.open_status === status) return shown;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const login = { username: 'gate1', password: 'KEY' };

describe.each(storeKinds)('Commands over MQTT, %s', (store) => {
  it('reach a device that listens, and its answer comes back', async () => {
    const api = await aPlatform({ store });
    const client = await anMqttClient(api.broker.mqttUrls[0], login);
    await client.subscribeAsync('/KEY/gate1/cmd', { qos: 1 });
    const messages = messagesOf(client);
    expect((await command(api, 'open', { degrees: 90 })).statusCode).toBe(204);
    expect(await messages.next()).toBe('/KEY/gate1/cmd {"open":{"degrees":90}}');
    await untilStatus(api, 'DELIVERED');
    await client.publishAsync('/json/KEY/gate1/cmdexe', '{"open":"done"}', { qos: 1 });
    expect(await gate(api)).toEqual({ id: 'Gate1', type: 'Gate', open_status: 'OK', open_info: 'done' });
    await client.publishAsync('/KEY/gate1/cmdexe', '{"open":{"status":"ERROR","info":"stuck"}}', { qos: 1 });
    expect(await gate(api)).toMatchObject({ open_status: 'ERROR', open_info: 'stuck' });
  });

  it('wait for a device that does not listen yet, and are told once', async () => {
    const api = await aPlatform({ store });
    await command(api, 'open', 1);
    await command(api, 'blink', 3);
    expect(await gate(api)).toMatchObject({ open_status: 'PENDING', blink_status: 'PENDING' });
    const client = await anMqttClient(api.broker.mqttUrls[0], login);
    const messages = messagesOf(client);
    await client.subscribeAsync('KEY/gate1/cmd', { qos: 1 });
    expect(await messages.next()).toBe('KEY/gate1/cmd {"open":1}');
    expect(await messages.next()).toBe('KEY/gate1/cmd {"b":{"times":3,"by":"gate1"}}');
    await untilStatus(api, 'DELIVERED');
    await client.endAsync();
    const again = await anMqttClient(api.broker.mqttUrls[0], login);
    const later = messagesOf(again);
    await again.subscribeAsync('KEY/gate1/cmd', { qos: 1 });
    await command(api, 'open', 2);
    expect(await later.next()).toBe('KEY/gate1/cmd {"open":2}');
  });

  it('come by batch update beside other attributes, which are written', async () => {
    const api = await aPlatform({ store });
    const entities = [{ id: 'Gate1', type: 'Gate', open: { value: 1 }, name: { value: 'north' } }];
    const answer = await api.send('POST', '/v2/op/update', { body: { actionType: 'append', entities } });
    expect(answer.statusCode).toBe(204);
    const shown = (await api.send('GET', '/v2/entities/Gate1?options=keyValues&attrs=name,open,open_status')).json();
    expect(shown).toEqual({ id: 'Gate1', type: 'Gate', name: 'north', open_status: 'PENDING' });
  });

  it('that nobody knows are refused, with the others done', async () => {
    const api = await aPlatform({ store });
    const client = await anMqttClient(api.broker.mqttUrls[0], login);
    await client.publishAsync('/json/KEY/gate1/cmdexe', '{"open":"done","close":"?"}', { qos: 1 });
    expect(await gate(api)).toMatchObject({ open_status: 'OK' });
    const { refused } = (await api.send('GET', '/iot/refused-readings')).json();
    expect(refused[0]).toMatchObject({ name: 'COMMAND_NOT_FOUND', deviceId: 'gate1' });
  });
});

describe('Commands', () => {
  it('survive a restart', async () => {
    const data = temporaryDirectory();
    const config = { store: 'embedded', data, mqtt: true, mqttPort: 0 } as const;
    const before = await anApi(config);
    await before.send('POST', '/iot/devices', { body: { devices: [device] } });
    await command(before, 'open', 1);
    await before.close();
    const after = await anApi(config);
    onTestFinished(() => after.close());
    expect(await gate(after)).toMatchObject({ open_status: 'PENDING' });
    const client = await anMqttClient(after.broker.mqttUrls[0], login);
    const messages = messagesOf(client);
    await client.subscribeAsync('/KEY/gate1/cmd', { qos: 1 });
    expect(await messages.next()).toBe('/KEY/gate1/cmd {"open":1}');
    await untilStatus(after, 'DELIVERED');
  });

  it('expire', async () => {
    const api = await aPlatform({}, [{ ...device, commandExpirySeconds: 10 }]);
    await command(api, 'open', 1);
    const { ingest } = api.broker;
    const inTime = ingest.broker.clock.now() + 9000;
    await expireCommands({ ...ingest, broker: { ...ingest.broker, clock: { now: () => inTime } } });
    expect(await gate(api)).toMatchObject({ open_status: 'PENDING' });
    await expireCommands({ ...ingest, broker: { ...ingest.broker, clock: { now: () => inTime + 2000 } } });
    expect(await gate(api)).toMatchObject({ open_status: 'EXPIRED' });
    expect((await api.send('GET', '/iot/json?k=KEY&i=gate1&getCmd=1')).json()).toEqual({});
  });

  it('expire the next time where their status cannot be written', async () => {
    const api = await aPlatform({}, [{ ...device, commandExpirySeconds: 10 }]);
    await command(api, 'open', 1);
    const { ingest } = api.broker;
    const late = ingest.broker.clock.now() + 11_000;
    const later = { ...ingest, broker: { ...ingest.broker, clock: { now: () => late } } };
    const writer = new ObservationWriter(ingest.broker, () => {
      throw new Error('the disk is full');
    });
    await expect(expireCommands({ ...later, writer })).rejects.toThrow('the disk is full');
    expect(await gate(api)).toMatchObject({ open_status: 'PENDING' });
    await expireCommands(later);
    expect(await gate(api)).toMatchObject({ open_status: 'EXPIRED' });
  });

  it('are asked for by devices that cannot be sent to, alone or with a reading [IoTA poll commands]', async () => {
    const api = await aPlatform();
    await command(api, 'open', 'wide');
    await command(api, 'blink', 2);
    const asked = await api.send('GET', '/iot/json?k=KEY&i=gate1&getCmd=1');
    expect(asked.json()).toEqual({ open: 'wide', b: { times: 2, by: 'gate1' } });
    expect(await gate(api)).toMatchObject({ open_status: 'DELIVERED' });
    expect((await api.send('POST', '/iot/json?k=KEY&i=gate1&getCmd=1', { body: { t: 1 } })).json()).toEqual({});
    await api.send('POST', '/iot/json/commands?k=KEY&i=gate1', { body: { open: 'done' } });
    expect(await gate(api)).toMatchObject({ open_status: 'OK', open_info: 'done' });
  });

  it('are Ultralight for who speaks it [UL2.0 commands syntax]', async () => {
    const api = await aPlatform({}, [{ ...device, protocol: 'IoTA-UL' }]);
    await command(api, 'open', { degrees: 90, slow: true });
    await command(api, 'blink', 2);
    const asked = await api.send('GET', '/iot/d?k=KEY&i=gate1&getCmd=1');
    expect(asked.body).toBe('gate1@open|degrees=90|slow=true#gate1@b|times=2|by=gate1');
    const headers = { 'content-type': 'text/plain' };
    await api.send('POST', '/iot/d?k=KEY&i=gate1', { body: 'gate1@open|opened', headers });
    expect(await gate(api)).toMatchObject({ open_status: 'OK', open_info: 'opened' });
  });

  it('are pushed to devices that have an address, which answer at once [IoTA push commands]', async () => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        requests.push(`${request.url} ${body}`);
        response.end('{"open":"opened"}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const endpoint = `'http://127.0.0.1:${port}/' + id`;
    const api = await aPlatform({}, [{ ...device, endpoint }]);
    await command(api, 'open', 1);
    expect(await untilStatus(api, 'OK')).toMatchObject({ open_info: 'opened' });
    expect(requests).toEqual(['/gate1 {"open":1}']);
  });

  it('fail where the address does not answer', async () => {
    const api = await aPlatform({}, [{ ...device, endpoint: 'http://127.0.0.1:1/' }]);
    await command(api, 'open', 1);
    expect((await untilStatus(api, 'ERROR')).open_info).toBe("Couldn't connect to server");
  });

  it('are as many as a device may have', async () => {
    const api = await aPlatform();
    for (let n = 0; n < 100; n++) await command(api, 'open', n);
    expect((await command(api, 'open', 100)).statusCode).toBe(413);
  });
});

describe('Lazy attributes', () => {
  it('are asked for when a query wants them, and stored as they come', async () => {
    const api = await aPlatform();
    await api.send('POST', '/iot/json?k=KEY&i=gate1', { body: { t: 1 } });
    const client = await anMqttClient(api.broker.mqttUrls[0], login);
    await client.subscribeAsync('/KEY/gate1/read');
    client.on('message', (_topic, payload) => {
      expect(`${payload}`).toBe('["v"]');
      client.publish('/json/KEY/gate1/attrs', '{"v":3.3}', { qos: 1 });
    });
    const shown = await api.send('GET', '/v2/entities/Gate1?options=keyValues&attrs=voltage');
    expect(shown.json()).toEqual({ id: 'Gate1', type: 'Gate', voltage: 3.3 });
  });

  it('are as they were last where the device does not listen', async () => {
    const api = await aPlatform();
    await api.send('POST', '/iot/json?k=KEY&i=gate1', { body: { v: 3.1 } });
    expect((await api.send('GET', '/v2/entities/Gate1?options=keyValues')).json()).toMatchObject({ voltage: 3.1 });
  });
});

describe('Devices that ask for values', () => {
  it('are sent those of their entity [IoTA JSON configuration retrieval]', async () => {
    const api = await aPlatform();
    await api.send('POST', '/v2/entities', { body: { id: 'Gate1', type: 'Gate', sleepTime: { value: 200 } } });
    const client = await anMqttClient(api.broker.mqttUrls[0], login);
    await client.subscribeAsync('/KEY/gate1/configuration/values', { qos: 1 });
    const messages = messagesOf(client);
    const request = { type: 'configuration', fields: ['sleepTime', 'other'] };
    await client.publishAsync('/json/KEY/gate1/configuration/commands', JSON.stringify(request), { qos: 1 });
    const answer = await messages.next();
    expect(JSON.parse(answer.slice(answer.indexOf(' ')))).toEqual({
      sleepTime: 200,
      dt: expect.stringMatching(/^\d{8}T\d{6}Z$/),
    });
  });
});
