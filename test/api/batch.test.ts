import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

describe.each(storeKinds)('[V2 batch operations] on the %s store', (store) => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi({ store, maxBatchEntities: 5 });
  });

  afterEach(() => api.send('DELETE', `/v2/entities?idPattern=.`));

  afterAll(() => api.close());

  const update = (actionType: string, entities: object[], options = 'keyValues') =>
    api.send('POST', `/v2/op/update?options=${options}`, { body: { actionType, entities } });

  const all = async () => (await api.send('GET', '/v2/entities?options=keyValues')).json();

  test('[V2 batch update] append creates, adds and updates', async () => {
    const answer = await update('append', [
      { id: 'A', type: 'T', x: 1 },
      { id: 'B', type: 'T' },
      { id: 'A', type: 'T', x: 2, y: 3 },
    ]);
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(await all()).toEqual([
      { id: 'A', type: 'T', x: 2, y: 3 },
      { id: 'B', type: 'T' },
    ]);
  });

  test('[V2 batch update] takes flowControl and the words of the API before NGSIv2', async () => {
    expect((await update('APPEND', [{ id: 'A', type: 'T', x: 1 }], 'keyValues,flowControl')).statusCode).toBe(204);
    expect((await update('UPDATE', [{ id: 'A', type: 'T', x: 2 }])).statusCode).toBe(204);
    expect(await all()).toEqual([{ id: 'A', type: 'T', x: 2 }]);
  });

  test('[V2 batch update] appendStrict reports what is there and writes the rest', async () => {
    await update('append', [{ id: 'A', type: 'T', x: 1 }]);
    const answer = await update('appendStrict', [
      { id: 'A', type: 'T', x: 2, y: 2 },
      { id: 'B', type: 'T', x: 1 },
    ]);
    expect([answer.statusCode, answer.json().error]).toEqual([422, 'PartialUpdate']);
    expect(answer.json().description).toContain('A/T - [ x ]');
    expect(await all()).toEqual([
      { id: 'A', type: 'T', x: 1, y: 2 },
      { id: 'B', type: 'T', x: 1 },
    ]);
  });

  test.each(['update', 'replace', 'delete'])('[V2 batch update] %s of what is not there', async (action) => {
    const none = await update(action, [{ id: 'X', type: 'T', a: 1 }]);
    expect([none.statusCode, none.json()]).toEqual([
      404,
      { error: 'NotFound', description: 'do not exist: X/T - [entity itself]' },
    ]);
    await update('append', [{ id: 'A', type: 'T', a: 1, b: 1 }]);
    const some = await update(action, [
      { id: 'A', type: 'T', a: 2 },
      { id: 'X', type: 'T', a: 1 },
    ]);
    expect([some.statusCode, some.json().error]).toEqual([422, 'PartialUpdate']);
    expect(some.json().description).toContain('X/T - [entity itself]');
    const expected = { update: { a: 2, b: 1 }, replace: { a: 2 }, delete: { b: 1 } }[action];
    expect(await all()).toEqual([{ id: 'A', type: 'T', ...expected }]);
  });

  test('[V2 batch update] delete without attributes removes the entity', async () => {
    await update('append', [{ id: 'A', type: 'T', a: 1 }]);
    expect((await update('delete', [{ id: 'A', type: 'T' }])).statusCode).toBe(204);
    expect(await all()).toEqual([]);
  });

  test.each([
    [{}, 'empty payload'],
    [{ actionType: 'append' }, 'Invalid JSON payload, mandatory field /entities/ not found'],
    [{ actionType: 'append', entities: [] }, 'empty entities vector'],
    [
      { actionType: 'appendd', entities: [{ id: 'A' }] },
      'invalid update action type: right ones are: append, appendStric, delete, replace, update',
    ],
    [{ actionType: 'append', entities: [{ id: 'A' }], more: 1 }, 'Unrecognized field in JSON payload: /more/'],
  ])('[V2 batch update] refuses %j', async (body, description) => {
    const answer = await api.send('POST', '/v2/op/update', { body });
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'BadRequest', description }]);
  });

  test('[V2 batch update] refuses more entities than the configuration allows', async () => {
    const answer = await update(
      'append',
      Array.from({ length: 6 }, (_, n) => ({ id: `E${n}`, type: 'T' })),
    );
    expect([answer.statusCode, answer.json().error]).toEqual([413, 'NoResourcesAvailable']);
    expect(await all()).toEqual([]);
  });

  test('[V2 batch query] answers as the list does', async () => {
    await update('append', [
      { id: 'A', type: 'T', x: 1 },
      { id: 'B', type: 'T', x: 2 },
      { id: 'C', type: 'U', x: 3 },
    ]);
    const body = { entities: [{ idPattern: '.*', type: 'T' }, { id: 'C' }], attrs: ['x'], expression: { q: 'x>1' } };
    const answer = await api.send('POST', '/v2/op/query?options=keyValues,count&limit=1', { body });
    expect([answer.statusCode, answer.headers['fiware-total-count'], answer.body]).toEqual([
      200,
      '2',
      '[{"id":"B","type":"T","x":2}]',
    ]);
    const ordered = await api.send('POST', '/v2/op/query?options=values&orderBy=!x', { body: { attrs: ['x'] } });
    expect(ordered.body).toBe('[[3],[2],[1]]');
  });

  test.each([
    [{}, 'empty payload'],
    [{ scopes: [] }, 'Unrecognized field in JSON payload: /scopes/'],
    [{ attributes: ['x'] }, 'Unrecognized field in JSON payload: /attributes/'],
  ])('[V2 batch query] refuses %j', async (body, description) => {
    const answer = await api.send('POST', '/v2/op/query', { body });
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'BadRequest', description }]);
  });

  test('[V2 batch notify] appends and answers 200', async () => {
    const body = {
      subscriptionId: 'abc',
      data: [{ id: 'A', type: 'T', x: { type: 'Number', value: 1, metadata: {} } }],
    };
    const answer = await api.send('POST', '/v2/op/notify', { body });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(await all()).toEqual([{ id: 'A', type: 'T', x: 1 }]);
  });

  test('[V2 batch notify] does not take key-value pairs', async () => {
    const body = { subscriptionId: 'abc', data: [{ id: 'A', type: 'T', x: 1 }] };
    expect((await api.send('POST', '/v2/op/notify?options=keyValues', { body })).statusCode).toBe(400);
  });

  test('[V2 entities removal] counts, then removes what matches', async () => {
    await update('append', [
      { id: 'A', type: 'T', x: 1 },
      { id: 'B', type: 'T', x: 2 },
      { id: 'C', type: 'U', x: 3 },
    ]);
    const counted = await api.send('DELETE', '/v2/entities?type=T&dryRun=true');
    expect([counted.statusCode, counted.body]).toEqual([200, '{"matched":2,"deleted":0}']);
    expect(await all()).toHaveLength(3);
    const removed = await api.send('DELETE', '/v2/entities?type=T&q=x>1');
    expect([removed.statusCode, removed.body]).toEqual([200, '{"matched":1,"deleted":1}']);
    expect((await all()).map(({ id }: { id: string }) => id)).toEqual(['A', 'C']);
  });

  test.each([
    [
      '?dryRun=true',
      'removal of entities needs at least one of: id, type, idPattern, typePattern, q, mq, georel, geometry, coords',
    ],
    ['?type=T&limit=1', 'URI param /limit/ does not go with the removal of entities'],
    ['?type=T&dryrun=true', 'URI param /dryrun/ does not go with the removal of entities'],
    ['?type=T&dryRun=yes', 'URI param /dryRun/ must be true or false'],
  ])('[V2 entities removal] refuses DELETE /v2/entities%s', async (query, description) => {
    await update('append', [{ id: 'A', type: 'T' }]);
    const answer = await api.send('DELETE', `/v2/entities${query}`);
    expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'BadRequest', description }]);
    expect(await all()).toHaveLength(1);
  });
});
