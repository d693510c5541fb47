import { Aedes } from 'aedes';
import { startSocketServer } from './socket-server.ts';

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
  const server = await startSocketServer((socket) => aedes.handle(socket));
  return {
    url: `mqtt://127.0.0.1:${server.port}`,
    published,
    deliveries,
    async close() {
      await server.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}
