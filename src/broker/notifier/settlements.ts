import type { TenantName } from '../../core/scope.ts';
import type { Log } from '../../ports/log.ts';
import type { Settlement } from '../../ports/outbox.ts';
import type { Stores } from '../../ports/stores.ts';
import type { Timers } from '../../ports/timers.ts';
import type { Subscriptions } from '../subscriptions/subscriptions.ts';

/** How long to wait after the store refused. */
const retryMs = 1000;

/**
 * What became of notifications, and of the states of subscriptions, on its way to the stores: gathered for a moment and
 * stored together, settlements and states of a tenant in one commit. What the store refuses is tried again.
 */
export class Settlements {
  readonly #stores: Stores;
  readonly #subscriptions: Subscriptions;
  readonly #timers: Timers;
  readonly #delayMs: number;
  readonly #log: Log;
  readonly #waiting = new Map<TenantName, Settlement[]>();
  #flushing: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(stores: Stores, subscriptions: Subscriptions, timers: Timers, delayMs: number, log: Log) {
    this.#stores = stores;
    this.#subscriptions = subscriptions;
    this.#timers = timers;
    this.#delayMs = delayMs;
    this.#log = log;
  }

  settle(tenant: TenantName, settlement: Settlement): void {
    this.#of(tenant).push(settlement);
    this.#schedule(this.#delayMs);
  }

  /** States of subscriptions of the tenant have changed. */
  stateChanged(tenant: TenantName): void {
    this.#of(tenant);
    this.#schedule(this.#delayMs);
  }

  /** Stores all there is by now; what the store refuses is left, and will be owed again after a restart. */
  async flush(): Promise<void> {
    await this.#flushing;
    await this.#flush();
  }

  #of(tenant: TenantName): Settlement[] {
    let waiting = this.#waiting.get(tenant);
    if (waiting === undefined) {
      waiting = [];
      this.#waiting.set(tenant, waiting);
    }
    return waiting;
  }

  #schedule(delayMs: number): void {
    if (this.#flushing !== undefined || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#timers.after(delayMs, () => {
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const batches = [...this.#waiting];
    this.#waiting.clear();
    this.#flushing = Promise.all(batches.map(([tenant, settlements]) => this.#store(tenant, settlements))).then(
      (outcomes) => {
        this.#flushing = undefined;
        if (this.#waiting.size > 0) this.#schedule(outcomes.every((stored) => stored) ? this.#delayMs : retryMs);
      },
    );
    await this.#flushing;
  }

  /** Answers whether it could. */
  async #store(tenant: TenantName, settlements: readonly Settlement[]): Promise<boolean> {
    const { outbox, subscriptions } = this.#stores.tenant(tenant);
    const changed = this.#subscriptions.of(tenant).takeChangedStates();
    try {
      await Promise.all([outbox.settle(settlements), subscriptions.saveStates(changed)]);
      return true;
    } catch (error) {
      this.#log.error({ err: error, tenant }, 'what became of notifications could not be stored, and will be again');
      this.#subscriptions.of(tenant).returnStates(changed);
      this.#of(tenant).unshift(...settlements);
      return false;
    }
  }
}
