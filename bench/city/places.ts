import { readFileSync } from 'node:fs';

/*
 * Where Madrid counts traffic, parks bicycles and lends them, and what was measured there at one moment.
 *
 * Origen de los datos: Ayuntamiento de Madrid (traffic counters, 24 February 2018; bicycle racks, October 2025) and EMT Madrid
 * (BiciMAD, October 2025); reduced to what the benchmark needs by `extract-places.ts`.
 */

export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

export interface CounterPlace extends Place {
  /** Vehicles an hour. */
  readonly intensity: number;
  /** Per cent. */
  readonly occupancy: number;
  readonly serviceLevel: string;
}

export interface RackPlace extends Place {
  readonly street: string;
  readonly district: string;
  readonly model: string;
}

export interface StationPlace extends Place {
  readonly name: string;
  readonly bikes: number;
  readonly slots: number;
}

function rowsOf(name: string): readonly (readonly string[])[] {
  const [, ...lines] = readFileSync(`bench/city/places/${name}.csv`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(';'));
}

export const counterPlaces: readonly CounterPlace[] = rowsOf('counters').map(
  ([longitude, latitude, intensity, occupancy, serviceLevel = '']) => ({
    longitude: Number(longitude),
    latitude: Number(latitude),
    intensity: Number(intensity),
    occupancy: Number(occupancy),
    serviceLevel,
  }),
);

export const rackPlaces: readonly RackPlace[] = rowsOf('racks').map(
  ([longitude, latitude, street = '', district = '', model = '']) => ({
    longitude: Number(longitude),
    latitude: Number(latitude),
    street,
    district,
    model,
  }),
);

export const stationPlaces: readonly StationPlace[] = rowsOf('stations').map(
  ([longitude, latitude, name = '', bikes, slots]) => ({
    longitude: Number(longitude),
    latitude: Number(latitude),
    name,
    bikes: Number(bikes),
    slots: Number(slots),
  }),
);
