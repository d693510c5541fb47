import { createHash } from 'node:crypto';
import type { Broker } from '../../broker/broker.ts';
import type { EpochMs } from '../../core/entity/entity.ts';
import { Refusal } from '../../core/errors.ts';
import type { FileShelf } from '../../ports/file-shelf.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Format } from '../formats/format.ts';
import type { Links } from '../links.ts';
import { entityBatches } from '../view/entity-batches.ts';
import { type DatasetEncoder, encodeDataset } from './encode-dataset.ts';
import { GrowingFile } from './growing-file.ts';

/** Where the files are; what a process before this one left is thrown away. */
const folder = 'live';

/** Files that are made at the same time; the next ones wait. */
const maxMaking = 2;

/** Files that wait to be made; further ones are refused. */
const maxWaiting = 100;

const retryAfterSeconds = 10;

/** The rows of a dataset in one format, as they are now. */
export interface LiveExport {
  /** Begins, before a dot, the tag of every file that holds what there is now; undefined where that cannot be told. */
  readonly version: string | undefined;
  /** When the rows had changed last, as far as this process can tell; never too early. */
  readonly changedAt: EpochMs;
  /** The file; it may still be in the making. Refuses with `overloaded` where too many are. */
  open(): OpenExport;
}

export interface OpenExport {
  readonly file: GrowingFile;
  /** Names these bytes and no others. */
  readonly tag: string;
  /** Lets go of the file, which stays for as long as one who opened it has not. */
  release(): void;
}

interface Kept extends Omit<OpenExport, 'release'> {
  /** Who opened it and did not let go. */
  readonly holders: Set<object>;
  readonly version: string | undefined;
}

/** What is asked for. */
interface Asked {
  readonly dataset: Dataset;
  readonly format: Format;
  readonly links: Links;
  readonly version: string | undefined;
}

export interface LiveExportsOptions {
  readonly broker: Broker;
  readonly encoder: DatasetEncoder;
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
  readonly #encoder: DatasetEncoder;
  readonly #shelf: FileShelf;
  readonly #maxBytes: number;
  /** By dataset and format, the longest unused one first. */
  readonly #kept = new Map<string, Kept>();
  /** Replaced while somebody reads them. */
  readonly #replaced = new Set<Kept>();
  readonly #waiting: (() => void)[] = [];
  /** By dataset: since when it is what it is. */
  readonly #since = new Map<string, { readonly version: string; readonly at: EpochMs }>();
  readonly #fills = new Set<Promise<void>>();
  #making = 0;
  #isClosed = false;

  constructor({ broker, encoder, shelf, maxBytes }: LiveExportsOptions) {
    this.#broker = broker;
    this.#encoder = encoder;
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

  /** The present of a dataset. Cost: a look-up; nothing is made before it is opened. */
  async present(dataset: Dataset, format: Format, links: Links): Promise<LiveExport> {
    const { tenant, view, modifiedAt } = dataset;
    const state = await this.#broker.stores.tenant(tenant).entities.stateOf(view.types);
    const version = state === undefined ? undefined : versionOf(modifiedAt, state);
    return {
      version,
      changedAt: this.#changedAt(dataset.id, version),
      open: () => this.#open({ dataset, format, links, version }),
    };
  }

  /** A version that was not seen before came to be before this moment. */
  #changedAt(id: string, version: string | undefined): EpochMs {
    const known = this.#since.get(id);
    if (known !== undefined && known.version === version) return known.at;
    const at = this.#broker.clock.now();
    if (version !== undefined) this.#since.set(id, { version, at });
    return at;
  }

  #open(asked: Asked): OpenExport {
    const { dataset, format, links, version } = asked;
    const key = `${dataset.id}.${format.code} ${links.base}`;
    const kept = this.#kept.get(key);
    if (kept === undefined || version === undefined || kept.version !== version || kept.file.hasFailed) {
      return this.#make(key, asked);
    }
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return this.#held(kept);
  }

  #make(key: string, asked: Asked): OpenExport {
    if (this.#waiting.length >= maxWaiting) throw new Refusal({ kind: 'overloaded', retryAfterSeconds });
    const { dataset, format, version } = asked;
    const tag = [...(version === undefined ? [] : [version]), this.#broker.random.newId()].join('.');
    const file = new GrowingFile(this.#shelf, `${folder}/${dataset.id}-${tag}.${format.code}`);
    const made: Kept = { file, tag, version, holders: new Set() };
    const held = this.#held(made);
    this.#replace(key, made);
    const fill = this.#fill(key, made, asked);
    this.#fills.add(fill);
    void fill.finally(() => this.#fills.delete(fill));
    return held;
  }

  #held({ file, tag, holders }: Kept): OpenExport {
    const holder = {};
    holders.add(holder);
    return {
      file,
      tag,
      release: () => {
        if (holders.delete(holder)) this.#tidy();
      },
    };
  }

  async #fill(key: string, made: Kept, { dataset, format, links }: Asked): Promise<void> {
    await this.#turn();
    try {
      const batches = this.#untilClosed(entityBatches(this.#broker, dataset.tenant, dataset.view.query));
      const wanted = { dataset, format: format.code, links, shelf: 'live', name: made.file.name } as const;
      await made.file.fill(encodeDataset(this.#encoder, wanted, batches));
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

/** Rows that are what they were, and described as they were, have the same; no others ever do. */
function versionOf(describedAt: EpochMs, state: string): string {
  return createHash('sha256').update(`${describedAt} ${state}`).digest('hex').slice(0, 24);
}

function isIdle({ file, holders }: Kept): boolean {
  return holders.size === 0 && (file.isWhole || file.hasFailed);
}
