/** What the ordered indexes of a tenant have in common. */
export interface IndexMode {
  /** Entries that a block holds at most. */
  readonly blockSize: number;
  /** Inserts are many and looks are none: entries out of order may wait to be sorted in together. */
  isLoading: boolean;
}

/** Few enough entries a block to shift at every insert, many enough to keep the list of blocks short. */
export const defaultBlockSize = 256;
