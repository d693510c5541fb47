import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entity } from '../../src/core/entity/entity.ts';
import { Refusal } from '../../src/core/errors.ts';
import { compareEntities } from '../../src/core/query/compare-entities.ts';
import { matches } from '../../src/core/query/evaluate.ts';
import type { Query } from '../../src/core/query/query.ts';
import type { ScopePattern, TenantName } from '../../src/core/scope.ts';
import { scopesMatch } from '../../src/core/scope.ts';
import type { EntityStore, TypeSummary, WriteCommand } from '../../src/ports/entity-store.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { arbitraryEntities, arbitraryEntity } from '../support/arbitrary-entity.ts';
import { arbitraryQuery, arbitraryScopePattern } from '../support/arbitrary-query.ts';
import { anEntity, noon } from '../support/entity-builder.ts';
import {
  byId,
  create,
  created,
  everything,
  exactly,
  failing,
  numberOf,
  remove,
  update,
  withNumber,
} from '../support/store-commands.ts';

/** Tenants that a store of `StoreEngine.open` lets come to be. */
export const contractMaxTenants = 1000;

/** One place where data is kept, empty at first. */
export interface StorePlace {
  /** Opens it; only one of them is open at a time. At most `contractMaxTenants` tenants come to be. */
  open(options?: { maxTenants?: number; maxTypes?: number; maxOwed?: number }): Promise<Stores>;
}

/** What the contract needs of an engine. */
export interface StoreEngine {
  place(): StorePlace;
  /** `restart`: what was written is there when the place is opened again. */
  readonly supports: { readonly restart: boolean };
}

/** Every promise that `EntityStore` and `Stores` make, for one engine. */
export function describeEntityStore(name: string, engine: StoreEngine): void {
  describe(`${name}: an entity store`, () => {
    let stores: Stores;
    let tenants = 0;
    beforeAll(async () => {
      stores = await engine.place().open();
    });
    afterAll(() => stores.close());
    const emptyTenant = (): EntityStore => stores.tenant(`t${++tenants}` as TenantName).entities;

    describe('alone', () => describeTenant(emptyTenant));

    describe('beside a tenant that is full of the same', () => {
      beforeAll(async () => {
        const entities = fc.sample(arbitraryEntity, { numRuns: 300, seed: 1 });
        const rooms = Array.from({ length: 30 }, (_, number) => anEntity({ id: `Room${number}`, type: 'Room' }));
        await emptyTenant().write([...entities, ...rooms].map(create));
      });
      describeTenant(emptyTenant);
    });
  });

  describe(`${name}: the stores of all tenants`, () => describeStores(engine));
  if (engine.supports.restart) describe(`${name}: a restart`, () => describeRestart(engine));
}

function describeTenant(emptyTenant: () => EntityStore): void {
  const room = (id: string, temperature = 20) => anEntity({ id, type: 'Room', values: { temperature } });

  describe('lookup', () => {
    const inRoot = anEntity({ id: 'A', type: 'Room' });
    const below = anEntity({ id: 'A', type: 'Room', scope: '/a/b' });
    const car = anEntity({ id: 'A', type: 'Car', scope: '/a' });
    const other = anEntity({ id: 'B', type: 'Room' });
    const path = (at: string, subtree = false): ScopePattern => ({ path: at, subtree });

    it.each([
      ['every entity of the id, in the order of creation', { id: 'A', scopes: [] }, [below, inRoot, car]],
      ['those of the type', { id: 'A', type: 'Room', scopes: [] }, [below, inRoot]],
      ['those of a path', { id: 'A', scopes: [path('/')] }, [inRoot]],
      ['those of a path and below', { id: 'A', scopes: [path('/a', true)] }, [below, car]],
      ['those of several paths', { id: 'A', scopes: [path('/'), path('/a')] }, [inRoot, car]],
      ['those of a type below a path', { id: 'A', type: 'Car', scopes: [path('/', true)] }, [car]],
      ['none where the type differs', { id: 'B', type: 'Car', scopes: [] }, []],
      ['none of an id that is not there', { id: 'C', scopes: [] }, []],
    ])('finds %s', async (_what, target, expected) => {
      const store = emptyTenant();
      await store.write([below, other, inRoot, car].map(create));
      expect((await store.lookup(target)).map((record) => record.entity)).toStrictEqual(expected);
    });

    it('hands out the same record until the entity changes, with what readers keep in it', async () => {
      const store = emptyTenant();
      await store.write([create(room('A')), create(room('B'))]);
      const [first] = await store.lookup(byId('A'));
      first?.memo.set('rendered', 'text');
      await store.write([update(byId('B'), (entity) => withNumber(entity, 'temperature', 30))]);
      expect((await store.lookup(byId('A')))[0]).toBe(first);
      expect((await store.find(everything)).records[0]).toBe(first);
      await store.write([update(byId('A'), (entity) => withNumber(entity, 'temperature', 30))]);
      const [second] = await store.lookup(byId('A'));
      expect(second).not.toBe(first);
      expect(second?.memo.size).toBe(0);
      expect(second?.sequence).toBe(first?.sequence);
    });
  });

  describe('find', () => {
    it('answers what the plain meaning of the query answers, for any entities and any query', async () => {
      await fc.assert(
        fc.asyncProperty(
          arbitraryEntities(),
          fc.array(arbitraryQuery(), { minLength: 5, maxLength: 10 }),
          async (entities, queries) => {
            const store = emptyTenant();
            await store.write(entities.map(create));
            for (const query of queries) await expectPlainMeaning(store, query);
          },
        ),
        { numRuns: 40 },
      );
    });

    it('answers so after any changes, too', async () => {
      const change = fc.record({ of: arbitraryEntity, to: arbitraryEntity, kind: fc.constantFrom('put', 'remove') });
      const call = fc.array(change, { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 15 }), fc.array(arbitraryQuery()), async (calls, queries) => {
          const store = emptyTenant();
          await Promise.all(
            calls.map((changes) =>
              store.write<unknown>(
                changes.map(({ of, to, kind }) => (kind === 'remove' ? remove(byId(of.id)) : putInto(of, to))),
              ),
            ),
          );
          for (const query of queries) await expectPlainMeaning(store, query);
        }),
        { numRuns: 40 },
      );
    });

    it('leads through everything by cursors, each entity once, while others come and go', async () => {
      const store = emptyTenant();
      await store.write(Array.from({ length: 25 }, (_, number) => create(room(`Room${number}`))));
      const seen: string[] = [];
      let query: Query = { ...everything, limit: 4 };
      for (;;) {
        const page = await store.find(query);
        seen.push(...page.records.map((record) => record.entity.id));
        await store.write([remove(byId(seen.at(-1) ?? ''))]);
        if (page.next === undefined) break;
        query = { ...query, after: page.next };
      }
      expect(seen).toStrictEqual(Array.from({ length: 25 }, (_, number) => `Room${number}`));
    });

    it('counts all matches where only the count is asked for', async () => {
      const store = emptyTenant();
      await store.write(Array.from({ length: 7 }, (_, number) => create(room(`Room${number}`))));
      const page = await store.find({ ...everything, limit: 0, count: true });
      expect(page).toMatchObject({ records: [], count: 7 });
    });
  });

  describe('summarizeTypes', () => {
    it('tells the types below the scopes with their attributes, whatever was written and removed', async () => {
      await fc.assert(
        fc.asyncProperty(
          arbitraryEntities(),
          fc.nat(5),
          fc.array(arbitraryScopePattern, { maxLength: 2 }),
          async (entities, removals, scopes) => {
            const store = emptyTenant();
            await store.write(entities.map(create));
            await store.write(entities.slice(0, removals).map((entity) => remove(byId(entity.id))));
            const left = (await store.find(everything)).records.map((record) => record.entity);
            expect(plainly(await store.summarizeTypes(scopes))).toStrictEqual(plainly(summaryOf(left, scopes)));
          },
        ),
        { numRuns: 40 },
      );
    });
  });

  describe('stateOf', () => {
    let minutes = 0;
    /** What is told once nothing has changed for a minute, which then has passed. */
    const settled = (store: EntityStore, ...types: string[]) => {
      minutes++;
      return store.stateOf(types);
    };

    beforeEach(() => {
      const realNow = Date.now.bind(Date);
      vi.spyOn(Date, 'now').mockImplementation(() => realNow() + minutes * 60_000);
    });

    afterEach(() => {
      vi.mocked(Date.now).mockRestore();
    });

    it('is called otherwise after each creation, change and removal of an entity of the type, and never again as before', async () => {
      const store = emptyTenant();
      const seen = [await settled(store, 'Room')];
      const steps: WriteCommand<unknown>[] = [
        create(anEntity({ id: 'R1', type: 'Room' })),
        create(anEntity({ id: 'R2', type: 'Room' })),
        update(byId('R1'), (room) => withNumber(room, 'floor', 1)),
        remove(byId('R1')),
        create(anEntity({ id: 'R1', type: 'Room' })),
        remove(byId('R1')),
        remove(byId('R2')),
      ];
      for (const [place, step] of steps.entries()) {
        await store.write([step]);
        seen.push(await settled(store, 'Room'));
        expect(await settled(store, 'Room')).toBe(seen.at(-1));
        if (place === 3) await store.write([create(anEntity({ id: 'D1', type: 'Door' }))]);
        expect(await settled(store, 'Room')).toBe(seen.at(-1));
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).not.toContain(undefined);
    });

    it('of several types changes with each of them, and with entities that have several', async () => {
      const store = emptyTenant();
      const before = await settled(store, 'Room', 'Door');
      await store.write([create(anEntity({ id: 'D1', type: 'Door' }))]);
      const withDoor = await settled(store, 'Room', 'Door');
      await store.write([create({ ...anEntity({ id: 'RD' }), types: ['Room', 'Hall'] })]);
      const withHall = await settled(store, 'Room', 'Door');
      expect(new Set([before, withDoor, withHall]).size).toBe(3);
      await store.write([remove(byId('RD'))]);
      expect([before, withDoor, withHall]).not.toContain(await settled(store, 'Room', 'Door'));
    });
  });

  describe('write', () => {
    it("resolves with each command's result, in their order", async () => {
      const store = emptyTenant();
      expect(await store.write([create(room('A')), create(room('B')), create(room('A'))])).toStrictEqual([
        'created',
        'created',
        'exists',
      ]);
      expect(await store.write([])).toStrictEqual([]);
    });

    it('is seen by every reader once it has resolved', async () => {
      const store = emptyTenant();
      await store.write([create(room('A'))]);
      expect(await store.lookup(byId('A'))).toHaveLength(1);
      expect((await store.find(everything)).records).toHaveLength(1);
      expect(await store.summarizeTypes([])).toHaveLength(1);
      await store.write([remove(byId('A'))]);
      expect(await store.lookup(byId('A'))).toHaveLength(0);
      expect((await store.find(everything)).records).toHaveLength(0);
      expect(await store.summarizeTypes([])).toHaveLength(0);
    });

    it('is seen by no reader before, and then as a whole', async () => {
      const store = emptyTenant();
      await store.write([create(room('A', 0)), create(room('B', 0))]);
      let pending = true;
      const set = (entity: Entity) => withNumber(entity, 'temperature', 1);
      const writing = store.write([update(byId('A'), set), update(byId('B'), set)]).then(() => {
        pending = false;
      });
      const seen: number[][] = [];
      while (pending) {
        const { records } = await store.find(everything);
        if (pending) seen.push(records.map((record) => numberOf(record.entity, 'temperature')));
        await new Promise(setImmediate);
      }
      await writing;
      expect(seen[0]).toStrictEqual([0, 0]);
      for (const [a, b] of seen) expect(a).toBe(b);
    });

    it('lets each command see what the ones before it wrote', async () => {
      const store = emptyTenant();
      const set = (entity: Entity) => withNumber(entity, 'temperature', numberOf(entity, 'temperature') + 1);
      const commands = [
        create(room('A', 1)),
        update(byId('A'), set),
        update(byId('A'), set),
        create(room('B', 1)),
        remove(byId('B')),
        remove(byId('B')),
      ];
      expect(await store.write<unknown>(commands)).toStrictEqual(['created', 1, 1, 'created', 1, 0]);
      const { records } = await store.find(everything);
      expect(records.map((record) => record.entity)).toStrictEqual([room('A', 3)]);
    });

    it('of which one command throws is refused with that error, and nothing of it is written', async () => {
      const store = emptyTenant();
      await store.write([create(room('A', 1))]);
      const refusal = new Refusal({ kind: 'entityNotFound' });
      const commands = [
        create(room('B')),
        update(byId('A'), (entity) => withNumber(entity, 'temperature', 99)),
        failing(byId('C'), refusal),
      ];
      await expect(store.write<unknown>(commands)).rejects.toBe(refusal);
      const { records } = await store.find(everything);
      expect(records.map((record) => record.entity)).toStrictEqual([room('A', 1)]);
      expect(await store.write([create(room('B'))])).toStrictEqual(['created']);
    });

    it('of the same new entity twice at once makes one of them', async () => {
      const store = emptyTenant();
      const writes = Array.from({ length: 10 }, () => store.write([create(room('A'))]));
      expect((await Promise.all(writes)).flat().filter((result) => result === 'created')).toHaveLength(1);
      expect(await store.lookup(byId('A'))).toHaveLength(1);
    });

    it('refused because of an entity that is being created tells so when that entity is there', async () => {
      const store = emptyTenant();
      const first = store.write([create(room('A'))]);
      const refusal = new Refusal({ kind: 'entityExists' });
      const second = store.write([
        {
          target: exactly(room('A')),
          decide: (found) => {
            if (found.length > 0) throw refusal;
            return { result: undefined, writes: [created(room('A'))] };
          },
        },
      ]);
      await expect(second).rejects.toBe(refusal);
      expect(await store.lookup(byId('A'))).toHaveLength(1);
      await first;
    });

    it('of one entity by many at once loses none', async () => {
      const store = emptyTenant();
      await store.write([create(room('A', 0))]);
      const increment = update(byId('A'), (entity) =>
        withNumber(entity, 'temperature', numberOf(entity, 'temperature') + 1),
      );
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          for (let times = 0; times < 10; times++) await store.write([increment]);
        }),
      );
      const [record] = await store.lookup(byId('A'));
      expect(record && numberOf(record.entity, 'temperature')).toBe(200);
    });

    it('keeps the place in the order of creation, and never gives one twice', async () => {
      const store = emptyTenant();
      await store.write([create(room('A')), create(room('B')), create(room('C'))]);
      const before = (await store.find(everything)).records.map((record) => record.sequence);
      await store.write([remove(byId('C')), update(byId('A'), (entity) => withNumber(entity, 'temperature', 1))]);
      await store.write([create(room('C'))]);
      const { records } = await store.find(everything);
      expect(records.map((record) => record.entity.id)).toStrictEqual(['A', 'B', 'C']);
      expect(records[2]?.sequence).toBeGreaterThan(before[2] ?? Number.NaN);
      expect(before).toStrictEqual([...before].sort((a, b) => a - b));
    });

    it('covers what the target covers as it will be, not as it was', async () => {
      const store = emptyTenant();
      await store.write([create(room('A'))]);
      const asCar = (entity: Entity): Entity => ({ ...entity, types: ['Car'], scopes: ['/garage'] });
      const target = (type: string, path: string) => ({ id: 'A', type, scopes: [{ path, subtree: false }] });
      const results = await Promise.all([
        store.write([update(byId('A'), asCar)]),
        store.write([update(target('Room', '/'), asCar)]),
        store.write([update(target('Car', '/'), asCar)]),
        store.write([update(target('Car', '/garage'), asCar)]),
      ]);
      expect(results.flat()).toStrictEqual([1, 0, 0, 1]);
      expect(await store.lookup(target('Car', '/garage'))).toHaveLength(1);
    });
  });
}

function describeStores(engine: StoreEngine): void {
  const [madrid, barcelona, standard] = ['madrid', 'barcelona', ''] as TenantName[] as [
    TenantName,
    TenantName,
    TenantName,
  ];
  const thing = anEntity({ id: 'A' });

  it('keep tenants apart', async () => {
    const stores = await engine.place().open();
    await stores.tenant(madrid).entities.write([create(thing)]);
    await stores.tenant(standard).entities.write([create({ ...thing, createdAt: noon + 1, modifiedAt: noon + 1 })]);
    expect(await stores.tenant(barcelona).entities.lookup(byId('A'))).toStrictEqual([]);
    expect((await stores.tenant(madrid).entities.lookup(byId('A')))[0]?.entity).toStrictEqual(thing);
    expect((await stores.tenant(standard).entities.lookup(byId('A')))[0]?.entity.createdAt).toBe(noon + 1);
    await stores.tenant(madrid).entities.write([remove(byId('A'))]);
    expect(await stores.tenant(standard).entities.lookup(byId('A'))).toHaveLength(1);
    await stores.close();
  });

  it('make a tenant with its first write, not by looking, and tell them sorted', async () => {
    const stores = await engine.place().open();
    const { entities } = stores.tenant(madrid);
    expect(await entities.lookup(byId('A'))).toStrictEqual([]);
    expect(await entities.find({ ...everything, count: true })).toStrictEqual({ records: [], count: 0 });
    expect(await entities.summarizeTypes([])).toStrictEqual([]);
    expect(await entities.write([remove(byId('A'))])).toStrictEqual([0]);
    const refusal = new Refusal({ kind: 'entityNotFound' });
    await expect(entities.write([failing(byId('A'), refusal)])).rejects.toBe(refusal);
    expect(stores.tenants()).toStrictEqual([]);
    await entities.write([create(thing)]);
    await stores.tenant(barcelona).entities.write([create(thing)]);
    expect(await entities.lookup(byId('A'))).toHaveLength(1);
    await stores.tenant(standard).entities.write([create(thing)]);
    expect(stores.tenants()).toStrictEqual([standard, barcelona, madrid]);
    await stores.close();
  });

  it('let no more tenants come to be than allowed, and serve those that are', async () => {
    const stores = await engine.place().open({ maxTenants: 2 });
    const write = (tenant: TenantName, id = 'A') => stores.tenant(tenant).entities.write([create({ ...thing, id })]);
    const tenants = [madrid, barcelona, standard];
    const settled = await Promise.allSettled(tenants.map((tenant) => write(tenant)));
    const admitted = tenants.filter((_tenant, at) => settled[at]?.status === 'fulfilled');
    const [refused] = tenants.filter((tenant) => !admitted.includes(tenant));
    expect(admitted).toHaveLength(2);
    await expect(write(refused ?? madrid)).rejects.toMatchObject({ reason: { kind: 'limitReached', limit: 2 } });
    await expect(write(admitted[0] ?? madrid, 'B')).resolves.toStrictEqual(['created']);
    expect(stores.tenants()).toStrictEqual(admitted.toSorted());
    await stores.close();
  });

  it('let no more entity types come to be than allowed, and free the place of one that is gone', async () => {
    const stores = await engine.place().open({ maxTypes: 2 });
    const { entities } = stores.tenant(madrid);
    const write = (type: string) => entities.write([create({ ...thing, id: type, types: [type] })]);
    await write('Room');
    await write('Car');
    await expect(write('Lamp')).rejects.toMatchObject({ reason: { kind: 'limitReached', limit: 2 } });
    await entities.write([create({ ...thing, id: 'Room:2', types: ['Room'] })]);
    await entities.write([remove(byId('Car'))]);
    await expect(write('Lamp')).resolves.toStrictEqual(['created']);
    await stores.close();
  });

  it('settle every write that was accepted before they close, and refuse later ones', async () => {
    const stores = await engine.place().open();
    const { entities } = stores.tenant(madrid);
    await entities.write([create(thing)]);
    const writing = Promise.all(['B', 'C', 'D'].map((id) => entities.write([create({ ...thing, id })])));
    const closing = stores.close();
    await expect(stores.tenant(madrid).entities.write([create({ ...thing, id: 'E' })])).rejects.toMatchObject({
      reason: { kind: 'storeUnavailable' },
    });
    await expect(stores.tenant(barcelona).entities.write([create(thing)])).rejects.toMatchObject({
      reason: { kind: 'storeUnavailable' },
    });
    expect(await writing).toStrictEqual([['created'], ['created'], ['created']]);
    await closing;
  });
}

function describeRestart(engine: StoreEngine): void {
  const madrid = 'madrid' as TenantName;

  it('keeps every tenant, every entity and the order of creation', async () => {
    const place = engine.place();
    const entities = fc.sample(arbitraryEntity, { numRuns: 200, seed: 2 });
    const tenants = ['', 'a', 'b_1'] as TenantName[];
    const first = await place.open();
    const before: unknown[] = [];
    for (const [offset, tenant] of tenants.entries()) {
      const store = first.tenant(tenant).entities;
      await store.write(entities.slice(offset * 20).map(create));
      await store.write(
        entities.slice(0, 50).map((entity) => update(byId(entity.id), (found) => withNumber(found, 'n', 7))),
      );
      await store.write([remove(byId(entities[30 + offset]?.id ?? ''))]);
      before.push(await contents(store));
    }
    await first.close();
    const second = await place.open();
    expect(second.tenants()).toStrictEqual(tenants);
    const after = [];
    for (const tenant of tenants) after.push(await contents(second.tenant(tenant).entities));
    expect(after).toStrictEqual(before);
    await second.close();
  });

  it('keeps what was written just before it closed', async () => {
    const place = engine.place();
    const first = await place.open();
    const writing = first.tenant(madrid).entities.write([create(anEntity())]);
    await first.close();
    await writing;
    const second = await place.open();
    expect(await second.tenant(madrid).entities.lookup(byId('Thing1'))).toHaveLength(1);
    await second.close();
  });

  it('gives no place in the order of creation a second time', async () => {
    const place = engine.place();
    const first = await place.open();
    await first.tenant(madrid).entities.write(['A', 'B', 'C'].map((id) => create(anEntity({ id }))));
    const highest = (await first.tenant(madrid).entities.lookup(byId('C')))[0]?.sequence ?? Number.NaN;
    await first.tenant(madrid).entities.write([remove(byId('B')), remove(byId('C'))]);
    await first.close();
    const second = await place.open();
    await second.tenant(madrid).entities.write([create(anEntity({ id: 'D' }))]);
    const [record] = await second.tenant(madrid).entities.lookup(byId('D'));
    expect(record?.sequence).toBeGreaterThan(highest);
    await second.close();
  });

  it('keeps a tenant from which everything was removed', async () => {
    const place = engine.place();
    const first = await place.open();
    await first.tenant(madrid).entities.write([create(anEntity())]);
    await first.tenant(madrid).entities.write([remove(byId('Thing1'))]);
    await first.close();
    const second = await place.open();
    expect(second.tenants()).toStrictEqual([madrid]);
    await second.close();
  });
}

/** Creates the entity of this identity, or gives the one that is there the content of `entity`. */
function putInto(identity: Entity, entity: Entity): WriteCommand<unknown> {
  const target = exactly(identity);
  return {
    target,
    decide: (found) =>
      found.length === 0
        ? create(identity).decide(found)
        : update(target, (before) => ({ ...entity, id: before.id, types: before.types })).decide(found),
  };
}

/** Holds a page against all entities, one by one: `matches` and `compareEntities`. */
async function expectPlainMeaning(store: EntityStore, query: Query): Promise<void> {
  const all = (await store.find(everything)).records;
  const matching = all
    .filter((record) => matches(record.entity, query) && record.sequence > (query.after?.sequence ?? 0))
    .sort(compareEntities(query.order));
  const expected = matching.slice(query.offset, query.offset + query.limit);
  const page = await store.find(query);
  expect(page.records.map((record) => record.sequence)).toStrictEqual(expected.map((record) => record.sequence));
  if (query.count) {
    expect(page.count).toBe(all.filter((record) => matches(record.entity, query)).length);
  } else {
    expect(page.count).toBeUndefined();
  }
  if (query.order.length > 0) expect(page.next).toBeUndefined();
  else if (query.limit > 0 && matching.length > query.offset + query.limit) {
    expect(page.next).toStrictEqual({ sequence: expected.at(-1)?.sequence });
  }
}

/** The summary as the port words it, entity by entity. */
function summaryOf(entities: readonly Entity[], scopes: readonly ScopePattern[]): TypeSummary[] {
  const seen = entities.filter((entity) => scopesMatch(scopes, entity.scopes));
  const types = [...new Set(seen.flatMap((entity) => entity.types))].sort();
  return types.map((type) => {
    const ofType = seen.filter((entity) => entity.types.includes(type));
    const attributes = new Map<string, Set<string>>();
    for (const entity of ofType) {
      for (const [attribute, [{ declaredType, kind }]] of entity.attributes) {
        attributes.set(attribute, (attributes.get(attribute) ?? new Set()).add(declaredType ?? kind));
      }
    }
    return {
      type,
      count: ofType.length,
      attributes: new Map([...attributes].sort().map(([attribute, inUse]) => [attribute, [...inUse].sort()])),
    };
  });
}

/** Maps as lists, so that equality looks at their order. */
function plainly(summaries: readonly TypeSummary[]): unknown {
  return summaries.map(({ type, count, attributes }) => ({ type, count, attributes: [...attributes] }));
}

async function contents(store: EntityStore): Promise<unknown> {
  const { records } = await store.find(everything);
  return records.map(({ sequence, entity }) => ({ sequence, entity, names: [...entity.attributes.keys()] }));
}
