import type { FileShelf } from '../../ports/file-shelf.ts';

/**
 * A file on a shelf that many read while it is being made: what is written is sent at once, and the rest as it comes.
 *
 * It is made by the first who wants it, and as fast as the disk takes it: a slow reader holds nobody up.
 */
export class GrowingFile {
  readonly name: string;
  readonly #shelf: FileShelf;
  #bytes = 0;
  #state: 'growing' | 'whole' | 'failed' = 'growing';
  #error: unknown;
  #waiting: (() => void)[] = [];

  constructor(shelf: FileShelf, name: string) {
    this.#shelf = shelf;
    this.name = name;
  }

  /** How many bytes there are so far. */
  get bytes(): number {
    return this.#bytes;
  }

  get isWhole(): boolean {
    return this.#state === 'whole';
  }

  get hasFailed(): boolean {
    return this.#state === 'failed';
  }

  /** Somebody writes it and tells how far it is; rejects, and so do its readers, where that fails. Called once. */
  async fill(written: AsyncIterable<{ readonly bytes: number }>): Promise<void> {
    try {
      for await (const { bytes } of written) {
        this.#bytes = bytes;
        this.#wake();
      }
      this.#state = 'whole';
    } catch (error) {
      this.#state = 'failed';
      this.#error = error;
      throw error;
    } finally {
      this.#wake();
    }
  }

  /** Resolves with its length once it is whole. */
  async whole(): Promise<number> {
    while (this.#state === 'growing') await this.#more();
    this.#check();
    return this.#bytes;
  }

  /** The bytes from `start` on and before `end`, as they come; to its end where that is not said. */
  async *read(start = 0, end = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; ) {
      while (this.#state === 'growing' && this.#bytes <= at) await this.#more();
      this.#check();
      const until = Math.min(end, this.#bytes);
      if (until <= at) return;
      for await (const piece of this.#shelf.read(this.name, at, until)) {
        at += piece.length;
        yield piece;
      }
    }
  }

  #check(): void {
    if (this.#state === 'failed') throw new Error(`${this.name} could not be made`, { cause: this.#error });
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
