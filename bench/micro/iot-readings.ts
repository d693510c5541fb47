/*
 * Readings of simulated devices over MQTT, quality 1, each with a connection of its own, beside the same readings sent by
 * `op/update` in batches of 100: rates, the time from publish to stored (which is when it is acknowledged), and memory.
 *
 *   npm run build && node --import tsx bench/micro/iot-readings.ts [--devices 1000] [--seconds 10] [--rounds 3] [--soak MINUTES]
 *
 * Ends with 1 where devices reach less than 60 % of the rate of the batches. `--soak` sends at half of that rate for so many
 * minutes, and prints memory as it goes.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generate, parser } from 'mqtt-packet';
import { Pool } from 'undici';
import { startArguments } from '../city/prepare-data.ts';
import { startServer } from '../contenders/server-process.ts';
import { median } from '../measure/row.ts';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    soak: { type: 'string', default: '0' },
  },
});
const devices = Number(values.devices);
const seconds = Number(values.seconds);
const batchSize = 100;
const leastRatio = 0.6;

let reading = 0;
const measures = () => ({ t: ++reading, h: reading % 100 });

/** A device: it publishes the next reading when the last one is acknowledged, or when it is told to. */
class Device {
  readonly #topic: string;
  readonly #socket: Socket;
  readonly #sentAt: number[] = [];
  #messageId = 0;
  onAcknowledged: (afterMs: number) => void = () => undefined;

  private constructor(name: string, socket: Socket) {
    this.#topic = `/json/KEY/${name}/attrs`;
    this.#socket = socket;
    const packets = parser();
    packets.on('packet', ({ cmd }) => {
      if (cmd === 'puback') this.onAcknowledged(performance.now() - (this.#sentAt.shift() ?? Number.NaN));
    });
    socket.on('data', (chunk) => packets.parse(chunk));
  }

  static async connected(name: string, port: number): Promise<Device> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    socket.write(
      generate({
        cmd: 'connect',
        clientId: name,
        clean: true,
        keepalive: 0,
        username: name,
        password: Buffer.from('KEY'),
      }),
    );
    await once(socket, 'data');
    return new Device(name, socket);
  }

  publish(): void {
    this.#messageId = (this.#messageId % 65_535) + 1;
    this.#sentAt.push(performance.now());
    const payload = JSON.stringify(measures());
    this.#socket.write(
      generate({
        cmd: 'publish',
        topic: this.#topic,
        payload,
        qos: 1,
        messageId: this.#messageId,
        retain: false,
        dup: false,
      }),
    );
  }

  end(): void {
    this.#socket.destroy();
  }
}

interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

function figures(latencies: number[], elapsedMs: number): Figures {
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { perSecond: (latencies.length * 1000) / elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Every device has one reading under way. */
async function devicesAtFullSpeed(fleet: readonly Device[]): Promise<Figures> {
  const latencies: number[] = [];
  let isOver = false;
  const started = performance.now();
  for (const device of fleet) {
    device.onAcknowledged = (afterMs) => {
      if (isOver) return;
      latencies.push(afterMs);
      device.publish();
    };
    device.publish();
  }
  await sleep(seconds * 1000);
  isOver = true;
  const result = figures(latencies, performance.now() - started);
  await sleep(500);
  return result;
}

/** So many readings a second, the devices taking turns, for so long. */
async function devicesAtRate(fleet: readonly Device[], perSecond: number, forMs: number): Promise<Figures> {
  const latencies: number[] = [];
  for (const device of fleet) device.onAcknowledged = (afterMs) => latencies.push(afterMs);
  const started = performance.now();
  for (let sent = 0; performance.now() - started < forMs; ) {
    const due = ((performance.now() - started) / 1000) * perSecond;
    for (; sent < due; sent++) fleet[sent % fleet.length]?.publish();
    await sleep(1);
  }
  const result = figures(latencies, performance.now() - started);
  await sleep(500);
  return result;
}

async function batchesAtFullSpeed(url: string): Promise<Figures> {
  const connections = 10;
  const pool = new Pool(url, { connections });
  const latencies: number[] = [];
  let batch = 0;
  const started = performance.now();
  const send = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000) {
      const first = (batch++ * batchSize) % devices;
      const entities = Array.from({ length: batchSize }, (_, n) => {
        const { t, h } = measures();
        const id = `Sensor:d${(first + n) % devices}`;
        return {
          id,
          type: 'Sensor',
          temperature: { type: 'Number', value: t },
          humidity: { type: 'Number', value: h },
        };
      });
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/v2/op/update',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ actionType: 'append', entities }),
      });
      await body.dump();
      if (statusCode !== 204) throw new Error(`answered ${statusCode}`);
      const afterMs = performance.now() - sentAt;
      for (let n = 0; n < batchSize; n++) latencies.push(afterMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
  const result = figures(latencies, performance.now() - started);
  await pool.close();
  return result;
}

function show(what: string, { perSecond, p50Ms, p99Ms }: Figures): void {
  console.log(
    `${what.padEnd(34)} ${perSecond.toFixed(0).padStart(7)}/s   p50 ${p50Ms.toFixed(1)} ms   p99 ${p99Ms.toFixed(1)} ms`,
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;

const data = mkdtempSync(join(tmpdir(), 'oriel-bench-'));
const mqttPort = 20_000 + (process.pid % 10_000);
const broker = await startServer(
  startArguments,
  { ORIEL_DATA: data, ORIEL_LOG_LEVEL: 'warn', ORIEL_MQTT: 'on', ORIEL_MQTT_PORT: String(mqttPort) },
  '/health/ready',
);
try {
  const attributes = [
    { object_id: 't', name: 'temperature', type: 'Number' },
    { object_id: 'h', name: 'humidity', type: 'Number' },
  ];
  await fetch(`${broker.url}/iot/services`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ services: [{ apikey: 'KEY', resource: '/iot/json', entity_type: 'Sensor', attributes }] }),
  });
  const fleet: Device[] = [];
  for (let n = 0; n < devices; n++) fleet.push(await Device.connected(`d${n}`, mqttPort));
  // Every device comes to be, and everything is compiled, before anything is measured.
  await devicesAtFullSpeed(fleet);
  await batchesAtFullSpeed(broker.url);

  const overMqtt: number[] = [];
  const inBatches: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const one = await devicesAtFullSpeed(fleet);
    show(`${devices} devices, MQTT QoS 1`, one);
    overMqtt.push(one.perSecond);
    const other = await batchesAtFullSpeed(broker.url);
    show(`op/update, batches of ${batchSize}`, other);
    inBatches.push(other.perSecond);
  }
  const ratio = median(overMqtt) / median(inBatches);
  console.log(`ratio ${ratio.toFixed(2)}, to be at least ${leastRatio}`);
  const half = median(overMqtt) / 2;
  show(`${devices} devices at half that rate`, await devicesAtRate(fleet, half, seconds * 1000));
  const minutes = Number(values.soak);
  for (let minute = 0; minute < minutes; minute++) {
    const one = await devicesAtRate(fleet, half, 60_000);
    const { resident, peak } = broker.memory();
    show(`minute ${minute + 1}: resident ${megabytes(resident)}, peak ${megabytes(peak)}`, one);
  }
  for (const device of fleet) device.end();
  if (ratio < leastRatio) process.exitCode = 1;
} finally {
  await broker.stop();
  rmSync(data, { recursive: true });
}
