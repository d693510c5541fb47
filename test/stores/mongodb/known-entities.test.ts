import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openMongoStores } from '../../../src/adapters/stores/mongodb/mongo-stores.ts';
import { RecordCache, type StoredRecord } from '../../../src/adapters/stores/mongodb/record-cache.ts';
import { KnownEntities } from '../../../src/adapters/stores/mongodb/tenant/known-entities.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import type { EntityStore, Freshness } from '../../../src/ports/entity-store.ts';
import type { Stores } from '../../../src/ports/stores.ts';
import { anEntity } from '../../support/entity-builder.ts';
import { mongodb } from '../../support/mongod/mongo-place.ts';
import { ReplicaSet } from '../../support/mongod/replica-set.ts';
import { TcpProxy } from '../../support/mongod/tcp-proxy.ts';
import { byId, create, numberOf, remove, update, withNumber } from '../../support/store-commands.ts';
import { storeSettings } from '../../support/store-settings.ts';

describe('entities that are known without asking MongoDB', () => {
  function aSetting(cacheBytes = 1_000_000) {
    const cache = new RecordCache(cacheBytes);
    let isCurrent = true;
    const known = new KnownEntities(cache, () => isCurrent);
    const aRecord = (sequence: number, revision: string, id = 'E'): StoredRecord =>
      cache.admit({ sequence, revision, twin: 0, id }, anEntity({ id }));
    const keep = (records: readonly StoredRecord[], id = 'E', meanwhile: () => void = () => undefined) => {
      const watch = known.watch();
      meanwhile();
      watch.admit(id, records);
      watch.end();
    };
    return { known, aRecord, keep, losesTouch: () => (isCurrent = false) };
  }

  it('are those that were read, until another state is heard of', () => {
    const { known, aRecord, keep } = aSetting();
    const record = aRecord(1, 'a');
    keep([record]);
    known.hear(1, 'a');
    known.hear(2, 'x');
    expect(known.ofId('E')).toStrictEqual([record]);
    known.hear(1, 'b');
    expect(known.ofId('E')).toBeUndefined();
  });

  it('are not those that were read while another state was heard of, or a new one of the id', () => {
    const { known, aRecord, keep } = aSetting();
    for (const news of [
      () => known.hear(1, 'b'),
      () => known.hear(1, undefined),
      () => known.hear(7, 'x', 'E'),
      () => known.clear(),
    ]) {
      keep([aRecord(1, 'a')], 'E', news);
      expect(known.ofId('E')).toBeUndefined();
    }
    const record = aRecord(1, 'b');
    keep([record], 'E', () => known.hear(1, 'b'));
    expect(known.ofId('E')).toStrictEqual([record]);
  });

  it('are not those that were read while this broker wrote them', () => {
    const { known, aRecord, keep } = aSetting();
    const before = aRecord(1, 'a');
    const write = known.watch();
    keep([before], 'E', () => {
      write.tellOthers(1, 'b');
      write.admit('E', [aRecord(1, 'b')]);
      write.end();
    });
    expect(known.ofId('E')).toBeUndefined();
  });

  it('are none when news may have been missed, or a write of this broker is in doubt', () => {
    const { known, aRecord, keep, losesTouch } = aSetting();
    keep([aRecord(1, 'a')]);
    known.clear();
    expect(known.ofId('E')).toBeUndefined();
    keep([aRecord(1, 'a')]);
    losesTouch();
    expect(known.ofId('E')).toBeUndefined();
    const other = aSetting();
    other.keep([other.aRecord(1, 'a')]);
    other.known.distrust();
    other.keep([other.aRecord(1, 'a')]);
    expect(other.known.ofId('E')).toBeUndefined();
  });

  it('are no more than the cache of records has', () => {
    const { known, aRecord, keep } = aSetting(5000);
    const records = Array.from({ length: 20 }, (_, n) => aRecord(n + 1, 'a', `E${n}`));
    for (const [n, record] of records.entries()) keep([record], `E${n}`);
    const kept = records.filter((_, n) => known.ofId(`E${n}`) !== undefined);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept).toStrictEqual(records.slice(-kept.length));
    aRecord(21, 'a', 'E20');
    expect(known.ofId('E19')).toBeDefined();
    keep([aRecord(20, 'b', 'E19')], 'other');
    expect(known.ofId('E19')).toBeUndefined();
  });
});

describe.runIf(mongodb?.binary !== undefined)('two brokers that remember what they read', { timeout: 60_000 }, () => {
  const city = 'city' as TenantName;
  const stalenessMs = 1000;
  const waiting = { timeout: 15_000, interval: 5 };
  const open: Stores[] = [];
  let set: ReplicaSet;
  let proxy: TcpProxy;
  let port: number;
  let one: EntityStore;
  let other: EntityStore;

  async function aBroker(at: number, readStalenessMs = stalenessMs): Promise<EntityStore> {
    // What was sent when the network was cut is given up soon.
    const uri = `mongodb://127.0.0.1:${at}/oriel?directConnection=true&socketTimeoutMS=2000`;
    const stores = await openMongoStores({ ...storeSettings, leaseMs: 2000, readStalenessMs, uri });
    open.push(stores);
    return stores.tenant(city).entities;
  }

  beforeAll(async () => {
    set = await ReplicaSet.start(mongodb?.binary ?? '', 1);
    port = set.members[0]?.port ?? 0;
    proxy = await TcpProxy.start(port);
    one = await aBroker(port);
    other = await aBroker(port);
  }, 60_000);

  afterAll(async () => {
    for (const stores of open) await stores.close();
    await proxy?.close();
    await set?.stop();
  });

  const numbers = async (store: EntityStore, id: string, freshness: Freshness) =>
    (await store.lookup(byId(id), freshness)).map(({ entity }) => numberOf(entity, 'n'));
  const setting = (id: string, n: number) => update(byId(id), (entity) => withNumber(entity, 'n', n));
  const anE = (id: string, n: number) => create(anEntity({ id, values: { n } }));

  it('see their own writes at once, and those of the other at once where that is asked for, and before long', async () => {
    await one.write([anE('E', 0)]);
    for (let n = 1; n <= 20; n++) {
      await one.write([setting('E', n)]);
      expect(await numbers(one, 'E', 'recent')).toStrictEqual([n]);
      expect(await numbers(other, 'E', 'current')).toStrictEqual([n]);
    }
    await one.write([setting('E', 100)]);
    await vi.waitFor(async () => expect(await numbers(other, 'E', 'recent')).toStrictEqual([100]), waiting);
    await one.write([remove(byId('E'))]);
    await vi.waitFor(async () => expect(await numbers(other, 'E', 'recent')).toStrictEqual([]), waiting);
  });

  it('refuse nothing, and leave nothing undone, on what they remember', async () => {
    for (let n = 0; n < 20; n++) {
      await one.write([anE(`F${n}`, 1)]);
      await numbers(other, `F${n}`, 'current');
      await one.write([remove(byId(`F${n}`))]);
      expect(await other.write([anE(`F${n}`, 2)])).toStrictEqual(['created']);
      expect(await numbers(one, `F${n}`, 'current')).toStrictEqual([2]);
    }
  });

  it('change together what each remembers, and lose nothing of it', async () => {
    await one.write([anE('Counter', 0)]);
    const addOne = update(byId('Counter'), (entity) => withNumber(entity, 'n', numberOf(entity, 'n') + 1));
    for (let n = 0; n < 50; n++) await Promise.all([one.write([addOne]), other.write([addOne])]);
    expect(await numbers(one, 'Counter', 'current')).toStrictEqual([100]);
  });

  it('give nothing that they remember once they have not heard of the other for as long as that may be old', async () => {
    const cutOff = await aBroker(proxy.port);
    await one.write([anE('G', 1)]);
    await vi.waitFor(async () => expect(await numbers(cutOff, 'G', 'recent')).toStrictEqual([1]), waiting);
    proxy.cut();
    await one.write([setting('G', 2)]);
    await new Promise((later) => setTimeout(later, stalenessMs + 1));
    const late = numbers(cutOff, 'G', 'recent').catch(() => undefined);
    proxy.heal();
    const answer = (await late) ?? (await vi.waitFor(() => numbers(cutOff, 'G', 'recent'), waiting));
    expect(answer).toStrictEqual([2]);
  });

  it('remember nothing where nothing may be old', async () => {
    const third = await aBroker(port, 0);
    await one.write([anE('H', 0)]);
    for (let n = 1; n <= 10; n++) {
      await one.write([setting('H', n)]);
      expect(await numbers(third, 'H', 'recent')).toStrictEqual([n]);
    }
  });
});
