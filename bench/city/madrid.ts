import type { Attribute, AttributeInstances, Entity } from '../../src/core/entity/entity.ts';
import { renderInstant } from '../../src/core/time/instant.ts';
import { counterPlaces, type Place, rackPlaces, stationPlaces } from './places.ts';
import { seededRandom, whole } from './seeded-random.ts';

/*
 * A city as large as wanted: Madrid's counters, racks and stations over and over, each copy a little elsewhere and with
 * readings a little different. Entity n is the same in a city of any size.
 */

export const counterType = 'TrafficFlowObserved';
export const rackType = 'PointOfInterest';
export const stationType = 'BikeHireDockingStation';

/** Of twenty entities in a row the first fifteen are counters, three racks and two stations. */
const cycle = 20;
const countersInCycle = 15;
const racksInCycle = 3;
const stationsInCycle = cycle - countersInCycle - racksInCycle;

/** How many counters there are among so many entities, a multiple of twenty. */
export function counterCount(entities: number): number {
  return (entities / cycle) * countersInCycle;
}

/** How many stations there are among so many entities, a multiple of twenty. */
export function stationCount(entities: number): number {
  return (entities / cycle) * stationsInCycle;
}

export function counterId(number: number): string {
  return `urn:ngsi-ld:${counterType}:madrid:${number}`;
}

export function stationId(number: number): string {
  return `urn:ngsi-ld:${stationType}:madrid:${number}`;
}

const start = Date.UTC(2026, 0, 1);
const dayMs = 86_400_000;

/** Entity n of the city: five attributes, as the mappings in `examples/` have them. */
export function anEntity(n: number): Entity {
  const random = seededRandom(20_260_101 + n);
  const round = Math.floor(n / cycle);
  const inCycle = n % cycle;
  if (inCycle < countersInCycle) return aCounter(round * countersInCycle + inCycle, n, random);
  const after = inCycle - countersInCycle;
  if (after < racksInCycle) return aRack(round * racksInCycle + after, n, random);
  return aStation(round * stationsInCycle + after - racksInCycle, n, random);
}

function aCounter(number: number, n: number, random: () => number): Entity {
  const place = placeOf(counterPlaces, number);
  const spread = 0.7 + 0.6 * random();
  return entity(counterId(number), counterType, n, (attribute) => [
    ['intensity', attribute.number(Math.round(place.intensity * spread), 'E4V')],
    ['occupancy', attribute.number(Math.min(100, Math.round(place.occupancy * spread * 10) / 10), 'P1')],
    ['serviceLevel', attribute.text(place.serviceLevel)],
    ['location', attribute.point(place, random)],
    ['dateObserved', attribute.instant(start + whole(random, dayMs))],
  ]);
}

function aRack(number: number, n: number, random: () => number): Entity {
  const place = placeOf(rackPlaces, number);
  return entity(`urn:ngsi-ld:${rackType}:madrid:bicycle-rack:${number}`, rackType, n, (attribute) => [
    ['name', attribute.text(`Aparcabicicletas ${place.street} ${whole(random, 300)}`)],
    ['district', attribute.text(place.district)],
    ['model', attribute.text(place.model)],
    ['location', attribute.point(place, random)],
    ['dateInstalled', attribute.instant(start - whole(random, 3000) * dayMs)],
  ]);
}

function aStation(number: number, n: number, random: () => number): Entity {
  const place = placeOf(stationPlaces, number);
  const slots = place.bikes + place.slots;
  const bikes = whole(random, slots + 1);
  return entity(stationId(number), stationType, n, (attribute) => [
    ['name', attribute.text(place.name)],
    ['availableBikeNumber', attribute.number(bikes, 'C62')],
    ['freeSlotNumber', attribute.number(slots - bikes, 'C62')],
    ['location', attribute.point(place, random)],
    ['dateObserved', attribute.instant(start + whole(random, dayMs))],
  ]);
}

function placeOf<P>(places: readonly P[], number: number): P {
  const place = places[number % places.length];
  if (place === undefined) throw new Error('a table without places');
  return place;
}

function entity(
  id: string,
  type: string,
  n: number,
  attributes: (attribute: Attributes) => readonly (readonly [string, Attribute])[],
): Entity {
  const at = start + n;
  return {
    id,
    types: [type],
    scopes: ['/'],
    createdAt: at,
    modifiedAt: at,
    attributes: new Map(
      attributes(attributesAt(at)).map(([name, attribute]): [string, AttributeInstances] => [name, [attribute]]),
    ),
  };
}

type Attributes = ReturnType<typeof attributesAt>;

function attributesAt(at: number) {
  const stamps = { createdAt: at, modifiedAt: at };
  const text = (value: string): Attribute => ({ kind: 'property', value, declaredType: 'Text', ...stamps });
  return {
    text,
    number: (value: number, unitCode: string): Attribute => ({
      kind: 'property',
      value,
      declaredType: 'Number',
      subAttributes: new Map([['unitCode', text(unitCode)]]),
      ...stamps,
    }),
    instant: (ms: number): Attribute => ({
      kind: 'property',
      declaredType: 'DateTime',
      valueType: 'DateTime',
      value: renderInstant(ms),
      ...stamps,
    }),
    /** Within some 300 metres of the place. */
    point: (place: Place, random: () => number): Attribute => {
      const coordinates = [jittered(place.longitude, random, 0.0035), jittered(place.latitude, random, 0.0027)];
      return {
        kind: 'geo',
        declaredType: 'geo:json',
        geometry: { type: 'Point', coordinates },
        ...stamps,
      };
    },
  };
}

function jittered(degrees: number, random: () => number, spread: number): number {
  return Number((degrees + (random() * 2 - 1) * spread).toFixed(6));
}
