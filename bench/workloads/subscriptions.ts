import { counterId, counterType } from '../city.ts';
import type { SubscriptionWorkload } from '../workload.ts';

const entities = 10_000;

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

function toOneReceiver(delivery: (port: number) => object): SubscriptionWorkload['subscriptions'] {
  return ({ live: [port = 0] }) => ({
    these: [{ subject: subjectOfAll, notification: delivery(port) }],
    those: [],
  });
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

export const subscriptionWorkloads: readonly SubscriptionWorkload[] = [
  {
    kind: 'subscriptions',
    name: 'match-subscriptions',
    entities,
    updated: entities,
    compares: 'rate',
    target: 0.67,
    subscriptions: () => ({
      these: Array.from({ length: 10_000 }, (_, number) => elsewhere(number)),
      those: Array.from({ length: 10 }, (_, number) => elsewhere(number)),
    }),
    arrives: () => ({ these: false, those: false }),
  },
  {
    kind: 'subscriptions',
    name: 'notify-one',
    entities,
    updated: entities,
    compares: 'rate',
    target: 0.4,
    receiver: { program: 'http-receiver', args: ['1'] },
    subscriptions: toOneReceiver((port) => ({ http: { url: `http://127.0.0.1:${port}/` } })),
    arrives: () => ({ these: true, those: false }),
  },
  {
    kind: 'subscriptions',
    name: 'notify-mqtt',
    entities,
    updated: entities,
    compares: 'rate',
    target: 0.4,
    receiver: { program: 'mqtt-receiver', args: [] },
    subscriptions: toOneReceiver((port) => ({ mqtt: { url: `mqtt://127.0.0.1:${port}`, topic: 'city', qos: 1 } })),
    arrives: () => ({ these: true, those: false }),
  },
  {
    kind: 'subscriptions',
    name: 'notify-dead-receivers',
    entities,
    updated: receiverCount,
    compares: 'latency',
    target: 0.67,
    perSecond: 300,
    receiver: { program: 'http-receiver', args: [String(receiverCount), String(deadCount / 2)] },
    subscriptions: ({ live, hanging }) => ({
      these: live.map((port, counter) => {
        const dead = counter % 2 === 0 ? firstClosedPort + counter : hanging[(counter - 1) / 2];
        return subscriptionOfOne(counter, isDead(counter) && dead !== undefined ? dead : port);
      }),
      those: live.map((port, counter) => subscriptionOfOne(counter, port)),
    }),
    // The same counters in both, though those of the dead arrive in the other.
    arrives: (counter) => ({ these: !isDead(counter), those: !isDead(counter) }),
  },
];
