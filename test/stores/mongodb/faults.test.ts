import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openMongoStores } from '../../../src/adapters/stores/mongodb/mongo-stores.ts';
import { Refusal } from '../../../src/core/errors.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import type { Stores } from '../../../src/ports/stores.ts';
import { anEntity } from '../../support/entity-builder.ts';
import { inDatabase, mongodb } from '../../support/mongod/mongo-place.ts';
import { freePort, type Member, ReplicaSet } from '../../support/mongod/replica-set.ts';
import { TcpProxy } from '../../support/mongod/tcp-proxy.ts';
import { byId, create, everything, numberOf, update, withNumber } from '../../support/store-commands.ts';
import { storeSettings } from '../../support/store-settings.ts';
import { aStoredSubscription } from '../../support/stored-subscription.ts';

const city = 'city' as TenantName;
const binary = mongodb?.binary;
const waiting = { timeout: 60_000, interval: 50 };
const options = { ...storeSettings, leaseMs: 2000, readStalenessMs: 1000, reconcileMs: 3_600_000 };

describe.runIf(binary !== undefined)('a MongoDB of three members', { timeout: 120_000 }, () => {
  let set: ReplicaSet;
  let stores: Stores;
  let uri: string;
  const proxies = new Map<number, TcpProxy>();

  beforeAll(async () => {
    const hosts: string[] = [];
    set = await ReplicaSet.start(binary ?? '', 3, async (port) => {
      const proxy = await TcpProxy.start(port);
      const host = `127.0.0.1:${proxy.port}`;
      proxies.set(port, proxy);
      hosts.push(host);
      return host;
    });
    uri = inDatabase(`mongodb://${hosts.join()}/?replicaSet=rs`, 'oriel');
    stores = await openMongoStores({ ...options, uri });
  }, 120_000);

  afterAll(async () => {
    await stores?.close();
    for (const proxy of proxies.values()) await proxy.close();
    await set?.stop();
  });

  async function primary(): Promise<Member> {
    return vi.waitFor(async () => {
      const member = await set.primary();
      if (member === undefined) throw new Error('no primary');
      return member;
    }, waiting);
  }

  /**
   * Writes without end, while `fail` does its worst and until writes are acknowledged again; then everything that was acknowledged must
   * be there, and what was not was refused as it should be.
   */
  async function underLoad(name: string, fail: (refusals: readonly Refusal[]) => Promise<void>): Promise<void> {
    const { entities } = stores.tenant(city);
    const halves = (writer: number) => [`${name}-${writer}-left`, `${name}-${writer}-right`];
    const writers = [0, 1, 2, 3, 4, 5, 6, 7];
    await entities.write(writers.flatMap((n) => halves(n).map((id) => create(anEntity({ id, values: { n: 0 } })))));
    const addOne = (id: string) => update(byId(id), (entity) => withNumber(entity, 'n', numberOf(entity, 'n') + 1));
    const acknowledged = writers.map(() => 0);
    const refusals: Refusal[] = [];
    let stopped = false;
    const writing = writers.map(async (n) => {
      while (!stopped) {
        try {
          await entities.write(halves(n).map(addOne));
          acknowledged[n] = (acknowledged[n] ?? 0) + 1;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refusals.push(error);
          await new Promise((again) => setTimeout(again, 50));
        }
      }
    });
    const total = () => acknowledged.reduce((sum, count) => sum + count, 0);
    await vi.waitFor(() => expect(total()).toBeGreaterThan(100), waiting);
    await fail(refusals);
    const before = total();
    await vi.waitFor(() => expect(total()).toBeGreaterThan(before + 100), waiting);
    stopped = true;
    await Promise.all(writing);

    const { records } = await entities.find(everything);
    const numbers = new Map(records.map(({ entity }) => [entity.id, numberOf(entity, 'n')]));
    for (const n of writers) {
      const [left = 0, right] = halves(n).map((id) => numbers.get(id));
      expect(left).toBe(right);
      expect(left).toBeGreaterThanOrEqual(acknowledged[n] ?? 0);
    }
    for (const { reason } of refusals) {
      expect(['storeUnavailable', 'overloaded']).toContain(reason.kind);
      expect(reason).toHaveProperty('retryAfterSeconds');
    }
  }

  it('loses nothing that was acknowledged when its primary is killed, and writes go on without a restart', async () => {
    await underLoad('killed', async () => {
      const killed = await primary();
      killed.process.kill('SIGKILL');
      await vi.waitFor(() => expect(killed.process.signalCode).toBe('SIGKILL'), waiting);
      expect(await primary()).not.toBe(killed);
      set.restart(killed);
    });
  });

  it('loses nothing when its primary steps down', async () => {
    await underLoad('steps', async () => {
      const down = await primary();
      await set.ask(down, { replSetStepDown: 5, secondaryCatchUpPeriodSecs: 2, force: true }).catch(() => undefined);
    });
  });

  it('loses nothing when the network to its primary is cut, and when it is mended', async () => {
    await underLoad('cut', async () => {
      const lost = await primary();
      const others = set.members.filter((member) => member !== lost);
      proxies.get(lost.port)?.cut();
      await vi
        .waitFor(async () => {
          const answers = await Promise.all(others.map((member) => set.ask(member, { hello: 1 })));
          expect(answers.some(({ isWritablePrimary }) => isWritablePrimary)).toBe(true);
        }, waiting)
        .finally(() => proxies.get(lost.port)?.heal());
    });
  });

  it('that refuses writes because its disk is full is told so, with when to come again; then writes go on', async () => {
    const full = await primary();
    const failPoint = { configureFailPoint: 'failCommand' };
    await underLoad('full', async (refusals) => {
      const data = {
        failCommands: ['update', 'insert', 'delete', 'commitTransaction'],
        errorCode: 14_031,
        appName: 'oriel',
      };
      await set.ask(full, { ...failPoint, mode: 'alwaysOn', data });
      await expect(stores.tenant(city).entities.write([create(anEntity({ id: 'Refused' }))])).rejects.toMatchObject({
        reason: { kind: 'storeUnavailable', retryAfterSeconds: 5 },
      });
      await vi.waitFor(() => expect(refusals.length).toBeGreaterThan(0), waiting);
      await set.ask(full, { ...failPoint, mode: 'off' });
    });
    expect(await stores.tenant(city).entities.lookup(byId('Refused'))).toStrictEqual([]);
  });

  it('whose stream of changes breaks, and has lost its place, makes nobody miss a change', async () => {
    const other = await openMongoStores({ ...options, uri });
    const heard = new Set<string>();
    stores.watchSubscriptions((_tenant, change) => {
      if (change.kind === 'put') heard.add(change.subscription.id);
    });
    const member = await primary();
    const failPoint = { configureFailPoint: 'failCommand' };
    const data = { failCommands: ['getMore'], errorCode: 286, appName: 'oriel' };
    await set.ask(member, { ...failPoint, mode: 'alwaysOn', data });
    const ids = Array.from({ length: 20 }, (_, n) => `S${n}`);
    for (const id of ids) await other.tenant(city).subscriptions.put(aStoredSubscription({ id }));
    await set.ask(member, { ...failPoint, mode: 'off' });
    await vi.waitFor(() => expect([...heard].toSorted()).toStrictEqual(ids.toSorted()), waiting);
    await other.tenant(city).subscriptions.put(aStoredSubscription({ id: 'later' }));
    await vi.waitFor(() => expect(heard).toContain('later'), waiting);
    await other.close();
  });
});

describe.runIf(binary !== undefined)('a MongoDB that is not there', { timeout: 60_000 }, () => {
  it('is waited for, and the waiting says so, until there is one', async () => {
    const port = await freePort();
    const reasons: string[] = [];
    const uri = `mongodb://127.0.0.1:${port}/oriel?replicaSet=rs&serverSelectionTimeoutMS=200`;
    const opening = openMongoStores({ ...options, uri, onWaiting: (reason) => reasons.push(reason) });
    await vi.waitFor(() => expect(reasons.length).toBeGreaterThan(0), waiting);
    expect(reasons[0]).toMatch(/^waiting for MongoDB: /);
    const set = await ReplicaSet.start(binary ?? '', 1, undefined, port);
    const stores = await opening;
    expect(stores.tenants()).toStrictEqual([]);
    await stores.close();
    await set.stop();
  });

  it('is not waited for any longer once the broker is to stop', async () => {
    const stop = new AbortController();
    const uri = `mongodb://127.0.0.1:${await freePort()}/oriel?serverSelectionTimeoutMS=100`;
    const opening = openMongoStores({ ...options, uri, signal: stop.signal, onWaiting: () => stop.abort() });
    await expect(opening).rejects.toThrow('stopped while waiting');
  });
});
