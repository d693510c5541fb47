import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

interface ShownLetter {
  readonly id: number;
  readonly entityId: string;
}

test('the routes of operators are not there unless they are turned on', async () => {
  const api = await anApi();
  const answer = await api.send('GET', '/admin/dead-letters');
  expect([answer.statusCode, answer.json().error]).toEqual([400, 'BadRequest']);
  expect(JSON.stringify((await api.send('GET', '/openapi.json')).json())).not.toContain('/admin');
  await api.close();
});

describe.each(storeKinds)('the routes of operators, on the %s store', (store) => {
  let api: ApiUnderTest;
  let receiver: Receiver;
  let tenants = 0;

  beforeAll(async () => {
    api = await anApi({ store, admin: true });
    receiver = await startReceiver(() => ({ status: 200, body: 'thank you' }));
  });

  afterAll(async () => {
    await receiver.close();
    await api.close();
  });

  /** A tenant whose subscription `S` has a URL that comes to nothing for each entity, so that each notification dies. */
  const aTenantWithDeadLetters = async (count: number) => {
    const headers = { 'fiware-service': `t${++tenants}` };
    const send = (method: string, url: string, body?: unknown, more: Record<string, string> = {}) =>
      api.send(method, url, { headers: { ...headers, ...more }, ...(body !== undefined && { body }) });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a macro looks like that.
    const notification = { httpCustom: { url: '${nowhere}' } };
    const subject = { entities: [{ idPattern: '.*', type: 'Room' }] };
    await send('POST', '/v2/subscriptions', { id: 'S', subject, notification });
    for (let number = 1; number <= count; number += 1) {
      const body = { id: `Room${number}`, type: 'Room', temperature: { type: 'Number', value: number } };
      await send('POST', '/v2/entities', body, { 'x-auth-token': 'secret', 'fiware-correlator': `c${number}` });
    }
    const list = (query = '') => send('GET', `/admin/dead-letters?limit=100${query}`);
    const dead = async () => (await list()).json<ShownLetter[]>().map(({ entityId }) => entityId);
    await expect.poll(async () => (await dead()).length).toBe(count);
    return { send, list, dead };
  };

  test('list dead letters with what they told and why they died, and no token', async () => {
    const { list } = await aTenantWithDeadLetters(1);
    const answer = await list();
    expect(answer.json()).toEqual([
      {
        id: expect.any(Number),
        notificationId: expect.stringMatching(/^S-/),
        subscriptionId: 'S',
        entityId: 'Room1',
        alterationType: 'entityCreate',
        changedAt: expect.stringMatching(/Z$/),
        diedAt: expect.stringMatching(/Z$/),
        attempts: expect.any(Number),
        reason: expect.any(String),
        correlator: 'c1',
        entity: expect.objectContaining({ id: 'Room1' }),
      },
    ]);
    expect(answer.body).not.toContain('secret');
  });

  test('list them page by page, and count', async () => {
    const { send, list } = await aTenantWithDeadLetters(3);
    const page = await send('GET', '/admin/dead-letters?offset=1&limit=1&options=count');
    expect(page.json<ShownLetter[]>().map(({ entityId }) => entityId)).toEqual(['Room2']);
    expect(page.headers['fiware-total-count']).toBe('3');
    const [first] = (await list()).json<ShownLetter[]>();
    expect((await list(`&id=${first?.id},99999`)).json()).toHaveLength(1);
    expect((await list('&subscription=other')).json()).toEqual([]);
  });

  test('replay them, once the subscription is right', async () => {
    const { send, dead } = await aTenantWithDeadLetters(2);
    await send('PATCH', '/v2/subscriptions/S', { notification: { http: { url: receiver.url } } });
    const replayed = await send('POST', '/admin/dead-letters/replay?subscription=S');
    expect([replayed.statusCode, replayed.json()]).toEqual([200, { replayed: 2 }]);
    const bodies = [await receiver.take(), await receiver.take()].map(({ body }) => JSON.parse(body).data[0].id);
    expect(bodies.toSorted()).toEqual(['Room1', 'Room2']);
    expect(await dead()).toEqual([]);
  });

  test('purge those that are named, or all where all are meant', async () => {
    const { send, list, dead } = await aTenantWithDeadLetters(3);
    const [first] = (await list()).json<ShownLetter[]>();
    expect((await send('DELETE', `/admin/dead-letters?id=${first?.id}`)).json()).toEqual({ purged: 1 });
    expect(await dead()).toEqual(['Room2', 'Room3']);
    const careless = await send('DELETE', '/admin/dead-letters');
    expect([careless.statusCode, careless.json().description]).toEqual([
      400,
      'say which dead letters: name a subscription or an id, or set all to true',
    ]);
    expect((await send('DELETE', '/admin/dead-letters?all=true')).json()).toEqual({ purged: 2 });
    expect(await dead()).toEqual([]);
  });

  test('list the last deliveries of a subscription, the latest first', async () => {
    const headers = { 'fiware-service': `t${++tenants}` };
    const subject = { entities: [{ idPattern: '.*' }] };
    const body = { id: 'S', subject, notification: { http: { url: receiver.url } } };
    await api.send('POST', '/v2/subscriptions', { headers, body });
    for (const id of ['A', 'B']) {
      await api.send('POST', '/v2/entities', { headers, body: { id, type: 'T' } });
      await receiver.take();
    }
    const deliveries = async () => (await api.send('GET', '/admin/subscriptions/S/deliveries', { headers })).json();
    await expect.poll(deliveries).toEqual(
      ['B', 'A'].map((entityId) => ({
        at: expect.stringMatching(/Z$/),
        durationMs: expect.any(Number),
        notificationId: expect.stringMatching(/^S-/),
        entityId,
        attempt: 1,
        status: 200,
        answer: 'thank you',
      })),
    );
    const nobody = await api.send('GET', '/admin/subscriptions/nobody/deliveries', { headers });
    expect([nobody.statusCode, nobody.json().error]).toEqual([404, 'NotFound']);
  });
});
