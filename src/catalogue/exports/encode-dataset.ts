import { createHash } from 'node:crypto';
import { decodeEntity, encodeEntity } from '../../core/entity/stored-form.ts';
import type { Encoder } from '../../ports/encoder.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { FileShelf } from '../../ports/file-shelf.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { FormatCode } from '../dataset/dataset-terms.ts';
import type { Encodings } from '../formats/encodings.ts';
import type { ExportedDataset } from '../formats/export-source.ts';
import { Links } from '../links.ts';
import { largePieces } from './large-pieces.ts';

/** Characters of entities that are handed over at once, about. */
const batchLength = 256 * 1024;

/** What becomes of a dataset. */
export interface WantedFile {
  readonly dataset: Dataset;
  readonly format: FormatCode;
  /** What URLs in the file begin with. */
  readonly links: Links;
  /** A live file is for this process and may go with it; a snapshot is durable once it is made. Each has a shelf of its own. */
  readonly shelf: 'live' | 'snapshots';
  readonly name: string;
}

/** The same as plain data. */
export interface EncodingJob extends Pick<WantedFile, 'format' | 'shelf' | 'name'> {
  readonly dataset: ExportedDataset;
  readonly base: string;
}

/** What can be read of a file so far. */
export interface Written {
  readonly bytes: number;
  /** Of a snapshot that is whole. */
  readonly sha256?: string;
}

export type DatasetEncoder = Encoder<EncodingJob, Written>;

/** Has the file made of the entities, and tells how far it is; at last, that it is whole. */
export function encodeDataset(
  encoder: DatasetEncoder,
  { dataset: { id, title, description, modifiedAt, view }, format, links, shelf, name }: WantedFile,
  batches: AsyncIterable<readonly EntityRecord[]>,
): AsyncIterable<Written> {
  const { columns, geometry } = view;
  const shape = { columns, ...(geometry !== undefined && { geometry }) };
  const dataset = { id, title, description, modifiedAt, view: shape };
  return encoder.encode({ dataset, format, base: links.base, shelf, name }, textsOf(batches));
}

/** Makes the file: the other end of `encodeDataset`. */
export async function* encodeFile(
  encodings: Encodings,
  shelves: Readonly<Record<WantedFile['shelf'], FileShelf>>,
  { dataset, format, base, shelf, name }: EncodingJob,
  batches: AsyncIterable<readonly string[]>,
): AsyncGenerator<Written> {
  const isSnapshot = shelf === 'snapshots';
  const hash = isSnapshot ? createHash('sha256') : undefined;
  const file = await shelves[shelf].create(name);
  let bytes = 0;
  try {
    const source = { dataset, links: new Links(base), batches: decoded(batches) };
    for await (const piece of largePieces(encodings[format](source))) {
      hash?.update(piece);
      await file.append(piece);
      bytes += piece.length;
      yield { bytes };
    }
  } finally {
    await file.close(isSnapshot);
  }
  if (hash !== undefined) yield { bytes, sha256: hash.digest('hex') };
}

async function* textsOf(batches: AsyncIterable<readonly EntityRecord[]>): AsyncGenerator<readonly string[]> {
  for await (const records of batches) {
    let texts: string[] = [];
    let length = 0;
    for (const record of records) {
      const text = record.text ?? encodeEntity(record.entity);
      texts.push(text);
      length += text.length;
      if (length < batchLength) continue;
      yield texts;
      texts = [];
      length = 0;
    }
    if (texts.length > 0) yield texts;
  }
}

async function* decoded(batches: AsyncIterable<readonly string[]>) {
  for await (const texts of batches) yield texts.map(decodeEntity);
}
