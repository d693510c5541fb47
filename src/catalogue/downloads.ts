import type { Broker } from '../broker/broker.ts';
import type { EpochMs } from '../core/entity/entity.ts';
import type { JsonObject } from '../core/json.ts';
import type { TenantName } from '../core/scope.ts';
import type { Timers } from '../ports/timers.ts';
import type { Dataset } from './dataset/dataset.ts';

/** How often counts are stored, in milliseconds: a crash loses those of this time. */
const everyMs = 60_000;

/** What was fetched of a dataset in one day, in one way. */
export interface DownloadCount {
  /** In UTC. */
  readonly day: string;
  /** A format, or `ngsi`, `features`, `datastore`, `page`. */
  readonly way: string;
  readonly snapshot: boolean;
  readonly requests: number;
  readonly bytes: number;
}

interface Month {
  readonly tenant: TenantName;
  readonly id: string;
  readonly counts: Map<string, { requests: number; bytes: number }>;
  isStored: boolean;
}

/**
 * Who fetched how much of which dataset: counts by day and way, kept with the documents of the tenant, a document a month and
 * process; no addresses of people. Every download is logged as well.
 */
export class Downloads {
  readonly #broker: Broker;
  readonly #timers: Timers;
  readonly #process: string;
  readonly #months = new Map<string, Month>();
  #cancel: () => void = () => {};
  #isClosed = false;

  constructor(broker: Broker, timers: Timers) {
    this.#broker = broker;
    this.#timers = timers;
    this.#process = broker.random.newId().slice(-8);
  }

  start(): void {
    this.#cancel = this.#timers.after(everyMs, () => {
      void this.store().then(() => {
        if (!this.#isClosed) this.start();
      });
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.store();
  }

  /** One answer of the public routes that gave rows. */
  count(
    { id: dataset, tenant }: Dataset,
    way: string,
    snapshot: boolean,
    bytes: number,
    status: number,
    correlator: string,
  ): void {
    this.#broker.log.info({ tenant, dataset, way, snapshot, bytes, status, correlator }, 'open data fetched');
    const day = dayOf(this.#broker.clock.now());
    const id = `${dataset}.${day.slice(0, 7)}.${this.#process}`;
    let month = this.#months.get(id);
    if (month === undefined) {
      month = { tenant, id, counts: new Map(), isStored: false };
      this.#months.set(id, month);
    }
    const key = `${day} ${way} ${snapshot ? 'snapshot' : 'live'}`;
    const { requests, bytes: before } = month.counts.get(key) ?? { requests: 0, bytes: 0 };
    month.counts.set(key, { requests: requests + 1, bytes: before + bytes });
    month.isStored = false;
  }

  /** Of a dataset, by day and way, of all brokers; what they have not stored yet is missing. */
  async of({ id: dataset, tenant }: Dataset): Promise<readonly DownloadCount[]> {
    const documents = await this.#broker.stores.tenant(tenant).documents('downloads').list();
    const sums = new Map<string, { requests: number; bytes: number }>();
    for (const { id, document } of documents) {
      if (id.split('.', 1)[0] !== dataset) continue;
      for (const [key, { requests, bytes }] of Object.entries(
        document as unknown as Record<string, { requests: number; bytes: number }>,
      )) {
        const sum = sums.get(key) ?? { requests: 0, bytes: 0 };
        sums.set(key, { requests: sum.requests + requests, bytes: sum.bytes + bytes });
      }
    }
    return [...sums]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, sum]) => {
        const [day = '', way = '', kind = ''] = key.split(' ');
        return { day, way, snapshot: kind === 'snapshot', ...sum };
      });
  }

  /** Stores what was counted; what cannot be stored is tried again. Months that are over are let go of. */
  async store(): Promise<void> {
    const now = dayOf(this.#broker.clock.now()).slice(0, 7);
    for (const month of [...this.#months.values()]) {
      const { tenant, id, counts, isStored } = month;
      if (!isStored) {
        month.isStored = true;
        try {
          const document = Object.fromEntries(counts) as unknown as JsonObject;
          await this.#broker.stores.tenant(tenant).documents('downloads').put([{ id, document }]);
        } catch (error) {
          month.isStored = false;
          this.#broker.log.error({ err: error, tenant }, 'counts of downloads cannot be stored');
        }
      }
      if (month.isStored && id.split('.')[1] !== now) this.#months.delete(id);
    }
  }
}

function dayOf(instant: EpochMs): string {
  return new Date(instant).toISOString().slice(0, 10);
}
