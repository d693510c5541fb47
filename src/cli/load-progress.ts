import type { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';

/** Shows how far the load of one source is. */
export interface Progress {
  opened(totalBytes: number | undefined): void;
  advanced(bytes: number): void;
  loaded(entities: number): void;
  /** A word that must not be lost: the broker asks to wait. */
  note(text: string): void;
  finish(): void;
}

export const silence: Progress = {
  opened: () => undefined,
  advanced: () => undefined,
  loaded: () => undefined,
  note: () => undefined,
  finish: () => undefined,
};

/** A bar that draws itself anew; for people. */
export function createBar(title: string, stream: NodeJS.WritableStream): Progress {
  const bar = new SingleBar({
    format: '{title} [{bar}] {percentage}% | {entities} entities | {duration_formatted}',
    stream,
    hideCursor: true,
    barsize: 24,
    noTTYOutput: false,
  });
  let entities = 0;
  let bytes = 0;
  bar.start(1, 0, { title, entities });
  return {
    opened: (totalBytes) => bar.setTotal(totalBytes ?? 1),
    advanced(more) {
      bytes += more;
      // Where the size is not known, the bar is always just about to end.
      if (bytes > bar.getTotal()) bar.setTotal(bytes + 1);
      bar.update(bytes);
    },
    loaded(more) {
      entities += more;
      bar.update({ entities });
    },
    note(text) {
      stream.write(`\n${text}\n`);
    },
    finish() {
      bar.setTotal(Math.max(1, bytes));
      bar.update(Math.max(1, bytes), { entities });
      bar.stop();
    },
  };
}

const lineEveryMs = 5_000;

/** A line now and then; for logs. */
export function createLines(title: string, output: Writable, now: () => number = Date.now): Progress {
  let entities = 0;
  let last = now();
  return {
    ...silence,
    loaded(more) {
      entities += more;
      if (now() - last < lineEveryMs) return;
      last = now();
      output.write(`${title}: ${entities} entities\n`);
    },
    note(text) {
      output.write(`${text}\n`);
    },
  };
}
