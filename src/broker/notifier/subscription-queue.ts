import type { EpochMs } from '../../core/entity/entity.ts';
import type { TenantName } from '../../core/scope.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Outbox, OwedNotification, Settlement } from '../../ports/outbox.ts';
import type { Timers } from '../../ports/timers.ts';
import type { KnownSubscription, TenantSubscriptions } from '../subscriptions/tenant-subscriptions.ts';
import type { Chain } from './chain.ts';
import { isReplayed } from './is-replayed.ts';
import type { Lane } from './lane.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** Notifications that are read from the outbox at once, and how few are left when the next are read. */
const pageLength = 128;
const lowWater = 16;

/** How long to wait after the outbox could not be read. */
const rereadMs = 1000;

export interface QueueParts {
  readonly tenant: TenantName;
  readonly id: string;
  readonly subscriptions: TenantSubscriptions;
  readonly outbox: () => Outbox;
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly settle: (settlement: Settlement) => void;
  /** Resolves once the outbox knows of what was settled so far. */
  readonly settled: () => Promise<void>;
}

/**
 * What one subscription is owed: the first part of it in memory, chained by entity, the rest in the outbox, to be read when
 * its turn comes. Here too is decided what need not be sent: what a throttled subscription gets too early, and what a oneshot
 * is owed after its first.
 */
export class SubscriptionQueue {
  readonly #parts: QueueParts;
  readonly #chains = new Map<string, Chain>();
  /** The last of each entity that came too early, to be sent when the period ends. */
  readonly #held = new Map<string, OwedNotification>();
  #lane: Lane | undefined;
  #loaded = 0;
  /** Highest id that was taken in; what the outbox has above it is still to be read. */
  #lastId = 0;
  #newestId = 0;
  #hasMore = false;
  #reading = false;
  /** Lowest id of the dead letters that are owed again and found no room in memory. */
  #revivedFrom: number | undefined;
  /** When the last notification was let through that a throttle counts from. */
  #periodBegan: EpochMs;
  #cancelHold: (() => void) | undefined;
  /** Of a oneshot: the id of what it is told, once that is known; `told` after that, until it gets another status. */
  #oneshot: number | 'told' | undefined;
  #closed = false;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    const known = this.#known;
    const { lastNotification } = known?.stored.state ?? {};
    const throttling = known?.subscription?.throttling;
    // What was owed before a restart and is to be dropped was dropped then; what is held back may still have to be.
    const isHeld = throttling?.mode === 'trailing' && lastNotification !== undefined;
    this.#periodBegan = isHeld ? lastNotification : Number.NEGATIVE_INFINITY;
  }

  get tenant(): TenantName {
    return this.#parts.tenant;
  }

  get id(): string {
    return this.#parts.id;
  }

  get lane(): Lane | undefined {
    return this.#lane;
  }

  /** The subscription was removed, or the notifier stops: nothing begins any more. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** The subscription as it is now; undefined: it was removed. */
  get #known(): KnownSubscription | undefined {
    return this.#parts.subscriptions.get(this.#parts.id);
  }

  /** There is more in the outbox, of before. */
  expectStored(): void {
    this.#hasMore = true;
  }

  /** Takes what became owed just now, or what another broker has had owed again. */
  offer(owed: OwedNotification): void {
    if (owed.id <= this.#lastId) {
      // No page will give it: the commit of another broker took longer than later ones, or it is replayed.
      if (isReplayed(owed)) this.revive(owed);
      else this.#admit(owed);
      return;
    }
    this.#newestId = Math.max(this.#newestId, owed.id);
    if (this.#hasMore || this.#parts.budget.isSpent) {
      this.#hasMore = true;
      this.fill();
      return;
    }
    this.#lastId = owed.id;
    this.#admit(owed);
  }

  /** Takes a dead letter that is owed again: no throttle applies, and it stands last. */
  revive(owed: OwedNotification): void {
    if (this.#parts.budget.isSpent) {
      this.#revivedFrom = Math.min(this.#revivedFrom ?? owed.id, owed.id);
      this.fill();
      return;
    }
    this.#load(owed);
    this.#enqueue(owed);
  }

  /** Reads on where there is more and little is left. */
  fill(): void {
    const { budget, outbox, id } = this.#parts;
    if (this.#reading || this.#closed) return;
    if (!this.#hasMore) {
      this.#goBack();
      return;
    }
    if (this.#loaded > (budget.isSpent ? 0 : lowWater)) return;
    const limit = budget.isSpent ? 1 : pageLength;
    this.#reading = true;
    outbox()
      .page(id, this.#lastId, limit)
      .then(
        (page) => this.#takePage(page, limit),
        (error: unknown) => this.#rereadLater(error),
      );
  }

  /** The subscription is new here, or has changed: what rests is tried at once, in the lane of its endpoint. */
  attach(lane: Lane | undefined): void {
    const { throttling, status } = this.#known?.subscription ?? {};
    if (throttling === undefined) this.#periodBegan = Number.NEGATIVE_INFINITY;
    if (throttling?.mode === 'trailing') this.#awaitRelease();
    else this.#release();
    if (status !== (this.#oneshot === 'told' ? 'inactive' : 'oneshot')) this.#oneshot = undefined;
    this.#lane = lane;
    for (const chain of this.#chains.values()) {
      if (chain.state === 'sending' || (chain.state === 'ready' && chain.lane === lane)) continue;
      chain.lane?.withdraw(chain);
      if (lane === undefined) this.#park(chain);
      else lane.offer(chain);
    }
    this.fill();
  }

  /** The first of a chain is settled: the next one's turn comes. */
  finish(chain: Chain, settlement: Settlement): void {
    const [owed] = chain.owed;
    if (this.#closed || owed === undefined) return;
    chain.owed.shift();
    this.#unload(owed);
    this.#parts.settle(settlement);
    this.#endOneshot(owed);
    chain.attempts = 0;
    chain.reason = undefined;
    if (chain.owed.length === 0) this.#chains.delete(chain.entityId);
    else this.#start(chain);
    this.fill();
  }

  /** Lets a chain rest until the subscription changes, or its first is too old: then it is looked at again. */
  rest(chain: Chain, delayMs: number): void {
    chain.lane?.withdraw(chain);
    this.#park(chain);
    chain.cancelRest = this.#parts.timers.after(delayMs, () => this.#start(chain));
  }

  /** Forgets all that is in memory. */
  close(): void {
    this.#closed = true;
    this.#cancelHold?.();
    for (const chain of this.#chains.values()) {
      chain.lane?.withdraw(chain);
      chain.cancelRest?.();
      for (const owed of chain.owed) this.#unload(owed);
    }
    for (const owed of this.#held.values()) this.#unload(owed);
    this.#chains.clear();
    this.#held.clear();
  }

  #takePage(page: readonly OwedNotification[], limit: number): void {
    if (this.#closed) return;
    for (const owed of page) {
      this.#lastId = owed.id;
      this.#admit(owed);
    }
    // What became owed while the page was read may not be in it.
    this.#hasMore = page.length === limit || this.#newestId > this.#lastId;
    this.#reading = false;
    this.fill();
  }

  /**
   * Dead letters that are owed again may lie before what was read already: once nothing else is left, and what was settled is
   * gone, all is read from there.
   */
  #goBack(): void {
    if (this.#revivedFrom === undefined || this.#loaded > 0) return;
    this.#lastId = this.#revivedFrom - 1;
    this.#revivedFrom = undefined;
    this.#hasMore = true;
    this.#reading = true;
    void this.#parts.settled().then(() => {
      this.#reading = false;
      this.fill();
    });
  }

  #rereadLater(error: unknown): void {
    const { log, tenant, id, timers } = this.#parts;
    log.error(
      { err: error, tenant, subscription: id },
      'what a subscription is owed could not be read, and will be again',
    );
    timers.after(rereadMs, () => {
      this.#reading = false;
      this.fill();
    });
  }

  #admit(owed: OwedNotification): void {
    const subscription = this.#known?.subscription;
    if (this.#known === undefined || this.#comesTooLate(owed)) {
      this.#drop(owed);
      return;
    }
    const { throttling } = subscription ?? {};
    const { clock, subscriptions } = this.#parts;
    const at = throttling?.mode === 'drop' ? owed.facts.changedAt : clock.now();
    if (throttling !== undefined && !isReplayed(owed)) {
      if (at < this.#opensAt) {
        if (throttling.mode === 'drop') this.#drop(owed);
        else this.#hold(owed);
        return;
      }
      this.#periodBegan = at;
      if (throttling.mode === 'drop') subscriptions.beginPeriod(owed.subscriptionId, at);
    }
    this.#load(owed);
    this.#enqueue(owed);
  }

  /** What was let through need not be sent after all: a period of throttling that it began is over. */
  reopen({ subscriptionId, facts }: OwedNotification): void {
    if (this.#known?.subscription?.throttling?.mode !== 'drop' || this.#periodBegan !== facts.changedAt) return;
    this.#periodBegan = Number.NEGATIVE_INFINITY;
    this.#parts.subscriptions.beginPeriod(subscriptionId, this.#periodBegan);
  }

  /** From when on a throttled subscription is sent something again. */
  get #opensAt(): EpochMs {
    return this.#periodBegan + (this.#known?.subscription?.throttling?.periodMs ?? 0);
  }

  /** A oneshot is told once. */
  #comesTooLate(owed: OwedNotification): boolean {
    if (isReplayed(owed)) return false;
    if (this.#oneshot === 'told') return true;
    if (this.#known?.subscription?.status !== 'oneshot') return false;
    this.#oneshot ??= owed.id;
    return owed.id !== this.#oneshot;
  }

  /** Its status changes no earlier, and is stored with the settlement: a crash before means that it is told again. */
  #endOneshot({ id }: OwedNotification): void {
    if (id !== this.#oneshot) return;
    this.#oneshot = 'told';
    this.#parts.subscriptions.changeState(this.#parts.id, (state) =>
      state.status === 'oneshot' ? { ...state, status: 'inactive' } : state,
    );
  }

  /** In place of what was held of the entity. */
  #hold(owed: OwedNotification): void {
    const before = this.#held.get(owed.entityId);
    if (before !== undefined) {
      this.#unload(before);
      this.#held.delete(owed.entityId);
      this.#drop(before);
    }
    this.#load(owed);
    this.#held.set(owed.entityId, owed);
    if (this.#cancelHold === undefined) this.#awaitRelease();
  }

  /** What is held is sent when the period ends, however long periods are by now. */
  #awaitRelease(): void {
    this.#cancelHold?.();
    this.#cancelHold = undefined;
    if (this.#held.size === 0) return;
    const { clock, timers } = this.#parts;
    this.#cancelHold = timers.after(Math.max(0, this.#opensAt - clock.now()), () => this.#release());
  }

  /** The period has ended: what was held is sent, and the next period begins. */
  #release(): void {
    this.#cancelHold?.();
    this.#cancelHold = undefined;
    const held = [...this.#held.values()];
    this.#held.clear();
    if (held.length > 0) this.#periodBegan = this.#parts.clock.now();
    for (const owed of held) this.#enqueue(owed);
  }

  #enqueue(owed: OwedNotification): void {
    const before = this.#chains.get(owed.entityId);
    if (before !== undefined) {
      before.owed.push(owed);
      return;
    }
    const chain: Chain = {
      queue: this,
      entityId: owed.entityId,
      owed: [owed],
      state: 'resting',
      lane: undefined,
      attempts: 0,
      reason: undefined,
      cancelRest: undefined,
    };
    this.#chains.set(owed.entityId, chain);
    this.#start(chain);
  }

  #start(chain: Chain): void {
    if (this.#lane === undefined) this.#park(chain);
    else this.#lane.offer(chain);
  }

  #park(chain: Chain): void {
    chain.cancelRest?.();
    chain.cancelRest = undefined;
    chain.state = 'resting';
    chain.lane = undefined;
  }

  #drop({ id }: OwedNotification): void {
    this.#parts.settle({ kind: 'done', id });
  }

  #load(owed: OwedNotification): void {
    this.#loaded++;
    this.#parts.budget.take(owed);
  }

  #unload(owed: OwedNotification): void {
    this.#loaded--;
    this.#parts.budget.give(owed);
  }
}
