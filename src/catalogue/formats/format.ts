import type { EntityRecord } from '../../ports/entity-store.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { FormatCode } from '../dataset/dataset-terms.ts';
import type { Links } from '../links.ts';

/** A way to write a dataset as a file. */
export interface Format {
  /** Also the extension of its files. */
  readonly code: FormatCode;
  /** As people call it, and CKAN. */
  readonly label: string;
  readonly mediaType: string;
  /** Its code in the European file type table. */
  readonly fileType: string;
  /** Its bytes get much smaller when they are compressed on their way. */
  readonly compressible: boolean;
  /** The file, piece by piece, in memory that does not grow with the rows. */
  encode(source: ExportSource): AsyncIterable<string | Uint8Array>;
}

/** What a file is made of. */
export interface ExportSource {
  readonly dataset: Dataset;
  readonly links: Links;
  readonly batches: AsyncIterable<readonly EntityRecord[]>;
}
