import { SingleBar } from 'cli-progress';

/** How far an export or an import is, on the standard error: the standard output may be the export itself. */
export interface TransferProgress {
  advance(done: number, total: number): void;
  finish(): void;
}

/** A bar for people; nothing where the standard error is no terminal. */
export function createTransferProgress(unit: string): TransferProgress {
  const bar = new SingleBar({
    format: `[{bar}] {percentage}% | {value} of {total} ${unit} | {duration_formatted}`,
    stream: process.stderr,
    hideCursor: true,
    noTTYOutput: false,
  });
  let started = false;
  return {
    advance(done, total) {
      if (!started) bar.start(total, 0);
      started = true;
      bar.setTotal(total);
      bar.update(done);
    },
    finish() {
      if (started) bar.stop();
    },
  };
}
