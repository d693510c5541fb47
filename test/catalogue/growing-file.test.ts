import { describe, expect, it } from 'vitest';
import { DiskShelf } from '../../src/adapters/files/disk-shelf.ts';
import { GrowingFile } from '../../src/catalogue/exports/growing-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A file whose pieces come when the test gives them. */
function aFile() {
  const pieces: Uint8Array[] = [];
  let wake = () => {};
  let state: 'open' | 'ended' | 'failed' = 'open';
  async function* given() {
    for (;;) {
      for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) yield piece;
      if (state === 'ended') return;
      if (state === 'failed') throw new Error('no more');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const file = new GrowingFile(new DiskShelf(temporaryDirectory()), 'folder/file.csv');
  const filled = file.fill(given());
  filled.catch(() => undefined);
  return {
    file,
    filled,
    add(piece: Uint8Array) {
      pieces.push(piece);
      wake();
    },
    end(as: 'ended' | 'failed') {
      state = as;
      wake();
    },
  };
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of bytes) text += Buffer.from(piece).toString();
  return text;
}

describe('A growing file', () => {
  it('is read while it grows, by many, and from anywhere', async () => {
    const { file, filled, add, end } = aFile();
    const early = textOf(file.read());
    const part = textOf(file.read(3, 7));
    add(Buffer.from('abcde'));
    const first = await file.read()[Symbol.asyncIterator]().next();
    expect(Buffer.from(first.value as Uint8Array).toString()).toBe('abcde');
    expect(file.isWhole).toBe(false);
    add(Buffer.from('fghij'));
    end('ended');
    await filled;
    expect(await Promise.all([early, part, textOf(file.read()), file.whole()])).toEqual([
      'abcdefghij',
      'defg',
      'abcdefghij',
      10,
    ]);
  });

  it('fails for all who read it when it cannot be made', async () => {
    const { file, filled, add, end } = aFile();
    const reading = textOf(file.read());
    const waiting = file.whole();
    waiting.catch(() => undefined);
    reading.catch(() => undefined);
    add(Buffer.from('abc'));
    end('failed');
    await expect(filled).rejects.toThrow('no more');
    await expect(reading).rejects.toThrow('could not be made');
    await expect(waiting).rejects.toThrow('could not be made');
  });
});
