import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Intervals } from '../../src/broker/subscriptions/intervals.ts';
import { Subscriptions } from '../../src/broker/subscriptions/subscriptions.ts';
import type { TenantName } from '../../src/core/scope.ts';
import {
  initialState,
  type SubscriptionStatus,
  type SubscriptionTerms,
} from '../../src/core/subscription/subscription.ts';
import type { OwedNotification } from '../../src/ports/outbox.ts';
import { anEntity, noon } from '../support/entity-builder.ts';
import { FakeTime, settled } from '../support/fake-time.ts';
import { everyChange } from '../support/plain-broker.ts';
import { SharedStores } from '../support/shared-stores.ts';
import { create } from '../support/store-commands.ts';
import { memoryEngine } from '../support/store-engines.ts';
import { aStoredSubscription } from '../support/stored-subscription.ts';

const city = 'city' as TenantName;

/** A subscription that is told every ten seconds. */
const terms: SubscriptionTerms = { ...everyChange, alterations: [], timeIntervalMs: 10_000 };

class IntervalsUnderTest {
  readonly time = new FakeTime();
  readonly warnings: string[] = [];
  readonly owed: OwedNotification[] = [];
  readonly stores: SharedStores;
  subscriptions: Subscriptions;
  intervals: Intervals;

  private constructor(stores: SharedStores) {
    this.stores = stores;
    stores.listen((_tenant, owed) => this.owed.push(...owed));
    [this.subscriptions, this.intervals] = this.#start();
  }

  static async start(): Promise<IntervalsUnderTest> {
    return new IntervalsUnderTest(new SharedStores(await memoryEngine.place().open()));
  }

  #start(): [Subscriptions, Intervals] {
    const log = { info() {}, warn: (_details: object, message: string) => this.warnings.push(message), error() {} };
    const codec = { restore: () => terms, render: () => ({ kind: 'stream', body: '' }) as const };
    const subscriptions = new Subscriptions(this.stores, { ngsiv2: codec, 'ngsi-ld': codec }, log);
    const intervals = new Intervals({
      stores: this.stores,
      subscriptions,
      clock: this.time,
      timers: this.time,
      random: { fraction: () => 0.5, newId: () => 'c1' },
      log,
    });
    intervals.start();
    return [subscriptions, intervals];
  }

  /** Stops, and starts on what the stores have. */
  async restart(): Promise<void> {
    await this.intervals.stop();
    const stored = await this.stores.tenant(city).subscriptions.list();
    [this.subscriptions, this.intervals] = this.#start();
    for (const one of stored) await this.subscriptions.put(city, one, terms);
  }

  subscribe(more: Partial<SubscriptionTerms> = {}, status: SubscriptionStatus = 'active'): Promise<void> {
    const stored = aStoredSubscription({ dialect: 'ngsi-ld', state: initialState(status), createdAt: this.time.now() });
    return this.subscriptions.put(city, stored, { ...terms, ...more }, { status });
  }

  async add(count: number): Promise<void> {
    const commands = Array.from({ length: count }, (_, n) => create(anEntity({ id: `E${n}`, type: 'T' })));
    await this.stores.tenant(city).entities.write(commands);
  }

  /** All that is owed is delivered. */
  settle(): Promise<void> {
    return this.stores.tenant(city).outbox.settle(this.owed.map(({ id }) => ({ kind: 'done', id })));
  }

  /** Seconds after noon at which something became owed. */
  get times(): readonly number[] {
    return this.owed.map(({ owedSince }) => (owedSince - noon) / 1000);
  }
}

describe('A subscription with an interval [LD 5.8.6]', () => {
  let test: IntervalsUnderTest;

  beforeEach(async () => {
    test = await IntervalsUnderTest.start();
  });

  afterEach(() => test.intervals.stop());

  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      await test.time.pass(1000);
      await test.settle();
    }
  };

  it('is owed what it covers each time that the interval is over, and nothing where it covers nothing', async () => {
    await test.subscribe();
    await pass(25);
    expect(test.times).toEqual([]);
    await test.add(1);
    await pass(20);
    expect(test.times).toEqual([30, 40]);
    expect(test.owed[0]).toMatchObject({
      subscriptionId: 'S',
      entityId: 'S',
      facts: { entity: 'null', page: { offset: 0, limit: 1 }, origin: { tenant: 'city', correlator: 'c1' } },
    });
  });

  it('is owed nothing more while the last time is not settled', async () => {
    await test.add(1);
    await test.subscribe();
    await test.time.pass(60_000);
    expect(test.times).toEqual([10]);
    await test.settle();
    await test.time.pass(10_000);
    expect(test.times).toEqual([10, 70]);
  });

  it('is told page by page where it covers much, and of the first 10,000 where that is more', async () => {
    await test.add(1001);
    await test.subscribe();
    await test.time.pass(10_000);
    expect(test.owed.map(({ facts, ordinal }) => [ordinal, facts.page])).toEqual([
      [1, { offset: 0, limit: 500 }],
      [2, { offset: 500, limit: 500 }],
      [3, { offset: 1000, limit: 1 }],
    ]);
    await test.settle();
    await test.stores
      .tenant(city)
      .entities.write(Array.from({ length: 9000 }, (_, n) => create(anEntity({ id: `F${n}`, type: 'T' }))));
    await test.time.pass(10_000);
    expect(test.owed).toHaveLength(3 + 20);
    expect(test.warnings).toEqual(['an interval covers more than is told at once']);
  });

  it('is owed nothing while it is paused, once it has expired, when it is gone, or where another broker sends', async () => {
    await test.add(1);
    await test.subscribe({}, 'inactive');
    await pass(20);
    await test.subscribe({ expiresAt: test.time.now() });
    await pass(20);
    await test.subscribe();
    test.stores.leaveToOthers('S');
    await pass(20);
    expect(test.times).toEqual([]);
    test.stores.leaveToOthers();
    await pass(10);
    expect(test.times).toEqual([70]);
    await test.subscriptions.remove(city, 'S');
    await pass(20);
    expect(test.times).toEqual([70]);
    expect(test.time.pending).toBe(0);
  });

  it('follows a change of its interval, counted from the last time', async () => {
    await test.add(1);
    await test.subscribe();
    await pass(14);
    await test.subscribe({ timeIntervalMs: 6000 });
    await pass(9);
    expect(test.times).toEqual([10, 16, 22]);
  });

  it('is told once of what was missed while no broker ran', async () => {
    await test.add(1);
    await test.subscribe();
    await test.intervals.stop();
    await test.time.pass(95_000);
    await test.restart();
    await settled();
    await pass(15);
    expect(test.times).toEqual([95, 105]);
  });
});
