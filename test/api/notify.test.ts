import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

const text = (value: string) => ({ type: 'Text', value, metadata: {} });
const number = (value: number, metadata: object = {}) => ({ type: 'Number', value, metadata });

describe.each(storeKinds)('POST /v2/op/notify on %s', (store) => {
  let api: ApiUnderTest;

  beforeEach(async () => {
    api = await anApi({ store });
  });
  afterEach(() => api.close());

  async function notify(data: readonly object[], operation = 'notify'): Promise<void> {
    const body = { subscriptionId: 'S', data };
    const { statusCode } = await api.send('POST', `/v2/op/${operation}`, { body });
    expect(statusCode).toBe(200);
  }

  async function entities(): Promise<unknown> {
    return JSON.parse((await api.send('GET', '/v2/entities?attrs=dateExpires,*')).body);
  }

  const room = { id: 'Room1', type: 'Room' };

  it('creates, appends and updates, and leaves the rest as it is [V2 notify operation] [fact 31]', async () => {
    await notify([{ ...room, a: number(1), b: number(2) }]);
    await notify([{ ...room, a: number(3), c: number(4) }]);
    expect(await entities()).toEqual([{ ...room, a: number(3), b: number(2), c: number(4) }]);
  });

  it('removes what alterationType says was deleted, however often it says so [V2 builtin attributes] [users: federation]', async () => {
    await notify([
      { ...room, a: number(1), alterationType: text('entityCreate') },
      { id: 'Room2', type: 'Room', a: number(1), alterationType: text('entityChange') },
    ]);
    expect(await entities()).toEqual([
      { ...room, a: number(1) },
      { id: 'Room2', type: 'Room', a: number(1) },
    ]);
    for (let time = 0; time < 2; time++)
      await notify([{ ...room, a: number(1), alterationType: text('entityDelete') }]);
    expect(await entities()).toEqual([{ id: 'Room2', type: 'Room', a: number(1) }]);
  });

  it('keeps an attribute of that name that says something else', async () => {
    await notify([{ ...room, alterationType: text('of the roof') }]);
    expect(await entities()).toEqual([{ ...room, alterationType: text('of the roof') }]);
  });

  it('as /v2/op/mirror leaves of an entity what the notification says, metadata and expiry too', async () => {
    const expires = { type: 'DateTime', value: '2040-01-01T00:00:00.000Z', metadata: {} };
    await notify(
      [{ ...room, a: number(1, { m: { type: 'Number', value: 9 } }), b: number(2), dateExpires: expires }],
      'mirror',
    );
    expect(await entities()).toMatchObject([{ ...room, b: number(2), dateExpires: expires }]);
    await notify([{ ...room, a: number(1), c: number(4) }], 'mirror');
    expect(await entities()).toEqual([{ ...room, a: number(1), c: number(4) }]);
  });

  it('as /v2/op/mirror changes nothing where nothing differs', async () => {
    await notify([{ ...room, a: number(1) }], 'mirror');
    const before = (await api.send('GET', '/v2/entities?attrs=dateModified,*')).body;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await notify([{ ...room, a: number(1) }], 'mirror');
    expect((await api.send('GET', '/v2/entities?attrs=dateModified,*')).body).toBe(before);
  });
});
