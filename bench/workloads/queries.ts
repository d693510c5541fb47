import { counterType, rackType, stationType } from '../city/madrid.ts';
import { counterPlaces, rackPlaces } from '../city/places.ts';
import { intensityAbove } from '../city/readings.ts';
import { whole } from '../city/seeded-random.ts';
import type { BenchRequest } from '../contenders/contender.ts';

/*
 * The questions that workloads ask. Each takes chance and gives a request unlike the last, so that nobody answers from what was asked
 * a moment ago.
 */

export type Question = (random: () => number) => BenchRequest;

/** As many different requests as a workload has: 400 for each of 50 connections. */
export const variety = 20_000;

export function several(count: number, make: Question): (random: () => number) => readonly BenchRequest[] {
  return (random) => Array.from({ length: count }, () => make(random));
}

function get(path: string): BenchRequest {
  return { method: 'GET', path };
}

/** About this share of the counters is above the intensity asked for, which is a little lower or higher every time. */
export function aboveIntensity(share: number, more = '&limit=20'): Question {
  return (random) => {
    const least = (intensityAbove(share) * (0.95 + 0.05 * random())).toFixed(2);
    return get(`/v2/entities?type=${counterType}&q=intensity%3E${least}${more}`);
  };
}

export const onTwoAttributes: Question = (random) =>
  get(
    `/v2/entities?type=${counterType}&q=intensity%3E${(900 + 200 * random()).toFixed(2)};occupancy%3C${(9 + 2 * random()).toFixed(2)}&limit=20`,
  );

/** One in 21 racks or so; the more the larger the district. */
export const textEquals: Question = (random) => {
  const { district } = rackPlaces[whole(random, rackPlaces.length)] ?? { district: 'RETIRO' };
  return get(
    `/v2/entities?type=${rackType}&q=district==${encodeURIComponent(district)}&limit=20&offset=${whole(random, 20)}`,
  );
};

export const textPattern: Question = (random) => {
  const { street } = rackPlaces[whole(random, rackPlaces.length)] ?? { street: 'CALLE MAYOR' };
  const [, name = ''] = street.split(' ', 2);
  return get(`/v2/entities?type=${rackType}&q=name~=${encodeURIComponent(`^Aparcabicicletas .*${name}`)}&limit=20`);
};

/** Within a kilometre of some counter, or less. */
export const near: Question = (random) => {
  const { longitude, latitude } = counterPlaces[whole(random, counterPlaces.length)] ?? { longitude: 0, latitude: 0 };
  const at = `${(latitude + 0.004 * random()).toFixed(5)},${(longitude + 0.004 * random()).toFixed(5)}`;
  return get(`/v2/entities?type=${counterType}&georel=near;maxDistance:1000&geometry=point&coords=${at}&limit=20`);
};

/** A quarter of some two kilometres, with six corners. */
export const inPolygon: Question = (random) => {
  const { longitude, latitude } = counterPlaces[whole(random, counterPlaces.length)] ?? { longitude: 0, latitude: 0 };
  const corners = Array.from({ length: 6 }, (_, at) => {
    const angle = (at * Math.PI) / 3 + random() / 2;
    return [latitude + 0.009 * Math.sin(angle), longitude + 0.012 * Math.cos(angle)] as const;
  });
  const ring = [...corners, ...corners.slice(0, 1)].map(([north, east]) => `${north.toFixed(5)},${east.toFixed(5)}`);
  return get(`/v2/entities?type=${counterType}&georel=coveredBy&geometry=polygon&coords=${ring.join(';')}&limit=20`);
};

const orders = ['availableBikeNumber', 'freeSlotNumber', 'name', 'dateObserved', 'dateModified'];

/** The first twenty stations by any attribute, up or down, those with some bicycles or all. */
export const inOrder: Question = (random) => {
  const by = `${random() < 0.5 ? '!' : ''}${orders[whole(random, orders.length)]}`;
  const filter = random() < 0.5 ? `&q=freeSlotNumber%3E${whole(random, 10)}` : '';
  return get(`/v2/entities?type=${stationType}&orderBy=${by}${filter}&limit=20&offset=${whole(random, 50)}`);
};

export const counted: Question = (random) => ({
  ...aboveIntensity(0.3, '&limit=1&options=count')(random),
});

export function deep(entities: number): Question {
  return (random) => get(`/v2/entities?type=${counterType}&limit=20&offset=${whole(random, entities / 2)}`);
}

export function page(limit: number, representation: string): Question {
  return (random) =>
    get(`/v2/entities?type=${counterType}&limit=${limit}&offset=${whole(random, 1000)}${representation}`);
}
