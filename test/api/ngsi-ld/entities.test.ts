import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeKinds } from '../api-under-test.ts';
import { anLdApi, coreContext, jsonLd, type LdApi, problem } from './ld-api.ts';

const room = {
  id: 'urn:ngsi-ld:Room:1',
  type: 'Room',
  temperature: { type: 'Property', value: 21.5, unitCode: 'CEL', observedAt: '2026-01-31T12:00:00Z' },
  isIn: { type: 'Relationship', object: 'urn:ngsi-ld:Building:1' },
};

describe.each(storeKinds)('NGSI-LD entities, %s', (store) => {
  let api: LdApi;

  beforeEach(async () => {
    api = await anLdApi({ store });
  });

  afterEach(() => api.close());

  test('are created, with their path in Location, and retrieved as they were written [LD 5.6.1] [LD 5.7.1]', async () => {
    const created = await api.ld('POST', '/entities', { body: room });
    expect([created.statusCode, created.headers.location, created.body]).toEqual([
      201,
      '/ngsi-ld/v1/entities/urn:ngsi-ld:Room:1',
      '',
    ]);
    const retrieved = await api.ld('GET', '/entities/urn:ngsi-ld:Room:1');
    expect([retrieved.statusCode, retrieved.headers['content-type']]).toEqual([200, 'application/json']);
    expect(retrieved.headers.link).toBe(
      `<${coreContext}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`,
    );
    expect(retrieved.json()).toEqual(room);
  });

  test('are created once [LD 5.6.1]', async () => {
    await api.create(room);
    const again = await api.ld('POST', '/entities', { body: { id: room.id, type: 'Hall' } });
    expect(again.statusCode).toBe(409);
    expect(again.json()).toEqual(problem('AlreadyExists', 409, 'Already exists', 'an entity with this id exists'));
  });

  test.each([
    [{ type: 'Room' }, 'the entity has no id'],
    [{ id: 'Room1', type: 'Room' }, '"Room1" is no id: an id must be a URI'],
    [{ id: 'urn:a', a: 1 }, 'urn:a has no type'],
    [
      { id: 'urn:a', type: 'Ro om' },
      '"Ro om" is no type of an entity: it has letters, digits and underscores after a letter, or is an IRI',
    ],
    [{ id: 'urn:a', type: 'T', a: null }, 'a: JSON-LD has no null; "urn:ngsi-ld:null" removes an attribute'],
    [{ id: 'urn:a', type: 'T', a: 'urn:ngsi-ld:null' }, 'a: "urn:ngsi-ld:null" is for updates and merges only'],
    [{ id: 'urn:a', type: 'T', a: { type: 'Property' } }, 'a: value is missing'],
    [
      { id: 'urn:a', type: 'T', a: { type: 'Thing', value: 1 } },
      'a: "Thing" is no type of an attribute; there are Property, GeoProperty, Relationship, LanguageProperty, VocabProperty, JsonProperty, ListProperty, ListRelationship',
    ],
    [{ id: 'urn:a', type: 'T', a: { type: 'Relationship', object: 'B' } }, 'a: "B" is no URI'],
    [
      { id: 'urn:a', type: 'T', a: { type: 'Relationship', object: 'urn:b', unitCode: 'CEL' } },
      'a: a Relationship has no member unitCode',
    ],
    [
      { id: 'urn:a', type: 'T', a: { type: 'GeoProperty', value: { type: 'Point', coordinates: [200, 0] } } },
      'a must be a GeoJSON geometry, longitude before latitude, and no GeometryCollection',
    ],
    [
      { id: 'urn:a', type: 'T', a: { value: 1, observedAt: 'yesterday' } },
      'a.observedAt must be a date and time in UTC such as 2026-01-31T12:00:00Z',
    ],
    [
      { id: 'urn:a', type: 'T', a: { value: 1, observedAt: '2026-01-31T12:00:00.1234567Z' } },
      'a.observedAt must be a date and time in UTC such as 2026-01-31T12:00:00Z',
    ],
    [{ id: 'urn:a', type: 'T', datasetId: 1 }, 'datasetId is a member of NGSI-LD and no name of an attribute'],
    [
      { id: 'urn:a', type: 'T', a: [{ value: 1 }, { value: 2 }] },
      'a: two instances have the same datasetId, or none, where one may',
    ],
    [{ id: 'urn:a', type: 'T', scope: '9a' }, '"9a" is no scope: it is made of names such as /Madrid/Gardens'],
    [
      { id: 'urn:a', type: 'T', a: { value: { b: 'urn:ngsi-ld:null' } } },
      'a: "urn:ngsi-ld:null" inside of a value is for merging only',
    ],
  ])('%j is refused: %s [LD 5.5.4]', async (body, detail) => {
    const answer = await api.ld('POST', '/entities', { body });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual(problem('BadRequestData', 400, 'Bad request data', detail));
    expect(await api.find('local=true')).toEqual([]);
  });

  test('of all kinds of attributes come back as they went in [LD 4.5]', async () => {
    const entity = {
      id: 'urn:ngsi-ld:All:1',
      type: ['All', 'Every'],
      scope: ['/Madrid/Gardens', '/CompanyA'],
      property: { type: 'Property', value: { a: [1, null, 'x'] }, valueType: 'Sample' },
      typed: { type: 'Property', value: { '@type': 'DateTime', '@value': '2026-01-31T12:00:00Z' } },
      jsonNull: { type: 'Property', value: { '@type': '@json', '@value': null } },
      place: {
        type: 'GeoProperty',
        value: {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        },
      },
      link: { type: 'Relationship', object: ['urn:b:1', 'urn:b:2'], objectType: 'Building' },
      says: { type: 'LanguageProperty', languageMap: { en: 'yes', fr: ['oui', 'si'], '@none': 'y' } },
      gender: { type: 'VocabProperty', vocab: ['Male', 'https://example.org/other'] },
      raw: { type: 'JsonProperty', json: { id: 'x', value: null, '@type': 'y' } },
      periods: { type: 'ListProperty', valueList: [1, 'two', [3]], unitCode: 'DAY' },
      route: { type: 'ListRelationship', objectList: ['urn:s:1', 'urn:s:2'], objectType: ['Stop', 'Halt'] },
      nested: {
        type: 'Property',
        value: 1,
        accuracy: { type: 'Property', value: 0.1, providedBy: { type: 'Relationship', object: 'urn:d:1' } },
      },
      speed: [
        { type: 'Property', value: 50 },
        { type: 'Property', value: 55, datasetId: 'urn:gps', observedAt: '2026-01-31T12:00:00.250Z' },
      ],
    };
    await api.create(entity);
    expect(await api.get(entity.id)).toEqual(entity);
  });

  test('are shown without types as concise, by value as simplified, and read back from either [LD 4.5.4] [LD 6.3.7]', async () => {
    await api.create({
      id: 'urn:e',
      type: 'T',
      plain: 1,
      tagged: { value: 'a', unitCode: 'X' },
      place: { type: 'Point', coordinates: [1, 2] },
      link: { object: 'urn:b' },
      says: { languageMap: { en: 'yes' } },
      vocabulary: { vocab: 'Male' },
      raw: { json: { a: 1 } },
      many: [{ value: 1 }, { value: 2, datasetId: 'urn:d' }],
      tricky: { value: { value: 1 } },
    });
    expect(await api.get('urn:e', '?options=concise')).toEqual({
      id: 'urn:e',
      type: 'T',
      plain: 1,
      tagged: { value: 'a', unitCode: 'X' },
      place: { type: 'Point', coordinates: [1, 2] },
      link: { object: 'urn:b' },
      says: { languageMap: { en: 'yes' } },
      vocabulary: { vocab: 'Male' },
      raw: { json: { a: 1 } },
      many: [{ value: 1 }, { value: 2, datasetId: 'urn:d' }],
      tricky: { value: { value: 1 } },
    });
    expect(await api.get('urn:e', '?format=keyValues')).toEqual({
      id: 'urn:e',
      type: 'T',
      plain: 1,
      tagged: 'a',
      place: { type: 'Point', coordinates: [1, 2] },
      link: 'urn:b',
      says: { languageMap: { en: 'yes' } },
      vocabulary: { vocab: 'Male' },
      raw: { json: { a: 1 } },
      many: { dataset: { '@none': 1, 'urn:d': 2 } },
      tricky: { value: 1 },
    });
  });

  test('show the times that the broker keeps where they are asked for [LD 6.3.11]', async () => {
    await api.create({ id: 'urn:a', type: 'T', a: 1, expiresAt: '2099-01-01T00:00:00Z' });
    const { createdAt, modifiedAt, a, expiresAt } = await api.get('urn:a', '?options=sysAttrs');
    expect([typeof createdAt, modifiedAt, expiresAt]).toEqual(['string', createdAt, '2099-01-01T00:00:00Z']);
    expect(a).toEqual({ type: 'Property', value: 1, createdAt, modifiedAt });
    expect(await api.get('urn:a')).toEqual({ id: 'urn:a', type: 'T', a: { type: 'Property', value: 1 } });
  });

  test('show only what is picked, and not what is omitted [LD 4.21]', async () => {
    await api.create({ id: 'urn:a', type: 'T', scope: '/x', a: 1, b: 2 });
    expect(await api.get('urn:a', '?pick=id,a')).toEqual({ id: 'urn:a', a: { type: 'Property', value: 1 } });
    expect(await api.get('urn:a', '?omit=type%7Cscope,a')).toEqual({ id: 'urn:a', b: { type: 'Property', value: 2 } });
    expect(await api.get('urn:a', '?attrs=b,c&format=simplified')).toEqual({
      id: 'urn:a',
      type: 'T',
      scope: '/x',
      b: 2,
    });
    expect((await api.ld('GET', '/entities/urn:a?attrs=c')).statusCode).toBe(404);
    expect((await api.ld('GET', '/entities/urn:a?pick=a&attrs=b')).statusCode).toBe(400);
  });

  test('show the instances of the datasets asked for [LD 4.5.5]', async () => {
    await api.create({ id: 'urn:a', type: 'T', a: [{ value: 1 }, { value: 2, datasetId: 'urn:d' }], b: 3 });
    expect(await api.get('urn:a', '?datasetId=urn:d')).toEqual({
      id: 'urn:a',
      type: 'T',
      a: { type: 'Property', value: 2, datasetId: 'urn:d' },
    });
    expect(await api.get('urn:a', '?datasetId=@none&format=simplified')).toEqual({
      id: 'urn:a',
      type: 'T',
      a: 1,
      b: 3,
    });
  });

  test.each([
    ['en', 'hello', 'en'],
    ['fr-CH, fr;q=0.9', 'salut', 'fr'],
    ['nl;q=0.3, de;q=0.8', 'hallo', 'de-DE'],
    ['pt', 'hi', '@none'],
    ['*', 'hi', '@none'],
  ])('show texts in the language that suits %s [LD 4.15]', async (lang, text, tag) => {
    await api.create({
      id: 'urn:a',
      type: 'T',
      a: { languageMap: { en: 'hello', fr: 'salut', 'de-DE': 'hallo', '@none': 'hi' } },
    });
    expect(await api.get('urn:a', `?lang=${encodeURIComponent(lang)}`)).toEqual({
      id: 'urn:a',
      type: 'T',
      a: { type: 'Property', value: text, lang: tag },
    });
  });

  test('are GeoJSON where that is asked for [LD 4.5.16] [LD 6.3.15]', async () => {
    await api.create({ id: 'urn:a', type: 'T', location: { type: 'Point', coordinates: [1, 2] }, a: 1 });
    const headers = { accept: 'application/geo+json' };
    const feature = await api.ld('GET', '/entities/urn:a?format=simplified', { headers });
    expect(feature.headers['content-type']).toBe('application/geo+json');
    expect(feature.json()).toEqual({
      id: 'urn:a',
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [1, 2] },
      properties: { type: 'T', location: { type: 'Point', coordinates: [1, 2] }, a: 1 },
      '@context': coreContext,
    });
    const collection = await api.ld('GET', '/entities?type=T&geometryProperty=a', {
      headers: { ...headers, prefer: 'body=json' },
    });
    expect(collection.json()).toMatchObject({ type: 'FeatureCollection', features: [{ id: 'urn:a', geometry: null }] });
    expect(collection.json()).not.toHaveProperty('@context');
    expect(collection.headers.link).toContain(coreContext);
    expect((await api.ld('GET', '/entities/urn:a?geometryProperty=a')).statusCode).toBe(400);
  });

  test('are not what a client says that only a broker may say [LD 5.2.5] [LD 5.2.6]', async () => {
    const own = { createdAt: 'once', previousValue: 1, previousObject: 'urn:c', entity: { id: 'urn:b' }, deletedAt: 1 };
    const a = { type: 'Property', value: 2, sub: { type: 'Relationship', object: 'urn:b' } };
    await api.create({ id: 'urn:a', type: 'T', a: { ...a, ...own, sub: { ...a.sub, ...own } } });
    expect(await api.get('urn:a')).toEqual({ id: 'urn:a', type: 'T', a });
  });

  test('have one instance of each sub-attribute: of more it is said that they are not built', async () => {
    const sub = [{ value: 1 }, { value: 2, datasetId: 'urn:d' }];
    const answer = await api.ld('POST', '/entities', { body: { id: 'urn:a', type: 'T', a: { value: 1, sub } } });
    expect([answer.statusCode, answer.json().detail]).toEqual([
      501,
      'sub: several instances of a sub-attribute, or an array of one: not built yet',
    ]);
  });

  test.each(['id', 'a,type', 'scope'])(
    'are not asked for by attrs=%s, which names attributes alone [LD 6.5.3.1]',
    async (attrs) => {
      await api.create(room);
      for (const path of ['/entities/urn:ngsi-ld:Room:1?', '/entities?type=Room&']) {
        expect((await api.ld('GET', `${path}attrs=${attrs}`)).statusCode).toBe(400);
      }
    },
  );

  test('are removed [LD 5.6.6]', async () => {
    await api.create(room);
    expect((await api.ld('DELETE', '/entities/urn:ngsi-ld:Room:1?type=Hall')).statusCode).toBe(404);
    const removed = await api.ld('DELETE', '/entities/urn:ngsi-ld:Room:1');
    expect([removed.statusCode, removed.headers['content-length'], removed.body]).toEqual([204, undefined, '']);
    const gone = await api.ld('GET', '/entities/urn:ngsi-ld:Room:1');
    expect(gone.statusCode).toBe(404);
    expect(gone.json()).toEqual(problem('ResourceNotFound', 404, 'Resource not found', 'there is no such entity'));
  });

  test('are removed by a query, or reduced [LD 5.6.21]', async () => {
    await api.create(
      { id: 'urn:a', type: 'T', a: 1, b: 1 },
      { id: 'urn:b', type: 'T', a: 2, b: 2 },
      { id: 'urn:c', type: 'U', a: 1 },
    );
    expect((await api.ld('DELETE', '/entities')).statusCode).toBe(400);
    expect((await api.ld('DELETE', '/entities?type=T&drop=b&keep=a')).statusCode).toBe(400);
    expect((await api.ld('DELETE', '/entities?type=T&q=a==2&drop=b')).statusCode).toBe(204);
    expect(await api.get('urn:b', '?format=simplified')).toEqual({ id: 'urn:b', type: 'T', a: 2 });
    expect((await api.ld('DELETE', '/entities?type=T&keep=b')).statusCode).toBe(204);
    expect(await api.get('urn:a', '?format=simplified')).toEqual({ id: 'urn:a', type: 'T', b: 1 });
    expect((await api.ld('DELETE', '/entities?type=T')).statusCode).toBe(204);
    expect(await api.find('local=true')).toEqual(['urn:c']);
  });

  test('without a URI as their id, which NGSIv2 allows, are addressed by it; where there is none, the id is refused', async () => {
    await api.send('POST', '/v2/entities', { body: { id: 'Room1', type: 'Room', a: { value: 1 } } });
    expect(await api.get('Room1')).toEqual({ id: 'Room1', type: 'Room', a: { type: 'Property', value: 1 } });
    const missing = await api.ld('GET', '/entities/Room2');
    expect([missing.statusCode, missing.json<{ detail: string }>().detail]).toEqual([
      400,
      '"Room2" is no URI, and no entity has it as its id',
    ]);
  });

  test('that share an id, as NGSIv2 allows, are told apart by their types', async () => {
    for (const type of ['Room', 'Hall']) await api.send('POST', '/v2/entities', { body: { id: 'urn:a', type } });
    expect((await api.ld('GET', '/entities/urn:a')).json()).toEqual(
      problem(
        'Conflict',
        409,
        'Several entities',
        'several entities have this id: name the type of the one that is meant',
      ),
    );
    expect(await api.get('urn:a', '?type=Hall')).toEqual({ id: 'urn:a', type: 'Hall' });
  });

  test('of different tenants are kept apart; a tenant comes to be with its first entity [LD 5.5.10]', async () => {
    const headers = { 'ngsild-tenant': 'City' };
    const nowhere = await api.ld('GET', '/entities?type=Room', { headers });
    expect(nowhere.json()).toEqual(
      problem('NonexistentTenant', 404, 'The tenant does not exist', 'nothing was ever written to this tenant'),
    );
    const created = await api.ld('POST', '/entities', { headers, body: room });
    expect([created.statusCode, created.headers['ngsild-tenant']]).toEqual([201, 'City']);
    expect((await api.ld('GET', '/entities?type=Room', { headers })).json()).toHaveLength(1);
    expect(await api.find('type=Room')).toEqual([]);
  });

  test('can be addressed with a slash at the end', async () => {
    expect((await api.ld('POST', '/entities/', { body: room })).statusCode).toBe(201);
    expect((await api.ld('GET', '/entities/?type=Room')).json()).toEqual([room]);
    expect((await api.ld('POST', '/entityOperations/upsert/?options=update', { body: [room] })).statusCode).toBe(204);
  });

  test('carry their context as JSON-LD [LD 6.3.6]', async () => {
    const context = { temperature: 'https://example.org/temperature', Room: 'https://example.org/Room' };
    const body = { ...room, '@context': [context, coreContext] };
    expect((await api.ld('POST', '/entities', { headers: jsonLd, body })).statusCode).toBe(201);
    const answer = await api.ld('GET', '/entities/urn:ngsi-ld:Room:1', { headers: { accept: 'application/ld+json' } });
    expect(answer.headers.link).toBeUndefined();
    expect(answer.json()).toEqual({
      id: room.id,
      type: 'https://example.org/Room',
      'https://example.org/temperature': room.temperature,
      isIn: room.isIn,
      '@context': coreContext,
    });
  });
});
