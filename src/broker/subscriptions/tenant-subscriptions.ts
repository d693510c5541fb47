import type { EpochMs } from '../../core/entity/entity.ts';
import type {
  StoredSubscription,
  Subscription,
  SubscriptionState,
  SubscriptionTerms,
} from '../../core/subscription/subscription.ts';
import { SubscriptionIndex } from '../../core/subscription/subscription-index.ts';

/** A subscription as it is stored, its state as it is now, and what it means. */
export interface KnownSubscription {
  readonly stored: StoredSubscription;
  /** Absent where this release cannot read it: it is kept and shown, but nothing wakes it. */
  readonly subscription?: Subscription;
}

/**
 * The subscriptions of one tenant in memory: what the store has, made ready for use.
 *
 * States run ahead of the store: whoever changes one has it stored before long (`takeChangedStates`).
 */
export class TenantSubscriptions {
  /** Those that a change can wake. */
  readonly index = new SubscriptionIndex();
  readonly #known = new Map<string, KnownSubscription>();
  readonly #changedStates = new Set<string>();
  /** Since when a subscription is sent nothing that drops what comes too early. */
  readonly #periodBegan = new Map<string, EpochMs>();
  #last: Promise<unknown> = Promise.resolve();

  get size(): number {
    return this.#known.size;
  }

  get(id: string): KnownSubscription | undefined {
    return this.#known.get(id);
  }

  /** In the order of creation. */
  [Symbol.iterator](): IterableIterator<KnownSubscription> {
    return this.#known.values();
  }

  /** Takes a subscription as it was stored. */
  put(stored: StoredSubscription, terms: SubscriptionTerms | undefined): KnownSubscription {
    if (terms === undefined) {
      this.index.remove(stored.id);
      const unread = { stored };
      this.#known.set(stored.id, unread);
      return unread;
    }
    const { id, dialect, scopes, state } = stored;
    const subscription: Subscription = { ...terms, id, dialect, scopes, status: state.status };
    if (subscription.throttling?.mode !== 'drop') this.#periodBegan.delete(id);
    else if (!this.#periodBegan.has(id) && state.lastSuccess !== undefined)
      this.#periodBegan.set(id, state.lastSuccess);
    this.index.put(subscription);
    const known = { stored, subscription };
    this.#known.set(id, known);
    return known;
  }

  remove(id: string): void {
    this.#known.delete(id);
    this.index.remove(id);
    this.#changedStates.delete(id);
    this.#periodBegan.delete(id);
  }

  /** What becomes of the state of a subscription holds at once, the status for matching too. */
  changeState(id: string, change: (state: SubscriptionState) => SubscriptionState): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    const { stored, subscription } = known;
    const state = change(stored.state);
    this.#changedStates.add(id);
    const next = { ...stored, state };
    if (subscription === undefined || subscription.status === state.status) {
      this.#known.set(id, { ...known, stored: next });
      return;
    }
    const woken = { ...subscription, status: state.status };
    this.index.put(woken);
    this.#known.set(id, { stored: next, subscription: woken });
  }

  /** The subscriptions whose states have changed since this was last asked. */
  takeChangedStates(): readonly StoredSubscription[] {
    const changed: StoredSubscription[] = [];
    for (const id of this.#changedStates) {
      const known = this.#known.get(id);
      if (known !== undefined) changed.push(known.stored);
    }
    this.#changedStates.clear();
    return changed;
  }

  /** States that were taken and could not be stored count as changed again. */
  returnStates(subscriptions: readonly StoredSubscription[]): void {
    for (const { id } of subscriptions) if (this.#known.has(id)) this.#changedStates.add(id);
  }

  /** A subscription that drops what comes too early was let have something that happened then. */
  beginPeriod(id: string, at: EpochMs): void {
    if (this.#known.has(id)) this.#periodBegan.set(id, at);
  }

  /** The end of the period in which a subscription that drops what comes too early is sent nothing. */
  throttledUntil(id: string): EpochMs {
    const periodMs = this.#known.get(id)?.subscription?.throttling?.periodMs ?? 0;
    return (this.#periodBegan.get(id) ?? Number.NEGATIVE_INFINITY) + periodMs;
  }

  /** Runs one change of subscriptions after the other, so that none is decided on what another is about to replace. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
