import { afterEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi } from '../api/api-under-test.ts';
import { startReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function aCity(changes: Parameters<typeof anApi>[0] = {}): Promise<ApiUnderTest & { readonly url: string }> {
  const api = await anApi(changes);
  open.push(api);
  return { ...api, url: await api.app.listen({ host: '127.0.0.1', port: 0 }) };
}

/** As docs/federation.md has it. */
function mirrorOf(url: string, entities: readonly object[] = [{ idPattern: '.*' }]): object {
  return {
    id: 'mirror',
    subject: { entities, condition: { alterationTypes: ['entityCreate', 'entityChange', 'entityDelete'] } },
    notification: { http: { url }, attrs: ['*', 'dateExpires', 'alterationType'] },
  };
}

async function create(api: ApiUnderTest, from: number, to: number, type = 'Spot'): Promise<void> {
  for (let first = from; first < to; first += 500) {
    const ids = Array.from({ length: Math.min(500, to - first) }, (_, index) => first + index);
    const entities = ids.map((n) => ({ id: `${type}${n}`, type, n }));
    const body = { actionType: 'append', entities };
    expect((await api.send('POST', '/v2/op/update?options=keyValues', { body })).statusCode).toBe(204);
  }
}

async function all(api: ApiUnderTest, query = ''): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let offset = 0; ; offset += 1000) {
    const { body } = await api.send('GET', `/v2/entities?orderBy=id&limit=1000&offset=${offset}${query}`);
    const page = JSON.parse(body) as unknown[];
    found.push(...page);
    if (page.length < 1000) return found;
  }
}

const state = async (api: ApiUnderTest) =>
  JSON.parse((await api.send('GET', '/v2/subscriptions/mirror')).body).synchronization;

const patient = { timeout: 90_000 };

describe('A subscription with options=synchronize', () => {
  it('is told of all that is there, and then of what comes; two brokers are equal', patient, async () => {
    const [a, b] = [await aCity(), await aCity()];
    await create(a, 0, 1200);
    await create(a, 0, 5, 'Car');
    const body = mirrorOf(`${b.url}/v2/op/mirror`, [{ idPattern: '.*', type: 'Spot' }]);
    expect((await a.send('POST', '/v2/subscriptions?options=synchronize', { body })).statusCode).toBe(201);
    await a.send('DELETE', '/v2/entities/Spot7');
    await a.send('PUT', '/v2/entities/Spot8/attrs?options=keyValues', { body: { other: 'x' } });
    await create(a, 1200, 1210);
    await expect.poll(() => state(a), { timeout: 20_000 }).toMatchObject({ state: 'done' });
    const wanted = await all(a, '&type=Spot');
    await expect.poll(async () => (await all(b)).length, { timeout: 20_000 }).toBe(wanted.length);
    await expect.poll(() => all(b), { timeout: 20_000 }).toEqual(wanted);
    expect(await state(a)).toMatchObject({ startedAt: expect.any(String), finishedAt: expect.any(String) });
    expect((await state(a)).told).toBeGreaterThanOrEqual(1199);
  });

  it('can be asked for anew with PATCH, and is forgotten with the subscription', patient, async () => {
    const receiver = await startReceiver();
    open.push(receiver);
    const api = await aCity();
    await create(api, 0, 2);
    await api.send('POST', '/v2/subscriptions', { body: mirrorOf(receiver.url) });
    expect(await state(api)).toBeUndefined();
    const patched = await api.send('PATCH', '/v2/subscriptions/mirror?options=synchronize', {
      body: { status: 'active' },
    });
    expect(patched.statusCode).toBe(204);
    const told = [await receiver.take(), await receiver.take()].map(({ body }) => JSON.parse(body).data[0]);
    expect(told.map(({ id, alterationType }) => [id, alterationType.value]).toSorted()).toEqual([
      ['Spot0', 'entityCreate'],
      ['Spot1', 'entityCreate'],
    ]);
    await expect.poll(() => state(api)).toMatchObject({ state: 'done', told: 2 });
    await api.send('DELETE', '/v2/subscriptions/mirror');
    await api.send('POST', '/v2/subscriptions', { body: mirrorOf(receiver.url) });
    expect(await state(api)).toBeUndefined();
  });

  it('tells nothing that the subscription does not ask for', patient, async () => {
    const receiver = await startReceiver();
    open.push(receiver);
    const api = await aCity();
    await create(api, 0, 4);
    const body = {
      id: 'mirror',
      subject: { entities: [{ idPattern: '.*' }], condition: { expression: { q: 'n>2' } } },
      notification: { http: { url: receiver.url } },
    };
    await api.send('POST', '/v2/subscriptions?options=synchronize', { body });
    await expect.poll(() => state(api)).toMatchObject({ state: 'done', told: 1 });
    expect(JSON.parse((await receiver.take()).body).data).toMatchObject([{ id: 'Spot3' }]);
  });

  it('goes on after a restart from where it was', patient, async () => {
    const data = temporaryDirectory();
    const receiver = await startReceiver(() => ({ status: 503 }));
    open.push(receiver);
    const first = await anApi({ store: 'embedded', data, maxOwed: 20_000 });
    await create(first, 0, 2700);
    await first.send('POST', '/v2/subscriptions?options=synchronize', { body: mirrorOf(receiver.url) });
    // The receiver takes nothing, so it stops where too much is owed.
    await expect.poll(async () => (await state(first)).told, { timeout: 20_000 }).toBe(2000);
    await first.app.close();
    await (first.broker as unknown as { close(): Promise<void> }).close();

    const b = await aCity();
    const second = await anApi({ store: 'embedded', data, maxOwed: 20_000 });
    open.push(second);
    expect(await state(second)).toMatchObject({ state: 'running', told: 2000 });
    const http = { url: `${b.url}/v2/op/mirror` };
    const notification = { http, attrs: ['*', 'dateExpires', 'alterationType'] };
    await second.send('PATCH', '/v2/subscriptions/mirror', { body: { notification } });
    await expect.poll(() => state(second), { timeout: 40_000 }).toMatchObject({ state: 'done', told: 2700 });
    await expect.poll(async () => (await all(b)).length, { timeout: 40_000 }).toBe(2700);
  });
});
