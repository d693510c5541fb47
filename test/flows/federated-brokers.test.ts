import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi } from '../api/api-under-test.ts';
import { startProvider } from '../support/provider.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/* Real brokers that forward to each other over the wire. */

interface City extends ApiUnderTest {
  readonly url: string;
}

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function aCity(hostAlias: string, changes: Parameters<typeof anApi>[0] = {}): Promise<City> {
  const api = await anApi({ hostAlias, ...changes });
  open.push(api);
  return { ...api, url: await api.app.listen({ host: '127.0.0.1', port: 0 }) };
}

const spots = { entities: [{ idPattern: '.*', type: 'Spot' }] };

async function register(at: ApiUnderTest, http: object, dataProvided: object = spots): Promise<void> {
  const body = { dataProvided, provider: { http } };
  expect((await at.send('POST', '/v2/registrations', { body })).statusCode).toBe(201);
}

async function create(at: ApiUnderTest, ...frees: readonly number[]): Promise<void> {
  const entities = frees.map((free) => ({ id: `Spot${free}`, type: 'Spot', free }));
  const body = { actionType: 'append', entities };
  expect((await at.send('POST', '/v2/op/update?options=keyValues', { body })).statusCode).toBe(204);
}

async function frees(at: ApiUnderTest, query = ''): Promise<unknown> {
  const { body, headers } = await at.send('GET', `/v2/entities?type=Spot&options=keyValues,count${query}`);
  return [JSON.parse(body).map(({ free }: { free: number }) => free), Number(headers['fiware-total-count'])];
}

describe('Two brokers', () => {
  it('answer for each other, each entity once, though each is a provider of the other', async () => {
    const [a, b] = [await aCity('a'), await aCity('b')];
    await register(a, { url: `${b.url}/v2` });
    await register(b, { url: `${a.url}/v2` });
    await create(a, 1, 2);
    await create(b, 3, 4);
    expect(await frees(a)).toEqual([[1, 2, 3, 4], 4]);
    expect(await frees(b)).toEqual([[3, 4, 1, 2], 4]);
    expect(await frees(a, '&q=free>1&orderBy=!free&limit=2')).toEqual([[4, 3], 3]);
    expect(await frees(a, '&offset=1&limit=2')).toEqual([[2, 3], 4]);

    const patch = (at: ApiUnderTest, id: string) =>
      at.send('PATCH', `/v2/entities/${id}/attrs?options=keyValues&type=Spot`, { body: { free: 9 } });
    expect((await patch(a, 'Spot3')).statusCode).toBe(204);
    expect(await frees(b, '&options=skipForwarding')).toEqual([[9, 4], 2]);
    expect((await patch(a, 'Spot7')).statusCode).toBe(404);
    expect((await b.send('DELETE', '/v2/entities/Spot1?type=Spot')).statusCode).toBe(204);
    expect((await a.send('GET', '/v2/entities/Spot1')).statusCode).toBe(404);
    const one = await a.send('GET', '/v2/entities/Spot4/attrs/free/value');
    expect([one.statusCode, one.body]).toEqual([200, '4']);
  });

  it('say what the other says is missing', async () => {
    const [a, b] = [await aCity('a'), await aCity('b')];
    const broken = await startProvider(() => ({ status: 500 }));
    open.push(broken);
    await register(a, { url: `${b.url}/v2` });
    await register(b, { url: broken.url });
    const { headers } = await a.send('GET', '/v2/entities?type=Spot');
    expect(headers.warning).toBe(
      `199 a "provider ${b.url}/v2 is missing: it says: 199 b 'provider ${broken.url} is missing: answered 500'"`,
    );
  });

  it('keep the secrets of the way to each other in an endpoint [users 16]', async () => {
    const b = await startProvider(() => ({
      json: [{ id: 'Spot5', type: 'Spot', free: { type: 'Number', value: 5 } }],
    }));
    open.push(b);
    const file = join(temporaryDirectory(), 'endpoints.json');
    const headers = { 'Fiware-Service': 'of_b' };
    writeFileSync(
      file,
      JSON.stringify({ b: { url: `${b.url}/v2/?key=k`, headers, user: 'city-a', password: 'secret' } }),
    );
    const a = await aCity('a', { endpoints: file });
    await register(a, { endpoint: 'b' });
    expect(await frees(a)).toEqual([[5], 1]);
    const [asked] = b.requests;
    expect(asked?.url).toBe('/v2/op/query?key=k&limit=1000&options=count');
    expect(asked?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('city-a:secret').toString('base64')}`,
      'fiware-service': 'of_b',
    });
    expect((await a.send('GET', '/v2/registrations')).body).not.toMatch(/secret|127\.0\.0\.1/);
  });
});

describe('A ring of brokers', () => {
  it('answers with what all have, and every request comes to its end', async () => {
    const cities = [await aCity('a'), await aCity('b'), await aCity('c')];
    for (const [index, city] of cities.entries()) {
      await register(city, { url: `${(cities[(index + 1) % 3] as City).url}/v2` });
      await create(city, index);
    }
    for (const [index, city] of cities.entries()) {
      expect(await frees(city)).toEqual([[index, (index + 1) % 3, (index + 2) % 3], 3]);
    }
  });

  it('is followed as far as the operator wants', async () => {
    const [a, b, c] = [await aCity('a'), await aCity('b', { forwardingMaxHops: 0 }), await aCity('c')];
    await register(a, { url: `${b.url}/v2` });
    await register(b, { url: `${c.url}/v2` });
    for (const [index, city] of [a, b, c].entries()) await create(city, index);
    expect(await frees(b)).toEqual([[1, 2], 2]);
    expect(await frees(a)).toEqual([[0, 1], 2]);
  });

  it('with one who does not say whom a request has passed is cut by its correlator', async () => {
    const a = await aCity('a');
    let asked = 0;
    const forgetful = await startProvider(async ({ headers, body }) => {
      asked++;
      const correlator = String(headers['fiware-correlator']);
      const { body: text } = await a.send('POST', '/v2/op/query', {
        body,
        headers: { 'fiware-correlator': correlator },
      });
      return { json: JSON.parse(text) };
    });
    open.push(forgetful);
    await register(a, { url: forgetful.url });
    await create(a, 1);
    expect(await frees(a)).toEqual([[1], 1]);
    expect(asked).toBeLessThan(10);
  });
});

describe('Counters of a registration', () => {
  it('survive a restart', async () => {
    const data = temporaryDirectory();
    const b = await startProvider(() => ({ json: [] }));
    open.push(b);
    const first = await anApi({ store: 'embedded', data });
    const body = { id: 'B', dataProvided: spots, provider: { http: { url: b.url } } };
    await first.send('POST', '/v2/registrations', { body });
    for (let time = 0; time < 3; time++) await first.send('GET', '/v2/entities?type=Spot');
    const before = (await first.send('GET', '/v2/registrations/B')).body;
    expect(JSON.parse(before).forwardingInformation.timesSent).toBe(3);
    await first.app.close();
    await (first.broker as unknown as { close(): Promise<void> }).close();
    const second = await anApi({ store: 'embedded', data });
    open.push(second);
    expect((await second.send('GET', '/v2/registrations/B')).body).toBe(before);
    await second.send('GET', '/v2/entities?type=Spot');
    expect(JSON.parse((await second.send('GET', '/v2/registrations/B')).body).forwardingInformation.timesSent).toBe(4);
  });
});
