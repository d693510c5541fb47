import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Attribute, Entity } from '../src/core/entity/entity.ts';
import { encodeEntity } from '../src/core/entity/stored-form.ts';
import { renderInstant } from '../src/core/time/instant.ts';

/** Numbers in [0, 1) that are the same for the same seed on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The square that holds Madrid's traffic counters, in degrees. */
const madrid = { west: -3.84, east: -3.52, south: 40.31, north: 40.52 };
const start = Date.UTC(2026, 0, 1);
const serviceLevels = ['fluid', 'slow', 'retention', 'congested'];

export const counterType = 'TrafficFlowObserved';

export function counterId(number: number): string {
  return `urn:ngsi-ld:TrafficFlowObserved:madrid:${number}`;
}

/** A traffic counter shaped like those of Madrid: five attributes, each with its unit or its time. */
export function aCounter(number: number, random: () => number): Entity {
  const at = start + number;
  const stamps = { createdAt: at, modifiedAt: at };
  const text = (value: string): Attribute => ({
    kind: 'property',
    value,
    declaredType: 'Text',
    ...stamps,
  });
  const number_ = (value: number, unitCode: string): Attribute => ({
    kind: 'property',
    value,
    declaredType: 'Number',
    subAttributes: new Map([['unitCode', text(unitCode)]]),
    ...stamps,
  });
  const longitude = madrid.west + random() * (madrid.east - madrid.west);
  const latitude = madrid.south + random() * (madrid.north - madrid.south);
  return {
    id: counterId(number),
    types: [counterType],
    scopes: ['/'],
    createdAt: at,
    modifiedAt: at,
    attributes: new Map<string, [Attribute]>([
      ['intensity', [number_(Math.floor(random() * 7000), 'E4V')]],
      ['occupancy', [number_(Math.round(random() * 1000) / 10, 'P1')]],
      ['serviceLevel', [text(serviceLevels[Math.floor(random() * serviceLevels.length)] ?? 'fluid')]],
      [
        'location',
        [
          {
            kind: 'geo',
            declaredType: 'geo:point',
            value: `${latitude.toFixed(6)},${longitude.toFixed(6)}`,
            geometry: { type: 'Point', coordinates: [Number(longitude.toFixed(6)), Number(latitude.toFixed(6))] },
            ...stamps,
          },
        ],
      ],
      [
        'dateObserved',
        [
          {
            kind: 'property',
            declaredType: 'DateTime',
            valueType: 'DateTime',
            value: renderInstant(start + Math.floor(random() * 86_400_000)),
            ...stamps,
          },
        ],
      ],
    ]),
  };
}

/** Writes counters 0 … count-1 to a file that `oriel import` reads. Same count, same bytes. */
export async function writeCounters(file: string, count: number): Promise<void> {
  const random = seededRandom(20260101);
  const out = createWriteStream(file);
  for (let number = 0; number < count; number++) {
    if (!out.write(`${encodeEntity(aCounter(number, random))}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
