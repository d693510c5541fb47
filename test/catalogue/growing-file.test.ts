import { describe, expect, it } from 'vitest';
import { DiskShelf } from '../../src/adapters/files/disk-shelf.ts';
import { GrowingFile } from '../../src/catalogue/exports/growing-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A file that is written as the test says. */
function aFile() {
  const shelf = new DiskShelf(temporaryDirectory());
  const name = 'folder/file.csv';
  const pieces: Uint8Array[] = [];
  let wake = () => {};
  let state: 'open' | 'ended' | 'failed' = 'open';
  async function* written() {
    const out = await shelf.create(name);
    let bytes = 0;
    for (;;) {
      for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
        await out.append(piece);
        bytes += piece.length;
        yield { bytes };
      }
      if (state !== 'open') await out.close(false);
      if (state === 'ended') return;
      if (state === 'failed') throw new Error('no more');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const file = new GrowingFile(shelf, name);
  const filled = file.fill(written());
  filled.catch(() => undefined);
  return {
    file,
    filled,
    add(text: string) {
      pieces.push(Buffer.from(text));
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
    add('abcde');
    const first = await file.read()[Symbol.asyncIterator]().next();
    expect(Buffer.from(first.value as Uint8Array).toString()).toBe('abcde');
    expect(file.isWhole).toBe(false);
    add('fghij');
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
    add('abc');
    end('failed');
    await expect(filled).rejects.toThrow('no more');
    await expect(reading).rejects.toThrow('could not be made');
    await expect(waiting).rejects.toThrow('could not be made');
  });
});
