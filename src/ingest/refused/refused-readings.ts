import { KnownDocuments } from '../../broker/documents/known-documents.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import type { JsonObject } from '../../core/json.ts';
import type { TenantName } from '../../core/scope.ts';
import { renderInstant } from '../../core/time/instant.ts';
import type { StoredDocument } from '../../ports/document-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { Stores } from '../../ports/stores.ts';

/** Something that a device sent and that was not stored, or not all of it, and why. */
export interface RefusedReading {
  readonly id: string;
  readonly refusedAt: EpochMs;
  readonly deviceId: string;
  /** The topic or the resource that it came by. */
  readonly via: string;
  readonly name: string;
  readonly reason: string;
  /** What came, as text; its beginning where it is long, and in hexadecimal digits where it is no text. */
  readonly payload: string;
}

/** Bytes of a payload that are kept. */
const maxPayloadBytes = 4096;

/**
 * The readings of each tenant that were refused last, durably: a device that is told nothing can be looked into here. The
 * oldest make room for new ones.
 */
export class RefusedReadings {
  readonly #stores: Stores;
  readonly #known: KnownDocuments<RefusedReading>;
  readonly #random: Random;
  readonly #log: Log;
  readonly #most: number;
  readonly #later: (callback: () => void) => void;
  readonly #gathered = new Map<TenantName, { readonly refused: RefusedReading[]; readonly written: Promise<void> }>();

  constructor(
    stores: Stores,
    random: Random,
    log: Log,
    { most, later }: { readonly most: number; readonly later: (callback: () => void) => void },
  ) {
    this.#stores = stores;
    this.#random = random;
    this.#log = log;
    this.#most = most;
    this.#later = later;
    this.#known = new KnownDocuments(stores, 'refusedReading', readRefused, log);
  }

  async load(): Promise<void> {
    await this.#known.load();
  }

  /** The last first. */
  of(tenant: TenantName): readonly RefusedReading[] {
    return [...this.#known.of(tenant).values()].toReversed();
  }

  /**
   * Resolves once it is on record, with what comes together with it. Where the store cannot take it, that is logged: nobody
   * waits for what is refused.
   */
  record(tenant: TenantName, refused: Omit<RefusedReading, 'id'>): Promise<void> {
    const entry = { id: this.#random.newId(), ...refused };
    const gathered = this.#gathered.get(tenant);
    if (gathered !== undefined) {
      gathered.refused.push(entry);
      return gathered.written;
    }
    const entries = [entry];
    const written = new Promise<void>((resolve) => {
      this.#later(() => {
        this.#gathered.delete(tenant);
        void this.#write(tenant, entries.slice(-this.#most)).then(resolve);
      });
    });
    this.#gathered.set(tenant, { refused: entries, written });
    return written;
  }

  /** Forgets those of the device, or all; resolves with their number once that is durable. */
  async purge(tenant: TenantName, deviceId?: string): Promise<number> {
    const gone = this.of(tenant).filter((each) => deviceId === undefined || each.deviceId === deviceId);
    if (gone.length > 0) await this.#documents(tenant).remove(gone.map(({ id }) => id));
    return gone.length;
  }

  async #write(tenant: TenantName, refused: readonly RefusedReading[]): Promise<void> {
    try {
      const documents = this.#documents(tenant);
      const excess = this.#known.of(tenant).size + refused.length - this.#most;
      const oldest = excess > 0 ? [...this.#known.of(tenant).keys()].slice(0, excess) : [];
      await Promise.all([
        documents.put(refused.map(({ id, ...document }) => ({ id, document: document satisfies JsonObject }))),
        oldest.length > 0 ? documents.remove(oldest) : undefined,
      ]);
    } catch (error) {
      this.#log.error({ err: error, tenant, readings: refused.length }, 'refused readings could not be put on record');
    }
  }

  #documents(tenant: TenantName) {
    return this.#stores.tenant(tenant).documents('refusedReading');
  }
}

/** A payload as it is kept and shown. */
export function shownPayload(payload: Uint8Array | string): string {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
  const kept = bytes.subarray(0, maxPayloadBytes);
  const text = kept.toString('utf8');
  // The last character may have been cut in two.
  const isText = !text.slice(0, -1).includes('\ufffd') && !text.includes('\0');
  return `${isText ? text : kept.toString('hex')}${kept.length < bytes.length ? '…' : ''}`;
}

/** As operators and the dead-letter topic are shown it. */
export function renderRefused({ refusedAt, ...rest }: RefusedReading | Omit<RefusedReading, 'id'>): JsonObject {
  return { refusedAt: renderInstant(refusedAt), ...rest };
}

function readRefused({ id, document }: StoredDocument): RefusedReading {
  const { refusedAt, deviceId, via, name, reason, payload } = document;
  if (typeof refusedAt !== 'number') throw new Error('it says not when');
  return {
    id,
    refusedAt,
    deviceId: String(deviceId),
    via: String(via),
    name: String(name),
    reason: String(reason),
    payload: String(payload),
  };
}
