import { counterId, counterType } from '../city/madrid.ts';
import { whole } from '../city/seeded-random.ts';
import type { BenchRequest } from '../contenders/contender.ts';

const json = { 'content-type': 'application/json' };

/** A new reading, as a gateway sends it. */
function reading(random: () => number) {
  return {
    intensity: { type: 'Number', value: whole(random, 7000), metadata: { unitCode: { type: 'Text', value: 'E4V' } } },
    occupancy: {
      type: 'Number',
      value: whole(random, 1000) / 10,
      metadata: { unitCode: { type: 'Text', value: 'P1' } },
    },
  };
}

export function putValue(counters: number): (random: () => number) => BenchRequest {
  return (random) => ({
    method: 'PUT',
    path: `/v2/entities/${counterId(whole(random, counters))}/attrs/intensity/value`,
    headers: { 'content-type': 'text/plain' },
    body: String(whole(random, 7000)),
  });
}

export function patchAttributes(counters: number): (random: () => number) => BenchRequest {
  return (random) => ({
    method: 'PATCH',
    path: `/v2/entities/${counterId(whole(random, counters))}/attrs`,
    headers: json,
    body: JSON.stringify(reading(random)),
  });
}

/** A batch of new readings of counters, each of another one. */
export function batchOf(size: number, counters: number): (random: () => number) => BenchRequest {
  return (random) => {
    const first = whole(random, counters);
    const entities = Array.from({ length: size }, (_, at) => ({
      id: counterId((first + at * 31) % counters),
      type: counterType,
      ...reading(random),
    }));
    return {
      method: 'POST',
      path: '/v2/op/update',
      headers: json,
      body: JSON.stringify({ actionType: 'update', entities }),
    };
  };
}

/** Entities come and go: each connection has its own, so that every request succeeds. */
export function churn(count: number): (random: () => number) => readonly BenchRequest[] {
  return (random) =>
    Array.from({ length: count / 2 }, (_, at): readonly BenchRequest[] => {
      const id = `urn:ngsi-ld:${counterType}:visiting:${at}`;
      return [
        {
          method: 'POST',
          path: '/v2/entities?options=upsert',
          headers: json,
          body: JSON.stringify({ id, type: counterType, ...reading(random) }),
        },
        { method: 'DELETE', path: `/v2/entities/${id}` },
      ];
    }).flat();
}
