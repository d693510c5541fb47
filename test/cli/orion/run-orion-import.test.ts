import { Long, MongoClient, ObjectId } from 'mongodb';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runOrionImport } from '../../../src/cli/orion/run-orion-import.ts';
import { openStores } from '../../../src/compose.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { createLog } from '../../../src/observe/log.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../../support/mongod/mongo-place.ts';
import { everything } from '../../support/store-commands.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const noon = 1_769_860_800;
const subscriptionId = '5697d4d123acbf5e794ab031';

/** An Orion with an entity, a subscription and a registration in the tenant `city`, and two entities in the default one. */
async function anOrion(): Promise<string> {
  const uri = newMongoPlace();
  const client = new MongoClient(uri);
  onTestFinished(() => client.close());
  const main = client.db();
  const city = client.db(`${main.databaseName}-city`);
  const entity = (id: string, creDate: number) => ({
    _id: { id, type: 'Room', servicePath: '/' },
    attrNames: ['big'],
    attrs: {
      big: { type: 'Number', value: Long.fromString('9007199254740993'), mdNames: [], creDate, modDate: creDate },
    },
    creDate,
    modDate: creDate,
  });
  await main.collection<{ _id: unknown }>('entities').insertMany([entity('Later', noon + 1), entity('Earlier', noon)]);
  await city.collection<{ _id: unknown }>('entities').insertOne(entity('Room1', noon));
  await city.collection('csubs').insertOne({
    _id: new ObjectId(subscriptionId),
    expiration: Long.fromString('9223372036854775807'),
    reference: 'http://localhost:1234',
    servicePath: '/#',
    entities: [{ id: '.*', isPattern: 'true' }],
    attrs: [],
    conditions: [],
    format: 'normalized',
    status: 'active',
    count: Long.fromNumber(3),
  });
  await city.collection('registrations').insertOne({
    _id: new ObjectId('5149f60cf0075f2fabca43da'),
    format: 'normalized',
    servicePath: '/',
    contextRegistration: [
      { entities: [{ id: 'E1', isPattern: 'false' }], attrs: [], providingApplication: 'http://foo.bar/v2' },
    ],
  });
  return uri;
}

describe.skipIf(mongodb === undefined)('oriel import --from-orion', () => {
  removeMongoPlaces();

  it.each(['embedded', 'mongodb'])('brings every tenant of a real database into %s', async (engine) => {
    const report = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => report.mockRestore());
    const uri = await anOrion();
    const store = engine === 'mongodb' ? newMongoPlace() : 'embedded';
    const config = { ...parseConfig({}), data: temporaryDirectory(), store } as ReturnType<typeof parseConfig>;
    const run = (dryRun: boolean) => runOrionImport({ uri, config, onConflict: 'fail', dryRun });

    expect(await run(true)).toBe(0);
    expect(await run(false)).toBe(0);
    expect(await run(false)).toBe(0);
    const said = report.mock.calls.map(([text]) => String(text));
    expect(said.filter((line) => line.includes('entities'))).toEqual([
      'oriel import: entities: 3 would come over, 0 left out\noriel import: subscriptions: 1 would come over, 0 left out\noriel import: registrations: 1 would come over, 0 left out\n',
      'oriel import: entities: 3 created, 0 unchanged, 0 replaced, 0 skipped, 0 left out\noriel import: subscriptions: 1 created, 0 unchanged, 0 replaced, 0 skipped, 0 left out\noriel import: registrations: 1 created, 0 unchanged, 0 replaced, 0 skipped, 0 left out\n',
      'oriel import: entities: 0 created, 3 unchanged, 0 replaced, 0 skipped, 0 left out\noriel import: subscriptions: 0 created, 1 unchanged, 0 replaced, 0 skipped, 0 left out\noriel import: registrations: 0 created, 1 unchanged, 0 replaced, 0 skipped, 0 left out\n',
    ]);

    const stores = await openStores(config, createLog('silent'));
    expect(stores.tenants()).toEqual(['', 'city']);
    const [standard, city] = stores.tenants().map((tenant) => stores.tenant(tenant));
    const { records = [] } = (await standard?.entities.find(everything)) ?? {};
    expect(records.map(({ entity }) => entity.id)).toEqual(['Earlier', 'Later']);
    expect(await city?.subscriptions.list()).toMatchObject([{ id: subscriptionId, state: { timesSent: 3 } }]);
    expect(await city?.documents('registration').list()).toMatchObject([{ id: '5149f60cf0075f2fabca43da' }]);
    await stores.close();
  });
});
