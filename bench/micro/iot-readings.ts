/*
 * Readings of simulated devices over MQTT, quality 1, each with a connection of its own, and over HTTP one by one, beside the
 * same readings sent by `op/update` in batches of 100, and beside a server that acknowledges what is published and does
 * nothing else: rates, processor time of the broker a reading, the time from publish to stored (which is when it is
 * acknowledged), and memory.
 *
 *   npm run build && node --import tsx bench/micro/iot-readings.ts [--devices 1000] [--seconds 10] [--rounds 3] [--soak MINUTES] [--load 0.5]
 *
 * Ends with 1 where devices reach less than 60 % of the rate of the batches. `--soak` sends at a part of their rate (`--load`) for
 * so many minutes, and prints memory as it goes; with a load above 1 devices publish more than can be stored.
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
import { type ServerProcess, startServer } from '../contenders/server-process.ts';
import { median } from '../measure/row.ts';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    soak: { type: 'string', default: '0' },
    load: { type: 'string', default: '0.5' },
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
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Counts from now on what is acknowledged, and what it costs the server. */
function measuring(server: ServerProcess): (latencies: number[]) => Figures {
  const started = performance.now();
  const cpuBefore = server.cpuMicros();
  return (latencies) => {
    const elapsedMs = performance.now() - started;
    const cpuMicros = (server.cpuMicros() - cpuBefore) / latencies.length;
    latencies.sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
    return { perSecond: (latencies.length * 1000) / elapsedMs, cpuMicros, p50Ms: at(0.5), p99Ms: at(0.99) };
  };
}

/** Every device has one reading under way. */
async function devicesAtFullSpeed(fleet: readonly Device[], server: ServerProcess): Promise<Figures> {
  const latencies: number[] = [];
  let isOver = false;
  const measured = measuring(server);
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
  const result = measured(latencies);
  await sleep(500);
  return result;
}

/** So many readings a second, the devices taking turns, for so long. */
async function devicesAtRate(fleet: readonly Device[], perSecond: number, forMs: number): Promise<Figures> {
  const latencies: number[] = [];
  for (const device of fleet) device.onAcknowledged = (afterMs) => latencies.push(afterMs);
  const measured = measuring(broker);
  const started = performance.now();
  for (let sent = 0; performance.now() - started < forMs; ) {
    const due = ((performance.now() - started) / 1000) * perSecond;
    for (; sent < due; sent++) fleet[sent % fleet.length]?.publish();
    await sleep(1);
  }
  const result = measured(latencies);
  await sleep(500);
  return result;
}

/** One request after the other over each of so many connections; `body` makes the next one, for so many readings. */
async function requestsAtFullSpeed(
  connections: number,
  readings: number,
  next: () => { readonly path: string; readonly body: object },
): Promise<Figures> {
  const pool = new Pool(broker.url, { connections });
  const latencies: number[] = [];
  const measured = measuring(broker);
  const until = performance.now() + seconds * 1000;
  const send = async (): Promise<void> => {
    while (performance.now() < until) {
      const sentAt = performance.now();
      const { path, body } = next();
      const answer = await pool.request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw new Error(`${path} answered ${answer.statusCode}`);
      const afterMs = performance.now() - sentAt;
      for (let n = 0; n < readings; n++) latencies.push(afterMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
  const result = measured(latencies);
  await pool.close();
  return result;
}

let batch = 0;
const batchesAtFullSpeed = () =>
  requestsAtFullSpeed(10, batchSize, () => {
    const first = (batch++ * batchSize) % devices;
    const entities = Array.from({ length: batchSize }, (_, n) => {
      const { t, h } = measures();
      const id = `Sensor:d${(first + n) % devices}`;
      return { id, type: 'Sensor', temperature: { type: 'Number', value: t }, humidity: { type: 'Number', value: h } };
    });
    return { path: '/v2/op/update', body: { actionType: 'append', entities } };
  });

let post = 0;
const postsAtFullSpeed = () =>
  requestsAtFullSpeed(100, 1, () => ({ path: `/iot/json?k=KEY&i=d${post++ % devices}`, body: measures() }));

function show(what: string, { perSecond, cpuMicros, p50Ms, p99Ms }: Figures): void {
  console.log(
    `${what.padEnd(38)} ${perSecond.toFixed(0).padStart(7)}/s   ${cpuMicros.toFixed(1)} µs of processor   p50 ${p50Ms.toFixed(1)} ms   p99 ${p99Ms.toFixed(1)} ms`,
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;

const data = mkdtempSync(join(tmpdir(), 'oriel-bench-'));
const mqttPort = 20_000 + (process.pid % 10_000);
const broker = await startServer(
  startArguments,
  {
    ORIEL_DATA: data,
    ORIEL_LOG_LEVEL: 'warn',
    ORIEL_MQTT: 'on',
    ORIEL_MQTT_PORT: String(mqttPort),
    ORIEL_DEVICE_MESSAGES_PER_SECOND: '0',
  },
  '/health/ready',
);
const bare = await startServer(
  ['--import', 'tsx', 'bench/limits/mqtt-acknowledgements.ts'],
  { ORIEL_MQTT_PORT: String(mqttPort + 1) },
  '/',
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
  const fleetAt = async (port: number): Promise<Device[]> => {
    const fleet: Device[] = [];
    for (let n = 0; n < devices; n++) fleet.push(await Device.connected(`d${n}`, port));
    return fleet;
  };
  const fleet = await fleetAt(mqttPort);
  const bareFleet = await fleetAt(mqttPort + 1);
  // Every device comes to be, and everything is compiled, before anything is measured.
  await devicesAtFullSpeed(fleet, broker);
  await batchesAtFullSpeed();
  await postsAtFullSpeed();

  const overMqtt: number[] = [];
  const overHttp: number[] = [];
  const inBatches: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const one = await devicesAtFullSpeed(fleet, broker);
    show(`${devices} devices, MQTT QoS 1`, one);
    overMqtt.push(one.perSecond);
    const other = await batchesAtFullSpeed();
    show(`op/update, batches of ${batchSize}`, other);
    inBatches.push(other.perSecond);
    const posts = await postsAtFullSpeed();
    show('HTTP, one by one, 100 connections', posts);
    overHttp.push(posts.perSecond);
    show('limit: acknowledged, not looked at', await devicesAtFullSpeed(bareFleet, bare));
  }
  for (const device of bareFleet) device.end();
  const ratio = median(overMqtt) / median(inBatches);
  console.log(
    `ratio ${ratio.toFixed(2)}, to be at least ${leastRatio}; HTTP ${(median(overHttp) / median(inBatches)).toFixed(2)}`,
  );
  const rate = median(overMqtt) * Number(values.load);
  show(`${devices} devices at ${values.load} of that`, await devicesAtRate(fleet, rate, seconds * 1000));
  const minutes = Number(values.soak);
  for (let minute = 0; minute < minutes; minute++) {
    const one = await devicesAtRate(fleet, rate, 60_000);
    const { resident, peak } = broker.memory();
    show(`minute ${minute + 1}: resident ${megabytes(resident)}, peak ${megabytes(peak)}`, one);
  }
  for (const device of fleet) device.end();
  if (ratio < leastRatio) process.exitCode = 1;
} finally {
  await bare.stop();
  await broker.stop();
  rmSync(data, { recursive: true });
}
