import { afterEach, describe, expect, it } from 'vitest';
import { EncodingThread } from '../../src/adapters/encoding/encoding-thread.ts';

/** What `test/support/encoding-entry.ts` does with the texts of a job. */
type Job = 'upper' | 'fail' | 'exit';

const threads: EncodingThread<Job, string>[] = [];

afterEach(() => Promise.all(threads.splice(0).map((thread) => thread.close())));

function aThread(): EncodingThread<Job, string> {
  const thread = new EncodingThread<Job, string>(
    new URL('../support/encoding-entry-from-source.mjs', import.meta.url),
    '>',
  );
  threads.push(thread);
  return thread;
}

/** Batches of one text, and how many were asked for. */
function batchesOf(...texts: readonly string[]) {
  const asked = { count: 0, ended: false };
  async function* batches() {
    try {
      for (const text of texts) {
        asked.count += 1;
        yield [text];
      }
    } finally {
      asked.ended = true;
    }
  }
  return { asked, batches: batches() };
}

async function textOf(told: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of told) text += part;
  return text;
}

describe('The thread that makes files', () => {
  it('makes several at a time, each of what it is given and in its order', async () => {
    const thread = aThread();
    const letters = Array.from({ length: 50 }, (_, place) => `ä${place} `);
    const made = await Promise.all([
      textOf(thread.encode('upper', batchesOf(...letters).batches)),
      textOf(thread.encode('upper', batchesOf('b', 'c').batches)),
      textOf(thread.encode('upper', batchesOf().batches)),
    ]);
    expect(made).toEqual([`>${letters.join('').toUpperCase()}`, '>BC', '>']);
  });

  it('runs ahead of who reads by a few told, however many there are', async () => {
    const { asked, batches } = batchesOf(...Array.from({ length: 1000 }, () => 'x'));
    const told = aThread().encode('upper', batches);
    for (let taken = 0; taken < 5; taken += 1) await told.next();
    expect(asked.count).toBeLessThan(30);
    await told.return(undefined);
    expect(asked).toMatchObject({ ended: true });
  });

  it('hands on what a job rejects with, and what the entities reject with, and goes on with others', async () => {
    const thread = aThread();
    await expect(textOf(thread.encode('fail', batchesOf('x').batches))).rejects.toThrow('no x');
    // biome-ignore lint/correctness/useYield: it never comes to that
    async function* broken(): AsyncGenerator<readonly string[]> {
      throw new Error('no more entities');
    }
    await expect(textOf(thread.encode('upper', broken()))).rejects.toThrow('no more entities');
    expect(await textOf(thread.encode('upper', batchesOf('y').batches))).toBe('>Y');
  });

  it('is started again after it died; what it was making rejects', async () => {
    const thread = aThread();
    await expect(textOf(thread.encode('exit', batchesOf('x').batches))).rejects.toThrow('has ended');
    expect(await textOf(thread.encode('upper', batchesOf('y').batches))).toBe('>Y');
  });

  it('gives up what it is making when it is closed, and makes nothing more', async () => {
    const thread = aThread();
    const told = thread.encode('upper', batchesOf('x', 'y').batches);
    await told.next();
    await thread.close();
    await expect(textOf(told)).rejects.toThrow('has ended');
    await expect(textOf(thread.encode('upper', batchesOf('x').batches))).rejects.toThrow('no more files');
  });
});
