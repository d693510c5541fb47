import { vi } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { type ApiUnderTest, anApi } from '../api-under-test.ts';

/** Terms of a dataset of parking spots, of which only what matters to the test is said. */
export function parkingTerms(changes: JsonObject = {}): JsonObject {
  return {
    id: 'parking',
    published: true,
    title: { en: 'Parking', es: 'Aparcamientos' },
    description: { en: 'Where cars are parked.' },
    publisher: { name: 'The city' },
    view: { types: ['Parking'], attributes: ['name', 'free', 'open', 'updated', 'location'] },
    ...changes,
  };
}

const typesByName: Readonly<Record<string, string>> = { free: 'Number', open: 'Boolean', name: 'TextUnrestricted' };

/** Three car parks, one of them without a place and one with a name that every format has to escape. */
export const carParks: readonly JsonObject[] = [
  aCarPark('P1', {
    name: 'Centre, "old" town\nsecond line',
    free: 12,
    open: true,
    secret: 'x1',
    location: [-3.7, 40.4],
  }),
  aCarPark('P2', { name: 'Ñandú <&>', free: 0.5, open: false, secret: 'x2', location: [-3.8, 40.5] }),
  aCarPark('P3', { name: 'Nowhere', free: null, open: true, secret: 'x3' }),
];

export function aCarPark(id: string, values: { readonly [name: string]: JsonValue }): JsonObject {
  const { location, ...others } = values;
  return {
    id,
    type: 'Parking',
    ...Object.fromEntries(
      Object.entries(others).map(([name, value]) => [name, { value, type: typesByName[name] ?? 'Text' }]),
    ),
    updated: { type: 'DateTime', value: '2026-01-31T12:00:00.000Z' },
    ...(location !== undefined && { location: { type: 'geo:json', value: { type: 'Point', coordinates: location } } }),
  };
}

/** Has a minute go by in which nothing changes, for stores that tell only then that nothing did; until mocks are restored. */
export function aMinutePasses(): void {
  const now = Date.now;
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 60_000);
}

export interface CityUnderTest extends ApiUnderTest {
  publish(terms: JsonObject, tenant?: string): Promise<JsonObject>;
  store(entities: readonly JsonObject[], tenant?: string): Promise<void>;
}

/** A broker that serves `/admin`, with the car parks published. */
export async function aCity(
  options: Parameters<typeof anApi>[0] = {},
  log?: Parameters<typeof anApi>[1],
): Promise<CityUnderTest> {
  const api = await anApi(
    { admin: true, textRestricted: false, publicUrl: 'https://data.example.org', ...options },
    log,
  );
  const city: CityUnderTest = {
    ...api,
    async publish(terms, tenant = '') {
      const answer = await api.send('PUT', `/admin/datasets/${terms.id}`, {
        body: terms,
        headers: { 'fiware-service': tenant },
      });
      if (answer.statusCode !== 200) throw new Error(answer.body);
      return answer.json<JsonObject>();
    },
    async store(entities, tenant = '') {
      const body = { actionType: 'append', entities };
      const answer = await api.send('POST', '/v2/op/update', { body, headers: { 'fiware-service': tenant } });
      if (answer.statusCode !== 204) throw new Error(answer.body);
    },
  };
  await city.store(carParks);
  await city.publish(parkingTerms());
  return city;
}
