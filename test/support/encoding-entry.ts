import { serveEncoding } from '../../src/adapters/encoding/serve-encoding.ts';

/* What the thread of test/adapters/encoding-thread.test.ts runs: a job says what becomes of the texts. */

serveEncoding<'upper' | 'fail' | 'exit', string>(
  (prefix) =>
    async function* (job, batches) {
      yield prefix;
      for await (const texts of batches) {
        if (job === 'fail') throw new Error(`no ${texts.join()}`);
        if (job === 'exit') process.exit();
        yield texts.join('').toUpperCase();
      }
    },
);
