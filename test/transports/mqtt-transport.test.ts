import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type AedesPublishPacket, type Client } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MqttEndpoint } from '../../src/adapters/transports/endpoints.ts';
import { MqttTransport } from '../../src/adapters/transports/mqtt/mqtt-transport.ts';
import { privateRanges, ReceiverGuard } from '../../src/adapters/transports/receiver-guard.ts';
import type { OutgoingMqtt } from '../../src/core/subscription/outgoing-notification.ts';
import { clientCertificate, serverCertificate, testAuthority } from './certificates.ts';

/** A real MQTT broker that remembers what came and from whom. */
class MqttReceiver {
  readonly published: { topic: string; text: string; qos: number; retain: boolean }[] = [];
  readonly users: (string | undefined)[] = [];
  connections = 0;
  readonly #aedes: Aedes;
  readonly #server: Server;

  private constructor(aedes: Aedes, secure: boolean) {
    this.#aedes = aedes;
    const handle = (socket: Socket) => {
      this.connections++;
      aedes.handle(socket);
    };
    this.#server = secure
      ? createTlsServer({ ...serverCertificate, ca: testAuthority, requestCert: true }, handle)
      : createServer(handle);
    aedes.authenticate = (_client, user, password, done) => {
      this.users.push(user);
      done(null, user === undefined || password?.toString() === 'right');
    };
    aedes.on('publish', (packet: AedesPublishPacket, client: Client | null) => {
      if (client === null) return;
      const { topic, payload, qos, retain } = packet;
      this.published.push({ topic, text: payload.toString(), qos, retain });
    });
  }

  static async start({ secure = false, port = 0 } = {}): Promise<MqttReceiver> {
    const receiver = new MqttReceiver(await Aedes.createBroker(), secure);
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let receiver: MqttReceiver;
let transport: MqttTransport;

function aTransport(guard = new ReceiverGuard([]), endpoints: Record<string, MqttEndpoint> = {}): MqttTransport {
  return new MqttTransport({
    timeoutMs: 1000,
    idleMs: 60_000,
    endpoints: new Map(Object.entries(endpoints)),
    guard,
  });
}

function aMessage(spec: Partial<OutgoingMqtt> = {}): OutgoingMqtt {
  return {
    kind: 'mqtt',
    id: 'n1',
    target: { kind: 'url', url: `mqtt://127.0.0.1:${receiver.port}` },
    topic: 'city/lights',
    qos: 1,
    retain: false,
    body: '{"on":true}',
    ...spec,
  };
}

beforeEach(async () => {
  receiver = await MqttReceiver.start();
  transport = aTransport();
});

afterEach(async () => {
  await transport.close();
  await receiver.stop();
});

describe('an MQTT transport', () => {
  it.each([0, 1, 2] as const)('publishes with QoS %i, and tells when the broker has it', async (qos) => {
    expect(await transport.send(aMessage({ qos, retain: qos === 1 }))).toStrictEqual({ kind: 'accepted' });
    await until(() => receiver.published.length === 1);
    expect(receiver.published).toStrictEqual([{ topic: 'city/lights', text: '{"on":true}', qos, retain: qos === 1 }]);
  });

  it('shares a connection between all that goes to one broker as one user', async () => {
    const credentials = { user: 'city', password: 'right' };
    await Promise.all(Array.from({ length: 10 }, (_, n) => transport.send(aMessage({ topic: `t/${n}` }))));
    await Promise.all(Array.from({ length: 10 }, () => transport.send(aMessage({ credentials }))));
    expect(receiver.connections).toBe(2);
    expect(receiver.users).toStrictEqual([undefined, 'city']);
    expect(receiver.published).toHaveLength(20);
  });

  it('speaks MQTT 3.1.1 to a broker that refuses MQTT 5, and remembers it', async () => {
    const texts = Array.from({ length: 5 }, (_, n) => String(n));
    const outcomes = await Promise.all(texts.map((body) => transport.send(aMessage({ version: 5, body }))));
    expect(outcomes).toStrictEqual(texts.map(() => ({ kind: 'accepted' })));
    expect(receiver.published.map(({ text }) => text)).toStrictEqual(texts);
    await transport.send(aMessage({ version: 5 }));
    expect(receiver.connections).toBe(2);
  });

  it('keeps the order of what is published one after the other', async () => {
    for (let n = 0; n < 50; n++) await transport.send(aMessage({ body: `${n}`, qos: n % 2 === 0 ? 1 : 2 }));
    expect(receiver.published.map(({ text }) => Number(text))).toStrictEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  it('connects anew after the broker was away', async () => {
    const { port } = receiver;
    const message = aMessage();
    await transport.send(message);
    await receiver.stop();
    expect(await transport.send(message)).toMatchObject({ kind: 'failed' });
    expect(await transport.send(message)).toStrictEqual({ kind: 'failed', reason: "Couldn't connect to server" });
    receiver = await MqttReceiver.start({ port });
    expect(await transport.send(message)).toStrictEqual({ kind: 'accepted' });
  });

  it('fails where the broker refuses who we are', async () => {
    const credentials = { user: 'city', password: 'wrong' };
    expect(await transport.send(aMessage({ credentials }))).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/refused/i),
    });
  });

  it('gives up on a broker that accepts and says nothing', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const target = { kind: 'url', url: `mqtt://127.0.0.1:${(silent.address() as AddressInfo).port}` } as const;
    expect(await transport.send(aMessage({ target }))).toStrictEqual({ kind: 'failed', reason: 'Timeout was reached' });
    silent.close();
  });

  it('connects to nobody whose address is denied, unless the operator chose it', async () => {
    const endpoints = { lights: { url: `mqtt://127.0.0.1:${receiver.port}`, user: 'city', password: 'right' } };
    const guarded = aTransport(new ReceiverGuard(privateRanges), endpoints);
    expect(await guarded.send(aMessage())).toMatchObject({ kind: 'impossible' });
    const named = { kind: 'url', url: `mqtt://localhost:${receiver.port}` } as const;
    expect(await guarded.send(aMessage({ target: named }))).toMatchObject({ kind: 'impossible' });
    expect(receiver.connections).toBe(0);
    expect(await guarded.send(aMessage({ target: { kind: 'endpoint', name: 'lights' } }))).toStrictEqual({
      kind: 'accepted',
    });
    expect(receiver.users).toStrictEqual(['city']);
    expect(await guarded.send(aMessage({ target: { kind: 'endpoint', name: 'other' } }))).toStrictEqual({
      kind: 'impossible',
      reason: 'there is no mqtt endpoint other',
    });
    await guarded.close();
  });

  it('trusts over TLS whom the endpoint trusts, and shows its certificate', async () => {
    const secure = await MqttReceiver.start({ secure: true });
    const url = `mqtts://localhost:${secure.port}`;
    const over = aTransport(new ReceiverGuard([]), {
      lights: { url, tls: { ca: testAuthority, ...clientCertificate } },
    });
    expect(await over.send(aMessage({ target: { kind: 'endpoint', name: 'lights' } }))).toStrictEqual({
      kind: 'accepted',
    });
    expect(secure.published).toHaveLength(1);
    expect(await over.send(aMessage({ target: { kind: 'url', url } }))).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/certificate/),
    });
    await over.close();
    await secure.stop();
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
