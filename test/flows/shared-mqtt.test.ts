import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startBrokerProcess } from '../support/broker-process.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../support/mongod/mongo-place.ts';
import { hasMosquitto, Mosquitto } from '../support/mosquitto.ts';
import { startReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

removeMongoPlaces();

const devices = Array.from({ length: 20 }, (_, n) => `d${n}`);

/** Needs mosquitto (`apt-get install mosquitto`) and MongoDB. */
describe.skipIf(!hasMosquitto || mongodb === undefined)('Two brokers that share the readings of a mosquitto', () => {
  it('store each once, and lose none when one of them is killed', { timeout: 120_000 }, async () => {
    const mosquitto = await Mosquitto.start();
    onTestFinished(() => mosquitto.stop());
    const directory = temporaryDirectory();
    const endpoints = join(directory, 'endpoints.json');
    const plant = { url: mosquitto.url, user: 'city', password: 'right', protocolVersion: 5 };
    writeFileSync(endpoints, JSON.stringify({ plant }));
    const place = newMongoPlace();
    const start = async (name: string) => {
      const broker = await startBrokerProcess(directory, undefined, {
        ORIEL_MQTT: 'off',
        ORIEL_STORE: place,
        ORIEL_ENDPOINTS: endpoints,
        ORIEL_MQTT_BROKER: 'plant',
        ORIEL_MQTT_SHARE: 'city',
        ORIEL_MQTT_CLIENT_ID: name,
      });
      onTestFinished(() => broker.kill());
      return broker;
    };
    const [one, other] = [await start('one'), await start('other')];
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${one.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(201);
    };
    await post('/iot/services', {
      services: [{ apikey: 'KEY', resource: '/iot/json', entity_type: 'Sensor', timestamp: true }],
    });
    await post('/v2/subscriptions', {
      subject: {
        entities: [{ idPattern: '.*', type: 'Sensor' }],
        condition: { alterationTypes: ['entityCreate', 'entityUpdate'] },
      },
      notification: { http: { url: receiver.url }, attrsFormat: 'keyValues' },
    });
    const client = await connectAsync(mosquitto.url, { username: 'city', password: 'right' });
    onTestFinished(() => client.endAsync(true).then(() => undefined));
    /** One reading of every device, each with a measure that no other has. */
    const publish = (name: string) =>
      Promise.all(
        devices.map((device) => client.publishAsync(`/json/KEY/${device}/attrs`, `{"${name}":1}`, { qos: 1 })),
      );
    const stored = async (name: string) => {
      const answer = await fetch(`${one.url}/v2/entities?type=Sensor&q=${name}&options=count&limit=1`);
      return Number(answer.headers.get('fiware-total-count'));
    };
    const heard = { timeout: 30_000, interval: 100 };

    const rounds = Array.from({ length: 5 }, (_, n) => `m${n}`);
    for (const name of rounds) {
      await publish(name);
      await expect.poll(() => stored(name), heard).toBe(devices.length);
    }
    await expect.poll(() => receiver.requests.length, heard).toBe(rounds.length * devices.length);

    const later = Array.from({ length: 10 }, (_, n) => `k${n}`);
    for (const [place, name] of later.entries()) {
      const publishing = publish(name);
      if (place === 5) await other.kill();
      await publishing;
    }
    // What mosquitto had given to the one that was killed waits for it.
    await start('other');
    for (const name of later) await expect.poll(() => stored(name), heard).toBe(devices.length);
  });
});
