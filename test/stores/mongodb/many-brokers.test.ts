import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openMongoStores } from '../../../src/adapters/stores/mongodb/mongo-stores.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import type { DocumentListener } from '../../../src/ports/document-store.ts';
import type { Stores } from '../../../src/ports/stores.ts';
import type { StoredSubscriptionListener } from '../../../src/ports/subscription-store.ts';
import { anEntity } from '../../support/entity-builder.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../../support/mongod/mongo-place.ts';
import { writeOwing } from '../../support/owed-changes.ts';
import { byId, create, numberOf, update, withNumber } from '../../support/store-commands.ts';
import { storeSettings } from '../../support/store-settings.ts';
import { aStoredSubscription } from '../../support/stored-subscription.ts';

const city = 'city' as TenantName;
const incrementer = fileURLToPath(new URL('../../support/mongod/incrementing-broker.ts', import.meta.url));

removeMongoPlaces();

describe.runIf(mongodb !== undefined)('brokers on one MongoDB', () => {
  const open: Stores[] = [];
  afterEach(async () => {
    for (const stores of open.splice(0)) await stores.close();
  });

  /** A broker's stores; a dead broker keeps its share for no longer than a second. */
  async function aBroker(uri: string, options: { reconcileMs?: number } = {}): Promise<Stores> {
    const stores = await openMongoStores({ ...storeSettings, leaseMs: 1000, readStalenessMs: 1000, ...options, uri });
    open.push(stores);
    return stores;
  }

  it('lose no write of each other: thousands of increments of one entity, from several processes', {
    timeout: 120_000,
  }, async () => {
    const uri = newMongoPlace();
    const { entities } = (await aBroker(uri)).tenant(city);
    await entities.write([create(anEntity({ id: 'Counter', values: { n: 0 } }))]);
    await Promise.all(
      [1, 2, 3].map(() => ended(spawn(process.execPath, ['--import', 'tsx', incrementer, uri, '1000']))),
    );
    const [counter] = await entities.lookup(byId('Counter'));
    expect(counter && numberOf(counter.entity, 'n')).toBe(3000);
  });

  it('see at once what another has acknowledged', async () => {
    const uri = newMongoPlace();
    const [a, b] = [await aBroker(uri), await aBroker(uri)];
    await a.tenant(city).entities.write([create(anEntity({ id: 'A', values: { n: 1 } }))]);
    expect(await b.tenant(city).entities.lookup(byId('A'))).toHaveLength(1);
    await b.tenant(city).entities.write([update(byId('A'), (entity) => withNumber(entity, 'n', 2))]);
    const [seen] = await a.tenant(city).entities.lookup(byId('A'));
    expect(seen && numberOf(seen.entity, 'n')).toBe(2);
    await vi.waitFor(() => expect(b.tenants()).toStrictEqual([city]), waiting);
  });

  it('make one entity of the same new entity, asked for at the same moment', async () => {
    const uri = newMongoPlace();
    const brokers = [await aBroker(uri), await aBroker(uri), await aBroker(uri)];
    for (let n = 0; n < 20; n++) {
      const entity = anEntity({ id: `E${n}` });
      const results = await Promise.all(brokers.map((broker) => broker.tenant(city).entities.write([create(entity)])));
      expect(results.flat().toSorted()).toStrictEqual(['created', 'exists', 'exists']);
    }
  });

  it('hear of subscriptions and documents that another changes', async () => {
    const uri = newMongoPlace();
    const [a, b] = [await aBroker(uri), await aBroker(uri)];
    const subscriptions: Parameters<StoredSubscriptionListener>[] = [];
    const documents: Parameters<DocumentListener>[] = [];
    b.watchSubscriptions((...told) => subscriptions.push(told));
    b.watchDocuments((...told) => documents.push(told));
    const subscription = await a.tenant(city).subscriptions.put(aStoredSubscription({ id: 'S' }));
    await a
      .tenant(city)
      .documents('dataset')
      .put([{ id: 'D', document: { title: 'Trees' } }]);
    await vi.waitFor(() => {
      expect(subscriptions.at(-1)).toStrictEqual([city, { kind: 'put', subscription }]);
      expect(documents.at(-1)).toStrictEqual([
        city,
        'dataset',
        { kind: 'put', documents: [{ id: 'D', document: { title: 'Trees' } }] },
      ]);
    }, waiting);
    await a.tenant(city).subscriptions.remove('S');
    await a.tenant(city).documents('dataset').remove(['D']);
    await vi.waitFor(() => {
      expect(subscriptions.at(-1)).toStrictEqual([city, { kind: 'removed', id: 'S' }]);
      expect(documents.at(-1)).toStrictEqual([city, 'dataset', { kind: 'removed', ids: ['D'] }]);
    }, waiting);
  });

  it('do not take back with counters what another has changed of a subscription', async () => {
    const uri = newMongoPlace();
    const [a, b] = [await aBroker(uri), await aBroker(uri)];
    const heard: unknown[] = [];
    a.watchSubscriptions((_tenant, change) => heard.push(change));
    const known = await a.tenant(city).subscriptions.put(aStoredSubscription({ id: 'S' }));
    const counted = { ...known, state: { ...known.state, timesSent: 5 } };
    const changed = await b
      .tenant(city)
      .subscriptions.put({ ...known, state: { ...known.state, status: 'inactive' as const } });
    await a.tenant(city).subscriptions.saveStates([counted]);
    expect(await b.tenant(city).subscriptions.get('S')).toStrictEqual(changed);
    // Nor once it has heard: what was counted before was counted on another subscription.
    await vi.waitFor(() => expect(heard.at(-1)).toStrictEqual({ kind: 'put', subscription: changed }), waiting);
    await a.tenant(city).subscriptions.saveStates([counted]);
    expect(await b.tenant(city).subscriptions.get('S')).toStrictEqual(changed);
    const countedOn = { ...changed, state: { ...changed.state, timesSent: 6 } };
    await a.tenant(city).subscriptions.saveStates([countedOn]);
    expect(await b.tenant(city).subscriptions.get('S')).toStrictEqual(countedOn);
  });

  it('are told, each once, what one of them owes', async () => {
    const uri = newMongoPlace();
    const brokers = [await aBroker(uri), await aBroker(uri)];
    const heard = brokers.map((broker) => {
      const ids: number[] = [];
      broker.listen((_tenant, owed) => ids.push(...owed.map(({ id }) => id)));
      return ids;
    });
    const all = Array.from({ length: 60 }, (_, n) => n + 1);
    await Promise.all(
      brokers.flatMap((broker, at) =>
        Array.from({ length: 15 }, (_, n) =>
          broker.tenant(city).entities.write([writeOwing(`E${at}-${n}`, ['S', 'T'])]),
        ),
      ),
    );
    await vi.waitFor(() => {
      for (const ids of heard) expect(ids.toSorted((a, b) => a - b)).toStrictEqual(all);
    }, waiting);
  });

  it('divide the subscriptions among them, and one that stops leaves its share at once', async () => {
    const uri = newMongoPlace();
    const [a, b] = [await aBroker(uri), await aBroker(uri)];
    const ids = Array.from({ length: 200 }, (_, n) => `S${n}`);
    const sending = (broker: Stores) => ids.filter((id) => broker.sends(city, id));
    await vi.waitFor(() => {
      expect(sending(a).length).toBeGreaterThan(50);
      expect([...sending(a), ...sending(b)].toSorted()).toStrictEqual(ids.toSorted());
    }, waiting);
    let changes = 0;
    b.watchDuties(() => changes++);
    await open.shift()?.close();
    await vi.waitFor(() => expect(sending(b)).toHaveLength(200), waiting);
    expect(changes).toBeGreaterThan(0);
  });
});

const waiting = { timeout: 15_000, interval: 20 };

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`the process ended with ${code}: ${errors}`)),
    );
  });
}
