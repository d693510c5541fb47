import { describe, expect, it } from 'vitest';
import { queryEntities } from '../../src/broker/entities/query-entities.ts';
import { retrieveType, retrieveTypes } from '../../src/broker/types/retrieve-types.ts';
import { anEntity } from '../support/entity-builder.ts';
import { aBroker, everything, everywhere, given, inScope, refusalOf } from '../support/plain-broker.ts';

const room = anEntity({ id: 'Room1', type: 'Room', values: { t: 1 } });
const car = anEntity({ id: 'Car1', type: 'Car', scope: '/a', values: { t: 'x' } });
const roomType = { type: 'Room', count: 1, attributes: new Map([['t', ['Number']]]) };

describe('Types [V2 list entity types]', () => {
  it('are those of the entities below the scopes of the request', async () => {
    const broker = aBroker();
    await given(broker, room, car);
    expect((await retrieveTypes(broker, everywhere)).map(({ type }) => type)).toEqual(['Car', 'Room']);
    expect(await retrieveTypes(broker, inScope())).toEqual([roomType]);
  });

  it('can be asked for one by one [V2 retrieve entity type]', async () => {
    const broker = aBroker();
    await given(broker, room, car);
    expect(await retrieveType(broker, everywhere, 'Room')).toEqual(roomType);
    expect(await refusalOf(retrieveType(broker, inScope(), 'Car'))).toEqual({ kind: 'typeNotFound' });
  });
});

describe('A query [V2 list entities]', () => {
  it('sees the entities of its own tenant', async () => {
    const broker = aBroker();
    await given(broker, room, car);
    expect((await queryEntities(broker, everywhere, everything)).records.map(({ entity }) => entity)).toEqual([
      room,
      car,
    ]);
    expect((await queryEntities(broker, inScope('/', 'other' as never), everything)).records).toEqual([]);
  });
});
