import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BrokerConnection } from '../../src/adapters/mqtt/broker-connection.ts';
import { WaitingRoom } from '../../src/adapters/mqtt/waiting-room.ts';
import type { DeviceMessage } from '../../src/ports/message-link.ts';
import { anMqttClient, messagesOf } from '../support/iot-client.ts';

async function aConnection(options: { readonly share?: string; readonly room?: WaitingRoom } = {}) {
  const aedes = await Aedes.createBroker();
  const acknowledged: string[] = [];
  aedes.on('ack', (packet) => acknowledged.push(payloadOf(packet)));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const waiting: {
    readonly message: DeviceMessage;
    readonly take: () => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  const arrived: (() => void)[] = [];
  const subscribed = once(aedes, 'subscribe');
  const connection = new BrokerConnection({
    endpoint: { url },
    clientId: 'oriel',
    room: new WaitingRoom({ messages: 1000, bytes: 1_000_000 }),
    ...options,
    listener: {
      take: (message) =>
        new Promise((take, fail) => {
          waiting.push({ message, take, fail });
          for (const tell of arrived.splice(0)) tell();
        }),
      listening: () => undefined,
      connected: () => undefined,
    },
    log: { info() {}, warn() {}, error() {} },
  });
  onTestFinished(async () => {
    await connection.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    await new Promise<void>((resolve) => aedes.close(resolve));
  });
  connection.listen(['/json/+/+/attrs']);
  const [filters] = (await subscribed) as [{ topic: string }[]];
  const several = async (count: number) => {
    while (waiting.length < count) await new Promise<void>((resolve) => arrived.push(resolve));
    return waiting;
  };
  return { aedes, url, connection, several, acknowledged, filters: filters.map(({ topic }) => topic), sockets };
}

function payloadOf(packet: object | undefined): string {
  return packet !== undefined && 'payload' in packet ? String(packet.payload) : '';
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

describe('A connection to another MQTT broker', () => {
  it('acknowledges messages when they were taken, many at a time, in their order', async () => {
    const { url, several, acknowledged, aedes } = await aConnection();
    const device = await anMqttClient(url);
    for (const name of ['a', 'b', 'c']) await device.publishAsync('/json/K/d/attrs', name, { qos: 1 });
    const [a, b, c] = await several(3);
    expect(a?.message).toMatchObject({
      topic: '/json/K/d/attrs',
      payload: Buffer.from('a'),
      sender: url,
      isAlone: false,
    });
    c?.take();
    b?.take();
    await turns();
    expect(acknowledged).toEqual([]);
    const last = new Promise<void>((resolve) => {
      aedes.on('ack', (packet) => payloadOf(packet) === 'c' && resolve());
    });
    a?.take();
    await last;
    expect(acknowledged).toEqual(['a', 'b', 'c']);
  });

  it.each([0, 1] as const)('reads no more while as many as may wait do, of quality %d', async (qos) => {
    const { url, several } = await aConnection({ room: new WaitingRoom({ messages: 3, bytes: 1_000_000 }) });
    const device = await anMqttClient(url);
    const published = Array.from({ length: 20 }, (_, n) => device.publishAsync('/json/K/d/attrs', String(n), { qos }));
    for (let taken = 0; taken < 20; taken++) {
      const waiting = await several(taken + 1);
      if (taken % 5 === 0) await turns();
      expect(waiting.length - taken).toBeLessThanOrEqual(3);
      expect(String(waiting[taken]?.message.payload)).toBe(String(taken));
      waiting[taken]?.take();
    }
    await Promise.all(published);
  });

  it('has messages again that were not acknowledged when the connection was lost', async () => {
    const { url, several, sockets } = await aConnection();
    const device = await anMqttClient(url);
    await device.publishAsync('/json/K/d/attrs', 'a', { qos: 1 });
    await several(1);
    const [connection] = sockets;
    connection?.destroy();
    const [, again] = await several(2);
    expect(again?.message.payload).toEqual(Buffer.from('a'));
  });

  it('tries a message again that the store could not take', async () => {
    const { url, several, acknowledged } = await aConnection();
    const device = await anMqttClient(url);
    await device.publishAsync('/json/K/d/attrs', 'a', { qos: 1 });
    const [first] = await several(1);
    first?.fail(new Error('the disk is full'));
    const [, second] = await several(2);
    expect(second?.message.payload).toEqual(Buffer.from('a'));
    expect(acknowledged).toEqual([]);
  });

  it('shares messages with others of its group, where it has one', async () => {
    const { filters } = await aConnection({ share: 'oriels' });
    expect(filters).toEqual(['$share/oriels//json/+/+/attrs']);
  });

  it('sends to devices', async () => {
    const { url, connection } = await aConnection();
    const device = await anMqttClient(url);
    await device.subscribeAsync('/K/d/cmd', { qos: 1 });
    const messages = messagesOf(device);
    expect(await connection.deliver({ topic: '/K/d/cmd', payload: 'x', qos: 1, retain: false })).toBe('delivered');
    expect(await messages.next()).toBe('/K/d/cmd x');
  });
});
