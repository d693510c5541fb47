import type { Broker } from '../../broker/broker.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { FileShelf } from '../../ports/file-shelf.ts';
import type { Timers } from '../../ports/timers.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { FormatCode } from '../dataset/dataset-terms.ts';
import type { Datasets } from '../datasets.ts';
import { type DatasetEncoder, encodeDataset } from '../exports/encode-dataset.ts';
import { Links } from '../links.ts';
import { entityBatches } from '../view/entity-batches.ts';
import { isMoment, momentAt } from './moments.ts';
import type { Snapshot, SnapshotFile } from './snapshot.ts';

/** How often it is looked whether a snapshot is due, in milliseconds. */
const everyMs = 30_000;

export interface SnapshotsOptions {
  readonly broker: Broker;
  readonly datasets: Datasets;
  readonly encoder: DatasetEncoder;
  /** Brokers that share their data share it. */
  readonly shelf: FileShelf;
  /** What URLs within the files begin with; `none`: the files hold none that lead here. */
  readonly publicUrl: string;
  readonly timers: Timers;
}

/**
 * Dated copies of datasets. A snapshot is there as a whole or not at all: its files are written first, and then the one that
 * tells of them gets its name. A moment at which no broker ran has none.
 *
 * Of two brokers that take the same moment, the snapshot of the one that was first stays.
 */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  readonly #known = new Map<string, readonly Snapshot[]>();
  #cancel: () => void = () => {};
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** Finds out what there is, and takes what is due from then on. */
  async start(): Promise<void> {
    await this.#options.shelf.removeAll('taking');
    await this.#reload();
    this.#schedule();
  }

  /** Resolves when what is being taken is there or given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#looking;
  }

  /** Those of a dataset, the newest first. */
  of({ id }: Dataset): readonly Snapshot[] {
    return this.#known.get(id) ?? [];
  }

  /** Takes what is due, and forgets what is beyond what is to be kept. One look at a time. */
  async look(): Promise<void> {
    await this.#reload();
    for (const dataset of this.#options.datasets.published()) {
      const { snapshots } = dataset;
      if (snapshots === undefined || this.#isClosed) continue;
      const moment = momentAt(snapshots.every, this.#options.broker.clock.now());
      try {
        if (!this.of(dataset).some((one) => one.moment === moment))
          await this.#take(dataset, snapshots.formats, moment);
        await this.#prune(dataset, snapshots.keep);
      } catch (error) {
        this.#options.broker.log.error(
          { err: error, tenant: dataset.tenant, dataset: dataset.id, moment },
          'a snapshot cannot be taken',
        );
      }
    }
  }

  /** Forgets all of a dataset. */
  async removeAll(id: string): Promise<void> {
    this.#known.delete(id);
    await this.#options.shelf.removeAll(folderOf(id));
  }

  /** The bytes of one of its files. */
  read(id: string, snapshot: Snapshot, format: FormatCode, start: number, end: number): AsyncIterable<Uint8Array> {
    return this.#options.shelf.read(fileOf(id, snapshot, format), start, end);
  }

  #schedule(): void {
    this.#cancel = this.#options.timers.after(everyMs, () => {
      this.#looking = this.look()
        .catch((error: unknown) => this.#options.broker.log.error({ err: error }, 'snapshots cannot be looked after'))
        .then(() => {
          if (!this.#isClosed) this.#schedule();
        });
    });
  }

  async #reload(): Promise<void> {
    for (const { id } of this.#options.datasets.published()) this.#known.set(id, await this.#find(id));
  }

  async #find(id: string): Promise<readonly Snapshot[]> {
    const files = await this.#options.shelf.list(folderOf(id));
    const found: Snapshot[] = [];
    for (const { name, bytes } of files) {
      const moment = /\/([^/]+)\.manifest$/.exec(name)?.[1];
      if (moment === undefined || !isMoment(moment)) continue;
      const snapshot = await this.#read(name, bytes);
      if (snapshot !== undefined) found.push(snapshot);
    }
    return found.toReversed();
  }

  /** Undefined, and logged, for a file that tells of no snapshot or that somebody removed meanwhile. */
  async #read(name: string, bytes: number): Promise<Snapshot | undefined> {
    try {
      return JSON.parse(await textOf(this.#options.shelf.read(name, 0, bytes))) as Snapshot;
    } catch (error) {
      this.#options.broker.log.error({ err: error, file: name }, 'a snapshot cannot be read and is left out');
      return undefined;
    }
  }

  async #take(dataset: Dataset, codes: readonly FormatCode[], moment: string): Promise<void> {
    const { broker, shelf } = this.#options;
    const takenAt = broker.clock.now();
    const id = broker.random.newId();
    let rows = 0;
    const files: SnapshotFile[] = [];
    const written = (code: FormatCode) => `taking/${id}.${code}`;
    for (const code of codes) {
      const batches = entityBatches(broker, dataset.tenant, dataset.view.query);
      rows = 0;
      files.push(
        await this.#write(
          dataset,
          code,
          written(code),
          counted(batches, (count) => (rows += count)),
        ),
      );
    }
    const snapshot: Snapshot = { moment, takenAt, id, rows, files };
    if ((await shelf.find(manifestOf(dataset.id, moment))) !== undefined) {
      for (const code of codes) await shelf.remove(written(code));
      this.#known.set(dataset.id, await this.#find(dataset.id));
      return;
    }
    for (const code of codes) await shelf.rename(written(code), fileOf(dataset.id, snapshot, code));
    const manifest = await shelf.create(`taking/${id}.manifest`);
    await manifest.append(Buffer.from(JSON.stringify(snapshot)));
    await manifest.close(true);
    await shelf.rename(`taking/${id}.manifest`, manifestOf(dataset.id, moment));
    this.#known.set(dataset.id, await this.#find(dataset.id));
    broker.log.info({ tenant: dataset.tenant, dataset: dataset.id, moment, rows }, 'took a snapshot');
  }

  async #write(
    dataset: Dataset,
    code: FormatCode,
    name: string,
    batches: AsyncIterable<readonly EntityRecord[]>,
  ): Promise<SnapshotFile> {
    const { encoder, publicUrl } = this.#options;
    const links = new Links(publicUrl === 'none' ? '' : publicUrl);
    const wanted = { dataset, format: code, links, shelf: 'snapshots', name } as const;
    let bytes = 0;
    let sha256: string | undefined;
    for await (const written of encodeDataset(encoder, wanted, batches)) ({ bytes, sha256 } = written);
    if (sha256 === undefined) throw new Error(`${name} has not been made as a whole`);
    return { format: code, bytes, sha256 };
  }

  /** What tells of a snapshot goes first; files that nothing tells of are removed too. */
  async #prune(dataset: Dataset, keep: number): Promise<void> {
    const { shelf } = this.#options;
    const known = this.of(dataset);
    for (const { moment } of known.slice(keep)) await shelf.remove(manifestOf(dataset.id, moment));
    const kept = known.slice(0, keep);
    this.#known.set(dataset.id, kept);
    const told = new Set(
      kept.flatMap((one) => [
        manifestOf(dataset.id, one.moment),
        ...one.files.map(({ format }) => fileOf(dataset.id, one, format)),
      ]),
    );
    const newest = kept[0]?.moment;
    for (const { name } of await shelf.list(folderOf(dataset.id))) {
      // Files of this moment may be those of another broker that is about to tell of them.
      if (!told.has(name) && newest !== undefined && !name.startsWith(`${folderOf(dataset.id)}/${newest}`))
        await shelf.remove(name);
    }
  }
}

function folderOf(id: string): string {
  return `snapshots/${id}`;
}

function manifestOf(id: string, moment: string): string {
  return `${folderOf(id)}/${moment}.manifest`;
}

function fileOf(dataset: string, { moment, id }: Snapshot, format: FormatCode): string {
  return `${folderOf(dataset)}/${moment}-${id}.${format}`;
}

async function* counted(
  batches: AsyncIterable<readonly EntityRecord[]>,
  count: (rows: number) => void,
): AsyncGenerator<readonly EntityRecord[]> {
  for await (const records of batches) {
    count(records.length);
    yield records;
  }
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
