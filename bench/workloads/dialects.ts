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

/** The same questions in both dialects, to the same broker. */
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
  ] satisfies Omit<DialectsWorkload, 'kind' | 'entities' | 'target'>[]
).map((workload) => ({ ...workload, kind: 'dialects', entities, target }));
