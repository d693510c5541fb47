import type { Broker } from '../broker/broker.ts';
import type { FileShelf } from '../ports/file-shelf.ts';
import type { Timers } from '../ports/timers.ts';
import { Datasets } from './datasets.ts';
import { Downloads } from './downloads.ts';
import type { DatasetEncoder } from './exports/encode-dataset.ts';
import { LiveExports } from './exports/live-exports.ts';
import { type Formats, formats } from './formats/formats.ts';
import { Snapshots } from './snapshots/snapshots.ts';
import { Extents } from './view/extent.ts';

/** What publishes the context of a broker. */
export interface OpenData {
  readonly broker: Broker;
  readonly datasets: Datasets;
  readonly formats: Formats;
  readonly exports: LiveExports;
  readonly extents: Extents;
  readonly snapshots: Snapshots;
  readonly downloads: Downloads;
  /** Resolves when nothing is under way any more, and what was counted is stored. */
  close(): Promise<void>;
}

export interface OpenDataOptions {
  readonly broker: Broker;
  /** Makes the files, on the same shelves; closed with the rest. */
  readonly encoder: DatasetEncoder;
  /** Files that are made when somebody asks for them; nobody else's. */
  readonly liveFiles: FileShelf;
  /** Dated copies; brokers that share their data share it. */
  readonly snapshotFiles: FileShelf;
  /** Where the public reaches the broker, or `none`. */
  readonly publicUrl: string;
  readonly timers: Timers;
  /** Bytes of such files that are kept for the next who asks. */
  readonly maxLiveBytes: number;
}

/** Resolves when the datasets are known. */
export async function startOpenData(options: OpenDataOptions): Promise<OpenData> {
  const { broker, encoder, liveFiles, snapshotFiles, publicUrl, timers, maxLiveBytes } = options;
  const datasets = new Datasets(broker);
  await datasets.load();
  const exports = new LiveExports({ broker, encoder, shelf: liveFiles, maxBytes: maxLiveBytes });
  await exports.start();
  const snapshots = new Snapshots({ broker, datasets, encoder, shelf: snapshotFiles, publicUrl, timers });
  await snapshots.start();
  const downloads = new Downloads(broker, timers);
  downloads.start();
  return {
    broker,
    datasets,
    formats,
    exports,
    extents: new Extents(broker),
    snapshots,
    downloads,
    async close() {
      await Promise.all([snapshots.close(), exports.close(), downloads.close()]);
      await encoder.close();
    },
  };
}
