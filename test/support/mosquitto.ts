import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import type { UserProperties } from 'mqtt-packet';
import { serverCertificate, testAuthority } from '../transports/certificates.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Debian keeps servers where a user's PATH does not look. */
const program = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/usr/bin/mosquitto'].find(existsSync);

/** Whether this machine has mosquitto, an MQTT broker that is not ours. */
export const hasMosquitto = program !== undefined;

/** Mosquitto on this machine: open to user `city` with the password `right`, and over TLS to who shows a certificate. */
export class Mosquitto {
  readonly #ports: readonly [number, number];
  readonly #config: string;
  #process: ChildProcess | undefined;
  readonly #readers: MqttClient[] = [];

  private constructor(ports: readonly [number, number]) {
    this.#ports = ports;
    const directory = temporaryDirectory();
    const file = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    const passwords = file('passwords', 'city:right\n');
    spawnSync('mosquitto_passwd', ['-U', passwords]);
    this.#config = file(
      'mosquitto.conf',
      [
        // Whoever runs the tests: another user could not read the files.
        `user ${process.env.USER ?? 'root'}`,
        'per_listener_settings true',
        `listener ${ports[0]} 127.0.0.1`,
        `password_file ${passwords}`,
        'allow_anonymous false',
        `listener ${ports[1]} 127.0.0.1`,
        `cafile ${file('ca.pem', testAuthority)}`,
        `certfile ${file('server.pem', serverCertificate.cert)}`,
        `keyfile ${file('server.key', serverCertificate.key)}`,
        'require_certificate true',
        'use_identity_as_username false',
        'allow_anonymous true',
        '',
      ].join('\n'),
    );
  }

  static async start(): Promise<Mosquitto> {
    for (;;) {
      const mosquitto = new Mosquitto([await freePort(), await freePort()]);
      try {
        await mosquitto.start();
        return mosquitto;
      } catch {
        // Somebody else was given one of the ports meanwhile.
      }
    }
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#ports[0]}`;
  }

  get secureUrl(): string {
    return `mqtts://localhost:${this.#ports[1]}`;
  }

  async start(): Promise<void> {
    this.#process = spawn(program ?? 'mosquitto', ['-c', this.#config], { stdio: 'ignore' });
    await (await this.#connect()).endAsync();
  }

  async stop(): Promise<void> {
    for (const reader of this.#readers.splice(0)) reader.end(true);
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill();
    await once(child, 'exit');
  }

  /** Messages to these topics from now on, each as `topic qos message`, with `retained` behind those that lay there. */
  async read(topics: string): Promise<readonly string[]> {
    const reader = await this.#connect();
    this.#readers.push(reader);
    const messages: string[] = [];
    reader.on('message', (topic, message, { qos, retain }) => {
      messages.push(`${topic} ${qos} ${message}${retain ? ' retained' : ''}`);
    });
    await reader.subscribeAsync(topics, { qos: 2 });
    return messages;
  }

  /** The user properties of messages to these topics from now on, as MQTT 5 has them; undefined of those that have none. */
  async readProperties(topics: string): Promise<readonly (UserProperties | undefined)[]> {
    const reader = await this.#connect(5);
    this.#readers.push(reader);
    const read: (UserProperties | undefined)[] = [];
    reader.on('message', (_topic, _message, { properties }) => read.push(properties?.userProperties));
    await reader.subscribeAsync(topics, { qos: 2 });
    return read;
  }

  /** As soon as it listens. */
  async #connect(protocolVersion: 4 | 5 = 4): Promise<MqttClient> {
    for (;;) {
      try {
        return await mqtt.connectAsync(this.url, {
          username: 'city',
          password: 'right',
          reconnectPeriod: 0,
          protocolVersion,
        });
      } catch (error) {
        if (this.#process?.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
