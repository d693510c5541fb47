import type { EpochMs } from '../../core/entity/entity.ts';
import type { TenantName } from '../../core/scope.ts';
import { isExpired } from '../../core/subscription/match-subscriptions.ts';
import type { EntitiesPage } from '../../core/subscription/notification-facts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { OwedChange } from '../../ports/outbox.ts';
import type { Random } from '../../ports/random.ts';
import type { Stores } from '../../ports/stores.ts';
import type { Timers } from '../../ports/timers.ts';
import { coveredEntities } from './covered-entities.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { KnownSubscription } from './tenant-subscriptions.ts';

export interface IntervalParts {
  readonly stores: Stores;
  readonly subscriptions: Subscriptions;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

/** Entities in one notification. */
export const entitiesPerNotification = 500;

/** Entities that are told of when an interval is over: those that were created first. */
export const mostEntities = 10_000;

interface Interval {
  /** When the last one was over, whatever came of it. */
  readonly since: EpochMs;
  readonly cancel: () => void;
}

/**
 * Has subscriptions with an interval owed what they cover, each time that it is over; by the broker that sends what they are owed.
 *
 * What is owed is that they be told, page by page, not what: it is looked for when it is sent, so that nothing old is told and the outbox
 * stays small. Nothing is owed where nothing is covered, nor as long as the last time is not settled: an endpoint that is down finds one
 * notification when it is back, not one an interval. Of intervals that were over while no broker ran, one is made up for. [LD 5.8.6]
 */
export class Intervals {
  readonly #parts: IntervalParts;
  readonly #running = new Map<string, Interval>();
  /** One after the other: looking for much must not be done for many at once. */
  #last: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: IntervalParts) {
    this.#parts = parts;
  }

  /** Subscriptions are loaded. */
  start(): void {
    const { subscriptions } = this.#parts;
    for (const tenant of subscriptions.tenants()) {
      for (const known of subscriptions.of(tenant)) this.#await(tenant, known);
    }
    subscriptions.listen({
      put: (tenant, known) => this.#await(tenant, known),
      removed: (tenant, id) => this.#forget(keyOf(tenant, id)),
    });
  }

  /** Resolves when nothing is being looked for any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const key of [...this.#running.keys()]) this.#forget(key);
    await this.#last;
  }

  /** `over`: when the last one was. */
  #await(tenant: TenantName, subscribed: KnownSubscription, over?: EpochMs): void {
    const { stored, subscription } = subscribed;
    const key = keyOf(tenant, stored.id);
    const known = this.#running.get(key);
    this.#forget(key);
    const intervalMs = subscription?.timeIntervalMs;
    if (intervalMs === undefined || this.#isStopped) return;
    const { clock, timers } = this.#parts;
    const since = over ?? known?.since ?? Math.max(stored.createdAt, stored.state.lastNotification ?? 0);
    const cancel = timers.after(Math.max(0, since + intervalMs - clock.now()), () => {
      const now = clock.now();
      // A timer may come early where an interval is longer than any timer.
      if (now < since + intervalMs) this.#await(tenant, subscribed, since);
      else this.#end(tenant, stored.id, now - since < 2 * intervalMs ? since + intervalMs : now);
    });
    this.#running.set(key, { since, cancel });
  }

  #end(tenant: TenantName, id: string, over: EpochMs): void {
    this.#last = this.#last.then(async () => {
      try {
        if (!this.#isStopped) await this.#owe(tenant, id);
      } catch (error) {
        this.#parts.log.warn({ err: error, tenant, subscription: id }, 'a notification of an interval is left out');
      }
      const known = this.#parts.subscriptions.of(tenant).get(id);
      if (known !== undefined && this.#running.has(keyOf(tenant, id))) this.#await(tenant, known, over);
    });
  }

  async #owe(tenant: TenantName, id: string): Promise<void> {
    const { stores, subscriptions, clock, random, log } = this.#parts;
    const subscription = subscriptions.of(tenant).get(id)?.subscription;
    const now = clock.now();
    if (subscription?.status !== 'active' || isExpired(subscription, now) || !stores.sends(tenant, id)) return;
    const { entities, outbox } = stores.tenant(tenant);
    if ((await outbox.page(id, 0, 1)).length > 0) return;
    const { count = 0 } = await entities.find(coveredEntities(subscription, { offset: 0, limit: 0 }, { count: true }));
    if (count > mostEntities) {
      log.warn({ tenant, subscription: id, count, told: mostEntities }, 'an interval covers more than is told at once');
    }
    const pages = pagesOf(Math.min(count, mostEntities));
    if (pages.length === 0) return;
    const origin = { tenant, correlator: random.newId() };
    const owed = pages.map((page, place): OwedChange => {
      return {
        entityId: id,
        facts: { origin, entity: 'null', attributes: [], changedAt: now, page },
        wakes: [{ subscriptionId: id, alteration: 'entityUpdate', ordinal: place + 1 }],
      };
    });
    await entities.write([{ target: { id, scopes: [] }, decide: () => ({ result: undefined, writes: [], owed }) }]);
  }

  #forget(key: string): void {
    this.#running.get(key)?.cancel();
    this.#running.delete(key);
  }
}

function pagesOf(count: number): readonly EntitiesPage[] {
  return Array.from({ length: Math.ceil(count / entitiesPerNotification) }, (_, place) => {
    const offset = place * entitiesPerNotification;
    return { offset, limit: Math.min(entitiesPerNotification, count - offset) };
  });
}

function keyOf(tenant: TenantName, id: string): string {
  return JSON.stringify([tenant, id]);
}
