import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileInMaking, FileShelf, ShelvedFile } from '../../ports/file-shelf.ts';

/** Bytes read at a time. */
const pieceBytes = 256 * 1024;

/** A directory of the file system as a shelf; it is made with the first file. */
export class DiskShelf implements FileShelf {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async create(name: string): Promise<FileInMaking> {
    const path = this.#pathOf(name);
    await mkdir(dirname(path), { recursive: true });
    // A reader of the file before this one keeps what it opened.
    await rm(path, { force: true });
    const handle = await open(path, 'wx');
    return {
      append: (bytes) => writeAll(handle, bytes),
      async close(durable) {
        try {
          if (durable) await handle.sync();
        } finally {
          await handle.close();
        }
      },
    };
  }

  async find(name: string): Promise<ShelvedFile | undefined> {
    try {
      const found = await stat(this.#pathOf(name));
      return found.isFile() ? { name, bytes: found.size } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async list(folder: string): Promise<readonly ShelvedFile[]> {
    let names: string[];
    try {
      names = await readdir(this.#pathOf(folder));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
    const files = await Promise.all(names.toSorted().map((name) => this.find(`${folder}/${name}`)));
    return files.filter((file) => file !== undefined);
  }

  async *read(name: string, start: number, end: number): AsyncGenerator<Uint8Array> {
    const handle = await open(this.#pathOf(name), 'r');
    try {
      for (let at = start; at < end; ) {
        const piece = Buffer.allocUnsafe(Math.min(pieceBytes, end - at));
        const { bytesRead } = await handle.read(piece, 0, piece.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const path = this.#pathOf(to);
    await mkdir(dirname(path), { recursive: true });
    await rename(this.#pathOf(from), path);
    const directory = await open(dirname(path), 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true });
  }

  async removeAll(folder: string): Promise<void> {
    await rm(this.#pathOf(folder), { recursive: true, force: true });
  }

  #pathOf(name: string): string {
    if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(name)) throw new Error(`${name} is no name of a file on the shelf`);
    return join(this.#directory, name);
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written);
    written += bytesWritten;
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
