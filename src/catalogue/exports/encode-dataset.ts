import { decodeEntity, encodeEntity } from '../../core/entity/stored-form.ts';
import type { Encoder } from '../../ports/encoder.ts';
import type { EntityRecord } from '../../ports/entity-store.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { FormatCode } from '../dataset/dataset-terms.ts';
import type { Encodings } from '../formats/encodings.ts';
import type { ExportedDataset } from '../formats/export-source.ts';
import { Links } from '../links.ts';
import { largePieces } from './large-pieces.ts';

/** Characters of entities that are handed over at once, about. */
const batchLength = 256 * 1024;

/** A file to be made of a dataset; plain data. */
export interface EncodingJob {
  readonly dataset: ExportedDataset;
  readonly format: FormatCode;
  /** What URLs in the file begin with. */
  readonly base: string;
}

/** Has the file made of the entities. */
export function encodeDataset(
  encoder: Encoder<EncodingJob>,
  { id, title, description, modifiedAt, view: { columns, geometry } }: Dataset,
  format: FormatCode,
  links: Links,
  batches: AsyncIterable<readonly EntityRecord[]>,
): AsyncIterable<Uint8Array> {
  const view = { columns, ...(geometry !== undefined && { geometry }) };
  const dataset = { id, title, description, modifiedAt, view };
  return encoder.encode({ dataset, format, base: links.base }, textsOf(batches));
}

/** Makes the file: the other end of `encodeDataset`. */
export function encodeTexts(
  encodings: Encodings,
  { dataset, format, base }: EncodingJob,
  batches: AsyncIterable<readonly string[]>,
): AsyncIterable<Uint8Array> {
  const source = { dataset, links: new Links(base), batches: decoded(batches) };
  return largePieces(encodings[format](source));
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
