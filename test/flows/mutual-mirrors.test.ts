import { afterEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi } from '../api/api-under-test.ts';

const open: ApiUnderTest[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function aCity(): Promise<ApiUnderTest & { readonly url: string }> {
  const api = await anApi();
  open.push(api);
  return { ...api, url: await api.app.listen({ host: '127.0.0.1', port: 0 }) };
}

/** Has each tell the other of all that changes. */
async function mirroringEachOther() {
  const [a, b] = [await aCity(), await aCity()];
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const body = {
      id: 'mirror',
      subject: {
        entities: [{ idPattern: '.*' }],
        condition: { alterationTypes: ['entityCreate', 'entityChange', 'entityDelete'] },
      },
      notification: { http: { url: `${to.url}/v2/op/notify` }, attrs: ['*', 'alterationType'] },
    };
    expect((await from.send('POST', '/v2/subscriptions', { body })).statusCode).toBe(201);
  }
  return { a, b };
}

const set = (api: ApiUnderTest, n: number) =>
  api.send('POST', '/v2/entities?options=upsert,keyValues', { body: { id: 'Spot1', type: 'Spot', n } });

const read = async (api: ApiUnderTest) =>
  JSON.parse((await api.send('GET', '/v2/entities/Spot1?options=keyValues')).body).n;

const soon = { timeout: 15_000 };

/** Until neither owes the other anything any more; how many notifications each has sent by then. */
async function atRest(apis: readonly ApiUnderTest[]): Promise<readonly number[]> {
  const owed = () => apis.map(({ broker }) => broker.stores.tenant('' as never).outbox.size);
  await expect.poll(owed, soon).toStrictEqual(apis.map(() => 0));
  return Promise.all(
    apis.map(
      async (api) => JSON.parse((await api.send('GET', '/v2/subscriptions/mirror')).body).notification.timesSent,
    ),
  );
}

describe('Brokers that mirror each other by op/notify', () => {
  it('are equal after many writes of one, which older ones that come back do not undo', {
    timeout: 60_000,
  }, async () => {
    const { a, b } = await mirroringEachOther();
    for (let n = 1; n <= 50; n++) await set(a, n);
    await expect.poll(() => read(b), soon).toBe(50);
    await atRest([a, b]);
    expect([await read(a), await read(b)]).toStrictEqual([50, 50]);
    await a.send('DELETE', '/v2/entities/Spot1');
    await expect.poll(async () => (await b.send('GET', '/v2/entities/Spot1')).statusCode, soon).toBe(404);
    await atRest([a, b]);
    expect((await a.send('GET', '/v2/entities/Spot1')).statusCode).toBe(404);
  });

  it('come to rest when both were written to at the same moment', { timeout: 60_000 }, async () => {
    const { a, b } = await mirroringEachOther();
    await set(a, 0);
    await expect.poll(() => read(b), soon).toBe(0);
    await atRest([a, b]);
    for (let n = 1; n <= 20; n++) await Promise.all([set(a, n), set(b, -n)]);
    const sent = await atRest([a, b]);
    // Each told of its own writes once, and of the other's at most once.
    for (const count of sent) expect(count).toBeLessThanOrEqual(2 + 2 * 20);
    // Written to once more by one of them, they are equal again.
    await set(b, 100);
    await expect.poll(() => read(a), soon).toBe(100);
    await atRest([a, b]);
    expect([await read(a), await read(b)]).toStrictEqual([100, 100]);
  });
});
