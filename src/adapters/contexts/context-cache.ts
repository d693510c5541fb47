import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../../core/entity/entity.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Log } from '../../ports/log.ts';

/** A context as it was fetched. */
export interface CachedContext {
  readonly document: JsonObject;
  readonly fetchedAt: EpochMs;
}

/** Copies of contexts, by URL. */
export interface ContextCache {
  get(url: string): Promise<CachedContext | undefined>;
  put(url: string, context: CachedContext): Promise<void>;
  remove(url: string): Promise<void>;
}

/** Copies for as long as the process runs; beyond `most` of them the oldest go. */
export class MemoryContextCache implements ContextCache {
  readonly #contexts = new Map<string, CachedContext>();

  constructor(private readonly most = 500) {}

  async get(url: string): Promise<CachedContext | undefined> {
    return this.#contexts.get(url);
  }

  async put(url: string, context: CachedContext): Promise<void> {
    this.#contexts.delete(url);
    this.#contexts.set(url, context);
    const [oldest] = this.#contexts.keys();
    if (this.#contexts.size > this.most && oldest !== undefined) this.#contexts.delete(oldest);
  }

  async remove(url: string): Promise<void> {
    this.#contexts.delete(url);
  }
}

/**
 * Copies in a directory, a file a context, which a restart finds again, with those last used in memory. A file that cannot
 * be read or written costs a fetch and a line in the log, no more.
 */
export class DiskContextCache implements ContextCache {
  readonly #memory = new MemoryContextCache();
  readonly #directory: string;
  readonly #log: Log;

  constructor(directory: string, log: Log) {
    this.#directory = directory;
    this.#log = log;
  }

  async get(url: string): Promise<CachedContext | undefined> {
    const known = (await this.#memory.get(url)) ?? (await this.#read(url));
    if (known !== undefined) await this.#memory.put(url, known);
    return known;
  }

  async put(url: string, context: CachedContext): Promise<void> {
    await this.#memory.put(url, context);
    const path = this.#pathOf(url);
    try {
      await mkdir(this.#directory, { recursive: true });
      await writeFile(`${path}.new`, JSON.stringify({ url, ...context }));
      await rename(`${path}.new`, path);
    } catch (error) {
      this.#log.warn({ url, err: error }, 'a context cannot be kept on disk');
    }
  }

  async remove(url: string): Promise<void> {
    await this.#memory.remove(url);
    await rm(this.#pathOf(url), { force: true });
  }

  async #read(url: string): Promise<CachedContext | undefined> {
    try {
      const kept: unknown = JSON.parse(await readFile(this.#pathOf(url), 'utf8'));
      const { document, fetchedAt } = kept as Partial<CachedContext>;
      return isJsonObject(document) && typeof fetchedAt === 'number' ? { document, fetchedAt } : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#log.warn({ url, err: error }, 'the copy of a context cannot be read');
      }
      return undefined;
    }
  }

  #pathOf(url: string): string {
    return join(this.#directory, `${createHash('sha256').update(url).digest('hex')}.json`);
  }
}
