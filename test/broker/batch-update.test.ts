import { describe, expect, it } from 'vitest';
import { batchUpdate } from '../../src/broker/entities/batch-update.ts';
import type { BatchAction } from '../../src/core/change/batch-action.ts';
import type { EntityDraft } from '../../src/core/change/entity-draft.ts';
import type { AttributeWrite } from '../../src/core/change/mutation.ts';
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

const room1 = anEntity({ id: 'Room1', type: 'Room', values: { t: 1, u: 1 } });
const room2 = anEntity({ id: 'Room2', type: 'Room', values: { t: 2, u: 2 } });

function aDraft(id: string, ...writes: AttributeWrite[]): EntityDraft {
  return { id, types: ['Room'], writes };
}

async function roomsIn(broker = aBroker()): Promise<PlainBroker> {
  await given(broker, room1, room2);
  return broker;
}

function batch(broker: PlainBroker, action: BatchAction, ...drafts: EntityDraft[]): Promise<void> {
  return batchUpdate(broker, inScope(), action, drafts, plainly);
}

describe('A batch [V2 batch update]', () => {
  it('appends to what is there and creates what is not', async () => {
    const broker = await roomsIn();
    await batch(broker, 'append', aDraft('Room3', aWrite('t', 3)), aDraft('Room1', aWrite('t', 9), aWrite('v', 9)));
    expect(await valuesIn(broker)).toEqual({ Room1: { t: 9, u: 1, v: 9 }, Room2: { t: 2, u: 2 }, Room3: { t: 3 } });
  });

  it('creates in the scope of the request, as a Thing where no type is named', async () => {
    const broker = aBroker();
    await batchUpdate(broker, inScope('/madrid'), 'append', [{ id: 'a', types: [], writes: [] }], plainly);
    expect(await storedIn(broker)).toMatchObject([{ id: 'a', types: ['Thing'], scopes: ['/madrid'] }]);
  });

  it('finds the one entity of any type where no type is named, and refuses where there are several', async () => {
    const broker = await roomsIn();
    await given(broker, { ...room2, types: ['Car'] });
    const [first, second] = [
      { ...aDraft('Room1', aWrite('t', 9)), types: [] },
      { ...aDraft('Room2', aWrite('t', 9)), types: [] },
    ];
    expect(await refusalOf(batch(broker, 'append', first, second))).toEqual({
      kind: 'batchRefused',
      refused: [{ entity: { id: 'Room2' }, reason: { kind: 'ambiguousEntity' } }],
      written: true,
    });
    expect((await storedIn(broker)).map(({ attributes }) => attributes.get('t')?.[0])).toMatchObject([
      { value: 9 },
      { value: 2 },
      { value: 2 },
    ]);
  });

  it('lets each entity see what the ones before it wrote', async () => {
    const broker = aBroker();
    const count = aDraft('Room9', anOperation('n', '$inc', 1));
    await batch(broker, 'append', count, count, count);
    expect(await valuesIn(broker)).toEqual({ Room9: { n: 3 } });
  });

  it('is one commit', async () => {
    const broker = await roomsIn();
    const { entities } = broker.stores.tenant('' as never);
    let calls = 0;
    const write = entities.write.bind(entities);
    entities.write = (commands) => {
      calls++;
      return write(commands);
    };
    await batch(broker, 'append', aDraft('Room1', aWrite('t', 9)), aDraft('Room2', aWrite('t', 9)));
    expect(calls).toBe(1);
  });

  it('appends strictly: what exists is left alone and listed, the rest is written', async () => {
    const broker = await roomsIn();
    const drafts = [aDraft('Room1', aWrite('t', 9), aWrite('v', 9)), aDraft('Room2', aWrite('u', 9)), aDraft('Room3')];
    expect(await refusalOf(batch(broker, 'appendStrict', ...drafts))).toEqual({
      kind: 'attributesExist',
      existing: [
        { entity: { id: 'Room1', type: 'Room' }, attributes: ['t'] },
        { entity: { id: 'Room2', type: 'Room' }, attributes: ['u'] },
      ],
      written: true,
    });
    expect(await valuesIn(broker)).toEqual({ Room1: { t: 1, u: 1, v: 9 }, Room2: { t: 2, u: 2 }, Room3: {} });
  });

  it.each<BatchAction>(['update', 'replace', 'delete'])('lists the entities that a %s misses', async (action) => {
    const broker = await roomsIn();
    const missing = [aDraft('Room8', aWrite('t', 9)), { ...aDraft('Room9', aWrite('t', 9)), types: [] }];
    const refusal = { kind: 'entitiesNotFound', missing: [{ id: 'Room8', type: 'Room' }, { id: 'Room9' }] };
    expect(await refusalOf(batch(broker, action, ...missing))).toEqual({ ...refusal, written: false });
    expect(storeOf(broker).writes).toEqual([]);
    const some = [...missing, aDraft('Room1', aWrite('t', 9))];
    expect(await refusalOf(batch(broker, action, ...some))).toEqual({ ...refusal, written: true });
    expect(storeOf(broker).writes).toHaveLength(1);
  });

  it('lists missing entities and missing attributes together', async () => {
    const broker = await roomsIn();
    const drafts = [aDraft('Room8', aWrite('t', 9)), aDraft('Room1', aWrite('x', 9), aWrite('y', 9))];
    expect(await refusalOf(batch(broker, 'update', ...drafts))).toEqual({
      kind: 'attributesMissing',
      missing: [
        { entity: { id: 'Room8', type: 'Room' } },
        { entity: { id: 'Room1', type: 'Room' }, attributes: ['x', 'y'] },
      ],
      written: false,
    });
  });

  it('replaces the attributes of entities', async () => {
    const broker = await roomsIn();
    await batch(broker, 'replace', aDraft('Room1', aWrite('z', 9)), aDraft('Room2'));
    expect(await valuesIn(broker)).toEqual({ Room1: { z: 9 }, Room2: {} });
  });

  it('takes away attributes, or the whole entity where none is named', async () => {
    const broker = await roomsIn();
    await given(broker, { ...room1, id: 'Room3', expiresAt: noon });
    await batch(broker, 'delete', aDraft('Room1', aWrite('t', null)), aDraft('Room2'), {
      ...aDraft('Room3'),
      expiresAt: null,
    });
    expect(await valuesIn(broker)).toEqual({ Room1: { u: 1 }, Room3: { t: 1, u: 1 } });
    expect((await storedIn(broker))[1]).not.toHaveProperty('expiresAt');
    const removal = batch(broker, 'delete', aDraft('Room1', aWrite('u', null), aWrite('x', null)));
    expect(await refusalOf(removal)).toMatchObject({ kind: 'attributesMissing', written: true });
    expect(await valuesIn(broker)).toMatchObject({ Room1: {} });
  });

  it('keeps the good where an operator, a limit or the entity itself refuses the bad', async () => {
    const broker = await roomsIn(aBroker({ attributesPerEntity: 2 }));
    const refused = await refusalOf(
      batch(
        broker,
        'update',
        aDraft('Room1', aWrite('t', 'text')),
        aDraft('Room1', anOperation('t', '$mul', 2)),
        aDraft('Room9'),
        aDraft('Room2', aWrite('u', 9)),
      ),
    );
    expect(refused).toEqual({
      kind: 'batchRefused',
      refused: [
        {
          entity: { id: 'Room1', type: 'Room' },
          reason: { kind: 'operatorMismatch', attribute: 't', operator: '$mul', where: 'value', found: 'text' },
        },
        { entity: { id: 'Room9', type: 'Room' }, reason: { kind: 'entityNotFound' } },
      ],
      written: true,
    });
    expect(await valuesIn(broker)).toEqual({ Room1: { t: 'text', u: 1 }, Room2: { t: 2, u: 9 } });
    expect(await refusalOf(batch(broker, 'append', aDraft('Room1', aWrite('v', 1)), aDraft('Room3')))).toEqual({
      kind: 'batchRefused',
      refused: [
        {
          entity: { id: 'Room1', type: 'Room' },
          reason: { kind: 'limitReached', what: 'attributes of an entity', limit: 2 },
        },
      ],
      written: true,
    });
  });

  it('may be empty, and may not be too long', async () => {
    const broker = aBroker({ entitiesPerBatch: 1 });
    await batch(broker, 'append');
    expect(await refusalOf(batch(broker, 'append', aDraft('a'), aDraft('b')))).toEqual({
      kind: 'limitReached',
      what: 'entities of a batch',
      limit: 1,
    });
    expect(broker.stores.tenants()).toEqual([]);
  });

  it('looks everywhere where the request names no path', async () => {
    const broker = aBroker();
    await given(broker, { ...room1, scopes: ['/madrid'] });
    await batchUpdate(broker, everywhere, 'append', [aDraft('Room1', aWrite('t', 9))], plainly);
    expect(await valuesIn(broker)).toEqual({ Room1: { t: 9, u: 1 } });
  });
});
