import { type Document, MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMongoStores } from '../../../src/adapters/stores/mongodb/mongo-stores.ts';
import type { Path, Query } from '../../../src/core/query/query.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import type { Stores } from '../../../src/ports/stores.ts';
import { anEntity } from '../../support/entity-builder.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../../support/mongod/mongo-place.ts';
import { byId, create, everything, numberOf, remove, update, withNumber } from '../../support/store-commands.ts';
import { storeSettings } from '../../support/store-settings.ts';

const city = 'city' as TenantName;

const byNumber: Path = { kind: 'attribute', attribute: 'n', subAttributes: [], members: [] };

removeMongoPlaces();

describe.runIf(mongodb !== undefined)('a page whose entities are known', () => {
  const open: Stores[] = [];
  let client: MongoClient;
  let uri: string;

  beforeEach(() => {
    uri = newMongoPlace();
    client = new MongoClient(uri);
  });

  afterEach(async () => {
    for (const stores of open.splice(0)) await stores.close();
    await client.close();
  });

  async function entitiesOfABroker() {
    const stores = await openMongoStores({ ...storeSettings, leaseMs: 1000, readStalenessMs: 1000, uri });
    open.push(stores);
    return stores.tenant(city).entities;
  }

  it.each<[string, Partial<Query>]>([
    ['in the order of creation', {}],
    ['in an order that MongoDB makes', { order: [{ by: byNumber, descending: false }] }],
  ])('%s is asked for by headers alone, and whole once one of them has changed', async (_what, asked) => {
    const entities = await entitiesOfABroker();
    const others = await entitiesOfABroker();
    await entities.write([1, 2, 3].map((n) => create(anEntity({ id: `E${n}`, values: { n } }))));
    const ofCity = client.db(`${client.db().databaseName}-city`);
    const numbers = async () => {
      const { records } = await entities.find({ ...everything, ...asked, limit: 2 });
      return records.map(({ entity }) => [entity.id, numberOf(entity, 'n')]);
    };
    const first = [
      ['E1', 1],
      ['E2', 2],
    ];
    expect(await numbers()).toStrictEqual(first);
    await ofCity.command({ profile: 2 });
    expect(await numbers()).toStrictEqual(first);
    await others.write([remove(byId('E1'))]);
    await others.write([update(byId('E2'), (entity) => withNumber(entity, 'n', 2.5))]);
    await others.write([create(anEntity({ id: 'E4', values: { n: 4 } }))]);
    const second = [
      ['E2', 2.5],
      ['E3', 3],
    ];
    expect(await numbers()).toStrictEqual(second);
    expect(await numbers()).toStrictEqual(second);
    await ofCity.command({ profile: 0 });
    const reads = await ofCity
      .collection('system.profile')
      .find({ $or: [{ 'command.find': 'entities' }, { 'command.aggregate': 'entities' }] })
      .sort({ ts: 1 })
      .toArray();
    const pages = reads.filter(({ command }) => command.limit === 3 || isPaged(command.pipeline));
    expect(pages.map(({ command }) => isOfHeaders(command))).toStrictEqual([true, true, false, false]);
  });
});

function isPaged(pipeline: readonly Document[] = []): boolean {
  return pipeline.some(({ $limit }) => $limit === 3);
}

function isOfHeaders({ projection, pipeline = [] }: Document): boolean {
  return projection !== undefined || pipeline.some(({ $project }: Document) => $project?.revision === 1);
}
