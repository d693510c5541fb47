import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { Aedes } from 'aedes';
import { expect, test } from 'vitest';
import { startBrokerProcess } from '../support/broker-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serverCertificate, testAuthority } from '../transports/certificates.ts';

const timeoutMs = 60_000;

test(
  'A notification of NGSI-LD goes over TLS to an MQTT broker that the process trusts, as the user of the URI [LD 7.2]',
  async () => {
    const mqtt = await Aedes.createBroker();
    const users: string[] = [];
    mqtt.authenticate = (_client, user, password, done) => {
      users.push(`${user}:${password}`);
      done(null, true);
    };
    const published = new Promise<string>((resolve) => {
      mqtt.on('publish', ({ topic, payload }, client) => {
        if (client !== null) resolve(`${topic} ${payload}`);
      });
    });
    const server = createServer(serverCertificate, mqtt.handle);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const directory = temporaryDirectory();
    const authority = join(directory, 'authority.pem');
    writeFileSync(authority, testAuthority);
    const broker = await startBrokerProcess(directory, undefined, { NODE_EXTRA_CA_CERTS: authority });

    const post = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const url = `${broker.url}/ngsi-ld/v1${path}`;
      expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(201);
    };
    const endpoint = {
      uri: `mqtts://ana:s%20t@127.0.0.1:${port}/rooms`,
      accept: 'application/ld+json',
      notifierInfo: [
        { key: 'MQTT-Version', value: 'mqtt3.1.1' },
        { key: 'MQTT-QoS', value: '1' },
      ],
    };
    await post('/subscriptions', { type: 'Subscription', entities: [{ type: 'Room' }], notification: { endpoint } });
    await post('/entities', { id: 'urn:ngsi-ld:Room:1', type: 'Room', level: 1 });

    const [topic, text = ''] = /^(\S+) (.*)$/.exec(await published)?.slice(1) ?? [];
    expect([topic, users]).toEqual(['rooms', ['ana:s t']]);
    expect(JSON.parse(text)).toMatchObject({
      metadata: { 'Content-Type': 'application/ld+json' },
      body: { type: 'Notification', data: [{ id: 'urn:ngsi-ld:Room:1', level: { value: 1 } }] },
    });
    await broker.kill();
    server.close();
    await new Promise<void>((resolve) => mqtt.close(resolve));
  },
  timeoutMs,
);
