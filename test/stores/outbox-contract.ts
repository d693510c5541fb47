import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantName } from '../../src/core/scope.ts';
import type { Outbox, OwedNotification } from '../../src/ports/outbox.ts';
import type { Stores, TenantStore } from '../../src/ports/stores.ts';
import { noon } from '../support/entity-builder.ts';
import { anOwedChange, writeOwing } from '../support/owed-changes.ts';
import { byId, failing } from '../support/store-commands.ts';
import { aStoredSubscription } from '../support/stored-subscription.ts';
import type { StoreEngine } from './entity-store-contract.ts';

const everything = {};

/** What the subscription is owed, all of it. */
function owedTo(outbox: Outbox, subscriptionId: string): Promise<readonly OwedNotification[]> {
  return outbox.page(subscriptionId, 0, 10_000);
}

function die(id: number, reason = 'nobody there') {
  return { kind: 'dead', id, at: noon + 60_000, attempts: 7, reason } as const;
}

/** Every promise that `Outbox` makes, and `EntityStore.write` about it, for one engine. */
export function describeOutbox(name: string, engine: StoreEngine): void {
  describe(`${name}: an outbox`, () => {
    let stores: Stores;
    let tenants = 0;
    const heard: [TenantName, readonly OwedNotification[]][] = [];
    beforeAll(async () => {
      stores = await engine.place().open({ maxOwed: 1000 });
      stores.listen((tenant, owed) => heard.push([tenant, owed]));
    });
    afterAll(() => stores.close());
    const emptyTenant = (): TenantStore => stores.tenant(`t${++tenants}` as TenantName);

    /** A tenant that owes change n of entity E to S, for every n. */
    async function owing(...values: readonly number[]): Promise<{ tenant: TenantStore; ids: number[] }> {
      const name = `t${++tenants}` as TenantName;
      for (const value of values) await stores.tenant(name).entities.write([writeOwing('E', ['S'], value)]);
      const tenant = stores.tenant(name);
      return { tenant, ids: (await owedTo(tenant.outbox, 'S')).map(({ id }) => id) };
    }

    it('owes nothing of a tenant that nothing was written to, and looking makes none', async () => {
      const { outbox } = emptyTenant();
      expect(outbox.size).toBe(0);
      expect(await outbox.backlog()).toStrictEqual(new Map());
      expect(await owedTo(outbox, 'S')).toStrictEqual([]);
      expect(await outbox.deadLetters(everything, 0, 10)).toStrictEqual({ letters: [], count: 0 });
      expect(await outbox.replay(everything, noon, 10)).toStrictEqual([]);
      expect(await outbox.purge(everything)).toBe(0);
      await outbox.settle([{ kind: 'done', id: 1 }]);
      expect(stores.tenants()).not.toContain(`t${tenants}`);
    });

    it('has what a write owes once its promise resolves: facts, who is woken, and since when', async () => {
      const tenant = emptyTenant();
      await tenant.entities.write([writeOwing('A', ['S', 'T'], 3), writeOwing('B', ['S'], 4)]);
      const { outbox } = stores.tenant(`t${tenants}` as TenantName);
      const [first, second] = await owedTo(outbox, 'S');
      const [other] = await owedTo(outbox, 'T');
      expect([first, second]).toStrictEqual([
        {
          id: first?.id,
          subscriptionId: 'S',
          alteration: 'entityChange',
          ordinal: 1,
          entityId: 'A',
          facts: anOwedChange('A', ['S'], 3).facts,
          owedSince: noon + 3,
        },
        expect.objectContaining({ entityId: 'B', facts: anOwedChange('B', ['S'], 4).facts, ordinal: 1 }),
      ]);
      expect(other).toMatchObject({ subscriptionId: 'T', ordinal: 2, facts: first?.facts });
      expect(outbox.size).toBe(3);
      expect(await outbox.backlog()).toStrictEqual(
        new Map([
          ['S', 2],
          ['T', 1],
        ]),
      );
    });

    it('tells the listener, in the order of the ids and before the writer hears of it', async () => {
      const before = heard.length;
      await emptyTenant().entities.write([writeOwing('A', ['S', 'T'], 1), writeOwing('B', ['S'], 2)]);
      const told = heard.slice(before);
      expect(told.map(([tenant]) => tenant)).toStrictEqual([`t${tenants}`]);
      expect(told.flatMap(([, owed]) => owed)).toMatchObject([
        { subscriptionId: 'S', entityId: 'A', facts: { changedAt: noon + 1 } },
        { subscriptionId: 'T', entityId: 'A' },
        { subscriptionId: 'S', entityId: 'B' },
      ]);
      const ids = told.flatMap(([, owed]) => owed.map(({ id }) => id));
      expect(ids).toStrictEqual(ids.toSorted((a, b) => a - b));
    });

    it('owes nothing of a call that is refused', async () => {
      const { entities, outbox } = emptyTenant();
      const refused = entities.write<unknown>([writeOwing('A', ['S']), failing(byId('A'), new Error('no'))]);
      await expect(refused).rejects.toThrow('no');
      expect(await owedTo(outbox, 'S')).toStrictEqual([]);
      expect(outbox.size).toBe(0);
    });

    it('refuses, as a whole, a call that owes more than there is room for, and none that owes nothing', async () => {
      const tight = await engine.place().open({ maxOwed: 3 });
      const { entities } = tight.tenant('tight' as TenantName);
      await entities.write([writeOwing('A', ['S', 'T'])]);
      const { outbox } = tight.tenant('tight' as TenantName);
      await expect(entities.write([writeOwing('B', ['S', 'T'])])).rejects.toMatchObject({
        reason: { kind: 'overloaded', retryAfterSeconds: 5 },
      });
      expect(await entities.lookup(byId('B'))).toStrictEqual([]);
      expect(await entities.write([writeOwing('B', [])])).toStrictEqual(['created']);
      await entities.write([writeOwing('C', ['S'])]);
      await expect(entities.write([writeOwing('D', ['S'])])).rejects.toMatchObject({ reason: { kind: 'overloaded' } });

      const [{ id } = { id: 0 }] = await owedTo(outbox, 'S');
      await outbox.settle([die(id)]);
      await expect(entities.write([writeOwing('D', ['S'])])).rejects.toMatchObject({ reason: { kind: 'overloaded' } });
      await outbox.purge(everything);
      expect(await entities.write([writeOwing('D', ['S'])])).toStrictEqual(['created']);
      await tight.close();
    });

    it('is measured by what is on its way too', async () => {
      const tight = await engine.place().open({ maxOwed: 5 });
      const { entities } = tight.tenant('tight' as TenantName);
      const writes = Array.from({ length: 8 }, (_, n) => entities.write([writeOwing(`E${n}`, ['S'])]));
      const outcomes = await Promise.allSettled(writes);
      expect(outcomes.map(({ status }) => status).filter((status) => status === 'fulfilled')).toHaveLength(5);
      expect(tight.tenant('tight' as TenantName).outbox.size).toBe(5);
      await tight.close();
    });

    it('gives pages from an id on, in order, without dead letters', async () => {
      const { tenant, ids } = await owing(1, 2, 3, 4, 5);
      const { outbox } = tenant;
      await outbox.settle([die(ids[2] ?? 0)]);
      const page = async (after: number, limit: number) => (await outbox.page('S', after, limit)).map(({ id }) => id);
      expect(await page(0, 2)).toStrictEqual([ids[0], ids[1]]);
      expect(await page(ids[1] ?? 0, 2)).toStrictEqual([ids[3], ids[4]]);
      expect(await page(ids[4] ?? 0, 2)).toStrictEqual([]);
      expect(await outbox.backlog()).toStrictEqual(new Map([['S', 4]]));
    });

    it('forgets what is done, each by itself, and passes over what is not owed', async () => {
      const { tenant, ids } = await owing(1, 2, 3);
      await tenant.outbox.settle([
        { kind: 'done', id: ids[1] ?? 0 },
        { kind: 'done', id: ids[1] ?? 0 },
        { kind: 'done', id: 999_999 },
        die(888_888),
      ]);
      expect((await owedTo(tenant.outbox, 'S')).map(({ id }) => id)).toStrictEqual([ids[0], ids[2]]);
      expect(tenant.outbox.size).toBe(2);
    });

    it('keeps the facts of a change for as long as anybody is owed it', async () => {
      const tenant = emptyTenant();
      await tenant.entities.write([writeOwing('A', ['S', 'T', 'U'], 3)]);
      const { outbox } = stores.tenant(`t${tenants}` as TenantName);
      for (const subscription of ['S', 'U']) {
        const [owed] = await owedTo(outbox, subscription);
        await outbox.settle([{ kind: 'done', id: owed?.id ?? 0 }]);
      }
      expect((await owedTo(outbox, 'T'))[0]?.facts).toStrictEqual(anOwedChange('A', [], 3).facts);
    });

    it('never gives an id twice', async () => {
      const { tenant, ids } = await owing(1, 2);
      await tenant.outbox.settle(ids.map((id) => ({ kind: 'done', id })));
      await tenant.entities.write([writeOwing('E', ['S'], 3)]);
      const [next] = await owedTo(tenant.outbox, 'S');
      expect(next?.id).toBeGreaterThan(Math.max(...ids));
    });

    describe('with dead letters', () => {
      it('lists them by selection and page, with when and why they died', async () => {
        const tenant = emptyTenant();
        for (const value of [1, 2, 3]) await tenant.entities.write([writeOwing('E', ['S', 'T'], value)]);
        const { outbox } = stores.tenant(`t${tenants}` as TenantName);
        const toS = await owedTo(outbox, 'S');
        const toT = await owedTo(outbox, 'T');
        await outbox.settle([...toS, ...toT].map(({ id }) => die(id, `reason ${id}`)));
        const { letters, count } = await outbox.deadLetters({ subscriptionId: 'S' }, 1, 1);
        expect(count).toBe(3);
        expect(letters).toStrictEqual([
          { ...toS[1], diedAt: noon + 60_000, attempts: 7, reason: `reason ${toS[1]?.id}` },
        ]);
        const all = await outbox.deadLetters({}, 0, 10);
        expect(all.letters.map(({ id }) => id)).toStrictEqual([1, 2, 3, 4, 5, 6]);
        const after = { subscriptionId: 'S', after: toS[0]?.id ?? 0 };
        expect((await outbox.deadLetters(after, 0, 10)).letters.map(({ id }) => id)).toStrictEqual([3, 5]);
        const ids = [toT[2]?.id ?? 0, toS[0]?.id ?? 0];
        expect((await outbox.deadLetters({ ids }, 0, 10)).letters.map(({ id }) => id)).toStrictEqual([1, 6]);
        expect(outbox.size).toBe(6);
      });

      it('makes them owed again, the oldest first, since now', async () => {
        const { tenant, ids } = await owing(1, 2, 3);
        const { outbox } = tenant;
        await outbox.settle(ids.map((id) => die(id)));
        const revived = await outbox.replay({ subscriptionId: 'S' }, noon + 90_000, 2);
        expect(revived).toMatchObject([
          { id: ids[0], owedSince: noon + 90_000, facts: { changedAt: noon + 1 } },
          { id: ids[1], owedSince: noon + 90_000 },
        ]);
        expect(await owedTo(outbox, 'S')).toStrictEqual(revived);
        expect(await outbox.deadLetters({}, 0, 10)).toMatchObject({ count: 1, letters: [{ id: ids[2] }] });
        expect(outbox.size).toBe(3);
      });

      it('forgets them, and nothing that is still owed', async () => {
        const { tenant, ids } = await owing(1, 2, 3);
        const { outbox } = tenant;
        await outbox.settle([die(ids[0] ?? 0), die(ids[1] ?? 0)]);
        expect(await outbox.purge({ ids: [ids[0] ?? 0, ids[2] ?? 0] })).toBe(1);
        expect(await outbox.purge({})).toBe(1);
        expect((await owedTo(outbox, 'S')).map(({ id }) => id)).toStrictEqual([ids[2]]);
        expect(outbox.size).toBe(1);
      });
    });

    it('forgets all that a subscription is owed when it is removed, and keeps what others are', async () => {
      const tenant = emptyTenant();
      for (const value of [1, 2]) await tenant.entities.write([writeOwing('E', ['S', 'T'], value)]);
      const { outbox, subscriptions } = stores.tenant(`t${tenants}` as TenantName);
      await subscriptions.put(aStoredSubscription({ id: 'S' }));
      const [first] = await owedTo(outbox, 'S');
      await outbox.settle([die(first?.id ?? 0)]);
      await subscriptions.remove('S');
      expect(outbox.size).toBe(2);
      expect(await outbox.deadLetters({}, 0, 10)).toMatchObject({ count: 0 });
      expect((await owedTo(outbox, 'T')).map(({ facts }) => facts.changedAt)).toStrictEqual([noon + 1, noon + 2]);
    });

    if (engine.supports.restart) {
      it('has after a restart all that was not settled, and goes on counting', async () => {
        const place = engine.place();
        const before = await place.open({ maxOwed: 4 });
        const name = 'city' as TenantName;
        await before.tenant(name).entities.write([1, 2, 3, 4].map((value) => writeOwing('E', ['S'], value)));
        const owed = await owedTo(before.tenant(name).outbox, 'S');
        const ids = owed.map(({ id }) => id);
        await before.tenant(name).outbox.settle([{ kind: 'done', id: ids[3] ?? 0 }, die(ids[1] ?? 0)]);
        await before.close();

        const after = await place.open({ maxOwed: 4 });
        const { outbox, entities } = after.tenant(name);
        expect(await owedTo(outbox, 'S')).toStrictEqual([owed[0], owed[2]]);
        expect(await outbox.deadLetters({}, 0, 10)).toMatchObject({ count: 1, letters: [{ id: ids[1], attempts: 7 }] });
        expect(outbox.size).toBe(3);
        await entities.write([writeOwing('E', ['S'], 5)]);
        expect((await owedTo(outbox, 'S')).at(-1)?.id).toBeGreaterThan(ids[3] ?? 0);
        await expect(entities.write([writeOwing('E', ['S'], 6)])).rejects.toMatchObject({
          reason: { kind: 'overloaded' },
        });
        await after.close();
      });
    }
  });
}
