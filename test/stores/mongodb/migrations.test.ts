import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Db, MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownForms } from '../../../src/adapters/stores/mongodb/cluster/forms.ts';
import type { TenantForm } from '../../../src/adapters/stores/mongodb/cluster/tenant-registry.ts';
import type { EntityForm } from '../../../src/adapters/stores/mongodb/form/entity-form.ts';
import { type MongoStoresOptions, openMongoStores } from '../../../src/adapters/stores/mongodb/mongo-stores.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import type { Stores } from '../../../src/ports/stores.ts';
import { anEntity } from '../../support/entity-builder.ts';
import { type CountedForm, laterForms } from '../../support/mongod/later-forms.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../../support/mongod/mongo-place.ts';
import { byId, create, everything, numberOf, update, withNumber } from '../../support/store-commands.ts';
import { storeSettings } from '../../support/store-settings.ts';

const city = 'city' as TenantName;
const migrator = fileURLToPath(new URL('../../support/mongod/dying-migrator.ts', import.meta.url));
const waiting = { timeout: 30_000, interval: 20 };

removeMongoPlaces();

describe.runIf(mongodb !== undefined)(
  'a tenant in MongoDB that an older release has written',
  { timeout: 90_000 },
  () => {
    const open = new Set<Stores>();
    let uri: string;
    let client: MongoClient;
    let main: Db;
    let ofCity: Db;

    beforeEach(() => {
      uri = newMongoPlace();
      client = new MongoClient(uri);
      main = client.db();
      ofCity = client.db(`${main.databaseName}-city`);
    });

    afterEach(async () => {
      for (const stores of open) await stores.close();
      open.clear();
      await client.close();
    });

    async function aBroker(options: Partial<MongoStoresOptions> = {}): Promise<Stores> {
      const settings = { ...storeSettings, leaseMs: 1000, readStalenessMs: 1000, reconcileMs: 3_600_000 };
      const stores = await openMongoStores({ ...settings, ...options, uri });
      open.add(stores);
      return stores;
    }

    async function close(stores: Stores): Promise<void> {
      open.delete(stores);
      await stores.close();
    }

    async function tenantForm(): Promise<TenantForm> {
      const tenant = await main.collection<TenantForm>('tenants').findOne({ _id: city });
      if (tenant === null) throw new Error('the tenant is not there');
      return tenant;
    }

    it('is brought to the form of a newer one while brokers of both serve, goes on where one was killed, and changes over when no old one runs', async () => {
      const old = await aBroker();
      const { entities } = old.tenant(city);
      const ids = Array.from({ length: 300 }, (_, n) => `E${n}`);
      await entities.write(ids.map((id) => create(anEntity({ id, values: { n: 0 } }))));
      const addOne = (id: string) => update(byId(id), (entity) => withNumber(entity, 'n', numberOf(entity, 'n') + 1));
      // Writes of the old one, all the time that it runs: of single attributes, and of whole entities, which then lack what the new one has added.
      const rounds = { done: 0, stopped: false };
      const writing = (async () => {
        for (; !rounds.stopped; rounds.done++) {
          await entities.write(ids.map(addOne));
          await entities.write([update(byId(`E${rounds.done % 300}`), (e) => withNumber(e, `more${rounds.done}`, 1))]);
        }
      })();

      await once(spawn(process.execPath, ['--import', 'tsx', migrator, uri, '155', '20']), 'exit');
      const killed = await tenantForm();
      expect(killed).toMatchObject({ form: ownForms.newest, migration: { step: 'filling', to: ownForms.newest + 1 } });
      expect(killed.migration?.looked).toBe(140);

      const looked: number[] = [];
      const next = await aBroker({ forms: laterForms(({ _id }) => looked.push(_id)), migrationBatchSize: 20 });
      await vi.waitFor(async () => expect((await tenantForm()).migration?.step).toBe('waiting'), waiting);
      expect(Math.min(...looked)).toBeGreaterThan(killed.migration?.after ?? 0);
      // The old one reads what the new one writes, and the other way round.
      await next.tenant(city).entities.write([create(anEntity({ id: 'New', values: { n: 5 } }))]);
      expect(await entities.lookup(byId('New'))).toHaveLength(1);
      const before = rounds.done;
      await vi.waitFor(() => expect(rounds.done).toBeGreaterThan(before + 3), waiting);
      expect((await tenantForm()).form).toBe(ownForms.newest);
      rounds.stopped = true;
      await writing;

      await close(old);
      await vi.waitFor(async () => {
        const { form, migration } = await tenantForm();
        expect({ form, migration }).toStrictEqual({ form: ownForms.newest + 1, migration: undefined });
      }, waiting);
      const stored = await ofCity.collection<CountedForm>('entities').find().toArray();
      expect(stored.filter(({ attributes, attributeCount }) => attributes.length !== attributeCount)).toStrictEqual([]);
      const { records } = await next.tenant(city).entities.find(everything);
      const counted = records.filter(({ entity }) => entity.id !== 'New').map(({ entity }) => numberOf(entity, 'n'));
      expect(new Set(counted)).toStrictEqual(new Set([rounds.done]));
      expect(await ofCity.collection('entities').indexExists('attributeCount')).toBe(true);
      await expect(aBroker()).rejects.toThrow(
        "the tenant 'city' is in form 3, which a newer release has brought it to; this release works with up to 2",
      );
    });

    it('gets the newest form only where all brokers that run work with it, and is made so in it', async () => {
      const old = await aBroker();
      const next = await aBroker({ forms: laterForms() });
      await next.tenant(city).entities.write([create(anEntity({ id: 'A' }))]);
      expect((await tenantForm()).form).toBe(ownForms.newest);
      await close(old);
      await vi.waitFor(async () => expect((await tenantForm()).form).toBe(ownForms.newest + 1), waiting);
    });

    it('refuses what a broker writes that slept through the change of the form, and tells why', async () => {
      const old = await aBroker();
      const { entities } = old.tenant(city);
      await entities.write([create(anEntity({ id: 'A', values: { n: 1 } }))]);
      await main.collection<TenantForm>('tenants').updateOne({ _id: city }, { $set: { form: ownForms.newest + 1 } });
      const addOne = update(byId('A'), (entity) => withNumber(entity, 'n', numberOf(entity, 'n') + 1));
      await vi.waitFor(
        () =>
          expect(entities.write([addOne])).rejects.toMatchObject({
            reason: { kind: 'storeUnavailable', description: expect.stringContaining('is in form 3') },
          }),
        waiting,
      );
      expect(await entities.lookup(byId('A'))).toHaveLength(1);
    });

    it('has its types listed by an index once each of its entities says its shape, and the same list before', async () => {
      const first = await aBroker();
      const spots = Array.from({ length: 50 }, (_, n) =>
        anEntity({ id: `S${n}`, type: 'Spot', values: { free: n, ...(n % 2 === 0 && { extra: n }) } }),
      );
      await first.tenant(city).entities.write([...spots.map(create), create(anEntity({ id: 'R', type: 'Room' }))]);
      const listed = await first.tenant(city).entities.summarizeTypes([]);
      await close(first);

      // As the release before had it, of which one broker still runs.
      await ofCity.collection('entities').updateMany({}, { $unset: { shape: true } });
      await ofCity.collection('entities').dropIndex('shape');
      await main.collection<TenantForm>('tenants').updateOne({ _id: city }, { $set: { form: 1 } });
      const brokers = main.collection<{ _id: string; until: Date }>('brokers');
      await brokers.insertOne({ _id: 'before', until: new Date(Date.now() + 3_600_000) });

      const stores = await aBroker();
      await vi.waitFor(async () => expect((await tenantForm()).migration?.step).toBe('waiting'), waiting);
      expect(await stores.tenant(city).entities.summarizeTypes([])).toStrictEqual(listed);
      // It writes one more, as it knows it.
      const { shape: _, ...form } = (await ofCity
        .collection<EntityForm>('entities')
        .findOne({ id: 'R' })) as EntityForm;
      await ofCity.collection<EntityForm>('entities').insertOne({ ...form, _id: 1000, id: 'R2', revision: 'before-1' });
      await brokers.deleteOne({ _id: 'before' });
      await vi.waitFor(async () => expect(await tenantForm()).not.toHaveProperty('migration'), waiting);
      expect((await tenantForm()).form).toBe(2);
      await ofCity.command({ profile: 2 });
      const rooms = { type: 'Room', count: 2, attributes: new Map() };
      expect(await stores.tenant(city).entities.summarizeTypes([])).toStrictEqual(
        listed.map((type) => (type.type === 'Room' ? rooms : type)),
      );
      await ofCity.command({ profile: 0 });
      const asked = await ofCity.collection('system.profile').find({ 'command.aggregate': 'entities' }).toArray();
      expect(asked.map(({ docsExamined, planSummary }) => [docsExamined, planSummary])).toStrictEqual([
        [0, 'IXSCAN { shape: 1 }'],
        [3, 'DISTINCT_SCAN { shape: 1 }'],
      ]);
    });

    it('is looked at for the times of its entities while a broker runs that announces no change, and loses their index after', async () => {
      const first = await aBroker();
      await first.tenant(city).entities.write([create(anEntity({ id: 'R', type: 'Room' }))]);
      await close(first);
      expect(await ofCity.collection('entities').indexExists('modified')).toBe(false);
      // As the release before had it, of which one broker still runs.
      await ofCity.collection('entities').createIndex({ type: 1, modifiedAt: 1 }, { name: 'modified' });
      await main.collection<TenantForm>('tenants').updateOne({ _id: city }, { $set: { form: 1 } });
      const brokers = main.collection<{ _id: string; until: Date }>('brokers');
      await brokers.insertOne({ _id: 'before', until: new Date(Date.now() + 3_600_000) });

      const next = await aBroker();
      await vi.waitFor(async () => expect((await tenantForm()).migration?.step).toBe('waiting'), waiting);
      const stateOfRooms = async () => {
        const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
        try {
          return await next.tenant(city).entities.stateOf(['Room']);
        } finally {
          now.mockRestore();
        }
      };
      const seen = [await stateOfRooms()];
      const changed = { modifiedAt: new Date(), revision: 'before-1' };
      await ofCity.collection('entities').updateOne({ id: 'R' }, { $set: changed });
      seen.push(await stateOfRooms());
      await brokers.deleteOne({ _id: 'before' });
      await vi.waitFor(async () => expect(await tenantForm()).not.toHaveProperty('migration'), waiting);
      seen.push(await stateOfRooms());
      expect(seen).not.toContain(undefined);
      expect(new Set(seen).size).toBe(3);
      await close(next);

      const last = await aBroker();
      await last.tenant(city).entities.write([create(anEntity({ id: 'R2', type: 'Room' }))]);
      expect(await ofCity.collection('entities').indexExists('modified')).toBe(false);
    });
  },
);
