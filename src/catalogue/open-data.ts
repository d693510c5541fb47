import type { Broker } from '../broker/broker.ts';
import type { FileShelf } from '../ports/file-shelf.ts';
import type { GeoPackages } from '../ports/geo-package.ts';
import { Datasets } from './datasets.ts';
import { LiveExports } from './exports/live-exports.ts';
import { type Formats, formatsWith } from './formats/formats.ts';
import { Extents } from './view/extent.ts';

/** What publishes the context of a broker. */
export interface OpenData {
  readonly broker: Broker;
  readonly datasets: Datasets;
  readonly formats: Formats;
  readonly exports: LiveExports;
  readonly extents: Extents;
}

export interface OpenDataOptions {
  readonly broker: Broker;
  readonly geoPackages: GeoPackages;
  /** Files that are made when somebody asks for them; nobody else's. */
  readonly liveFiles: FileShelf;
  /** Bytes of such files that are kept for the next who asks. */
  readonly maxLiveBytes: number;
}

/** Resolves when the datasets are known. */
export async function startOpenData(options: OpenDataOptions): Promise<OpenData> {
  const { broker, geoPackages, liveFiles, maxLiveBytes } = options;
  const datasets = new Datasets(broker);
  await datasets.load();
  const exports = new LiveExports({ broker, shelf: liveFiles, maxBytes: maxLiveBytes });
  await exports.start();
  return { broker, datasets, formats: formatsWith(geoPackages), exports, extents: new Extents(broker) };
}
