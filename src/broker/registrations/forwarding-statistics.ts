import type { EpochMs } from '../../core/entity/entity.ts';
import type { JsonObject } from '../../core/json.ts';
import { type ForwardingInformation, neverForwarded } from '../../core/registration/registration.ts';
import type { TenantName } from '../../core/scope.ts';
import type { Log } from '../../ports/log.ts';
import type { Stores } from '../../ports/stores.ts';
import type { Timers } from '../../ports/timers.ts';
import { KnownDocuments } from '../documents/known-documents.ts';

/** How a request that was forwarded ended, as far as its registration cares. */
export type ForwardingEnd = { readonly kind: 'success' } | { readonly kind: 'failure'; readonly reason: string };

/** What has happened since it was stored last, by registration. */
type Unsaved = Map<string, ForwardingInformation>;

/**
 * What became of forwarded requests, by registration. Counted in memory and stored together every so often, whatever is
 * forwarded: a crash loses the last few. Brokers on the same data add to what the others have stored; where two store one
 * registration at the same moment, one of the two counts is lost.
 */
export class ForwardingStatistics {
  readonly #stores: Stores;
  readonly #timers: Timers;
  readonly #delayMs: number;
  readonly #log: Log;
  readonly #stored: KnownDocuments<ForwardingInformation>;
  readonly #unsaved = new Map<TenantName, Unsaved>();
  /** On their way to the store. */
  readonly #saving = new Map<TenantName, Unsaved>();
  #flushing: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(stores: Stores, timers: Timers, delayMs: number, log: Log) {
    this.#stores = stores;
    this.#timers = timers;
    this.#delayMs = delayMs;
    this.#log = log;
    this.#stored = new KnownDocuments(stores, 'forwarding', ({ document }) => readInformation(document), log, {
      put: (tenant, id) => this.#saving.get(tenant)?.delete(id),
      removed: () => undefined,
    });
  }

  async load(): Promise<void> {
    await this.#stored.load();
  }

  /** As it is at this moment. */
  of(tenant: TenantName, id: string): ForwardingInformation {
    const parts = [
      this.#stored.of(tenant).get(id),
      this.#saving.get(tenant)?.get(id),
      this.#unsaved.get(tenant)?.get(id),
    ];
    return parts.reduce<ForwardingInformation>((sum, part) => (part === undefined ? sum : added(sum, part)), {
      ...neverForwarded,
    });
  }

  /** A request was forwarded because of a registration. */
  record(tenant: TenantName, id: string, at: EpochMs, end: ForwardingEnd): void {
    let unsaved = this.#unsaved.get(tenant);
    if (unsaved === undefined) {
      unsaved = new Map();
      this.#unsaved.set(tenant, unsaved);
    }
    const once: ForwardingInformation = {
      timesSent: 1,
      lastForwarding: at,
      ...(end.kind === 'success' ? { lastSuccess: at } : { lastFailure: at, lastFailureReason: end.reason }),
    };
    const before = unsaved.get(id);
    unsaved.set(id, before === undefined ? once : added(before, once));
    this.#schedule();
  }

  /** The registration is gone: forgets what became of it. */
  async forget(tenant: TenantName, id: string): Promise<void> {
    await this.#flushing;
    this.#unsaved.get(tenant)?.delete(id);
    if (this.#stored.of(tenant).has(id)) await this.#stores.tenant(tenant).documents('forwarding').remove([id]);
  }

  /** Stores all there is by now. What the store refuses counts on, and is stored later. */
  async flush(): Promise<void> {
    await this.#flushing;
    await this.#flush();
  }

  #schedule(): void {
    if (this.#flushing !== undefined || this.#cancelTimer !== undefined) return;
    this.#cancelTimer = this.#timers.after(this.#delayMs, () => void this.#flush());
  }

  async #flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const batches = [...this.#unsaved];
    this.#unsaved.clear();
    this.#flushing = Promise.all(batches.map(([tenant, unsaved]) => this.#store(tenant, unsaved))).then(() => {
      this.#flushing = undefined;
      if (this.#unsaved.size > 0) this.#schedule();
    });
    await this.#flushing;
  }

  async #store(tenant: TenantName, unsaved: Unsaved): Promise<void> {
    const stored = this.#stored.of(tenant);
    const documents = [...unsaved].map(([id, information]) => {
      return { id, document: { ...added(stored.get(id) ?? neverForwarded, information) } as unknown as JsonObject };
    });
    this.#saving.set(tenant, unsaved);
    try {
      await this.#stores.tenant(tenant).documents('forwarding').put(documents);
    } catch (error) {
      this.#log.error({ err: error, tenant }, 'counters of registrations could not be stored, and will be again');
      const since = this.#unsaved.get(tenant) ?? new Map<string, ForwardingInformation>();
      for (const [id, information] of unsaved) since.set(id, added(information, since.get(id) ?? neverForwarded));
      this.#unsaved.set(tenant, since);
    }
    this.#saving.delete(tenant);
  }
}

/** Both together; the reason is that of the later failure. */
function added(a: ForwardingInformation, b: ForwardingInformation): ForwardingInformation {
  const later = (b.lastFailure ?? Number.NEGATIVE_INFINITY) >= (a.lastFailure ?? Number.NEGATIVE_INFINITY) ? b : a;
  return {
    timesSent: a.timesSent + b.timesSent,
    ...latest('lastForwarding', a, b),
    ...latest('lastSuccess', a, b),
    ...latest('lastFailure', a, b),
    ...(later.lastFailureReason !== undefined && { lastFailureReason: later.lastFailureReason }),
  };
}

function latest(
  name: 'lastForwarding' | 'lastSuccess' | 'lastFailure',
  { [name]: a }: ForwardingInformation,
  { [name]: b }: ForwardingInformation,
): Partial<ForwardingInformation> {
  if (a === undefined && b === undefined) return {};
  return { [name]: Math.max(a ?? Number.NEGATIVE_INFINITY, b ?? Number.NEGATIVE_INFINITY) };
}

function readInformation(document: JsonObject): ForwardingInformation {
  if (typeof document.timesSent !== 'number') throw new Error('no counters of a registration');
  return document as unknown as ForwardingInformation;
}
