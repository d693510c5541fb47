import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expireEntities } from '../../src/broker/entities/expire-entities.ts';
import { storeKinds } from '../api/api-under-test.ts';
import { anLdApi, coreContext, type LdApi } from '../api/ngsi-ld/ld-api.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const id = 'urn:ngsi-ld:Room:1';

const text = fc.constantFrom('a', 'B', 'é', '10', '2026-01-31T12:00:00Z', 'urn:x:1', '\u{1F600}');
const scalar = fc.oneof(text, fc.constantFrom(-1, 0, 0.5, 1e21), fc.boolean());
const moment = fc.constantFrom('2026-01-31T12:00:00Z', '2026-01-31T12:00:00.001Z', '1999-12-31T23:59:59Z');
const uri = fc.constantFrom('urn:x:1', 'urn:x:2', 'https://example.org/x');
const point = fc.constantFrom<readonly [number, number]>([-3.7, 40.4], [2.17, 41.38], [0, 0]);
/** Members that NGSI-LD gives no meaning, in values that are objects. */
const object = fc.dictionary(fc.constantFrom('a', 'b', 'c d'), scalar, {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
});

const v2Value = fc.oneof(
  fc.oneof(scalar, object, fc.array(scalar, { maxLength: 3 }), fc.constant(null)).map((value) => ({ value })),
  text.map((value) => ({ type: 'Celsius', value })),
  moment.map((value) => ({ type: 'DateTime', value })),
  point.map(([x, y]) => ({ type: 'geo:point', value: `${y}, ${x}` })),
  point.map((coordinates) => ({ type: 'geo:json', value: { type: 'Point', coordinates } })),
  uri.map((value) => ({ type: 'Relationship', value })),
);
const v2Metadata = fc.record(
  {
    accuracy: scalar.map((value) => ({ value })),
    unitCode: fc.constant({ type: 'Text', value: 'CEL' }),
    observedAt: moment.map((value) => ({ type: 'DateTime', value })),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const v2Attributes = fc.dictionary(
  fc.constantFrom('temperature', 'location', 'status', 'a'),
  fc.tuple(v2Value, v2Metadata).map(([value, { unitCode, ...metadata }]) => ({
    ...value,
    // In NGSI-LD only values have units.
    metadata: 'type' in value || unitCode === undefined ? metadata : { unitCode, ...metadata },
  })),
  { maxKeys: 4, noNullPrototype: true },
);

const ldValue = fc.oneof(
  fc
    .oneof(scalar, object, fc.array(scalar, { minLength: 1, maxLength: 3 }))
    .map((value) => ({ type: 'Property', value })),
  moment.map((value) => ({ type: 'Property', value, valueType: 'DateTime' })),
  uri.map((target) => ({ type: 'Relationship', object: target })),
  uri.map((target) => ({ type: 'Relationship', object: target, objectType: 'Building' })),
  point.map((coordinates) => ({ type: 'GeoProperty', value: { type: 'Point', coordinates } })),
  fc.tuple(text, text).map(([en, es]) => ({ type: 'LanguageProperty', languageMap: { en, es } })),
  fc.constantFrom('open', 'https://example.org/open').map((vocab) => ({ type: 'VocabProperty', vocab })),
  fc.array(scalar, { maxLength: 3 }).map((valueList) => ({ type: 'ListProperty', valueList })),
  object.map((json) => ({ type: 'JsonProperty', json })),
);
const ldParts = fc.record(
  {
    accuracy: scalar.map((value) => ({ type: 'Property', value })),
    measuredBy: uri.map((target) => ({ type: 'Relationship', object: target })),
    observedAt: moment,
  },
  { requiredKeys: [], noNullPrototype: true },
);
const ldInstance = fc.tuple(ldValue, ldParts).map(([value, parts]) => ({ ...value, ...parts }));
const ldAttribute = fc.oneof(
  { weight: 4, arbitrary: ldInstance },
  {
    weight: 1,
    arbitrary: fc
      .tuple(ldInstance, ldInstance)
      .filter(([first, second]) => first.type === second.type)
      .map(([first, second]) => [first, { ...second, datasetId: 'urn:x:second' }]),
  },
);
const ldAttributes = fc.dictionary(fc.constantFrom('temperature', 'location', 'status', 'a'), ldAttribute, {
  maxKeys: 4,
  noNullPrototype: true,
});

describe.each(storeKinds)('Two dialects, one entity, %s', (store) => {
  let api: LdApi;

  beforeEach(async () => {
    api = await anLdApi({ store, locationsPerEntity: 10 });
  });

  afterEach(() => api.close());

  async function shownIn2(): Promise<unknown> {
    return (await api.send('GET', `/v2/entities/${id}`)).json();
  }

  test('what NGSIv2 wrote is the same after NGSI-LD has replaced it with what it was shown', async () => {
    await fc.assert(
      fc.asyncProperty(v2Attributes, async (attributes) => {
        await api.send('DELETE', `/v2/entities/${id}`);
        const created = await api.send('POST', '/v2/entities', { body: { id, type: 'Room', ...attributes } });
        expect(created.statusCode).toBe(201);
        const before = await shownIn2();
        const shown = await api.get(id);
        const replaced = await api.ld('PUT', `/entities/${id}`, { body: shown });
        expect([replaced.statusCode, replaced.body]).toEqual([204, '']);
        expect(await api.get(id)).toEqual(shown);
        expect(await shownIn2()).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  test('metadata that NGSI-LD has no place for is spelled out, and comes back as it was', async () => {
    const metadata = {
      unitCode: { type: 'Text', value: 'CEL' },
      value: { type: 'Number', value: 1 },
      type: { type: 'Text', value: 'x' },
      datasetId: { type: 'Text', value: 'urn:x:1' },
    };
    const isIn = { type: 'Relationship', value: 'urn:x:1', metadata };
    await api.send('POST', '/v2/entities', { body: { id, type: 'Room', isIn } });
    const before = await shownIn2();
    const shown = await api.get(id);
    expect(shown.isIn).toEqual({
      type: 'Relationship',
      object: 'urn:x:1',
      'https://uri.etsi.org/ngsi-ld/unitCode': { type: 'Property', value: 'CEL' },
      'https://uri.etsi.org/ngsi-ld/hasValue': { type: 'Property', value: 1 },
      'https://uri.etsi.org/ngsi-ld/default-context/type': { type: 'Property', value: 'x' },
      'https://uri.etsi.org/ngsi-ld/datasetId': { type: 'Property', value: 'urn:x:1' },
    });
    const replaced = await api.ld('PUT', `/entities/${id}`, { body: shown });
    expect([replaced.statusCode, replaced.body]).toEqual([204, '']);
    expect(await shownIn2()).toEqual(before);
  });

  test('what NGSI-LD wrote is shown as it was written, and NGSIv2 shows the same whichever way it came', async () => {
    await fc.assert(
      fc.asyncProperty(ldAttributes, async (attributes) => {
        await api.ld('DELETE', `/entities/${id}`);
        const created = await api.ld('POST', '/entities', { body: { id, type: 'Room', ...attributes } });
        expect([created.statusCode, created.body]).toEqual([201, '']);
        const shown = await api.get(id);
        expect(shown).toEqual({ id, type: 'Room', ...attributes });
        const concise = await api.get(id, '?options=concise');
        const before = await shownIn2();
        await api.ld('DELETE', `/entities/${id}`);
        expect((await api.ld('POST', '/entities', { body: concise })).statusCode).toBe(201);
        expect(await api.get(id)).toEqual(shown);
        expect(await shownIn2()).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  test('an NGSIv2 write to one attribute leaves what only NGSI-LD can say of the others', async () => {
    await fc.assert(
      fc.asyncProperty(ldAttributes, async (attributes) => {
        await api.ld('DELETE', `/entities/${id}`);
        await api.create({ id, type: 'Room', ...attributes });
        const before = await api.get(id);
        const body = { other: { value: 1 } };
        expect((await api.send('POST', `/v2/entities/${id}/attrs`, { body })).statusCode).toBe(204);
        expect(await api.get(id)).toEqual({ ...before, other: { type: 'Property', value: 1 } });
      }),
      { numRuns: 30 },
    );
  });

  test('a query finds what either dialect wrote, asked in either', async () => {
    await api.create({ id, type: 'Room', temperature: { type: 'Property', value: 21, unitCode: 'CEL' } });
    const body = { id: 'urn:ngsi-ld:Room:2', type: 'Room', temperature: { value: 23 } };
    await api.send('POST', '/v2/entities', { body });
    expect(await api.find('type=Room&q=temperature>20')).toEqual(['Room:1', 'Room:2']);
    const found = await api.send('GET', '/v2/entities?type=Room&q=temperature>20&attrs=temperature&options=keyValues');
    expect(found.json()).toEqual([
      { id, type: 'Room', temperature: 21 },
      { id: 'urn:ngsi-ld:Room:2', type: 'Room', temperature: 23 },
    ]);
  });
});

describe('What NGSI-LD writes', () => {
  let api: LdApi;
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = await startReceiver();
    api = await anLdApi();
  });

  afterEach(async () => {
    await api.close();
    await receiver.close();
  });

  test('wakes NGSIv2 subscriptions, which tell of it in NGSIv2', async () => {
    await api.create({ id, type: 'Room', temperature: { type: 'Property', value: 21 } });
    const body = {
      subject: { entities: [{ idPattern: '.*', type: 'Room' }], condition: { attrs: ['temperature'] } },
      notification: { http: { url: receiver.url } },
    };
    expect((await api.send('POST', '/v2/subscriptions', { body })).statusCode).toBe(201);
    const patch = { temperature: { type: 'Property', value: 22, unitCode: 'CEL', observedAt: '2026-01-31T12:00:00Z' } };
    for (const [method, path] of [
      ['PATCH', `/entities/${id}/attrs`],
      ['PATCH', `/entities/${id}`],
    ] as const) {
      patch.temperature.value++;
      expect((await api.ld(method, path, { body: patch })).statusCode).toBe(204);
      expect(JSON.parse((await receiver.take()).body).data).toEqual([
        {
          id,
          type: 'Room',
          temperature: {
            type: 'Number',
            value: patch.temperature.value,
            metadata: {
              unitCode: { type: 'Text', value: 'CEL' },
              observedAt: { type: 'DateTime', value: '2026-01-31T12:00:00.000Z' },
            },
          },
        },
      ]);
    }
  });

  test('is gone when its time is up: entities, and attributes that end before them', async () => {
    const past = '2001-01-01T00:00:00Z';
    const later = '2099-01-01T00:00:00Z';
    await api.create(
      { id, type: 'Room', expiresAt: later, a: { type: 'Property', value: 1, expiresAt: past }, b: 2 },
      { id: 'urn:ngsi-ld:Room:2', type: 'Room', expiresAt: past },
    );
    await expireEntities(api.broker);
    expect(await api.get(id)).toEqual({ id, type: 'Room', b: { type: 'Property', value: 2 } });
    expect(await api.find('type=Room')).toEqual(['Room:1']);
  });
});

describe('A default context', () => {
  const url = 'https://city.example/context.jsonld';
  const terms = {
    temperature: 'https://vocabulary.example/temperature',
    a: 'https://vocabulary.example/a',
    accuracy: 'https://vocabulary.example/accuracy',
    Room: 'https://vocabulary.example/Room',
  };
  const link = (to: string) => ({ link: `<${to}>; rel="http://www.w3.org/ns/json-ld#context"` });
  const otherUrl = 'https://other.example/context.jsonld';
  let api: LdApi;

  beforeEach(async () => {
    const directory = temporaryDirectory();
    const other = { ...terms, temperature: undefined, t: terms.temperature };
    writeFileSync(join(directory, 'city'), JSON.stringify({ '@context': terms }));
    writeFileSync(join(directory, 'other'), JSON.stringify({ '@context': other }));
    const contexts = join(directory, 'contexts.json');
    writeFileSync(contexts, JSON.stringify({ [url]: 'city', [otherUrl]: 'other' }));
    const defaultContext = join(directory, 'defaults.json');
    writeFileSync(defaultContext, JSON.stringify({ '': url }));
    api = await anLdApi({ locationsPerEntity: 10, contexts, defaultContext });
  });
  afterEach(() => api.close());

  async function withoutIt(method: string): Promise<unknown> {
    return (await api.ld(method, `/entities/${id}`, { headers: link(coreContext) })).json();
  }

  test('is what names of NGSIv2 mean: they are its terms to NGSI-LD', async () => {
    await api.send('POST', '/v2/entities', {
      body: { id, type: 'Room', temperature: { value: 21 }, other: { value: 1 } },
    });
    const shown = await api.ld('GET', `/entities/${id}`);
    expect([shown.headers.link, shown.json()]).toEqual([
      expect.stringContaining(`<${url}>`),
      {
        id,
        type: 'Room',
        temperature: { type: 'Property', value: 21 },
        other: { type: 'Property', value: 1 },
      },
    ]);
    expect(await withoutIt('GET')).toEqual({
      id,
      type: terms.Room,
      [terms.temperature]: { type: 'Property', value: 21 },
      other: { type: 'Property', value: 1 },
    });
    const inOthers = await api.ld('GET', '/entities?type=Room&q=t>20&options=simplified', { headers: link(otherUrl) });
    expect(inOthers.json()).toEqual([{ id, type: 'Room', t: 21, other: 1 }]);
    const types = await api.ld('GET', '/types?details=true', { headers: { accept: 'application/json' } });
    expect(types.json()).toEqual([
      { id: terms.Room, type: 'EntityType', typeName: 'Room', attributeNames: ['other', 'temperature'] },
    ]);
  });

  test('keeps apart what the default vocabulary calls the same', async () => {
    await api.ld('POST', '/entities', {
      body: { id, type: 'Room', temperature: { type: 'Property', value: 1 } },
      headers: link(coreContext),
    });
    await api.send('POST', `/v2/entities/${id}/attrs`, { body: { temperature: { value: 2 } } });
    expect(await withoutIt('GET')).toMatchObject({
      type: 'Room',
      temperature: { value: 1 },
      [terms.temperature]: { value: 2 },
    });
    expect(await api.find('type=Room')).toEqual([]);
    expect(await api.find('type=https://uri.etsi.org/ngsi-ld/default-context/Room&q=temperature==2')).toEqual([
      'Room:1',
    ]);
  });

  test('is that of notifications, where a subscription names no other: what NGSIv2 writes is told in its terms', async () => {
    const receiver = await startReceiver();
    const notification = { format: 'concise', endpoint: { uri: receiver.url } };
    const body = { type: 'Subscription', entities: [{ type: 'Room' }], q: 'temperature>20', notification };
    await api.ld('POST', '/subscriptions', { body });
    await api.ld('POST', '/subscriptions', { body: { ...body, jsonldContext: otherUrl } });
    await api.send('POST', '/v2/entities', { body: { id, type: 'Room', temperature: { value: 21 } } });
    const told = [await receiver.take(), await receiver.take()].map(({ headers, body: text }) => {
      const [url = ''] = /(?<=<)[^>]+/.exec(String(headers.link)) ?? [];
      return [url, JSON.parse(text).data[0]] as const;
    });
    expect(new Map(told)).toEqual(
      new Map([
        [url, { id, type: 'Room', temperature: 21 }],
        [otherUrl, { id, type: 'Room', t: 21 }],
      ]),
    );
    await receiver.close();
  });

  test('is that of its tenant alone', async () => {
    const body = { id, type: 'Room', temperature: { value: 21 } };
    await api.send('POST', '/v2/entities', { body, headers: { 'fiware-service': 'town' } });
    const shown = await api.ld('GET', `/entities/${id}?options=simplified`, {
      headers: { 'ngsild-tenant': 'town', ...link(url) },
    });
    expect(shown.json()).toEqual({
      id,
      type: 'https://uri.etsi.org/ngsi-ld/default-context/Room',
      'https://uri.etsi.org/ngsi-ld/default-context/temperature': 21,
    });
  });

  test('loses nothing of what NGSIv2 wrote when NGSI-LD replaces it with what it was shown, in any terms', async () => {
    await fc.assert(
      fc.asyncProperty(v2Attributes, fc.constantFrom(url, otherUrl, coreContext), async (attributes, context) => {
        await api.send('DELETE', `/v2/entities/${id}`);
        await api.send('POST', '/v2/entities', { body: { id, type: 'Room', ...attributes } });
        const before = (await api.send('GET', `/v2/entities/${id}`)).json();
        const shown = (await api.ld('GET', `/entities/${id}`, { headers: link(context) })).json();
        const replaced = await api.ld('PUT', `/entities/${id}`, { body: shown, headers: link(context) });
        expect([replaced.statusCode, replaced.body]).toEqual([204, '']);
        expect((await api.send('GET', `/v2/entities/${id}`)).json()).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  test('shows to NGSIv2 what NGSI-LD wrote in any terms for the same names', async () => {
    await fc.assert(
      fc.asyncProperty(ldAttributes, async (attributes) => {
        const written = async (context: string, names: Record<string, string>) => {
          await api.send('DELETE', `/v2/entities/${id}`);
          const { temperature, ...rest } = attributes;
          const body = {
            id,
            type: 'Room',
            ...rest,
            ...(temperature !== undefined && { [names.temperature ?? 'temperature']: temperature }),
          };
          expect((await api.ld('POST', '/entities', { body, headers: link(context) })).statusCode).toBe(201);
          return (await api.send('GET', `/v2/entities/${id}`)).json();
        };
        const shown = await written(url, {});
        expect(Object.keys(shown).sort()).toEqual(expect.arrayContaining(['id', 'type']));
        expect(Object.keys(shown).every((name) => !name.includes(':'))).toBe(true);
        expect(await written(otherUrl, { temperature: 't' })).toEqual(shown);
      }),
      { numRuns: 40 },
    );
  });
});
