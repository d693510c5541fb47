import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';

export interface MqttBrokerUnderTest {
  readonly url: string;
  /** What clients have published, as topic, space and message. */
  readonly published: readonly string[];
  /** How each of them came. */
  readonly deliveries: readonly { readonly version: number | undefined; readonly qos: number }[];
  close(): Promise<void>;
}

/** An MQTT broker in this process. */
export async function startMqttBroker(): Promise<MqttBrokerUnderTest> {
  const aedes = await Aedes.createBroker();
  const published: string[] = [];
  const deliveries: { version: number | undefined; qos: number }[] = [];
  aedes.on('publish', ({ topic, payload, qos }, client) => {
    if (client === null) return;
    published.push(`${topic} ${payload}`);
    deliveries.push({ version: client.version ?? undefined, qos });
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    aedes.handle(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    published,
    deliveries,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}
