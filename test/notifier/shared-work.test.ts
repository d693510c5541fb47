import { describe, expect, it } from 'vitest';
import { replayDeadLetters } from '../../src/broker/notifier/dead-letters.ts';
import type { OwedNotification } from '../../src/ports/outbox.ts';
import { settled } from '../support/fake-time.ts';
import { aBroker } from '../support/plain-broker.ts';
import { aStoredSubscription } from '../support/stored-subscription.ts';
import { answered, city, HeldAnswers, NotifierUnderTest } from './notifier-under-test.ts';

const start = NotifierUnderTest.start;

/** All that a subscription is owed. */
function owedTo(test: NotifierUnderTest, id: string): Promise<readonly OwedNotification[]> {
  return test.outbox.page(id, 0, 100);
}

describe('a notifier beside those of other brokers', () => {
  it('sends for its own subscriptions, and leaves what others are to send in the outbox', async () => {
    const test = await start();
    await test.subscribe('S');
    await test.subscribe('T');
    test.stores.leaveToOthers('T');
    await test.change('A', 1, ['S', 'T']);
    await test.time.pass(60_000);
    expect(test.texts).toStrictEqual(['S A 1']);
    expect(test.outbox.size).toBe(1);
  });

  it('takes over, in order, what was owed before to a subscription that another broker sent for', async () => {
    const test = await start();
    await test.subscribe('S');
    test.stores.leaveToOthers('S');
    for (const value of [1, 2]) await test.change('A', value);
    test.stores.leaveToOthers();
    await test.change('A', 3);
    await settled();
    expect(test.texts).toStrictEqual(['S A 1', 'S A 2', 'S A 3']);
  });

  it('sends nothing more of a subscription that it leaves to another broker, and settles what was under way', async () => {
    const test = await start();
    const held = new HeldAnswers();
    test.receive = held.receive;
    await test.subscribe('S');
    for (const value of [1, 2]) await test.change('A', value);
    test.stores.leaveToOthers('S');
    await held.answer();
    await test.time.pass(60_000);
    expect(test.texts).toStrictEqual(['S A 1']);
    expect((await owedTo(test, 'S')).map(({ facts }) => facts.changedAt)).toHaveLength(1);
  });

  it('sends what another broker has written, also where its id is lower than one that was sent', async () => {
    const test = await start();
    await test.subscribe('S');
    test.stores.leaveToOthers('S');
    await test.change('A', 1);
    const [early] = await owedTo(test, 'S');
    await test.outbox.settle([{ kind: 'done', id: early?.id ?? 0 }]);
    test.stores.leaveToOthers();
    await test.change('B', 2);
    test.stores.tellOwed(city, early === undefined ? [] : [early]);
    await settled();
    expect(test.texts).toStrictEqual(['S B 2', 'S A 1']);
  });

  it('leaves dead letters that are replayed to the broker that sends for their subscription', async () => {
    const test = await start();
    await test.subscribe('S');
    test.receive = () => answered(400);
    test.stores.leaveToOthers('S');
    await test.change('A', 1);
    const [{ id } = { id: 0 }] = await owedTo(test, 'S');
    await test.outbox.settle([{ kind: 'dead', id, at: test.time.now(), attempts: 1, reason: 'refused' }]);
    const broker = { ...aBroker(), stores: test.stores, notifier: test.notifier };
    await replayDeadLetters(broker, city, {});
    await settled();
    expect(test.texts).toStrictEqual([]);
    expect(await owedTo(test, 'S')).toHaveLength(1);
  });
});

describe('a subscription that another broker changes', () => {
  it('holds as it was changed, with the counters of the broker that sends for it', async () => {
    const test = await start();
    await test.subscribe('S');
    await test.change('A', 1);
    const elsewhere = { ...test.stored('S'), document: { url: 'http://two' }, revision: 'another' };
    test.stores.tellSubscription(city, {
      kind: 'put',
      subscription: { ...elsewhere, state: { status: 'active', timesSent: 0, failsCounter: 0 } },
    });
    await test.change('A', 2);
    expect(test.received.map(({ url }) => url)).toStrictEqual(['http://one', 'http://two']);
    expect(test.stored('S')).toMatchObject({ document: { url: 'http://two' }, state: { timesSent: 2 } });
    await test.time.pass(1000);
    expect((await test.stores.tenant(city).subscriptions.get('S'))?.state.timesSent).toBe(2);
  });

  it('stays told, if it is oneshot and another has read it before it was, and changes something else', async () => {
    const test = await start();
    await test.subscribe('S', { status: 'oneshot' });
    const read = test.stored('S');
    await test.change('A', 1);
    expect(test.stored('S').state.status).toBe('inactive');
    const subscription = { ...read, document: { url: 'http://two' }, revision: 'another' };
    await test.stores.tenant(city).subscriptions.put(subscription);
    test.stores.tellSubscription(city, { kind: 'put', subscription });
    await test.change('A', 2);
    expect(test.texts).toStrictEqual(['S A 1']);
    expect(test.stored('S')).toMatchObject({ document: { url: 'http://two' }, state: { status: 'inactive' } });
    // And in the store, which that one wrote to last.
    await test.time.pass(1000);
    expect((await test.stores.tenant(city).subscriptions.get('S'))?.state.status).toBe('inactive');
  });

  it('is told once more, if it is oneshot and was made so again while it was told or after, whatever is stored of that', async () => {
    const test = await start();
    await test.subscribe('S', { status: 'oneshot' });
    const again = (statusGiven: string): void => {
      const { state, ...stored } = test.stored('S');
      const subscription = {
        ...stored,
        revision: statusGiven,
        state: { ...state, status: 'oneshot', statusGiven } as const,
      };
      test.stores.tellSubscription(city, { kind: 'put', subscription });
    };
    let answer = (): void => undefined;
    test.receive = () => new Promise((resolve) => (answer = () => resolve(answered(200))));
    await test.change('A', 1);
    // Nothing has come of it yet: it is the oneshot that it was.
    again('while it is told');
    answer();
    await settled();
    expect(test.stored('S').state.status).toBe('inactive');
    again('after that');
    await test.change('A', 2);
    answer();
    await settled();
    await test.change('A', 3);
    expect(test.texts).toStrictEqual(['S A 1', 'S A 2']);
    expect(test.stored('S').state).toMatchObject({ status: 'inactive', timesSent: 2 });
  });

  it('takes the counters of the broker that sends for it', async () => {
    const test = await start();
    await test.subscribe('S');
    test.stores.leaveToOthers('S');
    const state = { status: 'inactive', timesSent: 7, failsCounter: 3 } as const;
    test.stores.tellSubscription(city, { kind: 'put', subscription: { ...test.stored('S'), state } });
    expect(test.stored('S').state).toStrictEqual(state);
  });

  it('is new, or is gone', async () => {
    const test = await start();
    test.stores.tellSubscription(city, { kind: 'put', subscription: aStoredSubscription({ id: 'S' }) });
    await test.change('A', 1);
    expect(test.texts).toStrictEqual(['S A 1']);
    test.stores.tellSubscription(city, { kind: 'removed', id: 'S' });
    await test.change('A', 2);
    expect(test.texts).toStrictEqual(['S A 1']);
  });
});
