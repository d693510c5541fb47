import { pipeline, type Readable, Transform } from 'node:stream';
import type { SourceRule } from '../mapping.ts';
import type { Locate } from './locate-source.ts';
import { openSource } from './open-source.ts';
import { readCsv, type SourceItem } from './read-csv.ts';
import { readJson } from './read-json.ts';

/** Told while a source is being read. */
export interface SourceWatch {
  opened?(totalBytes: number | undefined): void;
  advanced?(bytes: number): void;
}

/** The rows of a source in order. Throws a `SourceError` where it cannot be found or read at all. */
export async function* readSource(
  source: SourceRule,
  locate: Locate,
  watch: SourceWatch = {},
): AsyncGenerator<SourceItem> {
  const { bytes, totalBytes } = await openSource(locate(source.file));
  watch.opened?.(totalBytes);
  const watched = counted(bytes, watch);
  yield* source.format === 'csv' ? readCsv(watched, source) : readJson(watched, source);
}

function counted(bytes: Readable, watch: SourceWatch): Readable {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      watch.advanced?.(chunk.length);
      done(null, chunk);
    },
  });
  return pipeline(bytes, counter, () => undefined);
}
