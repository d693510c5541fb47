import { serveEncoding } from './adapters/encoding/serve-encoding.ts';
import { SqliteGeoPackages } from './adapters/files/sqlite-geo-packages.ts';
import { type EncodingJob, encodeTexts } from './catalogue/exports/encode-dataset.ts';
import { encodingsWith } from './catalogue/formats/encodings.ts';

// What the thread runs that makes the files of open data. Its setup is a directory for files that it makes on the way.

serveEncoding<EncodingJob, string>((directory) => {
  const encodings = encodingsWith(new SqliteGeoPackages(directory));
  return (job, batches) => encodeTexts(encodings, job, batches);
});
