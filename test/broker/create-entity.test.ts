import { describe, expect, it } from 'vitest';
import { createEntity } from '../../src/broker/entities/create-entity.ts';
import type { EntityDraft } from '../../src/core/change/entity-draft.ts';
import type { TenantName } from '../../src/core/scope.ts';
import { anEntity, aPoint, noon } from '../support/entity-builder.ts';
import { aBroker, given, inScope, refusalOf, storedIn, storeOf, valuesIn } from '../support/plain-broker.ts';
import { aWrite, plainly } from '../support/write-builder.ts';

const asNew = { ...plainly, upsert: false };
const asUpsert = { ...plainly, upsert: true };

function aDraft(spec: Partial<EntityDraft> = {}): EntityDraft {
  return { id: 'Room1', types: ['Room'], writes: [aWrite('temperature', 21)], ...spec };
}

const place = aWrite('location', null, { type: 'geo:json', content: { kind: 'geo', geometry: aPoint(2, 41) } });

describe('Creating an entity [V2 create entity]', () => {
  it('writes it once, into the scope of the request', async () => {
    const broker = aBroker();
    expect(await createEntity(broker, inScope('/madrid'), aDraft(), asNew)).toBe('created');
    expect(await storedIn(broker)).toEqual([
      anEntity({ id: 'Room1', type: 'Room', scope: '/madrid', values: { temperature: 21 }, correlator: 'c1' }),
    ]);
    expect(storeOf(broker).writes.map(({ kind }) => kind)).toEqual(['create']);
  });

  it('goes to the root where the request names no path', async () => {
    const broker = aBroker();
    await createEntity(broker, { ...inScope(), scope: undefined }, aDraft(), asNew);
    expect((await storedIn(broker))[0]?.scopes).toEqual(['/']);
  });

  it('is refused where id, type and scope are taken', async () => {
    const broker = aBroker();
    await given(broker, anEntity({ id: 'Room1', type: 'Room' }));
    expect(await refusalOf(createEntity(broker, inScope(), aDraft(), asNew))).toEqual({ kind: 'entityExists' });
    expect(storeOf(broker).writes).toEqual([]);
  });

  it('is refused by a Thing where it names no type, and by nothing else', async () => {
    const broker = aBroker();
    await given(broker, anEntity({ id: 'Room1', type: 'Room' }));
    expect(await createEntity(broker, inScope(), aDraft({ types: [] }), asNew)).toBe('created');
    expect((await storedIn(broker)).map(({ types }) => types)).toEqual([['Room'], ['Thing']]);
    expect(await refusalOf(createEntity(broker, inScope(), aDraft({ types: [] }), asNew))).toEqual({
      kind: 'entityExists',
    });
  });

  it('does not mind the same id and type in another scope, above, below or beside, or in another tenant', async () => {
    const broker = aBroker();
    for (const scope of ['/', '/madrid', '/madrid/parks', '/paris']) {
      expect(await createEntity(broker, inScope(scope), aDraft(), asNew)).toBe('created');
    }
    expect(await createEntity(broker, inScope('/', 'other' as TenantName), aDraft(), asNew)).toBe('created');
    expect(broker.stores.tenants()).toEqual(['', 'other']);
  });

  it('appends to the entity that is there, with upsert [V2 upsert]', async () => {
    const broker = aBroker();
    await given(broker, anEntity({ id: 'Room1', type: 'Room', values: { temperature: 20, name: 'a' } }));
    expect(await createEntity(broker, inScope(), aDraft({ expiresAt: noon + 9 }), asUpsert)).toBe('updated');
    expect(await valuesIn(broker)).toEqual({ Room1: { temperature: 21, name: 'a' } });
    expect((await storedIn(broker))[0]?.expiresAt).toBe(noon + 9);
  });

  it('creates the entity that is not there, with upsert [V2 upsert]', async () => {
    const broker = aBroker();
    expect(await createEntity(broker, inScope(), aDraft(), asUpsert)).toBe('created');
  });
});

describe('The limits of an entity', () => {
  it('refuse a second place, unless it is to be ignored [V2 geospatial properties]', async () => {
    const broker = aBroker();
    const second = { ...place, name: 'second' };
    expect(await refusalOf(createEntity(broker, inScope(), aDraft({ writes: [place, second] }), asNew))).toEqual({
      kind: 'tooManyLocations',
    });
    const ignored = { ...second, subAttributes: aWrite('x', 0, { metadata: { ignoreType: true } }).subAttributes };
    expect(await createEntity(broker, inScope(), aDraft({ writes: [place, ignored] }), asNew)).toBe('created');
  });

  it('allow as many places as are configured', async () => {
    const broker = aBroker({ locationsPerEntity: 2 });
    const writes = [place, { ...place, name: 'second' }];
    expect(await createEntity(broker, inScope(), aDraft({ writes }), asNew)).toBe('created');
    const third = aDraft({ writes: [{ ...place, name: 'third' }] });
    expect(await refusalOf(createEntity(broker, inScope(), third, asUpsert))).toEqual({ kind: 'tooManyLocations' });
  });

  it('refuse more attributes than are configured, but not changes of those that are there', async () => {
    const broker = aBroker({ attributesPerEntity: 1 });
    const two = aDraft({ writes: [aWrite('a', 1), aWrite('b', 1)] });
    const refusal = { kind: 'limitReached', what: 'attributes of an entity', limit: 1 };
    expect(await refusalOf(createEntity(broker, inScope(), two, asNew))).toEqual(refusal);
    await given(broker, anEntity({ id: 'Room1', type: 'Room', values: { a: 0, b: 0 } }));
    expect(await createEntity(broker, inScope(), two, asUpsert)).toBe('updated');
    expect(await refusalOf(createEntity(broker, inScope(), aDraft({ writes: [aWrite('c', 1)] }), asUpsert))).toEqual(
      refusal,
    );
  });
});
