import { serveEncoding } from './adapters/encoding/serve-encoding.ts';
import { DiskShelf } from './adapters/files/disk-shelf.ts';
import { SqliteGeoPackages } from './adapters/files/sqlite-geo-packages.ts';
import { type EncodingJob, encodeFile } from './catalogue/exports/encode-dataset.ts';
import { encodingsWith } from './catalogue/formats/encodings.ts';

// What the thread runs that makes the files of open data.

/** Directories of the shelves. Files that are made on the way are in `live/live`, which is emptied at start. */
export interface EncodingSetup {
  readonly live: string;
  readonly snapshots: string;
}

serveEncoding<EncodingJob, EncodingSetup>(({ live, snapshots }) => {
  const shelves = { live: new DiskShelf(live), snapshots: new DiskShelf(snapshots) };
  const encodings = encodingsWith(new SqliteGeoPackages(`${live}/live`));
  return (job, batches) => encodeFile(encodings, shelves, job, batches);
});
