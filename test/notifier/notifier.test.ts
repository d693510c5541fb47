import { describe, expect, it } from 'vitest';
import type { OwedNotification } from '../../src/ports/outbox.ts';
import { noon } from '../support/entity-builder.ts';
import { settled } from '../support/fake-time.ts';
import { accepted, answered, city, closed, HeldAnswers, NotifierUnderTest } from './notifier-under-test.ts';

const start = NotifierUnderTest.start;

describe('a notification', () => {
  it('is sent as soon as it is owed, and forgotten once it was received', async () => {
    const test = await start();
    await test.subscribe('S');
    await test.change('A', 1);
    expect(test.texts).toStrictEqual(['S A 1']);
    expect(test.outbox.size).toBe(1);
    await test.time.pass(100);
    expect(test.outbox.size).toBe(0);
    expect(test.stored('S').state).toStrictEqual({
      status: 'active',
      timesSent: 1,
      failsCounter: 0,
      lastNotification: noon,
      lastSuccess: noon,
      lastSuccessCode: 204,
    });
    expect((await test.stores.tenant(city).subscriptions.list())[0]?.state.timesSent).toBe(1);
  });

  it('comes again, under the same id, after a receiver that fails or is overloaded, later each time', async () => {
    const test = await start({ firstRetryMs: 1000, longestRetryMs: 4000, failuresToPause: 100 });
    await test.subscribe('S');
    const outcomes = [closed, answered(500), answered(429), answered(503), closed, accepted];
    test.receive = () => outcomes.shift() ?? accepted;
    await test.change('A', 1);
    await test.time.pass(60_000);
    expect(test.texts).toStrictEqual(Array(6).fill('S A 1'));
    // Half of the doubled wait is fixed and half is chance, which stands in the middle here.
    expect(test.received.map(({ at }) => at - noon)).toStrictEqual([0, 750, 2250, 5250, 8250, 11_250]);
    expect(new Set(test.received.map(({ id }) => id)).size).toBe(1);
    expect(test.outbox.size).toBe(0);
  });

  it('waits as long as the receiver asks for (Retry-After)', async () => {
    const test = await start({ firstRetryMs: 1000, failuresToPause: 100 });
    await test.subscribe('S');
    const outcomes = [answered(503, 30_000), accepted];
    test.receive = () => outcomes.shift() ?? accepted;
    await test.change('A', 1);
    await test.time.pass(60_000);
    expect(test.received.map(({ at }) => at - noon)).toStrictEqual([0, 30_000]);
  });

  it('is not sent again to a receiver that answered, redirected or refused it', async () => {
    const test = await start();
    await test.subscribe('S');
    const outcomes = [answered(200), answered(302), answered(404), answered(400)];
    test.receive = () => outcomes.shift() ?? accepted;
    for (const value of [1, 2, 3, 4]) await test.change('A', value);
    await test.time.pass(60_000);
    expect(test.texts).toStrictEqual(['S A 1', 'S A 2', 'S A 3', 'S A 4']);
    expect(test.stored('S').state).toMatchObject({ lastSuccessCode: 400, failsCounter: 0 });
  });

  it('keeps its place among those of its subscription and entity, and delays no other', async () => {
    const test = await start({ failuresToPause: 100 });
    await test.subscribe('S');
    await test.subscribe('T');
    const held = new HeldAnswers();
    test.receive = ({ text }) => (text === 'S A 1' ? held.receive() : accepted);
    await test.change('A', 1, ['S', 'T']);
    await test.change('A', 2, ['S', 'T']);
    await test.change('B', 3, ['S', 'T']);
    expect(test.texts).toStrictEqual(['S A 1', 'T A 1', 'T A 2', 'S B 3', 'T B 3']);
    await held.answer(closed);
    await test.time.pass(10_000);
    await held.answer();
    expect(test.texts.slice(5)).toStrictEqual(['S A 1', 'S A 2']);
  });

  it('that can never be sent becomes a dead letter at once, and the next one has its turn', async () => {
    const test = await start();
    await test.subscribe('S', { url: 'nowhere' });
    await test.change('A', 1);
    await test.change('A', 2);
    await test.time.pass(100);
    expect(await test.outbox.deadLetters({}, 0, 10)).toMatchObject({
      count: 2,
      letters: [{ entityId: 'A', reason: 'no URL', diedAt: noon, attempts: 0 }, { reason: 'no URL' }],
    });
    expect(test.stored('S').state).toMatchObject({ timesSent: 2, failsCounter: 2, lastFailureReason: 'no URL' });
  });

  it('becomes a dead letter when it is too old, with the last reason, and can be sent again then', async () => {
    const test = await start({ firstRetryMs: 1000, longestRetryMs: 10_000, maxAgeMs: 60_000 });
    await test.subscribe('S');
    test.receive = () => closed;
    await test.change('A', 1);
    await test.time.pass(120_000);
    const { letters } = await test.outbox.deadLetters({}, 0, 10);
    expect(letters).toMatchObject([{ entityId: 'A', reason: 'connection closed', owedSince: noon }]);
    expect(letters[0]?.attempts).toBeGreaterThan(3);
    const tried = test.received.length;
    test.receive = () => accepted;
    await test.time.pass(120_000);
    expect(test.received.length).toBe(tried);

    expect(await test.replay()).toBe(1);
    await test.time.pass(20_000);
    expect(test.received.slice(tried)).toMatchObject([{ text: 'S A 1', id: test.received[0]?.id }]);
    expect(test.outbox.size).toBe(0);
  });
});

describe('an endpoint', () => {
  it('that fails is left alone but for one attempt now and then, and gets all at once when it is back', async () => {
    const test = await start({ failuresToPause: 3, firstRetryMs: 1000, longestRetryMs: 8000, maxConcurrency: 8 });
    await test.subscribe('S');
    let isUp = false;
    test.receive = () => (isUp ? accepted : closed);
    for (let entity = 0; entity < 20; entity++) await test.change(`E${entity}`, 1);
    const first = test.received.length;
    expect(first).toBeLessThan(6);
    await test.time.pass(60_000);
    // Doubled up to 8 seconds, three quarters of it on average: some ten attempts in a minute.
    expect(test.received.length - first).toBeLessThan(15);
    isUp = true;
    const before = test.received.length;
    await test.time.pass(8000);
    expect(new Set(test.received.slice(before).map(({ text }) => text)).size).toBe(20);
    await test.time.pass(100);
    expect(test.outbox.size).toBe(0);
  });

  it('is left alone as a whole for as long as it asks for, within limits (Retry-After)', async () => {
    const test = await start({ longestAskedMs: 60_000, firstRetryMs: 1000, longestRetryMs: 1000 });
    await test.subscribe('S');
    const answers = [answered(503, 30_000), accepted, answered(429, 3_600_000)];
    test.receive = () => answers.shift() ?? accepted;
    await test.change('A', 1);
    await test.change('B', 2);
    await test.time.pass(29_999);
    expect(test.texts).toStrictEqual(['S A 1']);
    await test.time.pass(1);
    expect(test.texts.toSorted()).toStrictEqual(['S A 1', 'S A 1', 'S B 2']);
    await test.change('C', 3);
    await test.time.pass(59_999);
    expect(test.texts).toHaveLength(3);
    await test.time.pass(1);
    expect(test.texts.slice(3)).toStrictEqual(['S C 3']);
    await test.time.pass(3_600_000);
    expect(test.outbox.size).toBe(0);
  });

  it('that hangs ties up few attempts, and delays no other endpoint', async () => {
    const test = await start({ maxConcurrency: 8 });
    await test.subscribe('S', { url: 'http://hangs/path' });
    await test.subscribe('T', { url: 'http://fine/path' });
    const held = new HeldAnswers();
    test.receive = ({ url }) => (url.includes('hangs') ? held.receive() : accepted);
    for (let entity = 0; entity < 50; entity++) await test.change(`E${entity}`, 1, ['S', 'T']);
    expect(held.waiting).toBe(4);
    expect(test.texts.filter((text) => text.startsWith('T'))).toHaveLength(50);
  });

  it('gets more at once the longer all goes well, up to the limit', async () => {
    const test = await start({ maxConcurrency: 8 });
    await test.subscribe('S');
    const held = new HeldAnswers();
    test.receive = held.receive;
    for (let entity = 0; entity < 50; entity++) await test.change(`E${entity}`, 1);
    const underWay: number[] = [];
    for (let answer = 0; answer < 8; answer++) {
      underWay.push(held.waiting);
      await held.answer();
    }
    expect(underWay).toStrictEqual([4, 5, 6, 7, 8, 8, 8, 8]);
  });

  it('is shared by all subscriptions to one origin, whatever path and user', async () => {
    const test = await start();
    await test.subscribe('S', { url: 'http://one:80/a' });
    await test.subscribe('T', { url: 'http://ONE:80/b?c' });
    test.receive = new HeldAnswers().receive;
    for (let entity = 0; entity < 10; entity++) await test.change(`E${entity}`, 1, ['S', 'T']);
    expect(test.received).toHaveLength(4);
  });
});

describe('a subscription', () => {
  it('with more failures in a row than it may have becomes inactive, with one warning [V2 maxFailsLimit]', async () => {
    const test = await start({ failuresToPause: 100, firstRetryMs: 100, longestRetryMs: 100 });
    await test.subscribe('S', { maxFails: 2 });
    test.receive = () => closed;
    await test.change('A', 1);
    await test.change('B', 1);
    await test.time.pass(10_000);
    expect(test.stored('S').state).toMatchObject({ status: 'inactive', failsCounter: 3, timesSent: 3 });
    expect(test.warnings).toHaveLength(1);
    expect((await test.outbox.backlog()).get('S')).toBe(2);

    test.receive = () => accepted;
    await test.subscribe('S', { maxFails: 2, status: 'active' });
    await test.time.pass(100);
    expect(test.texts.slice(3).toSorted()).toStrictEqual(['S A 1', 'S B 1']);
    expect(test.outbox.size).toBe(0);
    expect(test.stored('S').state).toMatchObject({ status: 'active', failsCounter: 0 });
  });

  it('that is inactive is owed its notifications until they are too old', async () => {
    const test = await start({ maxAgeMs: 5000 });
    await test.subscribe('S', { status: 'inactive' });
    await test.change('A', 1);
    await test.time.pass(6000);
    expect(test.texts).toStrictEqual([]);
    expect(await test.outbox.deadLetters({}, 0, 1)).toMatchObject({ count: 1 });
  });

  it('that is oneshot is told once, however much comes, and is inactive afterwards [V2 oneshot subscriptions]', async () => {
    const test = await start();
    await test.subscribe('S', { status: 'oneshot' });
    const held = new HeldAnswers();
    test.receive = held.receive;
    for (const value of [1, 2, 3]) await test.change('A', value);
    expect(test.stored('S').state.status).toBe('oneshot');
    await held.answer();
    expect(test.stored('S').state.status).toBe('inactive');
    await test.time.pass(10_000);
    expect(test.texts).toStrictEqual(['S A 1']);
    expect(test.outbox.size).toBe(0);
  });

  it('that is oneshot once more is told once more [V2 oneshot subscriptions]', async () => {
    const test = await start();
    await test.subscribe('S', { status: 'oneshot' });
    for (const value of [1, 2]) await test.change('A', value);
    await test.subscribe('S', { status: 'oneshot' });
    for (const value of [3, 4]) await test.change('A', value);
    expect(test.texts).toStrictEqual(['S A 1', 'S A 3']);
    expect(test.stored('S').state.status).toBe('inactive');
    await test.subscribe('S', { status: 'active' });
    await test.change('A', 5);
    expect(test.texts.at(-1)).toBe('S A 5');
    await test.time.pass(100);
    expect(test.outbox.size).toBe(0);
  });

  it('that is oneshot is told after a crash, if it was not before', async () => {
    const test = await start();
    await test.subscribe('S', { status: 'oneshot' });
    test.receive = new HeldAnswers().receive;
    for (const value of [1, 2]) await test.change('A', value);
    test.receive = () => accepted;
    await test.restart('crashed');
    await test.time.pass(100);
    expect(test.texts).toStrictEqual(['S A 1', 'S A 1']);
    expect(test.stored('S').state.status).toBe('inactive');
    expect(test.outbox.size).toBe(0);
  });

  it('that moves to another endpoint is sent there what it is owed, at once', async () => {
    const test = await start({ failuresToPause: 1, firstRetryMs: 30_000, longestRetryMs: 30_000 });
    await test.subscribe('S', { url: 'http://down' });
    test.receive = ({ url }) => (url === 'http://down' ? closed : accepted);
    for (const entity of ['A', 'B', 'C']) await test.change(entity, 1);
    await test.subscribe('S', { url: 'http://up' });
    await settled();
    expect(test.received.filter(({ url }) => url === 'http://up').map(({ text }) => text)).toStrictEqual([
      'S A 1',
      'S B 1',
      'S C 1',
    ]);
    await test.time.pass(100);
    expect(test.outbox.size).toBe(0);
  });

  it('that is removed is sent nothing more', async () => {
    const test = await start();
    await test.subscribe('S');
    test.receive = () => closed;
    for (const entity of ['A', 'B']) await test.change(entity, 1);
    await test.subscriptions.remove(city, 'S');
    const before = test.received.length;
    await test.time.pass(60_000);
    expect(test.received.length).toBe(before);
    expect(test.outbox.size).toBe(0);
  });

  it('remembers its last attempts', async () => {
    const test = await start({ logLength: 2, firstRetryMs: 1000 });
    await test.subscribe('S');
    const outcomes = [closed, answered(503), { kind: 'answered', status: 200, answer: 'x'.repeat(500) } as const];
    test.receive = () => outcomes.shift() ?? accepted;
    await test.change('A', 1);
    await test.time.pass(60_000);
    expect(test.notifier.attempts(city, 'S')).toMatchObject([
      { at: noon + 750, durationMs: 0, entityId: 'A', attempt: 2, status: 503 },
      { attempt: 3, status: 200, answer: 'x'.repeat(200) },
    ]);
  });
});

describe('a throttled subscription', () => {
  const drop = { periodMs: 5000, mode: 'drop' } as const;
  const trailing = { periodMs: 5000, mode: 'trailing' } as const;

  it('drops what comes within a period after a notification [V2 throttling]', async () => {
    const test = await start();
    await test.subscribe('S', { throttling: drop });
    for (let value = 0; value < 12; value++) {
      await test.change('A', value);
      await test.time.pass(1000);
    }
    expect(test.texts).toStrictEqual(['S A 0', 'S A 5', 'S A 10']);
    expect(test.outbox.size).toBe(0);
    expect(test.stored('S').state.timesSent).toBe(3);
  });

  it('drops by when things happened, not by when a receiver that was down takes them', async () => {
    const test = await start({ firstRetryMs: 60_000 });
    await test.subscribe('S', { throttling: drop });
    test.receive = () => closed;
    for (let value = 0; value < 12; value++) {
      await test.change('A', value);
      await test.time.pass(1000);
    }
    test.receive = () => accepted;
    const tried = test.received.length;
    await test.time.pass(120_000);
    expect(test.texts.slice(tried)).toStrictEqual(['S A 0', 'S A 5', 'S A 10']);
  });

  it('with a trailing edge sends the last of each entity when the period ends', async () => {
    const test = await start();
    await test.subscribe('S', { throttling: trailing });
    await test.change('A', 0);
    await test.time.pass(1000);
    for (const value of [1, 2, 3]) await test.change('A', value);
    for (const value of [4, 5]) await test.change('B', value);
    expect(test.texts).toStrictEqual(['S A 0']);
    await test.time.pass(4000);
    expect(test.texts).toStrictEqual(['S A 0', 'S A 3', 'S B 5']);
    await test.change('A', 6);
    await test.time.pass(4999);
    expect(test.texts).toHaveLength(3);
    await test.time.pass(1);
    expect(test.texts).toHaveLength(4);
    await test.time.pass(60_000);
    expect(test.outbox.size).toBe(0);
    await test.change('A', 7);
    expect(test.texts.at(-1)).toBe('S A 7');
  });

  it('counts the period it has by now from the last notification', async () => {
    const test = await start();
    await test.subscribe('S', { throttling: drop });
    await test.subscribe('T', { throttling: trailing });
    for (const value of [0, 1]) {
      await test.change('A', value, ['S', 'T']);
      await test.time.pass(1000);
    }
    const sooner = { periodMs: 3000 };
    await test.subscribe('S', { throttling: { ...drop, ...sooner } });
    await test.subscribe('T', { throttling: { ...trailing, ...sooner } });
    await test.time.pass(999);
    expect(test.texts).toStrictEqual(['S A 0', 'T A 0']);
    await test.time.pass(1);
    expect(test.texts).toStrictEqual(['S A 0', 'T A 0', 'T A 1']);
    await test.change('A', 2);
    expect(test.texts.at(-1)).toBe('S A 2');
  });

  it('is sent every dead letter that somebody replays', async () => {
    const test = await start({ maxAgeMs: 20_000, longestRetryMs: 1000 });
    await test.subscribe('S', { throttling: drop });
    test.receive = () => closed;
    for (const value of [1, 2]) {
      await test.change('A', value);
      await test.time.pass(6000);
    }
    await test.time.pass(30_000);
    test.receive = () => accepted;
    const tried = test.received.length;
    await test.replay();
    await test.time.pass(2000);
    expect(test.texts.slice(tried)).toStrictEqual(['S A 1', 'S A 2']);
  });

  it('with a trailing edge sends what it held also after a crash, and when it is throttled no longer', async () => {
    const test = await start();
    await test.subscribe('S', { throttling: trailing });
    await test.change('A', 0);
    await test.time.pass(1000);
    for (const value of [1, 2]) await test.change('A', value);
    await test.restart('crashed');
    expect(test.texts).toStrictEqual(['S A 0']);
    await test.time.pass(4000);
    expect(test.texts).toStrictEqual(['S A 0', 'S A 2']);
    await test.change('A', 3);
    await test.subscribe('S');
    await settled();
    expect(test.texts.at(-1)).toBe('S A 3');
  });
});

describe('a notifier', () => {
  it('goes on after a stop or a crash with all that was owed, in its order', async () => {
    const test = await start({ failuresToPause: 1, firstRetryMs: 1000 });
    await test.subscribe('S');
    test.receive = () => closed;
    for (const value of [1, 2, 3]) for (const entity of ['A', 'B']) await test.change(entity, value);
    await test.restart('stopped');
    const before = test.received.length;
    test.receive = () => accepted;
    await test.restart('crashed');
    await test.time.pass(5000);
    const texts = test.texts.slice(before);
    expect(texts.filter((text) => text.startsWith('S A'))).toStrictEqual(['S A 1', 'S A 2', 'S A 3']);
    expect(texts.filter((text) => text.startsWith('S B'))).toStrictEqual(['S B 1', 'S B 2', 'S B 3']);
    expect(test.outbox.size).toBe(0);
  });

  it('settles what was delivered before it stops, and counts attempts that it cut off as none', async () => {
    const test = await start({ settleDelayMs: 60_000, stopTimeoutMs: 1000 });
    await test.subscribe('S');
    await test.subscribe('T', { url: 'http://hangs' });
    test.receive = ({ url }) => (url === 'http://hangs' ? new HeldAnswers().receive() : accepted);
    await test.change('A', 1, ['S', 'T']);
    expect(test.outbox.size).toBe(2);
    await test.stop();
    expect(await test.outbox.backlog()).toStrictEqual(new Map([['T', 1]]));
    const [s, t] = await test.stores.tenant(city).subscriptions.list();
    expect([s?.state.timesSent, t?.state.timesSent]).toStrictEqual([1, 0]);
    expect(test.time.pending).toBe(0);
  });

  it('keeps little in memory, and reads the rest when its turn comes', async () => {
    const test = await start({ maxLoaded: 10, failuresToPause: 1, firstRetryMs: 1000, longestRetryMs: 1000 });
    for (const id of ['S', 'T']) await test.subscribe(id, { url: `http://${id}` });
    test.receive = () => closed;
    for (let value = 0; value < 200; value++) await test.change(`E${value % 5}`, value, ['S', 'T']);
    test.receive = () => accepted;
    const before = test.received.length;
    await test.time.pass(10_000);
    await test.time.pass(10_000);
    for (const id of ['S', 'T']) {
      for (let entity = 0; entity < 5; entity++) {
        const own = test.texts.slice(before).filter((text) => text.startsWith(`${id} E${entity} `));
        const expected = Array.from({ length: 40 }, (_, turn) => `${id} E${entity} ${turn * 5 + entity}`);
        expect(own).toStrictEqual(expected);
      }
    }
    expect(test.outbox.size).toBe(0);
  });

  it('keeps little in memory of dead letters too that are replayed', async () => {
    const test = await start({ maxLoaded: 10, maxAgeMs: 60_000, longestRetryMs: 1000 });
    await test.subscribe('S');
    test.receive = () => closed;
    for (let value = 0; value < 100; value++) await test.change(`E${value}`, value);
    await test.time.pass(240_000);
    expect(await test.outbox.deadLetters({}, 0, 1)).toMatchObject({ count: 100 });
    const held = new HeldAnswers();
    test.receive = held.receive;
    const tried = test.received.length;
    expect(await test.replay()).toBe(100);
    test.receive = () => accepted;
    await held.answer();
    await test.time.pass(2000);
    const expected = Array.from({ length: 100 }, (_, value) => `S E${value} ${value}`);
    expect(test.texts.slice(tried).toSorted()).toStrictEqual(expected.toSorted());
    expect(test.outbox.size).toBe(0);
  });

  it('forgets what is owed to nobody', async () => {
    const test = await start();
    await test.change('A', 1, ['nobody']);
    await test.time.pass(100);
    expect(test.outbox.size).toBe(0);
  });
});

describe('a subscription that is read as a stream', () => {
  it('keeps its latest notifications for readers, who miss none', async () => {
    const test = await start({ streamLength: 3 });
    await test.subscribe('S', { stream: true });
    const live: OwedNotification[] = [];
    const close = test.notifier.streams.read(city, 'S', undefined, { next: (owed) => live.push(owed), end() {} });
    for (const value of [1, 2, 3, 4, 5]) await test.change('A', value);
    await test.time.pass(100);
    expect(live).toHaveLength(5);
    expect(test.outbox.size).toBe(3);
    expect(test.texts).toStrictEqual([]);
    close();

    await test.restart();
    const late: number[] = [];
    const reader = { next: ({ id }: OwedNotification) => late.push(id), end() {} };
    test.notifier.streams.read(city, 'S', live[3]?.id, reader);
    await test.change('A', 6);
    await settled();
    expect(late[0]).toBe(live[4]?.id);
    expect(late).toHaveLength(2);
    await test.time.pass(100);
    expect(test.outbox.size).toBe(3);
  });

  it('ends its readers when it is removed', async () => {
    const test = await start();
    await test.subscribe('S', { stream: true });
    let ended = 0;
    test.notifier.streams.read(city, 'S', undefined, { next() {}, end: () => ended++ });
    await test.subscriptions.remove(city, 'S');
    expect(ended).toBe(1);
  });
});

describe('a message that takes a while to be made', () => {
  it('is sent when it is made, each in its turn', async () => {
    const test = await start();
    await test.subscribe('S', { later: true });
    const made: (() => void)[] = [];
    test.ingredients = () => new Promise((resolve) => made.push(resolve));
    await test.change('A', 1);
    await test.change('A', 2);
    expect([made.length, test.texts]).toStrictEqual([1, []]);
    made.shift()?.();
    await settled();
    expect([made.length, test.texts]).toStrictEqual([1, ['S A 1']]);
    made.shift()?.();
    await settled();
    expect(test.texts).toStrictEqual(['S A 1', 'S A 2']);
  });

  it('is made again later where that failed, as a failure of the subscription and not of its endpoint', async () => {
    const test = await start({ firstRetryMs: 1000, failuresToPause: 1 });
    await test.subscribe('S', { later: true });
    await test.subscribe('T');
    let failures = 2;
    test.ingredients = async () => {
      if (failures-- > 0) throw new Error('no context');
    };
    await test.change('A', 1, ['S', 'T']);
    expect(test.texts).toStrictEqual(['T A 1']);
    expect(test.stored('S').state).toMatchObject({
      timesSent: 1,
      timesFailed: 1,
      lastFailureReason: 'it could not be rendered: Error: no context',
    });
    await test.time.pass(10_000);
    expect(test.texts).toStrictEqual(['T A 1', 'S A 1']);
    expect(test.outbox.size).toBe(0);
  });

  it('is not sent for a subscription that has gone meanwhile', async () => {
    const test = await start();
    await test.subscribe('S', { later: true });
    let make = () => {};
    test.ingredients = () =>
      new Promise((resolve) => {
        make = resolve;
      });
    await test.change('A', 1);
    await test.subscriptions.remove(city, 'S');
    make();
    await settled();
    expect(test.texts).toStrictEqual([]);
  });
});

describe('a notification that tells nothing', () => {
  it('is done without being sent', async () => {
    const test = await start();
    await test.subscribe('S', { url: 'needless' });
    await test.change('A', 1);
    await test.time.pass(100);
    expect([test.texts, test.outbox.size, test.stored('S').state.timesSent]).toStrictEqual([[], 0, 0]);
  });
});

describe('a subscription of NGSI-LD [LD 5.2.15] [LD 5.8.6]', () => {
  it('is sent nothing while it cools down from a failure, and all of it then', async () => {
    const test = await start({ firstRetryMs: 100, failuresToPause: 100 });
    await test.subscribe('S', { cooldownMs: 30_000 });
    const outcomes = [closed];
    test.receive = () => outcomes.shift() ?? accepted;
    await test.change('A', 1);
    await test.time.pass(1000);
    await test.change('B', 2);
    await test.time.pass(60_000);
    expect(test.received.map(({ text, at }) => [text, at - noon])).toStrictEqual([
      ['S A 1', 0],
      ['S A 1', 30_000],
      ['S B 2', 30_000],
    ]);
  });

  it('has failed where the answer is no success, though it is not sent again', async () => {
    const test = await start();
    await test.subscribe('S', { expectsSuccess: true });
    const outcomes = [answered(404), answered(302), answered(201)];
    test.receive = () => outcomes.shift() ?? accepted;
    for (const value of [1, 2]) await test.change('A', value);
    expect(test.stored('S').state).toMatchObject({
      timesSent: 2,
      failsCounter: 2,
      timesFailed: 2,
      lastFailureReason: 'answered 302',
    });
    await test.change('A', 3);
    expect(test.stored('S').state).toMatchObject({ timesSent: 3, failsCounter: 0, timesFailed: 2, lastSuccess: noon });
    expect(test.texts).toStrictEqual(['S A 1', 'S A 2', 'S A 3']);
  });
});
