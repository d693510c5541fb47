import { counterCount, counterType } from '../city/madrid.ts';
import { counterPlaces } from '../city/places.ts';
import { type Contender, send } from '../contenders/contender.ts';
import { expectStatus } from './checks.ts';
import { aboveIntensity, inOrder, inPolygon, near, several, variety } from './queries.ts';
import { batchOf, churn, patchAttributes, putValue } from './updates.ts';
import type { RequestWorkload } from './workload.ts';

const middling = 100_000;
const dashboards = 100;

type Write = Omit<RequestWorkload, 'kind' | 'writes' | 'entities'>;

/** A dashboard hears of the counters in a part of the city that are busy. */
async function subscribeDashboards(contender: Contender, ports: readonly number[]): Promise<void> {
  for (let number = 0; number < dashboards; number++) {
    const place = counterPlaces[number * 37];
    const { status, body } = await send(contender, {
      method: 'POST',
      path: '/v2/subscriptions',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: {
          entities: [{ idPattern: '.*', type: counterType }],
          condition: {
            attrs: ['intensity'],
            expression: {
              q: 'intensity>6000',
              georel: 'near;maxDistance:1500',
              geometry: 'point',
              coords: `${place?.latitude},${place?.longitude}`,
            },
          },
        },
        notification: { http: { url: `http://127.0.0.1:${ports[0]}/` } },
        throttling: 1,
      }),
    });
    if (status !== 201) throw new Error(`no subscription: ${status} ${body}`);
  }
}

const cityMix = {
  kinds: 20,
  entitiesPerRequest: 9,
  prepare: (contender: Contender, { live }: { readonly live: readonly number[] }) =>
    subscribeDashboards(contender, live),
  requests: (random: () => number, entities: number) => {
    const batch = batchOf(10, counterCount(entities));
    const questions = [aboveIntensity(0.001), near, inPolygon, inOrder];
    return Array.from({ length: 10_000 }, (_, at) =>
      at % 10 === 0 ? (questions[(at / 10) % questions.length]?.(random) ?? batch(random)) : batch(random),
    );
  },
  check: ({ status, body }: { readonly status: number; readonly body: string }) => {
    if (status >= 300) throw new Error(`got ${status} ${body.slice(0, 200)}`);
  },
};

const writes: readonly Write[] = [
  {
    name: 'put-value',
    about: 'One attribute of an entity by PUT of its value, durable.',
    limits: ['fastify-route'],
    bars: [{ kind: 'ratio', whose: 'oriel', of: 'fastify-route', least: 0.4 }],
    requests: (random, entities) => several(variety, putValue(counterCount(entities)))(random),
    check: expectStatus(204),
  },
  {
    name: 'patch-attributes',
    about: 'Two attributes of an entity by PATCH, durable.',
    limits: ['fastify-route'],
    requests: (random, entities) => several(variety, patchAttributes(counterCount(entities)))(random),
    check: expectStatus(204),
  },
  {
    name: 'batch-100',
    about: 'op/update of two attributes of 100 entities, durable.',
    limits: ['sqlite-rows', 'mongodb-bulk-write', 'fastify-route'],
    entitiesPerRequest: 100,
    connections: 10,
    bars: [{ kind: 'ratio', whose: 'oriel', of: 'sqlite-rows', least: 0.5 }],
    requests: (random, entities) => several(500, batchOf(100, counterCount(entities)))(random),
    check: expectStatus(204),
  },
  {
    name: 'churn',
    about: 'Entities created and deleted in turn, durable.',
    renewed: false,
    limits: ['fastify-route'],
    requests: churn(variety),
    check: expectStatus(204),
  },
  {
    name: 'city',
    about: 'Nine gateways’ batches of ten readings to every query, while 100 dashboards subscribe.',
    limits: ['fastify-route'],
    ...cityMix,
  },
  {
    name: 'city-open',
    about: 'The same at 300 requests a second that come whatever the answers do; latency from the scheduled time.',
    limits: ['fastify-route'],
    perSecond: 300,
    ...cityMix,
  },
];

export const writeWorkloads: readonly RequestWorkload[] = writes.map((write) => ({
  kind: 'requests',
  writes: true,
  renewed: true,
  entities: middling,
  ...write,
}));
