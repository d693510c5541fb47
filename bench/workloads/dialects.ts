import { counterCount, counterId, counterType } from '../city/madrid.ts';
import { counterPlaces } from '../city/places.ts';
import { intensityAbove } from '../city/readings.ts';
import { whole } from '../city/seeded-random.ts';
import { expectEntities, expectStatus } from './checks.ts';
import { variety } from './queries.ts';
import type { DialectsWorkload } from './workload.ts';

const entities = 100_000;

/** NGSI-LD may take a tenth longer than NGSIv2 for the same question. */
const target = 0.9;

const byId: DialectsWorkload['requests'] = (random, size) => {
  const ids = Array.from({ length: variety }, () => counterId(whole(random, counterCount(size))));
  return {
    ngsiLd: ids.map((id) => ({ method: 'GET', path: `/ngsi-ld/v1/entities/${id}` })),
    ngsiv2: ids.map((id) => ({ method: 'GET', path: `/v2/entities/${id}` })),
  };
};

const pages =
  (ngsiLd: string, ngsiv2: string): DialectsWorkload['requests'] =>
  (random) => {
    const offsets = Array.from({ length: 2000 }, () => `type=${counterType}&limit=20&offset=${whole(random, 1000)}`);
    return {
      ngsiLd: offsets.map((page) => ({ method: 'GET', path: `/ngsi-ld/v1/entities?${page}${ngsiLd}` })),
      ngsiv2: offsets.map((page) => ({ method: 'GET', path: `/v2/entities?${page}${ngsiv2}` })),
    };
  };

const filters: DialectsWorkload['requests'] = (random) => {
  const queries = Array.from(
    { length: variety },
    () => `type=${counterType}&q=intensity%3E${(intensityAbove(0.5) * (0.95 + 0.05 * random())).toFixed(2)}&limit=20`,
  );
  return {
    ngsiLd: queries.map((query) => ({ method: 'GET', path: `/ngsi-ld/v1/entities?${query}` })),
    ngsiv2: queries.map((query) => ({ method: 'GET', path: `/v2/entities?${query}` })),
  };
};

const places: DialectsWorkload['requests'] = (random) => {
  const points = Array.from({ length: variety }, () => {
    const { longitude, latitude } = counterPlaces[whole(random, counterPlaces.length)] ?? { longitude: 0, latitude: 0 };
    return [(longitude + 0.004 * random()).toFixed(5), (latitude + 0.004 * random()).toFixed(5)] as const;
  });
  const query = `type=${counterType}&limit=20&georel=near;maxDistance`;
  return {
    ngsiLd: points.map(([x, y]) => ({
      method: 'GET',
      path: `/ngsi-ld/v1/entities?${query}==1000&geometry=Point&coordinates=%5B${x},${y}%5D`,
    })),
    ngsiv2: points.map(([x, y]) => ({
      method: 'GET',
      path: `/v2/entities?${query}:1000&geometry=point&coords=${y},${x}`,
    })),
  };
};

const json = { 'content-type': 'application/json' };

/** The same reading of one attribute. */
const oneAttribute: DialectsWorkload['requests'] = (random, size) => {
  const readings = Array.from({ length: variety }, () => ({
    id: counterId(whole(random, counterCount(size))),
    value: whole(random, 7000),
  }));
  return {
    ngsiLd: readings.map(({ id, value }) => ({
      method: 'PATCH',
      path: `/ngsi-ld/v1/entities/${id}/attrs/intensity`,
      headers: json,
      body: JSON.stringify({ type: 'Property', value }),
    })),
    ngsiv2: readings.map(({ id, value }) => ({
      method: 'PUT',
      path: `/v2/entities/${id}/attrs/intensity`,
      headers: json,
      body: JSON.stringify({ type: 'Number', value }),
    })),
  };
};

/** New readings of a counter, its attributes declared to be of that type. */
function readingsAs(type: string, { intensity, occupancy }: Readings): object {
  return { intensity: { type, value: intensity }, occupancy: { type, value: occupancy } };
}

interface Readings {
  readonly intensity: number;
  readonly occupancy: number;
}

function someReadings(random: () => number): Readings {
  return { intensity: whole(random, 7000), occupancy: whole(random, 1000) / 10 };
}

const twoAttributes: DialectsWorkload['requests'] = (random, size) => {
  const updates = Array.from({ length: variety }, () => ({
    id: counterId(whole(random, counterCount(size))),
    readings: someReadings(random),
  }));
  const patches = (root: string, type: string) =>
    updates.map(({ id, readings }) => ({
      method: 'PATCH' as const,
      path: `${root}/entities/${id}/attrs`,
      headers: json,
      body: JSON.stringify(readingsAs(type, readings)),
    }));
  return { ngsiLd: patches('/ngsi-ld/v1', 'Property'), ngsiv2: patches('/v2', 'Number') };
};

/** Batches of a hundred entities each, which are there already. */
const batches: DialectsWorkload['requests'] = (random, size) => {
  const counters = counterCount(size);
  const updates = Array.from({ length: 300 }, () => {
    const first = whole(random, counters);
    return Array.from({ length: 100 }, (_, at) => ({
      id: counterId((first + at * 31) % counters),
      readings: someReadings(random),
    }));
  });
  const entitiesAs = (type: string, batch: (typeof updates)[number]) =>
    batch.map(({ id, readings }) => ({ id, type: counterType, ...readingsAs(type, readings) }));
  return {
    ngsiLd: updates.map((batch) => ({
      method: 'POST',
      path: '/ngsi-ld/v1/entityOperations/upsert?options=update',
      headers: json,
      body: JSON.stringify(entitiesAs('Property', batch)),
    })),
    ngsiv2: updates.map((batch) => ({
      method: 'POST',
      path: '/v2/op/update',
      headers: json,
      body: JSON.stringify({ actionType: 'append', entities: entitiesAs('Number', batch) }),
    })),
  };
};

/** The same in both dialects, to the same broker. */
export const dialectsWorkloads: readonly DialectsWorkload[] = (
  [
    {
      name: 'ld-get-by-id',
      about: 'An entity by id, any of them, in NGSI-LD and in NGSIv2.',
      requests: byId,
      check: expectStatus(200),
    },
    {
      name: 'ld-get-by-id-context',
      about: 'The same, where the NGSI-LD client names a context of its own that renames attributes.',
      requests: byId,
      context: { intensity: 'https://vocabulary.example/intensity', flow: 'https://vocabulary.example/flow' },
      check: expectStatus(200),
    },
    {
      name: 'ld-page-20',
      about: 'A page of 20 entities of a type, normalized, in NGSI-LD and in NGSIv2.',
      requests: pages('', ''),
      check: expectEntities(20),
    },
    {
      name: 'ld-page-20-simplified',
      about: 'The same, simplified and as keyValues.',
      requests: pages('&options=simplified', '&options=keyValues'),
      check: expectEntities(20),
    },
    {
      name: 'ld-filter-half',
      about: 'type, and q on a number that half of the counters satisfy, limit 20, in NGSI-LD and in NGSIv2.',
      requests: filters,
      check: expectEntities(20),
    },
    {
      name: 'ld-near',
      about: 'type, and within a kilometre, limit 20, in NGSI-LD and in NGSIv2.',
      requests: places,
      check: expectEntities(1),
    },
    {
      name: 'ld-patch-attribute',
      about: 'One attribute of an entity by its path, durable, in NGSI-LD and in NGSIv2.',
      requests: oneAttribute,
      check: expectStatus(204),
    },
    {
      name: 'ld-patch-attributes',
      about: 'Two attributes of an entity by PATCH, durable, in NGSI-LD and in NGSIv2.',
      requests: twoAttributes,
      check: expectStatus(204),
    },
    {
      name: 'ld-batch-100',
      about: 'Two attributes of 100 entities: an upsert that updates in NGSI-LD, an append in NGSIv2, durable.',
      requests: batches,
      check: expectStatus(204),
    },
  ] satisfies Omit<DialectsWorkload, 'kind' | 'entities' | 'target'>[]
).map((workload) => ({ ...workload, kind: 'dialects', entities, target }));
