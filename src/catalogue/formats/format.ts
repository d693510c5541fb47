import type { FormatCode } from '../dataset/dataset-terms.ts';

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
}
