import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMapping } from '../../src/load/read-mapping.ts';
import { type ApiUnderTest, anApi } from '../api/api-under-test.ts';
import { readAll } from '../load/a-mapping.ts';
import { realData } from '../load/real-data.ts';

const mappings = ['madrid', 'barcelona'].flatMap((city) =>
  readdirSync(`examples/${city}`)
    .filter((file) => file.endsWith('.json'))
    .map((file) => `examples/${city}/${file}`),
);

describe.runIf(realData !== undefined)('The open data of Madrid and Barcelona', { timeout: 300_000 }, () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi({ admin: true, maxBodyBytes: 64 * 1024 * 1024 });
    await api.send('PUT', '/admin/model-policy/city', { body: { mode: 'enforce', unknownTypes: 'enforce' } });
  });

  afterAll(() => api?.close());

  it.each(mappings)('of %s conform to their models', async (mapping) => {
    const { entities } = await readAll(await readMapping(mapping), realData ?? '');
    const refused: string[] = [];
    for (let from = 0; from < entities.length; from += 1000) {
      const body = { actionType: 'append', entities: entities.slice(from, from + 1000) };
      const answer = await api.send('POST', '/v2/op/update', { body });
      if (answer.statusCode !== 204) refused.push(...answer.json().description.split('\n'));
    }
    expect(refused).toEqual([]);
  });

  it('are all looked at by the report, which tells what no model has', async () => {
    const report = async () => {
      const { body } = await api.send('GET', '/models/report?details=off');
      return (JSON.parse(body) as { summary: { checked: number; violating: number; byRule: readonly object[] } })
        .summary;
    };
    expect(await report()).toEqual({ checked: 12_271, violating: 0, withoutModel: 0, byRule: [] });

    const policy = { mode: 'enforce', unknownAttributes: 'warn' };
    await api.send('PUT', '/admin/model-policy/city', { body: policy });
    const { byRule } = await report();
    const model = 'TrafficFlowObserved 1.0.0';
    expect(byRule).toContainEqual(
      expect.objectContaining({ model, path: '/serviceLevel', rule: 'unknownAttribute', entities: 3878 }),
    );
  });

  it('as they were published are shown with their reasons: humidity in percent, wind beyond a circle', async () => {
    await api.send('PUT', '/admin/model-policy/city', { body: { mode: 'off' } });
    const id = 'urn:ngsi-ld:WeatherObserved:madrid:28079059';
    const body = { relativeHumidity: { type: 'Number', value: 35 }, windDirection: { type: 'Number', value: 450 } };
    await api.send('PATCH', `/v2/entities/${id}/attrs`, { body });
    const { body: text } = await api.send('GET', '/models/report?type=WeatherObserved');
    const [line] = text.split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({
      id,
      violations: [
        { path: '/relativeHumidity', value: 35, rule: 'maximum', message: 'must be at most 1' },
        { path: '/windDirection', value: 450, rule: 'maximum', message: 'must be at most 360' },
      ],
    });
  });
});
