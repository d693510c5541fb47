import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';

/** A real MQTT client, ended when the test is over. It does not come back by itself unless told to. */
export async function anMqttClient(url: string | undefined, options: IClientOptions = {}): Promise<MqttClient> {
  if (url === undefined) throw new Error('there is no broker to connect to');
  const client = await connectAsync(url, { reconnectPeriod: 0, connectTimeout: 5000, ...options });
  client.on('error', () => undefined);
  onTestFinished(() => client.endAsync(true).then(() => undefined));
  return client;
}

/** What the client is sent from now on, as topic, space and message; resolves with the next one that nobody asked for yet. */
export function messagesOf(client: MqttClient): { next(): Promise<string>; readonly waiting: readonly string[] } {
  const waiting: string[] = [];
  const askers: ((message: string) => void)[] = [];
  client.on('message', (topic, payload) => {
    const message = `${topic} ${payload}`;
    const asker = askers.shift();
    if (asker === undefined) waiting.push(message);
    else asker(message);
  });
  return {
    waiting,
    next: () => {
      const message = waiting.shift();
      return message === undefined ? new Promise((resolve) => askers.push(resolve)) : Promise.resolve(message);
    },
  };
}

/** The quality of service that the broker grants for each filter; 128 where it grants none. */
export async function grantedOf(client: MqttClient, filters: string[]): Promise<readonly number[]> {
  try {
    return (await client.subscribeAsync(filters, { qos: 1 })).map(({ qos }) => qos);
  } catch (error) {
    const { packet } = error as { packet?: { granted?: readonly number[] } };
    if (packet?.granted === undefined) throw error;
    return packet.granted;
  }
}

/** Resolves when the connection has ended. */
export function closeOf(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}
