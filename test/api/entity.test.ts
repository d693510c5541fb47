import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';

const notFound = { error: 'NotFound', description: 'The requested entity has not been found. Check type and id' };
const noAttribute = { error: 'NotFound', description: 'The entity does not have such an attribute' };
const tooMany = { error: 'TooManyResults', description: 'More than one matching entity. Please refine your query' };

describe.each(storeKinds)('[V2 entity] on the %s store', (store) => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await anApi({ store });
  });

  beforeEach(async () => {
    await api.send('POST', '/v2/op/update', {
      body: {
        actionType: 'delete',
        entities: [
          { id: 'Room1', type: 'Room' },
          { id: 'Room1', type: 'Office' },
        ],
      },
    });
    await api.send('POST', '/v2/entities?options=keyValues', {
      body: { id: 'Room1', type: 'Room', temperature: 21, name: 'north' },
    });
  });

  afterAll(() => api.close());

  const read = async (url = '/v2/entities/Room1?options=keyValues') => (await api.send('GET', url)).json();

  /** What the entity looks like under its type, whatever else has its id. */
  const room = () => read('/v2/entities/Room1?type=Room&options=keyValues');

  test('reads an entity, or only its attributes', async () => {
    const entity = await api.send('GET', '/v2/entities/Room1');
    expect(entity.body).toBe(
      '{"id":"Room1","type":"Room","temperature":{"type":"Number","value":21,"metadata":{}},"name":{"type":"Text","value":"north","metadata":{}}}',
    );
    const attributes = await api.send('GET', '/v2/entities/Room1/attrs?attrs=name');
    expect(attributes.statusCode).toBe(200);
    expect(attributes.body).toBe('{"name":{"type":"Text","value":"north","metadata":{}}}');
    const pairs = await api.send('GET', '/v2/entities/Room1/attrs?options=keyValues');
    expect(pairs.body).toBe('{"temperature":21,"name":"north"}');
  });

  test('shows an entity as it is now after every change', async () => {
    for (const value of [1, 2, 3]) {
      await api.send('PUT', '/v2/entities/Room1/attrs/temperature', { body: { value } });
      expect(await room()).toMatchObject({ temperature: value });
    }
  });

  test('answers HEAD as GET, without the body', async () => {
    const answer = await api.send('HEAD', '/v2/entities/Room1?options=keyValues');
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(answer.headers['content-length']).toBe(
      String(JSON.stringify({ id: 'Room1', type: 'Room', temperature: 21, name: 'north' }).length),
    );
  });

  test.each([
    ['GET', '/v2/entities/Nowhere'],
    ['GET', '/v2/entities/Room1?type=Hall'],
    ['DELETE', '/v2/entities/Nowhere'],
    ['GET', '/v2/entities/Nowhere/attrs'],
    ['GET', '/v2/entities/Nowhere/attrs/a'],
    ['GET', '/v2/entities/Nowhere/attrs/a/value'],
    ['DELETE', '/v2/entities/Nowhere/attrs/a'],
  ])('answers 404 to %s %s', async (method, url) => {
    const answer = await api.send(method, url);
    expect([answer.statusCode, answer.json()]).toEqual([404, notFound]);
  });

  test.each([
    ['POST', '/v2/entities/Nowhere/attrs', { a: { value: 1 } }],
    ['PATCH', '/v2/entities/Nowhere/attrs', { a: { value: 1 } }],
    ['PUT', '/v2/entities/Nowhere/attrs', { a: { value: 1 } }],
    ['PUT', '/v2/entities/Nowhere/attrs/a', { value: 1 }],
    ['PUT', '/v2/entities/Nowhere/attrs/a/value', [1]],
  ])('answers 404 to %s %s', async (method, url, body) => {
    const answer = await api.send(method, url, { body });
    expect([answer.statusCode, answer.json()]).toEqual([404, notFound]);
  });

  test.each([
    ['GET', '/v2/entities/Room1/attrs/none', undefined],
    ['GET', '/v2/entities/Room1/attrs/none/value', undefined],
    ['DELETE', '/v2/entities/Room1/attrs/none', undefined],
    ['PUT', '/v2/entities/Room1/attrs/none', { value: 1 }],
    ['PUT', '/v2/entities/Room1/attrs/none/value', { a: 1 }],
  ])('answers 404 for an attribute that is not there to %s %s', async (method, url, body) => {
    const answer = await api.send(method, url, { body });
    expect([answer.statusCode, answer.json()]).toEqual([404, noAttribute]);
  });

  test('asks which one is meant when two entities have the id', async () => {
    await api.send('POST', '/v2/entities', { body: { id: 'Room1', type: 'Office' } });
    for (const [method, url, body] of [
      ['GET', '/v2/entities/Room1'],
      ['GET', '/v2/entities/Room1/attrs'],
      ['GET', '/v2/entities/Room1/attrs/temperature'],
      ['GET', '/v2/entities/Room1/attrs/temperature/value'],
      ['DELETE', '/v2/entities/Room1'],
      ['DELETE', '/v2/entities/Room1/attrs/temperature'],
      ['PATCH', '/v2/entities/Room1/attrs', { temperature: { value: 1 } }],
      ['PUT', '/v2/entities/Room1/attrs/temperature', { value: 1 }],
    ] as const) {
      const answer = await api.send(method, url, { body });
      expect([method, url, answer.statusCode, answer.json()]).toEqual([method, url, 409, tooMany]);
    }
    expect((await room()).temperature).toBe(21);
  });

  test('removes an entity', async () => {
    const removed = await api.send('DELETE', '/v2/entities/Room1?type=Room');
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
    expect((await api.send('GET', '/v2/entities/Room1')).statusCode).toBe(404);
  });

  test('[V2 entity attributes] POST updates and adds', async () => {
    const answer = await api.send('POST', '/v2/entities/Room1/attrs', {
      body: { temperature: { value: 22 }, humidity: { value: 60 } },
    });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(await room()).toEqual({ id: 'Room1', type: 'Room', temperature: 22, name: 'north', humidity: 60 });
  });

  test('[V2 entity attributes] POST with append only adds, and reports what is there', async () => {
    const url = '/v2/entities/Room1/attrs?options=append,keyValues';
    const some = await api.send('POST', url, { body: { temperature: 22, humidity: 60 } });
    expect([some.statusCode, some.json()]).toEqual([
      422,
      {
        error: 'PartialUpdate',
        description: 'one or more of the attributes in the request already exist: Room1/Room - [ temperature ]',
      },
    ]);
    expect(await room()).toEqual({ id: 'Room1', type: 'Room', temperature: 21, name: 'north', humidity: 60 });
    const none = await api.send('POST', url, { body: { temperature: 22, name: 'x' } });
    expect([none.statusCode, none.json()]).toEqual([
      422,
      {
        error: 'Unprocessable',
        description: 'one or more of the attributes in the request already exist: Room1/Room - [ temperature, name ]',
      },
    ]);
  });

  test('[V2 entity attributes] PATCH updates what is there, and reports what is not', async () => {
    const all = await api.send('PATCH', '/v2/entities/Room1/attrs', { body: { temperature: { value: 5 } } });
    expect(all.statusCode).toBe(204);
    const some = await api.send('PATCH', '/v2/entities/Room1/attrs?options=keyValues', {
      body: { name: 'south', C: 1 },
    });
    expect([some.statusCode, some.json().error]).toEqual([422, 'PartialUpdate']);
    expect(some.json().description).toContain('do not exist: Room1/Room - [ C ]');
    expect(await room()).toEqual({ id: 'Room1', type: 'Room', temperature: 5, name: 'south' });
    const none = await api.send('PATCH', '/v2/entities/Room1/attrs?options=keyValues', { body: { C: 1, D: 2 } });
    expect([none.statusCode, none.json().error]).toEqual([422, 'Unprocessable']);
    expect(none.json().description).toContain('do not exist: Room1/Room - [ C, D ]');
  });

  test('[V2 entity attributes] PUT leaves exactly what it is given', async () => {
    const answer = await api.send('PUT', '/v2/entities/Room1/attrs', { body: { humidity: { value: 60 } } });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(await room()).toEqual({ id: 'Room1', type: 'Room', humidity: 60 });
  });

  test.each([
    [{ id: 'Room1', a: { value: 1 } }, 'entity id specified in payload'],
    [{ type: 'Room', a: { value: 1 } }, 'entity type specified in payload'],
    [{}, 'empty payload'],
  ])('[V2 entity attributes] refuses %j', async (body, description) => {
    for (const method of ['POST', 'PATCH']) {
      const answer = await api.send(method, '/v2/entities/Room1/attrs', { body });
      expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'BadRequest', description }]);
    }
  });

  test('[V2 attribute] reads, writes and removes one', async () => {
    const body = { type: 'Celsius', value: 19.5, metadata: { accuracy: { type: 'Number', value: 0.1 } } };
    expect((await api.send('PUT', '/v2/entities/Room1/attrs/temperature', { body })).statusCode).toBe(204);
    const answer = await api.send('GET', '/v2/entities/Room1/attrs/temperature');
    expect(answer.body).toBe('{"type":"Celsius","value":19.5,"metadata":{"accuracy":{"type":"Number","value":0.1}}}');
    const removed = await api.send('DELETE', '/v2/entities/Room1/attrs/temperature');
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
    expect(await room()).toEqual({ id: 'Room1', type: 'Room', name: 'north' });
  });

  test('[V2 attribute] keeps metadata that a write does not name, unless it is overridden', async () => {
    const url = '/v2/entities/Room1/attrs/temperature';
    const metadataOf = async () => Object.keys((await read(url)).metadata);
    await api.send('PUT', url, { body: { value: 1, metadata: { a: { value: 1 } } } });
    await api.send('PUT', url, { body: { value: 2, metadata: { b: { value: 1 } } } });
    expect(await metadataOf()).toEqual(['a', 'b']);
    await api.send('PUT', `${url}?options=overrideMetadata`, { body: { value: 3, metadata: { c: { value: 1 } } } });
    expect(await metadataOf()).toEqual(['c']);
  });

  test('[V2 attribute] shows the metadata that is asked for', async () => {
    const url = '/v2/entities/Room1/attrs/temperature';
    await api.send('PUT', url, { body: { value: 1, metadata: { a: { value: 1 }, b: { value: 2 } } } });
    expect(await read(`${url}?metadata=b`)).toEqual({
      type: 'Number',
      value: 1,
      metadata: { b: { type: 'Number', value: 2 } },
    });
    expect((await read(`${url}?metadata=dateModified`)).metadata).toEqual({
      dateModified: { type: 'DateTime', value: expect.stringMatching(/Z$/) },
    });
  });

  test('[V2 update operators] changes a value by what it is', async () => {
    const patch = (body: object) => api.send('PATCH', '/v2/entities/Room1/attrs', { body });
    expect((await patch({ temperature: { type: 'Number', value: { $inc: 2 } } })).statusCode).toBe(204);
    expect((await room()).temperature).toBe(23);
    expect((await patch({ temperature: { type: 'Number', value: { $mul: 2 } } })).statusCode).toBe(204);
    expect((await room()).temperature).toBe(46);
    expect((await patch({ temperature: { type: 'Number', value: { $inc: 'two' } } })).json()).toEqual({
      error: 'InternalServerError',
      description: '$inc does not fit attribute temperature: its argument is of kind text',
    });
  });

  test('[V2 update operators in create or replace] starts from nothing where the entity is new', async () => {
    const body = {
      id: 'Log1',
      type: 'Log',
      visits: { type: 'Number', value: { $inc: 1 } },
      last: { type: 'Array', value: { $push: { $each: [1, 2, 3], $slice: -2 } } },
      since: { type: 'DateTime', value: { $max: '2026-01-31T10:00:00+01:00' } },
      gone: { type: 'Array', value: { $pull: 1 } },
    };
    expect((await api.send('POST', '/v2/entities', { body })).statusCode).toBe(201);
    expect(await read('/v2/entities/Log1?options=keyValues')).toEqual({
      id: 'Log1',
      type: 'Log',
      visits: 1,
      last: [2, 3],
      since: '2026-01-31T09:00:00.000Z',
    });
  });

  test('[V2 transient entities] keeps dateExpires to itself unless it is asked for', async () => {
    await api.send('POST', '/v2/entities/Room1/attrs', {
      body: { dateExpires: { type: 'DateTime', value: '2099-12-31T23:00:00.000Z' } },
    });
    expect(await room()).toEqual({ id: 'Room1', type: 'Room', temperature: 21, name: 'north' });
    expect(await read('/v2/entities/Room1?attrs=dateExpires&options=keyValues')).toEqual({
      id: 'Room1',
      type: 'Room',
      dateExpires: '2099-12-31T23:00:00.000Z',
    });
    const value = await api.send('GET', '/v2/entities/Room1/attrs/dateExpires/value');
    expect(value.body).toBe('2099-12-31T23:00:00.000Z');
    const body = { type: 'DateTime', value: '2098-01-01T00:00:00Z' };
    expect((await api.send('PUT', '/v2/entities/Room1/attrs/dateExpires', { body })).statusCode).toBe(204);
    expect(await read('/v2/entities/Room1/attrs/dateExpires')).toMatchObject({ value: '2098-01-01T00:00:00.000Z' });
    const text = { body: '"2097-01-01"', headers: { 'content-type': 'text/plain' } };
    expect((await api.send('PUT', '/v2/entities/Room1/attrs/dateExpires/value', text)).statusCode).toBe(204);
    expect(await read('/v2/entities/Room1/attrs/dateExpires')).toMatchObject({ value: '2097-01-01T00:00:00.000Z' });
    const noDate = await api.send('PUT', '/v2/entities/Room1/attrs/dateExpires', { body: { value: 'soon' } });
    expect([noDate.statusCode, noDate.json().error]).toEqual([400, 'BadRequest']);
    expect((await api.send('DELETE', '/v2/entities/Room1/attrs/dateExpires')).statusCode).toBe(204);
    expect((await api.send('PUT', '/v2/entities/Room1/attrs/dateExpires', { body })).json()).toEqual(noAttribute);
    expect((await api.send('GET', '/v2/entities/Room1/attrs/dateExpires/value')).statusCode).toBe(404);
  });

  test('refuses an id or a name that cannot be one', async () => {
    for (const url of [
      '/v2/entities/a%3Cb',
      '/v2/entities/a%2Fb',
      '/v2/entities/Room1/attrs/a%28b',
      '/v2/entities/a%20b',
    ]) {
      const answer = await api.send('GET', url);
      expect([url, answer.statusCode, answer.json()]).toEqual([
        url,
        400,
        { error: 'BadRequest', description: 'invalid character in URI' },
      ]);
    }
    const long = await api.send('GET', `/v2/entities/${'x'.repeat(257)}`);
    expect([long.statusCode, long.json()]).toEqual([
      400,
      { error: 'BadRequest', description: 'entity id length: 257, max length supported: 256' },
    ]);
  });
});
