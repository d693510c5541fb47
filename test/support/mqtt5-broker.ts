import { generate, parser } from 'mqtt-packet';
import type { MqttBrokerUnderTest } from './mqtt-broker.ts';
import { startSocketServer } from './socket-server.ts';

/** As much of a broker as one client needs that publishes with QoS 0, in MQTT 5 alone. */
export async function startMqtt5Broker(): Promise<MqttBrokerUnderTest> {
  const published: string[] = [];
  const deliveries: { version: number | undefined; qos: number }[] = [];
  const { port, close } = await startSocketServer((socket) => {
    const packets = parser();
    let version: number | undefined;
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        version = packet.protocolVersion;
        socket.write(generate({ cmd: 'connack', reasonCode: 0, sessionPresent: false }, { protocolVersion: 5 }));
      } else if (packet.cmd === 'publish') {
        published.push(`${packet.topic} ${packet.payload}`);
        deliveries.push({ version, qos: packet.qos });
      }
    });
    socket.on('data', (data) => packets.parse(data));
  });
  return {
    url: `mqtt://127.0.0.1:${port}`,
    published,
    deliveries,
    close,
  };
}
