import type { TenantName } from '../../core/scope.ts';
import type { OwedNotification } from '../../ports/outbox.ts';
import type { Stores } from '../../ports/stores.ts';
import type { Settlements } from './settlements.ts';

/** Notifications that are read from the outbox at once. */
const pageLength = 256;

/** Hears the notifications of a subscription one by one, in the order of their ids. */
export interface StreamReader {
  next(owed: OwedNotification): void;
  /** There will be no more: the subscription was removed, or the broker stops. */
  end(): void;
}

/** What a subscription has whose notifications are read. */
interface Stream {
  /** Ids of what is kept, the oldest first. */
  readonly kept: number[];
  readonly readers: Set<StreamReader>;
}

/**
 * Subscriptions whose notifications are not sent but read. The latest are kept in the outbox, so that a reader who was away
 * gets what came meanwhile; older ones are forgotten, whether anybody has read them or not.
 */
export class SubscriptionStreams {
  readonly #stores: Stores;
  readonly #settlements: Settlements;
  readonly #length: number;
  readonly #streams = new Map<TenantName, Map<string, Stream>>();

  constructor(stores: Stores, settlements: Settlements, length: number) {
    this.#stores = stores;
    this.#settlements = settlements;
    this.#length = length;
  }

  /**
   * Reads on after the notification of that id, first what is kept and then what comes; undefined: only what comes.
   * Returns what ends the reading.
   */
  read(tenant: TenantName, subscriptionId: string, after: number | undefined, reader: StreamReader): () => void {
    const stream = this.#of(tenant, subscriptionId);
    let lastId = after;
    let isCatchingUp = after !== undefined;
    let isOpen = true;
    const live: StreamReader = {
      next: (owed) => {
        // What comes while the past is read is read with it.
        if (!isCatchingUp && owed.id > (lastId ?? 0)) reader.next(owed);
      },
      end: () => reader.end(),
    };
    stream.readers.add(live);
    const close = () => {
      isOpen = false;
      stream.readers.delete(live);
    };
    const catchUp = async (): Promise<void> => {
      const { outbox } = this.#stores.tenant(tenant);
      for (;;) {
        const page = await outbox.page(subscriptionId, lastId ?? 0, pageLength);
        if (!isOpen) return;
        for (const owed of page) {
          lastId = owed.id;
          reader.next(owed);
        }
        const newest = stream.kept.at(-1) ?? 0;
        if (page.length < pageLength && newest <= (lastId ?? 0)) {
          isCatchingUp = false;
          return;
        }
      }
    };
    if (isCatchingUp) {
      catchUp().catch(() => {
        close();
        reader.end();
      });
    }
    return close;
  }

  /** The id of the latest notification; 0 where there was none. Who reads on after it misses nothing from now on. */
  newestId(tenant: TenantName, subscriptionId: string): number {
    return this.#streams.get(tenant)?.get(subscriptionId)?.kept.at(-1) ?? 0;
  }

  /** A notification became owed. */
  add(tenant: TenantName, owed: OwedNotification): void {
    const stream = this.#of(tenant, owed.subscriptionId);
    this.#keep(tenant, stream, owed.id);
    for (const reader of stream.readers) reader.next(owed);
  }

  /** Finds what was kept before a restart. */
  async restore(tenant: TenantName, subscriptionId: string): Promise<void> {
    const { outbox } = this.#stores.tenant(tenant);
    const stream = this.#of(tenant, subscriptionId);
    const stored: number[] = [];
    for (;;) {
      const page = await outbox.page(subscriptionId, stored.at(-1) ?? 0, pageLength);
      for (const { id } of page) stored.push(id);
      if (page.length < pageLength) break;
    }
    const news = stream.kept.splice(0).filter((id) => id > (stored.at(-1) ?? 0));
    for (const id of [...stored, ...news]) this.#keep(tenant, stream, id);
  }

  has(tenant: TenantName, subscriptionId: string): boolean {
    return this.#streams.get(tenant)?.has(subscriptionId) ?? false;
  }

  /** The subscription is not read any more, but sent: what was kept is forgotten. */
  forget(tenant: TenantName, subscriptionId: string): void {
    const kept = this.#streams.get(tenant)?.get(subscriptionId)?.kept ?? [];
    for (const id of kept) this.#settlements.settle(tenant, { kind: 'done', id });
    this.remove(tenant, subscriptionId);
  }

  remove(tenant: TenantName, subscriptionId: string): void {
    const stream = this.#streams.get(tenant)?.get(subscriptionId);
    this.#streams.get(tenant)?.delete(subscriptionId);
    for (const reader of stream?.readers ?? []) reader.end();
  }

  close(): void {
    for (const streams of this.#streams.values()) {
      for (const { readers } of streams.values()) for (const reader of readers) reader.end();
    }
    this.#streams.clear();
  }

  #keep(tenant: TenantName, { kept }: Stream, id: number): void {
    kept.push(id);
    if (kept.length <= this.#length) return;
    const oldest = kept.shift();
    if (oldest !== undefined) this.#settlements.settle(tenant, { kind: 'done', id: oldest });
  }

  #of(tenant: TenantName, subscriptionId: string): Stream {
    const streams = this.#streams.get(tenant) ?? new Map<string, Stream>();
    this.#streams.set(tenant, streams);
    const stream = streams.get(subscriptionId) ?? { kept: [], readers: new Set<StreamReader>() };
    streams.set(subscriptionId, stream);
    return stream;
  }
}
