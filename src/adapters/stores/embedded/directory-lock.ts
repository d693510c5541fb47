import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/** A data directory that only this process writes to, until it lets go or dies. */
export interface DirectoryLock {
  release(): void;
}

/** Another process, or another store of this one, has the directory. */
export class DirectoryInUseError extends Error {
  constructor(directory: string, owner: number | undefined) {
    const who = owner === undefined ? 'another process' : `process ${owner}`;
    super(`the data directory ${directory} is in use by ${who}; stop it first, or choose another directory`);
    this.name = 'DirectoryInUseError';
  }
}

/**
 * Takes the directory for writing, or throws `DirectoryInUseError`.
 *
 * The lock is an exclusive transaction on an empty SQLite file, so it is the operating system's: a process that is
 * killed loses it at once, and nothing stale is left to be judged. The number in `oriel.pid` only serves the message.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const ownerFile = join(directory, 'oriel.pid');
  const database = new DatabaseSync(join(directory, 'oriel.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked/.test(error.message)) {
      throw new DirectoryInUseError(directory, readOwner(ownerFile));
    }
    throw error;
  }
  writeFileSync(ownerFile, `${process.pid}\n`);
  return {
    release() {
      rmSync(ownerFile, { force: true });
      database.close();
    },
  };
}

function readOwner(ownerFile: string): number | undefined {
  try {
    const owner = Number.parseInt(readFileSync(ownerFile, 'utf8'), 10);
    return Number.isSafeInteger(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}
