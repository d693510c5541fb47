import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantName } from '../../src/core/scope.ts';
import type { DocumentListener, StoredDocument } from '../../src/ports/document-store.ts';
import type { Stores } from '../../src/ports/stores.ts';
import type { StoreEngine } from './entity-store-contract.ts';

const park: StoredDocument = {
  id: 'park',
  document: { 1: 'ü', 'a.b': { $set: [null, 2.5, { deep: [] }] }, when: '2026-01-01T00:00:00Z' },
};
const lake: StoredDocument = { id: 'lake.$x', document: {} };

/** Every promise that `DocumentStore` makes, for one engine. */
export function describeDocumentStore(name: string, engine: StoreEngine): void {
  describe(`${name}: a document store`, () => {
    let stores: Stores;
    let tenants = 0;
    const heard: Parameters<DocumentListener>[] = [];
    beforeAll(async () => {
      stores = await engine.place().open();
      stores.watchDocuments((...told) => heard.push(told));
    });
    afterAll(() => stores.close());
    const emptyTenant = () => stores.tenant(`t${++tenants}` as TenantName);
    const sameTenant = () => stores.tenant(`t${tenants}` as TenantName);

    it('has none of a tenant that nothing was written to, and neither looking nor removing makes one', async () => {
      const documents = emptyTenant().documents('registration');
      expect(await documents.list()).toStrictEqual([]);
      await documents.remove(['park']);
      expect(stores.tenants()).not.toContain(`t${tenants}`);
    });

    it('keeps documents whole, in the order of creation, and a replaced one in its place', async () => {
      await emptyTenant().documents('registration').put([park, lake]);
      await sameTenant()
        .documents('registration')
        .put([{ id: 'zoo', document: {} }]);
      await sameTenant()
        .documents('registration')
        .put([{ id: 'park', document: { changed: true } }]);
      expect(await sameTenant().documents('registration').list()).toStrictEqual([
        { id: 'park', document: { changed: true } },
        lake,
        { id: 'zoo', document: {} },
      ]);
      expect(stores.tenants()).toContain(`t${tenants}`);
    });

    it('keeps kinds apart, and tenants', async () => {
      await emptyTenant().documents('registration').put([park]);
      await sameTenant().documents('dataset').put([lake]);
      expect(await sameTenant().documents('registration').list()).toStrictEqual([park]);
      expect(await sameTenant().documents('dataset').list()).toStrictEqual([lake]);
      expect(await emptyTenant().documents('dataset').list()).toStrictEqual([]);
    });

    it('removes some, and takes the removal of others for granted', async () => {
      await emptyTenant().documents('registration').put([park, lake]);
      await sameTenant().documents('registration').remove(['nobody', 'park']);
      expect(await sameTenant().documents('registration').list()).toStrictEqual([lake]);
    });

    it('tells of a change before the writer hears of it', async () => {
      heard.length = 0;
      const documents = emptyTenant().documents('dataset');
      await documents.put([park, lake]);
      expect(heard).toContainEqual([`t${tenants}`, 'dataset', { kind: 'put', documents: [park, lake] }]);
      await sameTenant().documents('dataset').remove(['park']);
      expect(heard).toContainEqual([`t${tenants}`, 'dataset', { kind: 'removed', ids: ['park'] }]);
    });

    if (engine.supports.restart) {
      it('has all of it after a restart', async () => {
        const place = engine.place();
        const city = 'city' as TenantName;
        const before = await place.open();
        await before.tenant(city).documents('dataset').put([park, lake]);
        await before.tenant(city).documents('registration').put([park]);
        await before.tenant(city).documents('dataset').remove(['park']);
        await before.close();

        const after = await place.open();
        expect(await after.tenant(city).documents('dataset').list()).toStrictEqual([lake]);
        expect(await after.tenant(city).documents('registration').list()).toStrictEqual([park]);
        await after.close();
      });
    }
  });
}
