import { describe, expect, it } from 'vitest';
import { batchUpdate } from '../../src/broker/entities/batch-update.ts';
import { createEntity } from '../../src/broker/entities/create-entity.ts';
import { deleteEntity } from '../../src/broker/entities/delete-entity.ts';
import { expireEntities } from '../../src/broker/entities/expire-entities.ts';
import { mutateEntity } from '../../src/broker/entities/mutate-entity.ts';
import { createSubscription, type SubscriptionDraft } from '../../src/broker/subscriptions/create-subscription.ts';
import { deleteSubscription } from '../../src/broker/subscriptions/delete-subscription.ts';
import { listSubscriptions } from '../../src/broker/subscriptions/list-subscriptions.ts';
import { retrieveSubscription } from '../../src/broker/subscriptions/retrieve-subscription.ts';
import { Subscriptions } from '../../src/broker/subscriptions/subscriptions.ts';
import { updateSubscription } from '../../src/broker/subscriptions/update-subscription.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { everyScope, type RequestScope } from '../../src/core/scope.ts';
import { initialState } from '../../src/core/subscription/subscription.ts';
import { noon } from '../support/entity-builder.ts';
import {
  aBroker,
  defaultTenant,
  everyChange,
  everywhere,
  inScope,
  type PlainBroker,
  refusalOf,
} from '../support/plain-broker.ts';
import { aStoredSubscription } from '../support/stored-subscription.ts';
import { aWrite, plainly } from '../support/write-builder.ts';

function aDraft(spec: Partial<SubscriptionDraft> = {}): SubscriptionDraft {
  return { dialect: 'ngsiv2', document: { description: 'test' }, terms: everyChange, ...spec };
}

function outboxOf(broker: PlainBroker) {
  return broker.stores.tenant(defaultTenant).outbox;
}

const room = { id: 'R', types: ['Room'], writes: [aWrite('t', 1)] };
const set = (value: number) => ({ kind: 'update', writes: [aWrite('t', value)], ...plainly }) as const;

describe('a subscription', () => {
  it('is stored under an id of its own, or the one asked for, and shown with its state [V2 create subscription]', async () => {
    const broker = aBroker();
    const id = await createSubscription(broker, everywhere, aDraft());
    const other = await createSubscription(broker, everywhere, aDraft({ id: 'mine', status: 'oneshot' }));
    expect([id, other]).toStrictEqual(['id1', 'mine']);
    expect(retrieveSubscription(broker, inScope('/elsewhere'), 'mine')).toStrictEqual({
      id: 'mine',
      dialect: 'ngsiv2',
      scopes: [everyScope],
      document: { description: 'test' },
      state: { status: 'oneshot', timesSent: 0, failsCounter: 0 },
      createdAt: noon,
      modifiedAt: noon,
    });
    expect(await broker.stores.tenant(defaultTenant).subscriptions.list()).toHaveLength(2);
  });

  it('is refused under an id that is taken, also when both come at once', async () => {
    const broker = aBroker();
    const both = [1, 2].map(() => createSubscription(broker, everywhere, aDraft({ id: 'mine' })));
    const [first, second] = await Promise.allSettled(both);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({ status: 'rejected', reason: { reason: { kind: 'subscriptionExists' } } });
  });

  it('is refused beyond the limit of the tenant', async () => {
    const broker = aBroker({ subscriptionsPerTenant: 1 });
    await createSubscription(broker, everywhere, aDraft());
    expect(await refusalOf(createSubscription(broker, everywhere, aDraft()))).toStrictEqual({
      kind: 'limitReached',
      what: 'subscriptions',
      limit: 1,
    });
  });

  it('is listed by exactly the scope it was made in, page by page [V2 list subscriptions]', async () => {
    const broker = aBroker();
    const parks: RequestScope = { ...inScope('/parks'), scopes: [{ path: '/parks', subtree: true }] };
    await createSubscription(broker, inScope('/parks'), aDraft({ id: 'a' }));
    await createSubscription(broker, parks, aDraft({ id: 'b' }));
    await createSubscription(broker, everywhere, aDraft({ id: 'c' }));
    const ids = (scope: RequestScope, offset = 0, limit = 20) => {
      const { subscriptions, count } = listSubscriptions(broker, scope, { dialect: 'ngsiv2', offset, limit });
      return [subscriptions.map(({ id }) => id), count];
    };
    expect(ids(inScope('/parks'))).toStrictEqual([['a'], 1]);
    expect(ids(parks)).toStrictEqual([['b'], 1]);
    expect(ids(everywhere)).toStrictEqual([['a', 'b', 'c'], 3]);
    expect(ids(everywhere, 1, 1)).toStrictEqual([['b'], 3]);
    const where = ({ id }: { id: string }) => id !== 'b';
    expect(listSubscriptions(broker, everywhere, { dialect: 'ngsiv2', offset: 1, limit: 9, where })).toMatchObject({
      count: 2,
    });
  });

  it('is changed as a whole but for its counters, which go on meanwhile [V2 update subscription]', async () => {
    const broker = aBroker();
    const id = await createSubscription(broker, everywhere, aDraft());
    broker.time.now += 1000;
    const updating = updateSubscription(broker, everywhere, { id, dialect: 'ngsiv2' }, ({ document }) => ({
      document: { ...document, throttling: 5 },
      terms: everyChange,
      status: 'inactive',
    }));
    broker.subscriptions.of(defaultTenant).changeState(id, (state) => ({ ...state, timesSent: 7 }));
    await updating;
    expect(retrieveSubscription(broker, everywhere, id)).toMatchObject({
      document: { description: 'test', throttling: 5 },
      state: { status: 'inactive', timesSent: 7 },
      createdAt: noon,
      modifiedAt: noon + 1000,
    });
  });

  it('keeps a status that it came to meanwhile, where the request names none', async () => {
    const broker = aBroker();
    const id = await createSubscription(broker, everywhere, aDraft({ status: 'oneshot' }));
    const updating = updateSubscription(broker, everywhere, { id, dialect: 'ngsiv2' }, ({ document }) => ({
      document,
      terms: everyChange,
    }));
    broker.subscriptions.of(defaultTenant).changeState(id, (state) => ({ ...state, status: 'inactive' }));
    await updating;
    expect(retrieveSubscription(broker, everywhere, id).state.status).toBe('inactive');
    expect(broker.subscriptions.of(defaultTenant).takeChangedStates()).toMatchObject([
      { id, state: { status: 'inactive' } },
    ]);
  });

  it('is gone once removed, with all that it was owed [V2 delete subscription]', async () => {
    const broker = aBroker();
    const id = await createSubscription(broker, everywhere, aDraft());
    await createEntity(broker, inScope(), room, { ...plainly, upsert: false });
    expect(outboxOf(broker).size).toBe(1);
    await deleteSubscription(broker, everywhere, id, 'ngsiv2');
    expect(outboxOf(broker).size).toBe(0);
    expect(() => retrieveSubscription(broker, everywhere, id)).toThrow('subscriptionNotFound');
    const gone = { kind: 'subscriptionNotFound' };
    expect(await refusalOf(deleteSubscription(broker, everywhere, id, 'ngsiv2'))).toStrictEqual(gone);
    const change = () => ({ document: {}, terms: everyChange });
    expect(await refusalOf(updateSubscription(broker, everywhere, { id, dialect: 'ngsiv2' }, change))).toStrictEqual(
      gone,
    );
  });
});

describe('a change', () => {
  it('owes, in its own commit, a notification to each subscription that it wakes', async () => {
    const broker = aBroker();
    for (const id of ['S', 'T']) await createSubscription(broker, everywhere, aDraft({ id }));
    const scope = { ...inScope(), authToken: 'token', correlator: 'c9; cbnotif=1' };
    await createEntity(broker, scope, room, { ...plainly, upsert: false });
    broker.time.now += 1000;
    await mutateEntity(broker, scope, { id: 'R' }, set(2));
    await deleteEntity(broker, scope, { id: 'R' });
    const { owed } = outboxOf(broker);
    expect(owed.map(({ subscriptionId, alteration, ordinal }) => [subscriptionId, alteration, ordinal])).toStrictEqual([
      ['S', 'entityCreate', 1],
      ['T', 'entityCreate', 2],
      ['S', 'entityChange', 1],
      ['T', 'entityChange', 2],
      ['S', 'entityDelete', 1],
      ['T', 'entityDelete', 2],
    ]);
    expect(owed[2]).toMatchObject({
      entityId: 'R',
      owedSince: noon + 1000,
      facts: { origin: { tenant: '', correlator: 'c9; cbnotif=1', authToken: 'token' }, changedAt: noon + 1000 },
    });
    expect(owed[2]?.facts).toBe(owed[3]?.facts);
    expect(Object.keys(owed[2]?.facts.origin ?? {})).toStrictEqual(['tenant', 'correlator', 'authToken']);
  });

  it('counts what one request owes over all entities of a batch', async () => {
    const broker = aBroker();
    for (const id of ['S', 'T']) await createSubscription(broker, everywhere, aDraft({ id }));
    const drafts = ['A', 'B'].map((id) => ({ ...room, id }));
    await batchUpdate(broker, inScope(), 'append', drafts, plainly);
    expect(outboxOf(broker).owed.map(({ entityId, ordinal }) => [entityId, ordinal])).toStrictEqual([
      ['A', 1],
      ['A', 2],
      ['B', 3],
      ['B', 4],
    ]);
  });

  it('owes nothing where it is refused, nor to subscriptions that are asleep', async () => {
    const broker = aBroker();
    await createSubscription(broker, everywhere, aDraft({ id: 'S' }));
    await createSubscription(broker, everywhere, aDraft({ id: 'asleep', status: 'inactive' }));
    await createEntity(broker, inScope(), room, { ...plainly, upsert: false });
    await refusalOf(createEntity(broker, inScope(), room, { ...plainly, upsert: false }));
    expect(outboxOf(broker).owed.map(({ subscriptionId }) => subscriptionId)).toStrictEqual(['S']);
  });

  it('owes the end of an entity whose time is up', async () => {
    const broker = aBroker();
    await createSubscription(broker, everywhere, aDraft({ id: 'S' }));
    await createEntity(broker, inScope(), { ...room, expiresAt: noon + 1 }, { ...plainly, upsert: false });
    broker.time.now += 10;
    await expireEntities(broker);
    expect(outboxOf(broker).owed.map(({ alteration }) => alteration)).toStrictEqual(['entityCreate', 'entityDelete']);
  });

  it('wakes nobody where it closes a loop of notifications [V2 custom notifications]', async () => {
    const broker = aBroker();
    await createSubscription(broker, everywhere, aDraft({ id: 'S' }));
    await createEntity(broker, inScope(), room, { ...plainly, upsert: false });
    const back = { ...inScope(), correlator: 'c1; cbnotif=1', fromCustomNotification: true } as const;
    await mutateEntity(broker, back, { id: 'R' }, set(2));
    expect(outboxOf(broker).size).toBe(1);
  });

  it('owes nothing to a subscription that drops what comes within a period', async () => {
    const broker = aBroker();
    const terms = { ...everyChange, throttling: { periodMs: 5000, mode: 'drop' } } as const;
    const id = await createSubscription(broker, everywhere, aDraft({ terms }));
    broker.subscriptions.of(defaultTenant).beginPeriod(id, noon);
    await createEntity(broker, inScope(), room, { ...plainly, upsert: false });
    expect(outboxOf(broker).size).toBe(0);
    broker.time.now = noon + 5000;
    await mutateEntity(broker, inScope(), { id: 'R' }, set(2));
    expect(outboxOf(broker).size).toBe(1);
  });

  it('knows of a period that began before a restart, and how long periods are by now [V2 throttling]', async () => {
    const broker = aBroker();
    const throttledFor = (periodMs: number) => ({ ...everyChange, throttling: { periodMs, mode: 'drop' } }) as const;
    const subscriptions = broker.subscriptions.of(defaultTenant);
    const state = { ...initialState('active'), timesSent: 1, lastSuccess: noon };
    subscriptions.put(aStoredSubscription({ id: 'S', state }), throttledFor(5000));
    expect(subscriptions.throttledUntil('S')).toBe(noon + 5000);
    subscriptions.put(aStoredSubscription({ id: 'S', state }), throttledFor(1000));
    expect(subscriptions.throttledUntil('S')).toBe(noon + 1000);
    subscriptions.put(aStoredSubscription({ id: 'S', state }), everyChange);
    expect(subscriptions.throttledUntil('S')).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('subscriptions of the stores', () => {
  it('are in force once they are loaded, and one that cannot be read is shown and asleep', async () => {
    const before = aBroker();
    for (const id of ['S', 'torn']) await createSubscription(before, everywhere, aDraft({ id }));
    const restore = ({ description }: JsonObject) => {
      if (description === 'torn') throw new Error('torn');
      return everyChange;
    };
    await updateSubscription(before, everywhere, { id: 'torn', dialect: 'ngsiv2' }, () => {
      return { document: { description: 'torn' }, terms: everyChange };
    });
    const codec = { restore, render: () => ({ kind: 'stream', body: '' }) as const };
    const codecs = { ngsiv2: codec, 'ngsi-ld': codec };
    const logged: string[] = [];
    const log = { ...before.log, error: (_details: object, message: string) => logged.push(message) };
    const after = { ...before, subscriptions: new Subscriptions(before.stores, codecs, log) };
    await after.subscriptions.load();
    expect(listSubscriptions(after, everywhere, { dialect: 'ngsiv2', offset: 0, limit: 9 }).count).toBe(2);
    await createEntity(after, inScope(), room, { ...plainly, upsert: false });
    expect(outboxOf(before).owed.map(({ subscriptionId }) => subscriptionId)).toStrictEqual(['S']);
    expect(logged).toHaveLength(1);
  });
});
