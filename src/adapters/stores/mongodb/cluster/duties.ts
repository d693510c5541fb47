import type { Collection, Db } from 'mongodb';
import type { TenantName } from '../../../../core/scope.ts';
import type { Log } from '../../../../ports/log.ts';
import { isConflict } from '../refuse-failure.ts';

/** Shares that the subscriptions of all tenants are divided into: enough for a few brokers to have about the same. */
const shares = 64;

/** A share, and the broker that sends for it until then: a document of the collection `shares`. */
interface ShareForm {
  readonly _id: number;
  readonly broker: string | null;
  readonly until: Date;
}

/** A broker that runs, as far as is known: a document of the collection `brokers`. */
interface BrokerForm {
  readonly _id: string;
  readonly until: Date;
  /** The newest form of a tenant's collections that it works with; absent of releases that know 1 only. */
  readonly newestForm?: number;
}

export interface DutiesParts {
  readonly database: Db;
  /** Names this broker, this time that it runs. */
  readonly broker: string;
  /** The newest form of a tenant's collections that this release works with. */
  readonly newestForm: number;
  readonly leaseMs: number;
  readonly log: Log;
}

/**
 * Divides among brokers whose turn it is to send: each holds leases of some shares, and renews them long before they end. Who dies does not
 * renew, and others take over once the time is up; who stops gives back at once. Times are those of MongoDB's clock, and a broker
 * that cannot renew takes its leases for ended before MongoDB does.
 */
export class Duties {
  readonly #database: Db;
  readonly #broker: string;
  readonly #newestForm: number;
  readonly #leaseMs: number;
  readonly #log: Log;
  /** Shares held, and when, by the clock of this process, that ends. */
  readonly #held = new Map<number, number>();
  /** Shares that others are to have: not sent for any more, given back at the next turn. */
  readonly #leaving = new Set<number>();
  #changed: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #told = '';

  constructor({ database, broker, newestForm, leaseMs, log }: DutiesParts) {
    this.#database = database;
    this.#broker = broker;
    this.#newestForm = newestForm;
    this.#leaseMs = leaseMs;
    this.#log = log;
  }

  watch(listener: () => void): void {
    this.#changed = listener;
  }

  sends(tenant: TenantName, subscriptionId: string): boolean {
    const endsAt = this.#held.get(shareOf(tenant, subscriptionId));
    return endsAt !== undefined && performance.now() < endsAt;
  }

  /** Says that this broker runs, and with which forms it works. */
  async register(): Promise<void> {
    const set = { newestForm: this.#newestForm, until: this.#until };
    await this.#brokers.updateOne({ _id: this.#broker }, [{ $set: set }], { upsert: true });
  }

  /** Takes what is free; resolves after the first turn. */
  async start(): Promise<void> {
    await this.#make();
    await this.#takeTurn();
    this.#schedule();
  }

  /** Gives everything back. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#turn;
    clearTimeout(this.#timer);
    this.#held.clear();
    const free = { $set: { broker: null, until: new Date(0) } };
    await this.#shares.updateMany({ broker: this.#broker }, free);
    await this.#brokers.deleteOne({ _id: this.#broker });
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#turn = this.#takeTurn().then(() => this.#schedule());
    }, this.#leaseMs / 4);
    this.#timer.unref();
  }

  async #make(): Promise<void> {
    const operations = Array.from({ length: shares }, (_, _id) => ({
      updateOne: { filter: { _id }, update: { $setOnInsert: { broker: null, until: new Date(0) } }, upsert: true },
    }));
    await this.#shares.bulkWrite(operations, { ordered: false }).catch((error: unknown) => {
      // Another broker makes them too.
      if (!isConflict(error)) throw error;
    });
  }

  async #takeTurn(): Promise<void> {
    try {
      const askedAt = performance.now();
      const until = this.#until;
      await this.register();
      await this.#shares.updateMany({ broker: this.#broker, _id: { $nin: [...this.#leaving] } }, [{ $set: { until } }]);
      await this.#giveBack();
      await this.#takeShare(until);
      const held = await this.#shares.find({ broker: this.#broker }).toArray();
      this.#hold(new Set(held.map(({ _id }) => _id)), askedAt);
    } catch (error) {
      this.#log.warn({ err: error }, 'the leases of what this broker sends could not be renewed');
    }
    this.#tell();
  }

  async #giveBack(): Promise<void> {
    if (this.#leaving.size === 0) return;
    const free = { $set: { broker: null, until: new Date(0) } };
    await this.#shares.updateMany({ _id: { $in: [...this.#leaving] }, broker: this.#broker }, free);
    this.#leaving.clear();
  }

  /** Takes free ones up to a fair share, and decides which to leave beyond it. */
  async #takeShare(until: object): Promise<void> {
    const alive = await this.#brokers.countDocuments({ $expr: { $gt: ['$until', '$$NOW'] } });
    const fair = Math.ceil(shares / Math.max(1, alive));
    const mine = await this.#shares.countDocuments({ broker: this.#broker });
    if (mine > fair) {
      const extra = [...this.#held.keys()].slice(0, mine - fair);
      for (const share of extra) this.#leaving.add(share);
      return;
    }
    const isFree = { $or: [{ broker: null }, { $expr: { $lte: ['$until', '$$NOW'] } }] };
    const free = await this.#shares.find(isFree, { projection: { _id: 1 } }).toArray();
    const wanted = shuffled(free.map(({ _id }) => _id)).slice(0, fair - mine);
    if (wanted.length === 0) return;
    await this.#shares.updateMany({ $and: [{ _id: { $in: wanted } }, isFree] }, [
      { $set: { broker: this.#broker, until } },
    ]);
  }

  #hold(held: ReadonlySet<number>, askedAt: number): void {
    for (const share of this.#held.keys()) if (!held.has(share)) this.#held.delete(share);
    for (const share of held) {
      if (this.#leaving.has(share)) this.#held.delete(share);
      else this.#held.set(share, askedAt + this.#leaseMs * 0.9);
    }
  }

  /** Tells once what has changed since it was last told. */
  #tell(): void {
    const now = performance.now();
    for (const [share, endsAt] of this.#held) if (endsAt <= now) this.#held.delete(share);
    const held = [...this.#held.keys()].sort((a, b) => a - b).join();
    if (held === this.#told) return;
    this.#told = held;
    this.#changed();
  }

  get #until() {
    return { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: this.#leaseMs } } as const;
  }

  get #shares(): Collection<ShareForm> {
    return this.#database.collection('shares');
  }

  get #brokers(): Collection<BrokerForm> {
    return brokersOf(this.#database);
  }
}

function brokersOf(database: Db): Collection<BrokerForm> {
  return database.collection('brokers');
}

/** The newest form that this release works with, and all brokers that run do, too. */
export async function commonFormOf(database: Db, newestForm: number): Promise<number> {
  const alive = await brokersOf(database)
    .find({ $expr: { $gt: ['$until', '$$NOW'] } })
    .toArray();
  return Math.min(newestForm, ...alive.map((broker) => broker.newestForm ?? 1));
}

/** Which share a subscription belongs to: the same one for every broker. */
function shareOf(tenant: TenantName, subscriptionId: string): number {
  let hash = 0x811c9dc5;
  const text = `${tenant}\n${subscriptionId}`;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % shares;
}

/** So that brokers that take at the same moment do not want the same. */
function shuffled(numbers: readonly number[]): number[] {
  return numbers
    .map((number) => ({ number, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ number }) => number);
}
