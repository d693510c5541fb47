import { describe, expect, it } from 'vitest';
import { deleteEntities } from '../../src/broker/entities/delete-entities.ts';
import { expireEntities } from '../../src/broker/entities/expire-entities.ts';
import { mutateEntity } from '../../src/broker/entities/mutate-entity.ts';
import type { Filter } from '../../src/core/query/query.ts';
import type { TenantName } from '../../src/core/scope.ts';
import { anEntity, noon } from '../support/entity-builder.ts';
import { aBroker, everywhere, given, inScope, type PlainBroker, storedIn, storeOf } from '../support/plain-broker.ts';
import { aWrite, plainly } from '../support/write-builder.ts';

const hot: Filter = {
  kind: 'compare',
  path: { kind: 'attribute', attribute: 't', subAttributes: [], members: [] },
  operator: '>',
  operand: { kind: 'number', value: 30 },
};
const hotRooms = { selectors: [{ types: ['Room'] }], scopes: everywhere.scopes, filter: hot };

async function rooms(count: number): Promise<PlainBroker> {
  const broker = aBroker();
  const entities = Array.from({ length: count }, (_, n) =>
    anEntity({ id: `Room${n}`, type: 'Room', scope: n % 2 === 0 ? '/a' : '/b', values: { t: n % 3 === 0 ? 40 : 20 } }),
  );
  await given(broker, ...entities);
  return broker;
}

/** Does something to the store between the moment when it is asked what matches and the removal. */
function whenFound(broker: PlainBroker, interfere: () => Promise<void>): void {
  const store = storeOf(broker);
  const find = store.find.bind(store);
  store.find = async (query) => {
    const page = await find(query);
    store.find = find;
    await interfere();
    return page;
  };
}

describe('A deletion by query', () => {
  it('removes what matches and nothing else, and counts it', async () => {
    const broker = await rooms(9);
    expect(await deleteEntities(broker, everywhere, hotRooms, { dryRun: false })).toEqual({ matched: 3, deleted: 3 });
    expect((await storedIn(broker)).map(({ id }) => id)).toEqual([
      'Room1',
      'Room2',
      'Room4',
      'Room5',
      'Room7',
      'Room8',
    ]);
    expect(storeOf(broker).writes.map(({ change }) => change.kind)).toEqual(['removed', 'removed', 'removed']);
  });

  it('only counts in a dry run', async () => {
    const broker = await rooms(9);
    expect(await deleteEntities(broker, everywhere, hotRooms, { dryRun: true })).toEqual({ matched: 3, deleted: 0 });
    expect(storeOf(broker).writes).toEqual([]);
  });

  it('works through more than one commit takes', async () => {
    const broker = await rooms(3100);
    expect(await deleteEntities(broker, everywhere, hotRooms, { dryRun: false })).toEqual({
      matched: 1034,
      deleted: 1034,
    });
    expect(await storedIn(broker)).toHaveLength(2066);
  });

  it('stays within the scopes of the query', async () => {
    const broker = await rooms(9);
    const { scopes } = inScope('/b');
    expect(await deleteEntities(broker, everywhere, { selectors: [], scopes }, { dryRun: false })).toEqual({
      matched: 4,
      deleted: 4,
    });
  });

  it('spares an entity that no longer matches when its turn comes, and one that is gone', async () => {
    const broker = await rooms(9);
    whenFound(broker, async () => {
      const cooled = { kind: 'update' as const, writes: [aWrite('t', 20)], ...plainly };
      await mutateEntity(broker, everywhere, { id: 'Room0' }, cooled);
      await deleteEntities(broker, everywhere, { selectors: [{ ids: ['Room3'] }], scopes: [] }, { dryRun: false });
    });
    expect(await deleteEntities(broker, everywhere, hotRooms, { dryRun: false })).toEqual({ matched: 3, deleted: 1 });
    expect((await storedIn(broker)).map(({ id }) => id)).toContain('Room0');
  });
});

describe('The sweep of expired entities [V2 transient entities]', () => {
  const entity = (id: string, expiresAt?: number) => anEntity({ id, ...(expiresAt !== undefined && { expiresAt }) });

  it('removes those whose time is up, in every tenant, and says that nobody removed them', async () => {
    const broker = aBroker();
    await given(broker, entity('past', noon - 1), entity('now', noon), entity('future', noon + 1), entity('never'));
    const other = storeOf(broker, 'other' as TenantName);
    await other.write([
      {
        target: { id: 'past', scopes: [] },
        decide: () => ({
          result: undefined,
          writes: [{ kind: 'create', change: { kind: 'created', after: entity('past', 0), attributes: [] } }],
        }),
      },
    ]);
    expect(await expireEntities(broker)).toBe(3);
    expect((await storedIn(broker)).map(({ id }) => id)).toEqual(['future', 'never']);
    expect(other.writes.at(-1)?.change).toEqual({ kind: 'removed', before: entity('past', 0), expired: true });
    expect(await expireEntities(broker)).toBe(0);
  });

  it('works through more than one commit takes', async () => {
    const broker = aBroker();
    await given(broker, ...Array.from({ length: 1001 }, (_, n) => entity(`e${n}`, noon - (n % 7))));
    expect(await expireEntities(broker)).toBe(1001);
    expect(await storedIn(broker)).toEqual([]);
  });

  it('spares an entity that was renewed in the meantime', async () => {
    const broker = aBroker();
    await given(broker, entity('e', noon - 1), entity('f', noon - 1));
    whenFound(broker, () =>
      mutateEntity(broker, everywhere, { id: 'e' }, { kind: 'update', writes: [], ...plainly, expiresAt: noon + 1 }),
    );
    expect(await expireEntities(broker)).toBe(1);
    expect((await storedIn(broker)).map(({ id }) => id)).toEqual(['e']);
  });
});
