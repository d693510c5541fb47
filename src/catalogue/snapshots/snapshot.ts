import type { EpochMs } from '../../core/entity/entity.ts';
import type { FormatCode } from '../dataset/dataset-terms.ts';

/** A dataset as it was at a moment, in files that never change again. */
export interface Snapshot {
  /** The hour or the day that it stands for, in UTC: `2026-01-31T05` or `2026-01-31`. */
  readonly moment: string;
  readonly takenAt: EpochMs;
  /** Tells its files from those of another broker that took the same moment. */
  readonly id: string;
  readonly rows: number;
  readonly files: readonly SnapshotFile[];
}

export interface SnapshotFile {
  readonly format: FormatCode;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}
