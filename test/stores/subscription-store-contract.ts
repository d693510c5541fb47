import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantName } from '../../src/core/scope.ts';
import type { StoredSubscription } from '../../src/core/subscription/subscription.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { noon } from '../support/entity-builder.ts';
import { aStoredSubscription } from '../support/stored-subscription.ts';
import type { StoreEngine } from './entity-store-contract.ts';

/** A subscription with something in every member. */
const full: StoredSubscription = aStoredSubscription({
  id: 'full',
  scopes: [{ path: '/parks', subtree: true }],
  document: { subject: { entities: [{ idPattern: '.*' }] }, notification: { mqtt: { passwd: 'secret' } }, 1: 'ü' },
  state: {
    status: 'oneshot',
    timesSent: 4,
    failsCounter: 1,
    lastNotification: noon,
    lastSuccess: noon,
    lastSuccessCode: 200,
    lastFailure: noon,
    lastFailureReason: 'closed',
  },
  modifiedAt: noon + 5,
});

/** Every promise that `SubscriptionStore` makes, for one engine. */
export function describeSubscriptionStore(name: string, engine: StoreEngine): void {
  describe(`${name}: a subscription store`, () => {
    let stores: Stores;
    let tenants = 0;
    beforeAll(async () => {
      stores = await engine.place().open();
    });
    afterAll(() => stores.close());
    const emptyTenant = () => stores.tenant(`t${++tenants}` as TenantName).subscriptions;
    const sameTenant = () => stores.tenant(`t${tenants}` as TenantName).subscriptions;

    it('has none of a tenant that nothing was written to, and neither looking nor removing makes one', async () => {
      const subscriptions = emptyTenant();
      expect(await subscriptions.list()).toStrictEqual([]);
      await subscriptions.remove('S');
      await subscriptions.saveStates([{ ...full, id: 'S' }]);
      expect(stores.tenants()).not.toContain(`t${tenants}`);
    });

    it('keeps subscriptions whole, in the order of creation, and a replaced one in its place', async () => {
      const subscriptions = emptyTenant();
      for (const id of ['b', 'a', 'c']) await subscriptions.put({ ...full, id });
      await subscriptions.put({ ...full, id: 'a', document: { description: 'other' } });
      expect(withoutRevision(await sameTenant().list())).toStrictEqual([
        { ...full, id: 'b' },
        { ...full, id: 'a', document: { description: 'other' } },
        { ...full, id: 'c' },
      ]);
      expect(stores.tenants()).toContain(`t${tenants}`);
    });

    it('removes one, and takes the removal of another for granted', async () => {
      await emptyTenant().put(full);
      await sameTenant().put(aStoredSubscription({ id: 'other' }));
      await sameTenant().remove('full');
      await sameTenant().remove('nobody');
      expect((await sameTenant().list()).map(({ id }) => id)).toStrictEqual(['other']);
    });

    it('gives one as it stands', async () => {
      expect(await emptyTenant().get('full')).toBeUndefined();
      const stored = await sameTenant().put(full);
      expect(withoutRevision([stored])).toStrictEqual([full]);
      expect(await sameTenant().get('full')).toStrictEqual(stored);
      await sameTenant().remove('full');
      expect(await sameTenant().get('full')).toBeUndefined();
    });

    it('replaces states, and nothing but states', async () => {
      const stored = await emptyTenant().put(full);
      await sameTenant().put(aStoredSubscription({ id: 'other' }));
      const state = { status: 'inactive', timesSent: 5, failsCounter: 0 } as const;
      await sameTenant().saveStates([
        { ...stored, document: {}, state },
        { ...full, id: 'nobody', state },
      ]);
      expect(withoutRevision(await sameTenant().list())).toStrictEqual([
        { ...full, state },
        aStoredSubscription({ id: 'other' }),
      ]);
    });

    it('makes no more tenants than there may be', async () => {
      const tight = await engine.place().open({ maxTenants: 1 });
      await tight.tenant('first' as TenantName).subscriptions.put(full);
      await expect(tight.tenant('second' as TenantName).subscriptions.put(full)).rejects.toMatchObject({
        reason: { kind: 'limitReached', what: 'tenants', limit: 1 },
      });
      expect(tight.tenants()).toStrictEqual(['first']);
      await tight.close();
    });

    if (engine.supports.restart) {
      it('has all of it after a restart', async () => {
        const place = engine.place();
        const name = 'city' as TenantName;
        const before = await place.open();
        for (const id of ['b', 'a', 'c']) await before.tenant(name).subscriptions.put({ ...full, id });
        const state = { status: 'active', timesSent: 9, failsCounter: 0 } as const;
        const [, a = full] = await before.tenant(name).subscriptions.list();
        await before.tenant(name).subscriptions.saveStates([{ ...a, state }]);
        await before.tenant(name).subscriptions.remove('b');
        await before.close();

        const after = await place.open();
        expect(withoutRevision(await after.tenant(name).subscriptions.list())).toStrictEqual([
          { ...full, id: 'a', state },
          { ...full, id: 'c' },
        ]);
        await after.close();
      });
    }
  });
}

function withoutRevision(subscriptions: readonly StoredSubscription[]): readonly StoredSubscription[] {
  return subscriptions.map(({ revision: _, ...subscription }) => subscription);
}
