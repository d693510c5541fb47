import type { BenchRequest } from '../contenders/contender.ts';
import type { ModelsWorkload } from './workload.ts';

/** Stations that take turns to be updated. */
export const stations = 5_000;

const stationsPerBatch = 100;

export function stationId(number: number): string {
  return `urn:ngsi-ld:AirQualityObserved:bench:${number}`;
}

/** A station as cities have them: fourteen attributes with units, place and address. It conforms to its model. */
export function aStation(number: number, random: () => number): object {
  const measured = (from: number, to: number, unitCode: string) => ({
    type: 'Number',
    value: Math.round((from + random() * (to - from)) * 10) / 10,
    metadata: { unitCode: { type: 'Text', value: unitCode } },
  });
  const minute = String(Math.floor(random() * 60)).padStart(2, '0');
  return {
    id: stationId(number),
    type: 'AirQualityObserved',
    name: { type: 'Text', value: `Station ${number}` },
    dateObserved: { type: 'DateTime', value: `2026-01-31T12:${minute}:00Z` },
    no2: measured(0, 200, 'GQ'),
    no: measured(0, 200, 'GQ'),
    o3: measured(0, 200, 'GQ'),
    pm10: measured(0, 100, 'GQ'),
    pm25: measured(0, 50, 'GQ'),
    temperature: measured(-5, 40, 'CEL'),
    relativeHumidity: measured(0, 1, 'C62'),
    windSpeed: measured(0, 20, 'MTS'),
    typeofLocation: { type: 'Text', value: 'outdoor' },
    location: { type: 'geo:json', value: { type: 'Point', coordinates: [-3.7 + random() / 10, 40.4 + random() / 10] } },
    address: {
      type: 'PostalAddress',
      value: { streetAddress: 'Gran Vía', addressLocality: 'Madrid', addressCountry: 'ES' },
    },
    refPointOfInterest: { type: 'Relationship', value: `urn:ngsi-ld:PointOfInterest:bench:${number}` },
  };
}

export function batchOf(from: number, random: () => number): BenchRequest {
  const entities = Array.from({ length: stationsPerBatch }, (_, index) => aStation((from + index) % stations, random));
  return {
    method: 'POST',
    path: '/v2/op/update',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ actionType: 'append', entities }),
  };
}

function reading(number: number, random: () => number): BenchRequest {
  return {
    method: 'PATCH',
    path: `/v2/entities/${stationId(number)}/attrs`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      no2: {
        type: 'Number',
        value: Math.round(random() * 2000) / 10,
        metadata: { unitCode: { type: 'Text', value: 'GQ' } },
      },
    }),
  };
}

/** Requests enough that each entity is written again with other values. */
export const modelsWorkloads: readonly ModelsWorkload[] = [
  {
    kind: 'models',
    name: 'enforce-single',
    about: 'Readings of air quality, one attribute each, with the data model enforced and not',
    entities: 1000,
    entitiesPerRequest: 1,
    target: 0.9,
    requests: (random) => Array.from({ length: 2000 }, (_, index) => reading(index % 1000, random)),
  },
  {
    kind: 'models',
    name: 'enforce-batch',
    about: 'Batches of 100 stations of air quality, all attributes, with the data model enforced and not',
    entities: 1000,
    entitiesPerRequest: stationsPerBatch,
    target: 0.9,
    requests: (random) => Array.from({ length: 100 }, (_, index) => batchOf(index * stationsPerBatch, random)),
  },
];
