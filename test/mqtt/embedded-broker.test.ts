import { once } from 'node:events';
import { connect } from 'node:net';
import { connectAsync } from 'mqtt';
import { generate } from 'mqtt-packet';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EmbeddedBroker, type EmbeddedBrokerOptions } from '../../src/adapters/mqtt/embedded-broker.ts';
import { WaitingRoom } from '../../src/adapters/mqtt/waiting-room.ts';
import type { DeviceMessage, MessageLogin } from '../../src/ports/message-link.ts';
import { anMqttClient, closeOf, grantedOf, messagesOf } from '../support/iot-client.ts';
import { clientCertificate, serverCertificate, testAuthority } from '../transports/certificates.ts';

/** A message that waits to be taken. */
interface Waiting {
  readonly message: DeviceMessage;
  readonly take: () => void;
  readonly fail: (error: Error) => void;
}

const manyMegabytes = 100_000_000;

const anyone: MessageLogin = { name: 'anyone', mayPublish: () => true, maySubscribe: () => true };

async function aBroker(options: Partial<EmbeddedBrokerOptions> = {}) {
  const waiting: Waiting[] = [];
  const listening: string[] = [];
  const warnings: string[] = [];
  const arrived: (() => void)[] = [];
  const broker = await EmbeddedBroker.open({
    host: '127.0.0.1',
    port: 0,
    maxClients: 10,
    maxPacketBytes: 1024,
    access: { login: () => anyone },
    listener: {
      take: (message) =>
        new Promise((take, fail) => {
          waiting.push({ message, take, fail });
          for (const tell of arrived.splice(0)) tell();
        }),
      listening: (topic) => listening.push(topic),
      connected: () => undefined,
    },
    room: new WaitingRoom({ messages: 1000, bytes: manyMegabytes }),
    log: { warn: (_details, message) => warnings.push(message) },
    ...options,
  });
  onTestFinished(() => broker.close());
  const several = async (count: number): Promise<readonly Waiting[]> => {
    while (waiting.length < count) await new Promise<void>((resolve) => arrived.push(resolve));
    return waiting;
  };
  return { broker, url: broker.urls[0], waiting, several, listening, warnings };
}

/** Whether the promise is settled once everything that is under way on this machine had its turn. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  return settled;
}

describe('The embedded MQTT broker', () => {
  it.each([1, 2] as const)(
    'acknowledges a publication of quality %d when it was taken, and not before',
    async (qos) => {
      const { url, several } = await aBroker();
      const client = await anMqttClient(url);
      const published = client.publishAsync('/json/K/d/attrs', '{"t":1}', { qos });
      const [first] = await several(1);
      expect(first?.message).toEqual({
        topic: '/json/K/d/attrs',
        payload: Buffer.from('{"t":1}'),
        sender: 'anyone',
        isAlone: false,
      });
      expect(await isSettled(published)).toBe(false);
      first?.take();
      await published;
    },
  );

  it('acknowledges in the order of publications, whichever is taken first [MQTT-4.6.0-2]', async () => {
    const { url, several } = await aBroker();
    const client = await anMqttClient(url);
    const acknowledged: string[] = [];
    const published = ['a', 'b', 'c'].map(async (name) => {
      await client.publishAsync('t', name, { qos: 1 });
      acknowledged.push(name);
    });
    const [a, b, c] = await several(3);
    c?.take();
    b?.take();
    expect(await isSettled(Promise.race(published))).toBe(false);
    a?.take();
    await Promise.all(published);
    expect(acknowledged).toEqual(['a', 'b', 'c']);
  });

  it('ends a connection whose publication could not be taken, without an acknowledgement', async () => {
    const { url, several } = await aBroker();
    const client = await anMqttClient(url);
    const published = client.publishAsync('t', 'a', { qos: 1 });
    const closed = closeOf(client);
    const [first] = await several(1);
    first?.fail(new Error('the disk is full'));
    await closed;
    expect(await isSettled(published)).toBe(false);
  });

  it('reads no more of a connection whose messages wait', async () => {
    const { url, several, waiting } = await aBroker({ maxPacketBytes: 200_000 });
    const client = await anMqttClient(url);
    const payload = 'x'.repeat(100_000);
    const published = Array.from({ length: 40 }, () => client.publishAsync('t', payload, { qos: 1 }));
    await several(1);
    await isSettled(Promise.race(published));
    expect(waiting.length).toBeLessThan(40);
    for (let taken = 0; taken < 40; taken++) (await several(taken + 1))[taken]?.take();
    await Promise.all(published);
  });

  it.each([
    ['messages', 0, { messages: 7, bytes: manyMegabytes }],
    ['messages', 1, { messages: 7, bytes: manyMegabytes }],
    ['bytes', 0, { messages: 1000, bytes: 7 * 20 - 1 }],
    ['bytes', 1, { messages: 1000, bytes: 7 * 20 - 1 }],
  ] as const)(
    'reads no more of anybody while the %s of all are as many as may wait, of quality %d; all come in the end',
    async (_what, qos, size) => {
      const { url, several, waiting } = await aBroker({ room: new WaitingRoom(size) });
      const clients = await Promise.all(Array.from({ length: 5 }, () => anMqttClient(url)));
      const published = clients.flatMap((client, c) =>
        Array.from({ length: 20 }, (_, n) => client.publishAsync('t', `${c} ${n}`.padEnd(20), { qos })),
      );
      for (let taken = 0; taken < 100; taken++) {
        await several(taken + 1);
        if (taken % 10 === 0) await isSettled(Promise.race([]));
        expect(waiting.length - taken).toBeLessThanOrEqual(7);
        waiting[taken]?.take();
      }
      await Promise.all(published);
      for (const c of clients.keys()) {
        const came = waiting.map(({ message }) => String(message.payload)).filter((text) => text.startsWith(`${c} `));
        expect(came).toEqual(Array.from({ length: 20 }, (_, n) => `${c} ${n}`.padEnd(20)));
      }
    },
  );

  it('takes all that a client sent before it left, though it had to wait', async () => {
    const { url, several, waiting } = await aBroker({ room: new WaitingRoom({ messages: 2, bytes: manyMegabytes }) });
    const client = await anMqttClient(url);
    const texts = Array.from({ length: 30 }, (_, n) => String(n));
    await Promise.all(texts.map((text) => client.publishAsync('t', text)));
    const ended = client.endAsync();
    for (let taken = 0; taken < 30; taken++) (await several(taken + 1))[taken]?.take();
    await ended;
    expect(waiting.map(({ message }) => String(message.payload))).toEqual(texts);
  });

  it('takes all that a client sends before it is let in [MQTT-3.1.4-5]', async () => {
    const { url, several } = await aBroker();
    const socket = connect(Number(new URL(url ?? '').port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const texts = Array.from({ length: 90 }, (_, n) => String(n));
    const publications = texts.map((payload) =>
      generate({ cmd: 'publish', topic: 't', payload, qos: 0, retain: false, dup: false }),
    );
    socket.write(
      Buffer.concat([generate({ cmd: 'connect', clientId: 'hasty', clean: true, keepalive: 0 }), ...publications]),
    );
    expect((await several(90)).map(({ message }) => String(message.payload))).toEqual(texts);
  });

  it('lets clients in although no message more may wait', async () => {
    const { url, several } = await aBroker({ room: new WaitingRoom({ messages: 1, bytes: manyMegabytes }) });
    const client = await anMqttClient(url);
    const published = client.publishAsync('t', 'x', { qos: 1 });
    const [first] = await several(1);
    await anMqttClient(url);
    first?.take();
    await published;
  });

  it('lets a device that floods have one message in a room that is half full, so that others find place', async () => {
    const { url, several, waiting } = await aBroker({
      room: new WaitingRoom({ messages: 4, bytes: manyMegabytes }),
      access: { login: ({ clientId }) => ({ ...anyone, name: clientId, device: clientId }) },
    });
    const others = ['a', 'b', 'c'];
    const clients = await Promise.all(others.map((clientId) => anMqttClient(url, { clientId })));
    const flooder = await anMqttClient(url, { clientId: 'flooder' });
    const flood = Array.from({ length: 50 }, (_, n) => flooder.publishAsync('t', String(n), { qos: 1 }));
    await several(2);
    await isSettled(Promise.race(flood));
    const beforeOthers = waiting.length;
    expect(beforeOthers).toBeLessThanOrEqual(4);
    for (let taken = 0; taken < beforeOthers; taken++) waiting[taken]?.take();
    const published = clients.map((client) => client.publishAsync('t', 'x', { qos: 1 }));
    for (let taken = beforeOthers; taken < 53; taken++) {
      await several(taken + 1);
      waiting[taken]?.take();
    }
    await Promise.all([...published, ...flood]);
  });

  it('ends a connection that begins a packet which is too large', async () => {
    const { url, warnings } = await aBroker();
    const client = await anMqttClient(url);
    const closed = closeOf(client);
    client.publish('t', 'x'.repeat(2000), { qos: 1 });
    await closed;
    expect(warnings).toEqual(['an MQTT connection was ended']);
  });

  it('takes no more clients than it may', async () => {
    const { url, warnings } = await aBroker({ maxClients: 1 });
    await anMqttClient(url);
    const second = connect(Number(new URL(url ?? '').port), '127.0.0.1');
    await once(second, 'close');
    expect(warnings).toEqual(['an MQTT client was turned away: there are as many as may be']);
  });

  it('lets in whom it knows, for what they may', async () => {
    const { url, listening, waiting, several } = await aBroker({
      access: {
        login: ({ user, password }) =>
          user === 'sensor1' && password === 'KEY'
            ? {
                name: 'sensor1',
                device: 'sensor1',
                mayPublish: (topic) => topic === 'mine',
                maySubscribe: (filter) => filter === 'mine/cmd',
              }
            : undefined,
      },
    });
    const credentials = { username: 'sensor1', password: 'KEY' };
    await expect(
      connectAsync(url ?? '', { reconnectPeriod: 0, username: 'sensor1', password: 'other' }),
    ).rejects.toThrow('Not authorized');
    const client = await anMqttClient(url, credentials);
    const granted = await grantedOf(client, ['mine/cmd', 'others/cmd', '#']);
    expect(granted).toEqual([1, 128, 128]);
    expect(listening).toEqual(['mine/cmd']);
    const published = client.publishAsync('mine', 'a', { qos: 1 });
    const [first] = await several(1);
    expect(first?.message.isAlone).toBe(true);
    first?.take();
    await published;
    const closed = closeOf(client);
    client.publish('others', 'b', { qos: 1 });
    await closed;
    expect(waiting).toHaveLength(1);
  });

  it('hands a message to who listens, and knows when it was acknowledged', async () => {
    const { broker, url } = await aBroker();
    const message = { topic: '/K/d/cmd', payload: '{"open":true}', qos: 1, retain: false } as const;
    expect(await broker.deliver(message)).toBe('absent');
    const client = await anMqttClient(url);
    await client.subscribeAsync('/K/d/#', { qos: 1 });
    const messages = messagesOf(client);
    expect(await broker.deliver(message)).toBe('delivered');
    expect(await messages.next()).toBe('/K/d/cmd {"open":true}');
    await client.endAsync();
    expect(await broker.deliver(message)).toBe('absent');
  });

  it('does not take a message for delivered that its receiver never acknowledged', async () => {
    const { broker, url } = await aBroker();
    const client = await anMqttClient(url);
    await client.subscribeAsync('/K/d/cmd', { qos: 1 });
    client.handleMessage = () => client.stream.destroy();
    await expect(broker.deliver({ topic: '/K/d/cmd', payload: 'x', qos: 1, retain: false })).rejects.toThrow();
  });

  it('keeps nothing of a client that left: no session, no retained message', async () => {
    const { url, several } = await aBroker();
    const client = await anMqttClient(url, { clientId: 'c1', clean: false });
    await client.subscribeAsync('news', { qos: 1 });
    const published = client.publishAsync('news', 'old', { qos: 1, retain: true });
    (await several(1))[0]?.take();
    await published;
    await client.endAsync();
    const again = await anMqttClient(url, { clientId: 'c1', clean: false });
    const messages = messagesOf(again);
    await again.subscribeAsync('news', { qos: 1 });
    const second = again.publishAsync('news', 'new', { qos: 1 });
    (await several(2))[1]?.take();
    await second;
    expect(await messages.next()).toBe('news new');
  });

  it('speaks TLS, and takes certificates for logins', async () => {
    const names: (string | undefined)[] = [];
    const { broker } = await aBroker({
      port: undefined,
      tls: { port: 0, ...serverCertificate, ca: testAuthority },
      access: {
        login: ({ certificateName }) => {
          names.push(certificateName);
          return certificateName === undefined ? undefined : anyone;
        },
      },
    });
    const [url = ''] = broker.urls;
    expect(url).toMatch(/^mqtts:/);
    await anMqttClient(url, { ca: testAuthority, ...clientCertificate });
    await expect(connectAsync(url, { ca: testAuthority, reconnectPeriod: 0 })).rejects.toThrow('Not authorized');
    expect(names).toEqual(['localhost', undefined]);
  });
});
