import { describe, expect, it } from 'vitest';
import { deleteEntity } from '../../src/broker/entities/delete-entity.ts';
import { mutateEntity } from '../../src/broker/entities/mutate-entity.ts';
import { retrieveEntity } from '../../src/broker/entities/retrieve-entity.ts';
import { removeAttribute, updateAttribute, updateExpiry } from '../../src/broker/entities/update-attribute.ts';
import type { Mutation } from '../../src/core/change/mutation.ts';
import type { EntityRef } from '../../src/core/entity/entity-ref.ts';
import type { RequestScope } from '../../src/core/scope.ts';
import { anEntity, noon } from '../support/entity-builder.ts';
import {
  aBroker,
  everywhere,
  given,
  inScope,
  type PlainBroker,
  refusalOf,
  storedIn,
  storeOf,
  valuesIn,
} from '../support/plain-broker.ts';
import { anOperation, aWrite, plainly } from '../support/write-builder.ts';

const room1 = anEntity({ id: 'Room1', type: 'Room', values: { temperature: 20, name: 'a' } });
const ref: EntityRef = { id: 'Room1' };
const entity: EntityRef = { id: 'Room1', type: 'Room' };

const mutations: [string, Mutation][] = [
  [
    'An append [V2 append attributes]',
    { kind: 'append', strict: false, writes: [aWrite('temperature', 21)], ...plainly },
  ],
  ['An update [V2 update attributes]', { kind: 'update', writes: [aWrite('temperature', 21)], ...plainly }],
  ['A replacement [V2 replace attributes]', { kind: 'replace', writes: [aWrite('temperature', 21)], ...plainly }],
  ['A removal [V2 remove attribute]', { kind: 'remove', names: ['temperature'] }],
];

/** Every operation on one entity that is to be there. */
const operations: [string, (broker: PlainBroker, scope: RequestScope, ref: EntityRef) => Promise<unknown>][] = [
  ...mutations.map(([name, mutation]): (typeof operations)[number] => [
    name,
    (broker, scope, ref) => mutateEntity(broker, scope, ref, mutation),
  ]),
  [
    'An update of one attribute [V2 update attribute data]',
    (broker, scope, ref) => updateAttribute(broker, scope, ref, aWrite('temperature', 21), plainly),
  ],
  [
    'A removal of one attribute [V2 remove attribute]',
    (broker, scope, ref) => removeAttribute(broker, scope, ref, 'temperature'),
  ],
  ['A deletion [V2 remove entity]', (broker, scope, ref) => deleteEntity(broker, scope, ref)],
  ['A retrieval [V2 retrieve entity]', (broker, scope, ref) => retrieveEntity(broker, scope, ref)],
];

describe.each(operations)('%s', (_name, operate) => {
  it('misses an entity of another id, type, scope or tenant', async () => {
    const broker = aBroker();
    await given(broker, room1);
    const requests: [RequestScope, EntityRef][] = [
      [inScope(), { id: 'Room2' }],
      [inScope(), { id: 'Room1', type: 'Car' }],
      [inScope('/madrid'), ref],
      [inScope('/', 'other' as never), ref],
    ];
    for (const [scope, ref] of requests) {
      expect(await refusalOf(operate(broker, scope, ref))).toEqual({ kind: 'entityNotFound' });
    }
    expect(await storedIn(broker)).toEqual([room1]);
    expect(storeOf(broker).writes).toEqual([]);
    expect(broker.stores.tenants()).toEqual(['']);
  });

  it('is refused where several entities fit, until a type or a scope tells them apart [V2 409]', async () => {
    const broker = aBroker();
    await given(broker, room1, { ...room1, types: ['Car'] }, { ...room1, scopes: ['/madrid'] });
    expect(await refusalOf(operate(broker, inScope(), ref))).toEqual({ kind: 'ambiguousEntity' });
    expect(await refusalOf(operate(broker, everywhere, entity))).toEqual({ kind: 'ambiguousEntity' });
    expect(storeOf(broker).writes).toEqual([]);
    await operate(broker, inScope(), { id: 'Room1', type: 'Car' });
    await operate(broker, inScope('/madrid'), ref);
    expect((await storedIn(broker))[0]).toEqual(room1);
  });
});

describe('A mutation of one entity', () => {
  it('is stored with its change', async () => {
    const broker = aBroker();
    await given(broker, room1);
    broker.time.now = noon + 1000;
    await mutateEntity(broker, inScope(), ref, {
      kind: 'update',
      writes: [anOperation('temperature', '$inc', 2)],
      ...plainly,
    });
    expect(await valuesIn(broker)).toEqual({ Room1: { temperature: 22, name: 'a' } });
    expect(storeOf(broker).writes).toMatchObject([
      { kind: 'update', change: { before: room1, after: { modifiedAt: noon + 1000, correlator: 'c1' } } },
    ]);
  });

  it('writes what it can and says what is missing [V2 update attributes]', async () => {
    const broker = aBroker();
    await given(broker, room1);
    const writes = [aWrite('C', 1), aWrite('temperature', 21), aWrite('D', 1)];
    expect(await refusalOf(mutateEntity(broker, inScope(), ref, { kind: 'update', writes, ...plainly }))).toEqual({
      kind: 'attributesMissing',
      missing: [{ entity, attributes: ['C', 'D'] }],
      written: true,
    });
    expect(await valuesIn(broker)).toEqual({ Room1: { temperature: 21, name: 'a' } });
  });

  it('says that nothing was written where all is missing', async () => {
    const broker = aBroker();
    await given(broker, room1);
    const mutation: Mutation = { kind: 'update', writes: [aWrite('C', 1)], ...plainly };
    expect(await refusalOf(mutateEntity(broker, inScope(), ref, mutation))).toEqual({
      kind: 'attributesMissing',
      missing: [{ entity, attributes: ['C'] }],
      written: false,
    });
    expect(storeOf(broker).writes).toEqual([]);
  });

  it('writes what it can and says what exists, for a strict append [V2 append attributes]', async () => {
    const broker = aBroker();
    await given(broker, room1);
    const writes = [aWrite('name', 'b'), aWrite('C', 1)];
    const strict: Mutation = { kind: 'append', strict: true, writes, ...plainly };
    expect(await refusalOf(mutateEntity(broker, inScope(), ref, strict))).toEqual({
      kind: 'attributesExist',
      existing: [{ entity, attributes: ['name'] }],
      written: true,
    });
    expect(await valuesIn(broker)).toEqual({ Room1: { temperature: 20, name: 'a', C: 1 } });
  });

  it('leaves the entity as it was where one operator does not fit', async () => {
    const broker = aBroker();
    await given(broker, room1);
    const writes = [aWrite('temperature', 21), anOperation('name', '$inc', 1)];
    expect(await refusalOf(mutateEntity(broker, inScope(), ref, { kind: 'update', writes, ...plainly }))).toEqual({
      kind: 'operatorMismatch',
      attribute: 'name',
      operator: '$inc',
      where: 'value',
      found: 'text',
    });
    expect(await storedIn(broker)).toEqual([room1]);
  });

  it('leaves nothing to store, but a change to tell of, where all is equal [V2 entityUpdate]', async () => {
    const broker = aBroker();
    await given(broker, room1);
    const [before] = await storedIn(broker);
    await mutateEntity(broker, inScope(), ref, { kind: 'update', writes: [aWrite('temperature', 20)], ...plainly });
    expect((await storedIn(broker))[0]).toBe(before);
    expect(storeOf(broker).writes).toMatchObject([{ kind: 'update', change: { attributes: [{ changed: false }] } }]);
  });
});

describe('An operation on one attribute', () => {
  it('misses an attribute that is not there [V2 404]', async () => {
    const broker = aBroker();
    await given(broker, room1);
    const missed = { kind: 'attributeNotFound' };
    expect(await refusalOf(updateAttribute(broker, inScope(), ref, aWrite('C', 1), plainly))).toEqual(missed);
    expect(await refusalOf(removeAttribute(broker, inScope(), ref, 'C'))).toEqual(missed);
    expect(await refusalOf(removeAttribute(broker, inScope(), ref, 'dateExpires'))).toEqual(missed);
    expect(storeOf(broker).writes).toEqual([]);
  });

  it('moves and ends the expiry of an entity that has one [V2 transient entities]', async () => {
    const broker = aBroker();
    await given(broker, { ...room1, expiresAt: noon + 1 });
    await updateExpiry(broker, inScope(), ref, noon + 2, plainly);
    expect((await storedIn(broker))[0]?.expiresAt).toBe(noon + 2);
    await updateExpiry(broker, inScope(), ref, null, plainly);
    expect((await storedIn(broker))[0]).not.toHaveProperty('expiresAt');
    expect(await refusalOf(updateExpiry(broker, inScope(), ref, noon, plainly))).toEqual({ kind: 'attributeNotFound' });
  });

  it('removes the expiry by its name, so that the entity stays [V2 transient entities]', async () => {
    const broker = aBroker();
    await given(broker, { ...room1, expiresAt: noon + 1 });
    await removeAttribute(broker, inScope(), ref, 'dateExpires');
    expect((await storedIn(broker))[0]).not.toHaveProperty('expiresAt');
  });

  it('removes one attribute and leaves the others', async () => {
    const broker = aBroker();
    await given(broker, room1);
    await removeAttribute(broker, inScope(), ref, 'temperature');
    expect(await valuesIn(broker)).toEqual({ Room1: { name: 'a' } });
  });
});
