import type { TenantName } from '../../core/scope.ts';
import type { OutgoingHttp, OutgoingMqtt } from '../../core/subscription/outgoing-notification.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { OwedNotification } from '../../ports/outbox.ts';
import type { Random } from '../../ports/random.ts';
import type { Stores } from '../../ports/stores.ts';
import type { Timers } from '../../ports/timers.ts';
import type { Transport } from '../../ports/transport.ts';
import type { SubscriptionCodecs } from '../subscriptions/subscription-codec.ts';
import type { Subscriptions } from '../subscriptions/subscriptions.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { Courier } from './courier.ts';
import { DeliveryLog, type LoggedAttempt } from './delivery-log.ts';
import { Lane } from './lane.ts';
import { laneOf } from './lane-of.ts';
import { MemoryBudget } from './memory-budget.ts';
import type { NotifierSettings } from './notifier-settings.ts';
import { Settlements } from './settlements.ts';
import { SubscriptionQueue } from './subscription-queue.ts';
import { SubscriptionStreams } from './subscription-streams.ts';

export interface NotifierParts {
  readonly stores: Stores;
  readonly subscriptions: Subscriptions;
  readonly codecs: SubscriptionCodecs;
  readonly transports: Transports;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly settings: NotifierSettings;
}

export interface Transports {
  readonly http: Transport<OutgoingHttp>;
  readonly mqtt: Transport<OutgoingMqtt>;
}

/** How long to wait after the outboxes could not be read. */
const rereadMs = 1000;

/**
 * Delivers what subscriptions are owed, each at least once, and again until the receiver has it or it is too old.
 *
 * It keeps the order per subscription and entity. Endpoints do not wait for each other (`Lane`), and one that is down costs an
 * attempt now and then (`CircuitBreaker`). Where several brokers share the data, it delivers for its share of the subscriptions. What does not fit in memory waits in the outbox (`SubscriptionQueue`). All that it
 * knows beyond the outbox can be lost: after a crash, what was not settled is sent again.
 */
export class Notifier {
  readonly streams: SubscriptionStreams;
  readonly #parts: NotifierParts;
  readonly #settlements: Settlements;
  readonly #log: DeliveryLog;
  readonly #courier: Courier;
  readonly #budget: MemoryBudget;
  readonly #queues = new Map<TenantName, Map<string, SubscriptionQueue>>();
  readonly #lanes = new Map<string, Lane>();
  #started = false;
  #stopped = false;
  /** It has changed what is up to this broker since that was last looked at; and it is being looked at. */
  #dutiesChanged = false;
  #takingDuties = false;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
    const { stores, subscriptions, timers, settings, log } = parts;
    this.#budget = new MemoryBudget(settings);
    this.#log = new DeliveryLog(settings.logLength);
    this.#settlements = new Settlements(stores, subscriptions, timers, settings.settleDelayMs, log);
    this.streams = new SubscriptionStreams(stores, this.#settlements, settings.streamLength);
    this.#courier = new Courier(parts, this.#settlements, this.#log);
  }

  /** Begins with what was owed before, and goes on with what becomes owed. Subscriptions are loaded. */
  async start(): Promise<void> {
    const { stores, subscriptions } = this.#parts;
    stores.listen((tenant, owed) => this.#take(tenant, owed));
    stores.watchDuties(() => void this.#takeDuties());
    subscriptions.listen({
      put: (tenant, { stored }) => this.#attach(tenant, stored.id),
      removed: (tenant, id) => this.#remove(tenant, id),
    });
    for (const tenant of stores.tenants()) {
      for (const id of (await stores.tenant(tenant).outbox.backlog()).keys()) {
        if (this.#isStream(tenant, id)) await this.streams.restore(tenant, id);
      }
    }
    await this.#expectBacklogs();
    this.#started = true;
    this.#fill();
  }

  /**
   * Begins nothing more, and waits for what is under way, for as long as the settings say. What is not settled by then is
   * owed after the next start. Closes the transports.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const queues of this.#queues.values()) for (const queue of queues.values()) queue.close();
    for (const lane of this.#lanes.values()) lane.close();
    this.streams.close();
    const { timers, settings } = this.#parts;
    await new Promise<void>((resolve) => {
      const cancel = timers.after(settings.stopTimeoutMs, resolve);
      void this.#courier.idle().then(() => {
        cancel();
        resolve();
      });
    });
    this.#courier.abandon();
    const { http, mqtt } = this.#parts.transports;
    await Promise.all([this.#settlements.flush(), http.close(), mqtt.close()]);
  }

  /** The last attempts to reach the receiver of a subscription, the latest last. */
  attempts(tenant: TenantName, subscriptionId: string): readonly LoggedAttempt[] {
    return this.#log.of(tenant, subscriptionId);
  }

  /** Delivers dead letters that are owed again, as far as that is up to this broker; the others hear of theirs. */
  revive(tenant: TenantName, revived: readonly OwedNotification[]): void {
    for (const owed of revived)
      if (this.#sends(tenant, owed.subscriptionId)) this.#queueOf(tenant, owed.subscriptionId).revive(owed);
  }

  /** It may now be up to others to send what it was up to this broker, and the other way round. */
  async #takeDuties(): Promise<void> {
    this.#dutiesChanged = true;
    if (!this.#started || this.#takingDuties) return;
    this.#takingDuties = true;
    while (this.#dutiesChanged && !this.#stopped) {
      this.#dutiesChanged = false;
      this.#leaveToOthers();
      try {
        await this.#expectBacklogs();
      } catch (error) {
        this.#parts.log.error({ err: error }, 'what is owed could not be read, and will be again');
        this.#dutiesChanged = true;
        await new Promise<void>((resolve) => this.#parts.timers.after(rereadMs, resolve));
      }
    }
    this.#takingDuties = false;
    if (!this.#stopped) this.#fill();
  }

  #leaveToOthers(): void {
    for (const [tenant, queues] of this.#queues) {
      for (const [id, queue] of queues) {
        if (this.#sends(tenant, id)) continue;
        queue.close();
        queues.delete(id);
      }
    }
    this.#forgetIdleLanes();
  }

  /** What was owed before to subscriptions that this broker had no queue of. */
  async #expectBacklogs(): Promise<void> {
    const { stores } = this.#parts;
    for (const tenant of stores.tenants()) {
      for (const id of (await stores.tenant(tenant).outbox.backlog()).keys()) {
        if (!this.#isStream(tenant, id) && this.#sends(tenant, id)) this.#queueOf(tenant, id).expectStored();
      }
    }
  }

  #fill(): void {
    for (const queues of this.#queues.values()) for (const queue of queues.values()) queue.fill();
  }

  #sends(tenant: TenantName, id: string): boolean {
    return this.#parts.stores.sends(tenant, id);
  }

  #take(tenant: TenantName, owed: readonly OwedNotification[]): void {
    for (const notification of owed) {
      const { subscriptionId } = notification;
      if (this.#isStream(tenant, subscriptionId)) {
        this.streams.add(tenant, notification);
        continue;
      }
      if (!this.#sends(tenant, subscriptionId)) continue;
      const queue = this.#queueOf(tenant, subscriptionId);
      // Until all that was owed before is known, nothing may overtake it.
      if (!this.#started || this.#takingDuties) queue.expectStored();
      else queue.offer(notification);
    }
  }

  #isStream(tenant: TenantName, id: string): boolean {
    return this.#parts.subscriptions.of(tenant).get(id)?.subscription?.notification.delivery.kind === 'stream';
  }

  #queueOf(tenant: TenantName, id: string): SubscriptionQueue {
    const queues = this.#queues.get(tenant) ?? new Map<string, SubscriptionQueue>();
    this.#queues.set(tenant, queues);
    const known = queues.get(id);
    if (known !== undefined) return known;
    const { stores, subscriptions, clock, timers, log } = this.#parts;
    const queue = new SubscriptionQueue({
      tenant,
      id,
      subscriptions: subscriptions.of(tenant),
      outbox: () => stores.tenant(tenant).outbox,
      budget: this.#budget,
      clock,
      timers,
      log,
      settle: (settlement) => this.#settlements.settle(tenant, settlement),
      settled: () => this.#settlements.flush(),
    });
    queues.set(id, queue);
    queue.attach(this.#laneFor(tenant, id));
    return queue;
  }

  #attach(tenant: TenantName, id: string): void {
    const queue = this.#queues.get(tenant)?.get(id);
    if (this.#isStream(tenant, id)) {
      if (queue !== undefined) this.#turnIntoStream(tenant, id, queue);
      return;
    }
    if (this.streams.has(tenant, id)) this.streams.forget(tenant, id);
    // What another broker wrote of it is behind what is counted here.
    if (this.#sends(tenant, id)) this.#settlements.stateChanged(tenant);
    if (queue === undefined) return;
    const before = queue.lane;
    queue.attach(this.#laneFor(tenant, id));
    if (before !== queue.lane) this.#forgetIdleLanes();
  }

  /** What it is owed is not sent any more, but read. */
  #turnIntoStream(tenant: TenantName, id: string, queue: SubscriptionQueue): void {
    queue.close();
    this.#queues.get(tenant)?.delete(id);
    this.#forgetIdleLanes();
    this.streams.restore(tenant, id).catch((error: unknown) => {
      this.#parts.log.error({ err: error, tenant, subscription: id }, 'what a stream is owed could not be read');
    });
  }

  #remove(tenant: TenantName, id: string): void {
    this.#log.forget(tenant, id);
    this.streams.remove(tenant, id);
    this.#queues.get(tenant)?.get(id)?.close();
    this.#queues.get(tenant)?.delete(id);
    this.#forgetIdleLanes();
  }

  #laneFor(tenant: TenantName, id: string): Lane | undefined {
    const { subscriptions, clock, timers, random, settings } = this.#parts;
    const delivery = subscriptions.of(tenant).get(id)?.subscription?.notification.delivery;
    if (delivery === undefined || delivery.kind === 'stream') return undefined;
    const name = laneOf(delivery);
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      const breaker = new CircuitBreaker(settings, random);
      lane = new Lane({ breaker, clock, timers, attempt: (chain) => this.#courier.attempt(chain) });
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** Cost: by endpoints, when a subscription changes its endpoint or goes. */
  #forgetIdleLanes(): void {
    const used = new Set<Lane | undefined>();
    for (const queues of this.#queues.values()) for (const queue of queues.values()) used.add(queue.lane);
    for (const [name, lane] of this.#lanes) if (!used.has(lane) && lane.isIdle) this.#lanes.delete(name);
  }
}
