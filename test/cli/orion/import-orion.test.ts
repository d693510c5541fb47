import { describe, expect, it } from 'vitest';
import { openMongoStores } from '../../../src/adapters/stores/mongodb/mongo-stores.ts';
import {
  importOrion,
  type LeftOutDocument,
  type OrionCollection,
  type OrionImportOptions,
  type OrionSource,
} from '../../../src/cli/orion/import-orion.ts';
import { readOrionEntity } from '../../../src/cli/orion/orion-entity.ts';
import { readOrionRegistrations } from '../../../src/cli/orion/orion-registration.ts';
import { readOrionSubscription } from '../../../src/cli/orion/orion-subscription.ts';
import { Refusal } from '../../../src/core/errors.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import type { Condition } from '../../../src/core/subscription/condition.ts';
import { anEntity } from '../../support/entity-builder.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../../support/mongod/mongo-place.ts';
import { PlainStores } from '../../support/plain-entity-store.ts';
import { byId, create, everything, numberOf, update, withNumber } from '../../support/store-commands.ts';
import { storeSettings } from '../../support/store-settings.ts';

removeMongoPlaces();

const noon = 1_769_860_800;

/** A document as Orion 4 writes it. */
function anEntityDocument(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    _id: { id: 'Room1', type: 'Room', servicePath: '/building' },
    attrNames: ['temperature', 'my.at$tr', 'since', 'position'],
    attrs: {
      'my=at>tr': {
        type: 'StructuredValue',
        value: { 'a=b': [{ '>x': null }] },
        mdNames: ['m.x', 'at'],
        md: { 'm=x': { type: 'Text', value: 'md' }, at: { type: 'DateTime', value: noon } },
        creDate: noon,
        modDate: noon,
      },
      temperature: { type: 'Number', value: 21.5, mdNames: [], creDate: noon, modDate: noon + 10.5 },
      since: { type: 'DateTime', value: noon + 0.25, mdNames: [], creDate: noon, modDate: noon },
      position: { type: 'geo:point', value: '40.4, -3.7', mdNames: [], creDate: noon, modDate: noon },
    },
    creDate: noon,
    modDate: noon + 10.5,
    location: { attrName: 'position', coords: { type: 'Point', coordinates: [-3.7, 40.4] } },
    lastCorrelator: 'c-root',
    expDate: new Date((noon + 3600) * 1000),
    ...changes,
  };
}

function aSubscriptionDocument(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    _id: '5697d4d123acbf5e794ab031',
    expiration: Number.MAX_SAFE_INTEGER,
    reference: 'http://localhost:1234',
    servicePath: '/#',
    entities: [{ id: '.*', type: 'Room', isPattern: 'true', isTypePattern: false }],
    attrs: ['humidity', 'temperature'],
    conditions: ['temperature'],
    expression: { q: 'temperature>40', mq: '', geometry: '', coords: '', georel: '' },
    format: 'normalized',
    status: 'active',
    custom: false,
    throttling: 5,
    count: 27,
    lastNotification: noon,
    lastSuccess: noon,
    lastSuccessCode: 204,
    failsCounter: 0,
    ...changes,
  };
}

function aRegistrationDocument(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    _id: '5149f60cf0075f2fabca43da',
    format: 'normalized',
    expiration: noon,
    servicePath: '/',
    status: 'inactive',
    contextRegistration: [
      {
        entities: [
          { id: 'E1', type: 'T1', isPattern: 'false', isTypePattern: false },
          { id: 'E.*', type: '', isPattern: 'true', isTypePattern: false },
        ],
        attrs: [
          { name: 'A1', type: 'TA1' },
          { name: 'A2', type: '' },
        ],
        providingApplication: 'http://foo.bar/v2',
        fwdMode: 'query',
      },
      { entities: [{ id: 'E3', isPattern: 'false' }], attrs: [], providingApplication: 'http://foo.bar/v2' },
    ],
    ...changes,
  };
}

const compileCondition = (source: string): Condition => ({ source, test: () => true });

describe('An entity of an Orion database', () => {
  it('comes over with its types, metadata, order, times, path, expiry and correlator', () => {
    const entity = readOrionEntity(anEntityDocument());
    expect(entity).toMatchObject({
      id: 'Room1',
      types: ['Room'],
      scopes: ['/building'],
      createdAt: noon * 1000,
      modifiedAt: noon * 1000 + 10_500,
      expiresAt: (noon + 3600) * 1000,
      correlator: 'c-root',
    });
    const attributes = [...entity.attributes].map(([name, [attribute]]) => [name, attribute]);
    expect(attributes).toEqual([
      [
        'temperature',
        {
          kind: 'property',
          declaredType: 'Number',
          value: 21.5,
          createdAt: noon * 1000,
          modifiedAt: noon * 1000 + 10_500,
        },
      ],
      [
        'my.at$tr',
        {
          kind: 'property',
          declaredType: 'StructuredValue',
          value: { 'a.b': [{ $x: null }] },
          createdAt: noon * 1000,
          modifiedAt: noon * 1000,
          subAttributes: new Map([
            [
              'm.x',
              { kind: 'property', declaredType: 'Text', value: 'md', createdAt: noon * 1000, modifiedAt: noon * 1000 },
            ],
            [
              'at',
              {
                kind: 'property',
                declaredType: 'DateTime',
                valueType: 'DateTime',
                value: '2026-01-31T12:00:00.000Z',
                createdAt: noon * 1000,
                modifiedAt: noon * 1000,
              },
            ],
          ]),
        },
      ],
      ['since', expect.objectContaining({ valueType: 'DateTime', value: '2026-01-31T12:00:00.250Z' })],
      [
        'position',
        expect.objectContaining({
          kind: 'geo',
          geometry: { type: 'Point', coordinates: [-3.7, 40.4] },
          value: '40.4, -3.7',
        }),
      ],
    ]);
  });

  it('has its place under a type of NGSIv1 too', () => {
    const document = anEntityDocument({
      attrNames: ['position'],
      attrs: { position: { type: 'coords', value: '40.4, -3.7', creDate: noon, modDate: noon } },
    });
    const position = readOrionEntity(document).attributes.get('position')?.[0];
    expect(position).toMatchObject({ kind: 'geo', declaredType: 'coords', value: '40.4, -3.7' });
  });

  it.each([
    ['without an id', { _id: { type: 'Room' } }, /_id\.id is not a text/],
    ['without a time of creation', { creDate: 'yesterday' }, /creDate is not a number/],
    ['whose attribute is not there', { attrNames: ['ghost'] }, /attrs\.ghost is not an object/],
    ['with a value that is not JSON', { attrs: { a: { value: /x/ } }, attrNames: ['a'] }, /RegExp is not JSON/],
  ])('%s is refused with the reason', (_what, changes, reason) => {
    expect(() => readOrionEntity(anEntityDocument(changes))).toThrow(reason);
  });
});

describe('A subscription of an Orion database', () => {
  it('comes over with its counters', () => {
    expect(readOrionSubscription(aSubscriptionDocument(), compileCondition)).toEqual({
      id: '5697d4d123acbf5e794ab031',
      dialect: 'ngsiv2',
      scopes: [{ path: '/', subtree: true }],
      document: {
        subject: {
          entities: [{ idPattern: '.*', type: 'Room' }],
          condition: { attrs: ['temperature'], expression: { q: 'temperature>40' }, notifyOnMetadataChange: true },
        },
        notification: {
          attrs: ['humidity', 'temperature'],
          onlyChangedAttrs: false,
          attrsFormat: 'normalized',
          http: { url: 'http://localhost:1234' },
          covered: false,
        },
        throttling: 5,
      },
      state: {
        status: 'active',
        timesSent: 27,
        failsCounter: 0,
        lastNotification: noon * 1000,
        lastSuccess: noon * 1000,
        lastSuccessCode: 204,
      },
      createdAt: 0x5697d4d1 * 1000,
      modifiedAt: 0x5697d4d1 * 1000,
    });
  });

  it.each([
    [
      'by HTTP, customised',
      { custom: true, method: 'PUT', headers: { 'X=A': 'b' }, qs: {}, payload: null, timeout: 700 },
      {
        httpCustom: {
          url: 'http://localhost:1234',
          timeout: 700,
          method: 'PUT',
          headers: { 'X.A': 'b' },
          payload: null,
        },
      },
    ],
    [
      'by MQTT',
      { reference: 'mqtt://localhost:1883', topic: 'city', qos: 1, retain: true, user: 'u', passwd: 'p' },
      { mqtt: { url: 'mqtt://localhost:1883', topic: 'city', qos: 1, retain: true, user: 'u', passwd: 'p' } },
    ],
    [
      'by MQTT, with a JSON of its own',
      { reference: 'mqtt://localhost:1883', topic: 'city', qos: 0, custom: true, json: { 'a=b': 'TEMPERATURE' } },
      {
        mqttCustom: {
          url: 'mqtt://localhost:1883',
          topic: 'city',
          qos: 0,
          retain: false,
          json: { 'a.b': 'TEMPERATURE' },
        },
      },
    ],
    ['of all but some attributes', { blacklist: true }, { exceptAttrs: ['humidity', 'temperature'] }],
  ])('is delivered %s as before', (_how, changes, notification) => {
    const { document } = readOrionSubscription(aSubscriptionDocument(changes), compileCondition);
    expect(document.notification).toMatchObject(notification);
  });

  it('keeps the path it is for, and its status', () => {
    const document = aSubscriptionDocument({ servicePath: '/parks', status: 'oneshot', expiration: noon });
    expect(readOrionSubscription(document, compileCondition)).toMatchObject({
      scopes: [{ path: '/parks', subtree: false }],
      document: { expires: '2026-01-31T12:00:00.000Z' },
      state: { status: 'oneshot' },
    });
  });
});

describe('A registration of an Orion database', () => {
  it('comes over, one for each of its parts', () => {
    expect(readOrionRegistrations(aRegistrationDocument())).toEqual([
      {
        id: '5149f60cf0075f2fabca43da',
        dialect: 'ngsiv2',
        scope: '/',
        status: 'inactive',
        document: {
          expires: '2026-01-31T12:00:00.000Z',
          dataProvided: {
            entities: [{ id: 'E1', type: 'T1' }, { idPattern: 'E.*' }],
            attrs: ['A1', 'A2'],
          },
          provider: { http: { url: 'http://foo.bar/v2' }, supportedForwardingMode: 'query' },
        },
        createdAt: 0x5149f60c * 1000,
        modifiedAt: 0x5149f60c * 1000,
      },
      expect.objectContaining({ id: '5149f60cf0075f2fabca43da-2' }),
    ]);
  });

  it('without a provider is refused', () => {
    expect(() => readOrionRegistrations(aRegistrationDocument({ contextRegistration: [] }))).toThrow(/is empty/);
  });
});

describe('An Orion database', () => {
  const tenant = 'city' as TenantName;

  function given(collections: Partial<Record<OrionCollection, readonly unknown[]>>, changes = {}) {
    const source: OrionSource = {
      tenants: async () => [tenant],
      async *documents(_tenant, collection) {
        yield* collections[collection] ?? [];
      },
    };
    const leftOut: LeftOutDocument[] = [];
    const options: OrionImportOptions = {
      source,
      stores: new PlainStores(),
      onConflict: 'fail',
      compileCondition,
      onLeftOut: (document) => leftOut.push(document),
      ...changes,
    };
    return { options, leftOut };
  }

  async function idsIn({ stores }: OrionImportOptions) {
    const page = await stores?.tenant(tenant).entities.find(everything);
    return page?.records.map(({ entity }) => entity.id);
  }

  it('comes over whole, and a second time changes nothing', async () => {
    const { options, leftOut } = given({
      entities: [anEntityDocument()],
      csubs: [aSubscriptionDocument()],
      registrations: [aRegistrationDocument()],
    });
    const none = { created: 0, unchanged: 0, replaced: 0, skipped: 0, leftOut: 0 };
    expect(await importOrion(options)).toEqual({
      entities: { ...none, created: 1 },
      csubs: { ...none, created: 1 },
      registrations: { ...none, created: 2 },
    });
    expect(await importOrion(options)).toEqual({
      entities: { ...none, unchanged: 1 },
      csubs: { ...none, unchanged: 1 },
      registrations: { ...none, unchanged: 2 },
    });
    expect(await idsIn(options)).toEqual(['Room1']);
    expect(leftOut).toEqual([]);
  });

  it('leaves out what cannot be read, says why, and takes the rest', async () => {
    const bad = anEntityDocument({ _id: { id: 'Bad', type: 'Room', servicePath: '/' }, creDate: null });
    const { options, leftOut } = given({
      entities: [bad, anEntityDocument()],
      csubs: [aSubscriptionDocument({ reference: 'nowhere' })],
    });
    const { entities, csubs } = await importOrion(options);
    expect([entities.created, entities.leftOut, csubs.leftOut]).toEqual([1, 1, 1]);
    expect(await idsIn(options)).toEqual(['Room1']);
    expect(leftOut).toEqual([
      {
        tenant,
        collection: 'entities',
        id: '{"id":"Bad","type":"Room","servicePath":"/"}',
        reason: 'creDate is not a number',
      },
      { tenant, collection: 'csubs', id: '"5697d4d123acbf5e794ab031"', reason: expect.stringContaining('url') },
    ]);
  });

  it.each([
    ['skip', 'skipped'],
    ['replace', 'replaced'],
  ] as const)('with --on-conflict %s has what differs %s', async (onConflict, counter) => {
    const { options } = given({ entities: [anEntityDocument()] }, { onConflict });
    await importOrion(options);
    const changed = given({ entities: [anEntityDocument({ modDate: noon + 60 })] });
    const summary = await importOrion({ ...options, source: changed.options.source });
    expect(summary.entities).toMatchObject({ created: 0, [counter]: 1 });
  });

  it('stops at what differs unless told what to do about it', async () => {
    const { options } = given({ entities: [anEntityDocument()] });
    await importOrion(options);
    const { source } = given({ entities: [anEntityDocument({ modDate: noon + 60 })] }).options;
    await expect(importOrion({ ...options, source })).rejects.toThrow(/Room1 is there already, with other content/);
  });

  it('leaves out an entity that is refused, says why, and takes the others of its batch', async () => {
    const named = (id: string) => anEntityDocument({ _id: { id, type: 'Room', servicePath: '/' } });
    const stores = new PlainStores();
    const { entities } = stores.tenant(tenant);
    const write = entities.write.bind(entities);
    entities.write = (commands) =>
      commands.some(({ target }) => target.id === 'Contested')
        ? Promise.reject(new Refusal({ kind: 'overloaded', retryAfterSeconds: 1 }))
        : write(commands);
    const documents = ['A', 'B', 'Contested', 'C', 'D'].map(named);
    const { options, leftOut } = given({ entities: documents }, { stores });
    expect((await importOrion(options)).entities).toMatchObject({ created: 4, leftOut: 1 });
    expect(await idsIn(options)).toEqual(['A', 'B', 'C', 'D']);
    expect(leftOut).toEqual([
      {
        tenant,
        collection: 'entities',
        id: '{"id":"Contested","type":"Room","servicePath":"/"}',
        reason: 'too many requests are waiting: try again later',
      },
    ]);
  });

  it.runIf(mongodb !== undefined)('comes over whole though a broker writes the same entities meanwhile', async () => {
    const settings = { ...storeSettings, uri: newMongoPlace(), leaseMs: 2000, readStalenessMs: 0 };
    const [stores, broker] = [await openMongoStores(settings), await openMongoStores(settings)];
    const ids = Array.from({ length: 300 }, (_, n) => `R${n}`);
    const documents = ids.map((id) => anEntityDocument({ _id: { id, type: 'Room', servicePath: '/' } }));
    const { entities } = broker.tenant(tenant);
    await entities.write(ids.map((id) => create(anEntity({ id, type: 'Room', values: { n: 0 } }))));
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        const addOne = (id: string) => update(byId(id), (one) => withNumber(one, 'n', numberOf(one, 'n') + 1));
        await Promise.all(ids.map((id) => entities.write([addOne(id)])));
      }
    })();
    const { options, leftOut } = given({ entities: documents }, { stores, onConflict: 'replace' });
    const summary = await importOrion(options);
    isOver = true;
    await writing;
    expect(summary.entities).toMatchObject({ created: 0, replaced: 300, unchanged: 0, leftOut: 0 });
    expect(leftOut).toEqual([]);
    const { records } = await entities.find(everything);
    expect(records.filter(({ entity }) => !entity.attributes.has('temperature'))).toEqual([]);
    await Promise.all([stores.close(), broker.close()]);
  });

  it('can be looked at without anything being stored', async () => {
    const { options } = given({ entities: [anEntityDocument()], csubs: [aSubscriptionDocument()] });
    const summary = await importOrion({ ...options, stores: undefined });
    expect([summary.entities.created, summary.csubs.created]).toEqual([1, 1]);
    expect(await idsIn(options)).toEqual([]);
  });
});
