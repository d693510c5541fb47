import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeKinds } from '../api-under-test.ts';
import { anLdApi, type LdApi, problem } from './ld-api.ts';

const temperature = { type: 'Property', value: 25, unitCode: 'CEL', observedAt: '2022-03-14T01:59:26.535Z' };

describe.each(storeKinds)('NGSI-LD updates, %s', (store) => {
  let api: LdApi;

  beforeEach(async () => {
    api = await anLdApi({ store });
    await api.create({ id: 'urn:a', type: 'T', temperature, name: 'a' });
  });

  afterEach(() => api.close());

  async function statusOf(method: string, path: string, body?: unknown, headers = {}): Promise<number> {
    return (await api.ld(method, path, { ...(body !== undefined && { body }), headers })).statusCode;
  }

  describe('append attributes', () => {
    test('adds what is not there and replaces what is, as a whole [LD 5.6.3]', async () => {
      expect(await statusOf('POST', '/entities/urn:a/attrs', { temperature: { value: 20 }, b: 1, type: 'U' })).toBe(
        204,
      );
      expect(await api.get('urn:a', '?options=concise')).toEqual({
        id: 'urn:a',
        type: ['T', 'U'],
        temperature: 20,
        name: 'a',
        b: 1,
      });
    });

    test('with noOverwrite leaves what is there alone, and says so [LD 5.6.3] [LD 5.2.18]', async () => {
      const answer = await api.ld('POST', '/entities/urn:a/attrs?options=noOverwrite', {
        body: { name: 'b', b: 1, temperature: { value: 1, datasetId: 'urn:d' } },
      });
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([207, 'application/json']);
      const iri = (term: string) => `https://uri.etsi.org/ngsi-ld/default-context/${term}`;
      expect(answer.json()).toEqual({
        updated: [iri('b'), iri('temperature')],
        notUpdated: [{ attributeName: iri('name'), reason: 'it exists already, and is not to be overwritten' }],
      });
      expect(await api.get('urn:a', '?format=simplified')).toEqual({
        id: 'urn:a',
        type: 'T',
        temperature: { dataset: { '@none': 25, 'urn:d': 1 } },
        name: 'a',
        b: 1,
      });
    });

    test('adds to the scopes, or sets them [LD 5.6.3]', async () => {
      expect(await statusOf('POST', '/entities/urn:a/attrs', { scope: '/a' })).toBe(204);
      expect(await statusOf('POST', '/entities/urn:a/attrs?options=noOverwrite', { scope: ['/a', '/b'] })).toBe(204);
      expect((await api.get('urn:a')).scope).toEqual(['/a', '/b']);
      expect(await statusOf('POST', '/entities/urn:a/attrs', { scope: '/c' })).toBe(204);
      expect((await api.get('urn:a')).scope).toBe('/c');
      expect(await statusOf('DELETE', '/entities/urn:a/attrs/scope')).toBe(204);
      expect(await api.get('urn:a')).not.toHaveProperty('scope');
    });
  });

  describe('update attributes', () => {
    test('replaces each as a whole, keeping its time of creation [LD 5.5.8 example 2]', async () => {
      const before = await api.get('urn:a', '?options=sysAttrs');
      const body = { temperature: { type: 'Property', value: 100, observedAt: '2022-03-14T13:00:00.000Z' } };
      expect(await statusOf('PATCH', '/entities/urn:a/attrs', body)).toBe(204);
      const after = await api.get('urn:a', '?options=sysAttrs');
      expect(after.temperature).toMatchObject({ value: 100, observedAt: '2022-03-14T13:00:00Z' });
      expect(after.temperature).not.toHaveProperty('unitCode');
      expect((after.temperature as typeof before).createdAt).toBe((before.temperature as typeof before).createdAt);
    });

    test('takes away what is null, an instance alone where it names one [LD 5.5.8 example 3]', async () => {
      expect(await statusOf('POST', '/entities/urn:a/attrs', { name: { value: 'b', datasetId: 'urn:d' } })).toBe(204);
      const body = {
        temperature: { type: 'Property', value: 'urn:ngsi-ld:null' },
        name: { value: 'urn:ngsi-ld:null', datasetId: 'urn:d' },
      };
      expect(await statusOf('PATCH', '/entities/urn:a/attrs', body)).toBe(204);
      expect(await api.get('urn:a', '?options=concise')).toEqual({ id: 'urn:a', type: 'T', name: 'a' });
    });

    test.each([
      [{ a: { type: 'Relationship', object: 'urn:ngsi-ld:null' } }],
      [{ a: { type: 'LanguageProperty', languageMap: { '@none': 'urn:ngsi-ld:null' } } }],
      [{ a: { type: 'ListProperty', valueList: ['urn:ngsi-ld:null'] } }],
      [{ a: { type: 'ListRelationship', objectList: ['urn:ngsi-ld:null'] } }],
      [{ a: { type: 'VocabProperty', vocab: 'urn:ngsi-ld:null' } }],
      [{ a: 'urn:ngsi-ld:null' }],
    ])('knows null in the form of every kind: %j [LD 4.5.0]', async (body) => {
      expect(await statusOf('POST', '/entities/urn:a/attrs', { a: 1 })).toBe(204);
      expect(await statusOf('PATCH', '/entities/urn:a/attrs', body)).toBe(204);
      expect(await api.get('urn:a')).not.toHaveProperty('a');
    });

    test('sets scopes only where there are some [LD 5.6.2]', async () => {
      expect(await statusOf('PATCH', '/entities/urn:a/attrs', { scope: '/a' })).toBe(204);
      expect(await api.get('urn:a')).not.toHaveProperty('scope');
      await api.ld('POST', '/entities/urn:a/attrs', { body: { scope: '/a' } });
      expect(await statusOf('PATCH', '/entities/urn:a/attrs', { scope: '/b' })).toBe(204);
      expect((await api.get('urn:a')).scope).toBe('/b');
    });
  });

  describe('partial attribute update', () => {
    test('writes the members given, and leaves the others [LD 5.5.8 example 1]', async () => {
      const body = { type: 'Property', value: 100, observedAt: '2022-03-14T13:00:00.000Z' };
      expect(await statusOf('PATCH', '/entities/urn:a/attrs/temperature', body)).toBe(204);
      expect((await api.get('urn:a')).temperature).toEqual({
        ...temperature,
        value: 100,
        observedAt: '2022-03-14T13:00:00Z',
      });
    });

    test('needs no value, and takes a member away by null', async () => {
      const headers = { 'content-type': 'application/merge-patch+json' };
      const body = { unitCode: 'urn:ngsi-ld:null', accuracy: { type: 'Property', value: 1 } };
      expect(await statusOf('PATCH', '/entities/urn:a/attrs/temperature', body, headers)).toBe(204);
      const { unitCode: _, ...rest } = temperature;
      expect((await api.get('urn:a')).temperature).toEqual({ ...rest, accuracy: { type: 'Property', value: 1 } });
    });

    test('needs the attribute, and the instance that it names [LD 5.6.4]', async () => {
      expect(await statusOf('PATCH', '/entities/urn:a/attrs/b', { value: 1 })).toBe(404);
      expect(await statusOf('PATCH', '/entities/urn:a/attrs/temperature', { value: 1, datasetId: 'urn:d' })).toBe(404);
      expect(await statusOf('PATCH', '/entities/urn:b/attrs/temperature', { value: 1 })).toBe(404);
    });

    test('changes no type, and no scope [LD 5.6.4]', async () => {
      const retyped = await api.ld('PATCH', '/entities/urn:a/attrs/temperature', {
        body: { type: 'Relationship', object: 'urn:b' },
      });
      expect(retyped.json()).toEqual(
        problem(
          'BadRequestData',
          400,
          'Bad request data',
          'temperature: the type of an attribute that is there cannot be changed',
        ),
      );
      expect(await statusOf('PATCH', '/entities/urn:a/attrs/scope', { value: '/a' })).toBe(400);
    });
  });

  describe('replace', () => {
    test('leaves the attribute with exactly what is given [LD 5.6.19]', async () => {
      expect(
        await statusOf('PUT', '/entities/urn:a/attrs/temperature', { type: 'Relationship', object: 'urn:b' }),
      ).toBe(204);
      expect((await api.get('urn:a')).temperature).toEqual({ type: 'Relationship', object: 'urn:b' });
      expect(await statusOf('PUT', '/entities/urn:a/attrs/b', { value: 1 })).toBe(404);
    });

    test('leaves the entity with exactly what is given, and its time of creation [LD 5.6.18]', async () => {
      const { createdAt } = await api.get('urn:a', '?options=sysAttrs');
      expect(await statusOf('PUT', '/entities/urn:a', { id: 'urn:a', type: 'U', b: 1 })).toBe(204);
      expect(await api.get('urn:a', '?options=concise')).toEqual({ id: 'urn:a', type: 'U', b: 1 });
      expect((await api.get('urn:a', '?options=sysAttrs')).createdAt).toBe(createdAt);
      expect(await statusOf('PUT', '/entities/urn:b', { id: 'urn:b', type: 'U' })).toBe(404);
      expect(await statusOf('PUT', '/entities/urn:a', { id: 'urn:b', type: 'U' })).toBe(400);
      expect(await statusOf('PUT', '/entities/urn:a', { id: 'urn:a', type: 'U', a: 'urn:ngsi-ld:null' })).toBe(400);
    });
  });

  describe('merge', () => {
    test('merges attributes and values member by member [LD 5.5.12]', async () => {
      await api.ld('POST', '/entities/urn:a/attrs', {
        body: {
          address: { type: 'Property', value: { street: 'Straße des 17. Juni', city: 'Berlin', country: 'Germany' } },
        },
      });
      const body = {
        temperature: { type: 'Property', value: 100, observedAt: '2022-03-14T13:00:00.000Z' },
        address: { type: 'Property', value: { street: 'Pariser Platz', country: 'urn:ngsi-ld:null' } },
        name: 'urn:ngsi-ld:null',
        b: { value: { c: 'urn:ngsi-ld:null', d: 1 } },
      };
      expect(await statusOf('PATCH', '/entities/urn:a', body)).toBe(204);
      expect(await api.get('urn:a')).toEqual({
        id: 'urn:a',
        type: 'T',
        temperature: { ...temperature, value: 100, observedAt: '2022-03-14T13:00:00Z' },
        address: { type: 'Property', value: { street: 'Pariser Platz', city: 'Berlin' } },
        b: { type: 'Property', value: { d: 1 } },
      });
    });

    test('of bare values keeps the types of what they meet, with a common language and time [LD 5.6.17]', async () => {
      await api.ld('POST', '/entities/urn:a/attrs', {
        body: { link: { object: 'urn:b' }, says: { languageMap: { en: 'yes', fr: 'oui' } }, word: { vocab: 'a' } },
      });
      const body = {
        temperature: 30,
        link: 'urn:c',
        says: 'aye',
        word: 'b',
        fresh: { type: 'Point', coordinates: [1, 2] },
      };
      const path = '/entities/urn:a?format=simplified&lang=en&observedAt=2026-01-31T12:00:00Z';
      expect(await statusOf('PATCH', path, body)).toBe(204);
      expect(await api.get('urn:a')).toEqual({
        id: 'urn:a',
        type: 'T',
        temperature: { ...temperature, value: 30, observedAt: '2026-01-31T12:00:00Z' },
        name: { type: 'Property', value: 'a' },
        link: { type: 'Relationship', object: 'urn:c' },
        says: { type: 'LanguageProperty', languageMap: { en: 'aye', fr: 'oui' } },
        word: { type: 'VocabProperty', vocab: 'b' },
        fresh: { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
      });
      expect(await statusOf('PATCH', '/entities/urn:a?options=keyValues', { link: 'no uri' })).toBe(400);
    });

    test('adds types, and needs the entity [LD 4.16] [LD 5.6.17]', async () => {
      expect(await statusOf('PATCH', '/entities/urn:a', { type: ['U', 'T'] })).toBe(204);
      expect((await api.get('urn:a')).type).toEqual(['T', 'U']);
      expect(await api.find('type=U')).toEqual(['urn:a']);
      expect(await statusOf('PATCH', '/entities/urn:b', { a: 1 })).toBe(404);
      expect(await statusOf('PATCH', '/entities/urn:a?type=V', { a: 1 })).toBe(404);
    });
  });

  describe('delete attribute', () => {
    test('removes the default instance, that of a dataset, or all [LD 5.6.5]', async () => {
      await api.ld('POST', '/entities/urn:a/attrs', {
        body: { m: [{ value: 1 }, { value: 2, datasetId: 'urn:d' }, { value: 3, datasetId: 'urn:e' }] },
      });
      expect(await statusOf('DELETE', '/entities/urn:a/attrs/m')).toBe(204);
      expect(await statusOf('DELETE', '/entities/urn:a/attrs/m')).toBe(404);
      expect(await statusOf('DELETE', '/entities/urn:a/attrs/m?datasetId=urn:d')).toBe(204);
      expect((await api.get('urn:a')).m).toEqual({ type: 'Property', value: 3, datasetId: 'urn:e' });
      expect(await statusOf('DELETE', '/entities/urn:a/attrs/m?deleteAll=true')).toBe(204);
      expect(await statusOf('DELETE', '/entities/urn:a/attrs/m?deleteAll=true')).toBe(404);
      expect(await statusOf('DELETE', '/entities/urn:a/attrs/m?datasetId=d')).toBe(400);
    });
  });

  describe('batches', () => {
    const success = (...ids: string[]) => ids;

    test('create what is not there, and report the rest [LD 5.6.7] [LD 6.14]', async () => {
      const all = await api.ld('POST', '/entityOperations/create', {
        body: [
          { id: 'urn:b', type: 'T' },
          { id: 'urn:c', type: 'T' },
        ],
      });
      expect([all.statusCode, all.json()]).toEqual([201, success('urn:b', 'urn:c')]);
      const some = await api.ld('POST', '/entityOperations/create', {
        body: [{ id: 'urn:a', type: 'T' }, { id: 'urn:d', type: 'T' }, { id: 'urn:e' }, { id: 'urn:d', type: 'T' }],
      });
      expect(some.statusCode).toBe(207);
      expect(some.json()).toEqual({
        success: ['urn:d'],
        errors: [
          { entityId: 'urn:e', error: problem('BadRequestData', 400, 'Bad request data', 'urn:e has no type') },
          {
            entityId: 'urn:a',
            error: problem('AlreadyExists', 409, 'Already exists', 'an entity with this id exists'),
          },
          {
            entityId: 'urn:d',
            error: problem('AlreadyExists', 409, 'Already exists', 'an entity with this id exists'),
          },
        ],
      });
    });

    test.each([[[]], [[null]], [{}]])('of %j are refused [LD 5.6.7]', async (body) => {
      expect(await statusOf('POST', '/entityOperations/create', body)).toBe(400);
    });

    test('upsert replaces, or updates [LD 5.6.8] [LD 6.15]', async () => {
      const updated = await api.ld('POST', '/entityOperations/upsert?options=update', {
        body: [
          { id: 'urn:a', type: 'U', name: 'b' },
          { id: 'urn:b', type: 'T', name: 'c' },
        ],
      });
      expect([updated.statusCode, updated.json()]).toEqual([201, ['urn:b']]);
      expect(await api.get('urn:a', '?format=simplified')).toEqual({
        id: 'urn:a',
        type: ['T', 'U'],
        temperature: 25,
        name: 'b',
      });
      expect(await statusOf('POST', '/entityOperations/upsert', [{ id: 'urn:a', type: 'V', x: 1 }])).toBe(204);
      expect(await api.get('urn:a', '?format=simplified')).toEqual({ id: 'urn:a', type: 'V', x: 1 });
    });

    test('take one entity several times, in order [LD 5.5.11]', async () => {
      const body = [
        { id: 'urn:c', type: 'T', x: 1 },
        { id: 'urn:c', type: 'T', x: 2, y: 2 },
        { id: 'urn:c', type: 'T', x: 3 },
      ];
      const upserted = await api.ld('POST', '/entityOperations/upsert?options=update', { body });
      expect([upserted.statusCode, upserted.json()]).toEqual([201, ['urn:c']]);
      expect(await api.get('urn:c', '?format=simplified')).toEqual({ id: 'urn:c', type: 'T', x: 3, y: 2 });
    });

    test('update adds and overwrites, unless it may not [LD 5.6.9] [LD 6.16]', async () => {
      expect(await statusOf('POST', '/entityOperations/update', [{ id: 'urn:a', type: 'T', name: 'b', c: 1 }])).toBe(
        204,
      );
      const kept = await api.ld('POST', '/entityOperations/update?options=noOverwrite', {
        body: [
          { id: 'urn:a', name: 'c', d: 1 },
          { id: 'urn:z', name: 'c' },
        ],
      });
      expect(kept.statusCode).toBe(207);
      expect(kept.json()).toMatchObject({
        success: [],
        errors: [{ entityId: 'urn:a' }, { entityId: 'urn:z', error: { status: 404 } }],
      });
      expect(await api.get('urn:a', '?format=simplified')).toEqual({
        id: 'urn:a',
        type: 'T',
        temperature: 25,
        name: 'b',
        c: 1,
        d: 1,
      });
    });

    test('merge merges [LD 5.6.20] [LD 6.31]', async () => {
      expect(
        await statusOf('POST', '/entityOperations/merge', [
          { id: 'urn:a', temperature: { value: 1 }, name: 'urn:ngsi-ld:null' },
        ]),
      ).toBe(204);
      expect(await api.get('urn:a')).toEqual({ id: 'urn:a', type: 'T', temperature: { ...temperature, value: 1 } });
    });

    test('delete removes, and reports what was not there [LD 5.6.10] [LD 6.17]', async () => {
      await api.create({ id: 'urn:b', type: 'T' });
      expect(await statusOf('POST', '/entityOperations/delete', ['urn:b'])).toBe(204);
      const some = await api.ld('POST', '/entityOperations/delete', { body: ['urn:a', 'urn:a', 'b'] });
      expect(some.statusCode).toBe(207);
      expect(some.json()).toMatchObject({
        success: ['urn:a'],
        errors: [
          { entityId: 'b', error: { status: 400 } },
          { entityId: 'urn:a', error: { status: 404 } },
        ],
      });
    });
  });
});
