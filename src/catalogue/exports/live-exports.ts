import type { Broker } from '../../broker/broker.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import type { FileShelf } from '../../ports/file-shelf.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Format } from '../formats/format.ts';
import type { Links } from '../links.ts';
import { contentVersion } from '../view/content-version.ts';
import { entityBatches } from '../view/entity-batches.ts';
import { GrowingFile } from './growing-file.ts';

/** Where the files are; what a process before this one left is thrown away. */
const folder = 'live';

/** Files that are made at the same time; the next ones wait. */
const maxMaking = 2;

/** Files that wait to be made; further ones are refused. */
const maxWaiting = 100;

const retryAfterSeconds = 10;

/**
 * How long a file may stand for the present although nothing seems to have changed, in milliseconds: for brokers whose clocks
 * disagree, where a change may carry a time before the last one.
 */
const maxAgeMs = 60_000;

/** The rows of a dataset in one format, as they were when it was asked for. */
export interface LiveExport {
  readonly file: GrowingFile;
  /** Names these bytes and no others. */
  readonly tag: string;
  /** When the rows had changed last, as far as this process can tell; never too early. */
  readonly changedAt: EpochMs;
  /** Lets go of the file, which stays for as long as one who opened it has not. */
  release(): void;
}

interface Kept extends Omit<LiveExport, 'release'> {
  /** Who opened it and did not let go. */
  readonly holders: Set<object>;
  readonly version: string;
  readonly startedAt: EpochMs;
}

export interface LiveExportsOptions {
  readonly broker: Broker;
  readonly shelf: FileShelf;
  /** Bytes of files that nobody reads any more and that are kept for the next who asks. */
  readonly maxBytes: number;
}

/**
 * Datasets as files, made when somebody asks and kept for as long as nothing changes: so that a download can be resumed, its
 * size is known, and a thousand clients cost what one does.
 */
export class LiveExports {
  readonly #broker: Broker;
  readonly #shelf: FileShelf;
  readonly #maxBytes: number;
  /** By dataset and format, the longest unused one first. */
  readonly #kept = new Map<string, Kept>();
  /** Replaced while somebody reads them. */
  readonly #replaced = new Set<Kept>();
  readonly #waiting: (() => void)[] = [];
  readonly #fills = new Set<Promise<void>>();
  #making = 0;
  #isClosed = false;

  constructor({ broker, shelf, maxBytes }: LiveExportsOptions) {
    this.#broker = broker;
    this.#shelf = shelf;
    this.#maxBytes = maxBytes;
  }

  /** Throws away what a process before this one left. */
  async start(): Promise<void> {
    await this.#shelf.removeAll(folder);
  }

  /** Resolves when no file is being made any more, and all are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
    await Promise.all(this.#fills);
    await this.#shelf.removeAll(folder);
  }

  /** The present of a dataset; it may still be in the making. Refuses with `overloaded` where too many are. */
  async open(dataset: Dataset, format: Format, links: Links): Promise<LiveExport> {
    const { tag: version, changedAt } = await contentVersion(this.#broker, dataset);
    const key = `${dataset.id}.${format.code} ${links.base}`;
    const now = this.#broker.clock.now();
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.version === version && isPresent(kept, changedAt, now)) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return this.#held(kept);
    }
    return this.#make(key, { dataset, format, links, version, now, since: changedSince(kept, version, now) });
  }

  #make(
    key: string,
    {
      dataset,
      format,
      links,
      version,
      now,
      since,
    }: { dataset: Dataset; format: Format; links: Links; version: string; now: EpochMs; since: EpochMs },
  ): LiveExport {
    if (this.#waiting.length >= maxWaiting) throw new Refusal({ kind: 'overloaded', retryAfterSeconds });
    const tag = `${version}.${this.#broker.random.newId().slice(-8)}`;
    const file = new GrowingFile(this.#shelf, `${folder}/${dataset.id}-${tag}.${format.code}`);
    const made: Kept = { file, tag, changedAt: since, version, startedAt: now, holders: new Set() };
    const held = this.#held(made);
    this.#replace(key, made);
    const fill = this.#fill(key, made, dataset, format, links);
    this.#fills.add(fill);
    void fill.finally(() => this.#fills.delete(fill));
    return held;
  }

  #held(kept: Kept): LiveExport {
    const { file, tag, changedAt, holders } = kept;
    const holder = {};
    holders.add(holder);
    return {
      file,
      tag,
      changedAt,
      release: () => {
        if (holders.delete(holder)) this.#tidy();
      },
    };
  }

  async #fill(key: string, made: Kept, dataset: Dataset, format: Format, links: Links): Promise<void> {
    await this.#turn();
    try {
      const batches = entityBatches(this.#broker, dataset.tenant, dataset.view.query);
      await made.file.fill(format.encode({ dataset, links, batches: this.#untilClosed(batches) }));
    } catch (error) {
      this.#broker.log.error(
        { err: error, tenant: dataset.tenant, dataset: dataset.id, format: format.code },
        'a dataset cannot be exported',
      );
      if (this.#kept.get(key) === made) this.#kept.delete(key);
      this.#replaced.add(made);
    } finally {
      this.#making -= 1;
      this.#waiting.shift()?.();
      this.#tidy();
    }
  }

  /** What is being made when the process stops is given up. */
  async *#untilClosed<Batch>(batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
    for await (const batch of batches) {
      if (this.#isClosed) throw new Error('the broker stops');
      yield batch;
    }
  }

  /** Resolves when there is room to make one more. */
  async #turn(): Promise<void> {
    if (this.#making >= maxMaking) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#making += 1;
  }

  #replace(key: string, made: Kept): void {
    const before = this.#kept.get(key);
    if (before !== undefined) this.#replaced.add(before);
    this.#kept.delete(key);
    this.#kept.set(key, made);
    this.#tidy();
  }

  /** Removes what was replaced, and of what is kept the longest unused that there is no room for, once nobody reads it. */
  #tidy(): void {
    for (const old of this.#replaced) {
      if (isIdle(old)) {
        this.#replaced.delete(old);
        this.#discard(old);
      }
    }
    let bytes = [...this.#kept.values()].reduce((sum, { file }) => sum + file.bytes, 0);
    for (const [key, kept] of this.#kept) {
      if (bytes <= this.#maxBytes) return;
      if (!isIdle(kept)) continue;
      bytes -= kept.file.bytes;
      this.#kept.delete(key);
      this.#discard(kept);
    }
  }

  #discard({ file }: Kept): void {
    this.#shelf.remove(file.name).catch((error: unknown) => {
      this.#broker.log.error({ err: error, file: file.name }, 'a file cannot be removed');
    });
  }
}

/** Tells whether what the file holds is still so: what changed in the millisecond in which it was begun may have been missed. */
function isPresent({ file, startedAt }: Kept, changedAt: EpochMs | undefined, now: EpochMs): boolean {
  return !file.hasFailed && startedAt > (changedAt ?? 0) && now - startedAt < maxAgeMs && now >= startedAt;
}

/** The last change was before this moment; where the file before shows that nothing happened since, before that one's. */
function changedSince(before: Kept | undefined, version: string, now: EpochMs): EpochMs {
  return before !== undefined && before.version === version ? before.changedAt : now;
}

function isIdle({ file, holders }: Kept): boolean {
  return holders.size === 0 && (file.isWhole || file.hasFailed);
}
