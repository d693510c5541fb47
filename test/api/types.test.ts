import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

describe.each(storeKinds)('[V2 types] on the %s store', (store) => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi({ store });
    for (const body of [
      { id: 'R1', type: 'Room', temperature: { value: 21 }, name: { value: 'north' } },
      { id: 'R2', type: 'Room', temperature: { type: 'Celsius', value: 22 } },
      { id: 'C1', type: 'Car', speed: { value: 50 } },
      { id: 'B1', type: 'Bus' },
    ]) {
      await api.send('POST', '/v2/entities', { body });
    }
  });

  afterAll(() => api.close());

  test('lists types by name with their attributes', async () => {
    const answer = await api.send('GET', '/v2/types');
    expect([answer.statusCode, answer.headers['fiware-total-count']]).toEqual([200, undefined]);
    expect(answer.body).toBe(
      '[{"type":"Bus","attrs":{},"count":1},{"type":"Car","attrs":{"speed":{"types":["Number"]}},"count":1},{"type":"Room","attrs":{"name":{"types":["Text"]},"temperature":{"types":["Celsius","Number"]}},"count":2}]',
    );
  });

  test('lists only names with options=values, and counts them', async () => {
    const answer = await api.send('GET', '/v2/types?options=values,count&limit=1&offset=1');
    expect([answer.body, answer.headers['fiware-total-count']]).toEqual(['["Car"]', '3']);
  });

  test('leaves out the types of attributes with options=noAttrDetail', async () => {
    const [, car] = (await api.send('GET', '/v2/types?options=noAttrDetail')).json();
    expect(car).toEqual({ type: 'Car', attrs: { speed: { types: [] } }, count: 1 });
  });

  test('shows one type', async () => {
    const answer = await api.send('GET', '/v2/types/Car');
    expect(answer.body).toBe('{"attrs":{"speed":{"types":["Number"]}},"count":1}');
  });

  test('does not know a type without entities', async () => {
    const answer = await api.send('GET', '/v2/types/Tram');
    expect([answer.statusCode, answer.json()]).toEqual([
      404,
      { error: 'NotFound', description: 'Entity type not found' },
    ]);
  });
});
