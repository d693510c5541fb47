import { counterId, counterType } from '../city.ts';
import type { LoadRequest } from '../load.ts';
import type { EntityWorkload } from '../workload.ts';

const small = 100_000;
const large = 1_000_000;

/** As many different requests as make caches of the answer useless, but not the broker's own. */
const variety = 1_000;

function several(count: number, make: () => LoadRequest): readonly LoadRequest[] {
  return Array.from({ length: count }, make);
}

function whole(random: () => number, below: number): number {
  return Math.floor(random() * below);
}

function expectEntities(atLeast: number): (status: number, body: string) => void {
  return (status, body) => {
    const entities: unknown = JSON.parse(body);
    if (status !== 200 || !Array.isArray(entities) || entities.length < atLeast) {
      throw new Error(`expected ${atLeast} entities, got ${status} ${body.slice(0, 200)}`);
    }
  };
}

function expectStatus(expected: number): (status: number, body: string) => void {
  return (status, body) => {
    if (status !== expected) throw new Error(`expected ${expected}, got ${status} ${body.slice(0, 200)}`);
  };
}

function getById(entities: number): EntityWorkload['requests'] {
  return (random) =>
    several(variety, () => ({ method: 'GET', path: `/v2/entities/${counterId(whole(random, entities))}` }));
}

/** Half of the entities match, or one in a thousand: the two ends of what a filter can do to a scan. */
function queryNumber(share: number): EntityWorkload['requests'] {
  return (random) =>
    several(variety, () => {
      const least = Math.floor(7000 * (1 - share) - random() * 7000 * share * 0.1);
      return { method: 'GET', path: `/v2/entities?type=${counterType}&q=intensity%3E${least}&limit=20` };
    });
}

const near: EntityWorkload['requests'] = (random) =>
  several(variety, () => {
    const latitude = (40.33 + random() * 0.17).toFixed(5);
    const longitude = (-3.82 + random() * 0.28).toFixed(5);
    return {
      method: 'GET',
      path: `/v2/entities?type=${counterType}&georel=near;maxDistance:1000&geometry=point&coords=${latitude},${longitude}&limit=20`,
    };
  });

function updateValue(entities: number): EntityWorkload['requests'] {
  return (random) =>
    several(variety, () => ({
      method: 'PUT',
      path: `/v2/entities/${counterId(whole(random, entities))}/attrs/intensity/value`,
      headers: { 'content-type': 'text/plain' },
      body: String(whole(random, 7000)),
    }));
}

const workloads: readonly Omit<EntityWorkload, 'kind'>[] = [
  { name: 'get-by-id', entities: small, target: 0.7, requests: getById(small), check: expectStatus(200) },
  { name: 'query-number', entities: small, target: 0.25, requests: queryNumber(0.5), check: expectEntities(20) },
  { name: 'query-number-rare', entities: small, target: 0.25, requests: queryNumber(0.001), check: expectEntities(20) },
  { name: 'near', entities: small, target: 0.25, requests: near, check: expectEntities(20) },
  { name: 'update-value', entities: small, target: 0.25, requests: updateValue(small), check: expectStatus(204) },
  { name: 'get-by-id-million', entities: large, target: 0.7, requests: getById(large), check: expectStatus(200) },
  {
    name: 'query-number-million',
    entities: large,
    target: 0.125,
    requests: queryNumber(0.5),
    check: expectEntities(20),
  },
  {
    name: 'query-number-rare-million',
    entities: large,
    target: 0.125,
    requests: queryNumber(0.001),
    check: expectEntities(20),
  },
  { name: 'near-million', entities: large, target: 0.125, requests: near, check: expectEntities(20) },
  {
    name: 'update-value-million',
    entities: large,
    target: 0.25,
    requests: updateValue(large),
    check: expectStatus(204),
  },
];

export const entityWorkloads: readonly EntityWorkload[] = workloads.map((workload) => ({
  kind: 'entities',
  ...workload,
}));
