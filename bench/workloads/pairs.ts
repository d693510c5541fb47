import { counterCount, counterId, counterType } from '../city/madrid.ts';
import { type Contender, send } from '../contenders/contender.ts';
import type { PairWorkload } from './workload.ts';

const entities = 10_000;
const counters = counterCount(entities);

const receiverCount = 1_000;
const deadCount = 100;

/** Ports that are reserved for what nobody uses any more: connections are refused. */
const firstClosedPort = 201;

/** A subscription that no update wakes: each kind is kept away from the counters by something else. */
function elsewhere(number: number): object {
  const kinds = [
    { id: `urn:ngsi-ld:TrafficFlowObserved:paris:${number}`, type: counterType },
    { idPattern: `^urn:ngsi-ld:TrafficFlowObserved:paris:${number}`, type: counterType },
    { idPattern: `paris:[0-9]*${number}$`, type: counterType },
    { idPattern: '.*', type: `OffStreetParking${number}` },
    { idPattern: `^urn:ngsi-ld:Device:${number}:[a-z]+$` },
    { idPattern: '.*', typePattern: `^AirQuality.*${number}$` },
    { id: `urn:ngsi-ld:WeatherObserved:madrid:${number}` },
    { idPattern: `lamp-${number}|light-${number}`, type: `Streetlight${number % 100}` },
  ];
  const entity = kinds[number % kinds.length];
  return {
    subject: { entities: [entity], condition: { attrs: ['intensity'], expression: { q: `intensity>${number}` } } },
    notification: { http: { url: 'http://127.0.0.1:201/' } },
  };
}

const subjectOfAll = { entities: [{ idPattern: '.*', type: counterType }], condition: { attrs: ['intensity'] } };

function toAddress(address: object): object {
  return { subject: subjectOfAll, notification: address };
}

function toHttp(port = 0): object {
  return toAddress({ http: { url: `http://127.0.0.1:${port}/` } });
}

function toHttpInNgsiLd(port = 0): object {
  return {
    type: 'Subscription',
    entities: [{ type: counterType }],
    watchedAttributes: ['intensity'],
    notification: { endpoint: { uri: `http://127.0.0.1:${port}/` } },
  };
}

function subscriptionOfOne(counter: number, port: number): object {
  return {
    subject: { entities: [{ id: counterId(counter), type: counterType }] },
    notification: { http: { url: `http://127.0.0.1:${port}/` } },
  };
}

/** The receivers of the first counters are dead: every other one refuses connections, the rest take them and never answer. */
function isDead(counter: number): boolean {
  return counter < deadCount;
}

/** Requests under way while subscriptions are made. */
const makers = 16;

async function subscribe(
  broker: Contender,
  subscriptions: readonly object[],
  path = '/v2/subscriptions',
): Promise<void> {
  const left = subscriptions.values();
  const make = async (): Promise<void> => {
    for (const subscription of left) {
      const { status, body } = await send(broker, {
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(subscription),
      });
      if (status !== 201) throw new Error(`no subscription: ${status} ${body}`);
    }
  };
  await Promise.all(Array.from({ length: makers }, make));
}

/** All of them go to one receiver: a change owes as many notifications. */
function withMatching(count: number): PairWorkload {
  return {
    kind: 'pair',
    name: `update-matching-${count}`,
    about: `Updates that wake ${count} subscription${count === 1 ? '' : 's'}, beside updates that wake none: until the last notification came.`,
    entities,
    these: `${count} to be notified`,
    those: 'nobody to be notified',
    updated: counters,
    compares: 'rate',
    ...(count === 1 && { target: 0.4 }),
    receiver: { program: 'http-receiver', args: ['1'] },
    prepare: (broker, side, { live: [port] }) =>
      side === 'these'
        ? subscribe(
            broker,
            Array.from({ length: count }, () => toHttp(port)),
          )
        : Promise.resolve(),
    arrivals: (_counter, side) => (side === 'these' ? count : 0),
  };
}

async function enforceModels(broker: Contender): Promise<void> {
  const { status, body } = await send(broker, {
    method: 'PUT',
    path: '/admin/model-policy/bench',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: counterType, mode: 'enforce' }),
  });
  if (status !== 201) throw new Error(`no policy: ${status} ${body}`);
}

export const pairWorkloads: readonly PairWorkload[] = [
  {
    kind: 'pair',
    name: 'match-subscriptions',
    about: 'Updates beside 10,000 subscriptions of all kinds that they do not wake, and beside ten.',
    entities,
    these: '10,000 others',
    those: '10 others',
    updated: counters,
    compares: 'rate',
    target: 0.67,
    prepare: (broker, side) =>
      subscribe(
        broker,
        Array.from({ length: side === 'these' ? 10_000 : 10 }, (_, number) => elsewhere(number)),
      ),
    arrivals: () => 0,
  },
  withMatching(1),
  withMatching(10),
  withMatching(1000),
  {
    kind: 'pair',
    name: 'notify-mqtt',
    about: 'As update-matching-1, over MQTT with QoS 1.',
    entities,
    these: 'one to be notified',
    those: 'nobody to be notified',
    updated: counters,
    compares: 'rate',
    target: 0.4,
    receiver: { program: 'mqtt-receiver', args: [] },
    prepare: (broker, side, { live: [port] }) =>
      side === 'these'
        ? subscribe(broker, [toAddress({ mqtt: { url: `mqtt://127.0.0.1:${port}`, topic: 'city', qos: 1 } })])
        : Promise.resolve(),
    arrivals: (_counter, side) => (side === 'these' ? 1 : 0),
  },
  {
    kind: 'pair',
    name: 'notify-ngsi-ld',
    about: 'Updates that are told in NGSI-LD, beside the same told in NGSIv2: until the last notification came.',
    entities,
    these: 'NGSI-LD',
    those: 'NGSIv2',
    updated: counters,
    compares: 'rate',
    target: 0.8,
    receiver: { program: 'http-receiver', args: ['1'] },
    prepare: (broker, side, { live: [port] }) =>
      side === 'these'
        ? subscribe(broker, [toHttpInNgsiLd(port)], '/ngsi-ld/v1/subscriptions')
        : subscribe(broker, [toHttp(port)]),
    arrivals: () => 1,
  },
  {
    kind: 'pair',
    name: 'notify-latency-http',
    about: 'From acknowledgement to receipt at 300 updates a second, over HTTP beside MQTT.',
    entities,
    these: 'HTTP',
    those: 'MQTT',
    updated: counters,
    compares: 'latency',
    perSecond: 300,
    receiver: { program: 'both-receivers', args: [] },
    prepare: (broker, side, { live: [http, mqtt] }) =>
      subscribe(broker, [
        side === 'these'
          ? toHttp(http)
          : toAddress({ mqtt: { url: `mqtt://127.0.0.1:${mqtt}`, topic: 'city', qos: 1 } }),
      ]),
    arrivals: () => 1,
  },
  {
    kind: 'pair',
    name: 'notify-dead-receivers',
    about: 'Latency of notifications while a tenth of 1,000 receivers is dead, and while none is.',
    entities,
    these: '100 of 1,000 dead',
    those: 'all alive',
    updated: receiverCount,
    compares: 'latency',
    target: 0.67,
    perSecond: 300,
    receiver: { program: 'http-receiver', args: [String(receiverCount), String(deadCount / 2)] },
    prepare: (broker, side, { live, hanging }) =>
      subscribe(
        broker,
        live.map((port, counter) => {
          const dead = counter % 2 === 0 ? firstClosedPort + counter : hanging[(counter - 1) / 2];
          const isOff = side === 'these' && isDead(counter) && dead !== undefined;
          return subscriptionOfOne(counter, isOff ? dead : port);
        }),
      ),
    // The same counters in both, though those of the dead arrive in the other.
    arrivals: (counter) => (isDead(counter) ? 0 : 1),
  },
  {
    kind: 'pair',
    name: 'validation',
    about: 'Updates of a type whose data model is enforced, beside the same without.',
    entities,
    these: 'enforced',
    those: 'off',
    updated: counters,
    compares: 'rate',
    prepare: (broker, side) => (side === 'these' ? enforceModels(broker) : Promise.resolve()),
    arrivals: () => 0,
  },
];
