import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../../core/entity/entity.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Log } from '../../ports/log.ts';

/** A context as it was fetched. */
export interface CachedContext extends CacheTimes {
  readonly document: JsonObject;
}

export interface CacheTimes {
  readonly fetchedAt: EpochMs;
  /** Until when it holds by its server's word; absent: it gave none. */
  readonly staleAt?: EpochMs;
}

/** Copies of contexts, by URL; beyond a number of them the oldest go. */
export interface ContextCache {
  get(url: string): Promise<CachedContext | undefined>;
  put(url: string, context: CachedContext): Promise<void>;
  remove(url: string): Promise<void>;
  /** What is there, the oldest first. */
  list(): Promise<ReadonlyMap<string, CacheTimes>>;
}

/** Copies for as long as the process runs. */
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

  async list(): Promise<ReadonlyMap<string, CacheTimes>> {
    return this.#contexts;
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
  readonly #most: number;
  /** What is on disk, once somebody needed to know. */
  #listed: Promise<Map<string, CacheTimes>> | undefined;

  constructor(directory: string, log: Log, most = 2000) {
    this.#directory = directory;
    this.#log = log;
    this.#most = most;
  }

  async get(url: string): Promise<CachedContext | undefined> {
    const known = (await this.#memory.get(url)) ?? (await this.#read(this.#pathOf(url)));
    if (known !== undefined) await this.#memory.put(url, known);
    return known;
  }

  async put(url: string, context: CachedContext): Promise<void> {
    await this.#memory.put(url, context);
    const path = this.#pathOf(url);
    try {
      await mkdir(this.#directory, { recursive: true });
      // Other processes keep their copies here too.
      const making = `${path}.${process.pid}.new`;
      await writeFile(making, JSON.stringify({ url, ...context }));
      await rename(making, path);
    } catch (error) {
      this.#log.warn({ url, err: error }, 'a context cannot be kept on disk');
      return;
    }
    const listed = await this.#list();
    listed.delete(url);
    listed.set(url, context);
    const [oldest] = listed.keys();
    if (listed.size > this.#most && oldest !== undefined) await this.remove(oldest);
  }

  async remove(url: string): Promise<void> {
    await this.#memory.remove(url);
    await rm(this.#pathOf(url), { force: true });
    (await this.#list()).delete(url);
  }

  list(): Promise<ReadonlyMap<string, CacheTimes>> {
    return this.#list();
  }

  #list(): Promise<Map<string, CacheTimes>> {
    this.#listed ??= this.#readAll();
    return this.#listed;
  }

  async #readAll(): Promise<Map<string, CacheTimes>> {
    const found: (readonly [string, CacheTimes])[] = [];
    for (const name of await readdir(this.#directory).catch(() => [])) {
      const kept = name.endsWith('.json') ? await this.#read(join(this.#directory, name)) : undefined;
      if (kept !== undefined) found.push([kept.url, timesOf(kept)]);
    }
    return new Map(found.sort(([, a], [, b]) => a.fetchedAt - b.fetchedAt));
  }

  async #read(path: string): Promise<(CachedContext & { readonly url: string }) | undefined> {
    try {
      const kept: unknown = JSON.parse(await readFile(path, 'utf8'));
      const { url, document, ...times } = kept as Partial<CachedContext & { readonly url: string }>;
      const isWhole = typeof url === 'string' && isJsonObject(document) && typeof times.fetchedAt === 'number';
      return isWhole ? { url, document, ...timesOf({ ...times, fetchedAt: times.fetchedAt as EpochMs }) } : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#log.warn({ path, err: error }, 'the copy of a context cannot be read');
      }
      return undefined;
    }
  }

  #pathOf(url: string): string {
    return join(this.#directory, `${createHash('sha256').update(url).digest('hex')}.json`);
  }
}

function timesOf({ fetchedAt, staleAt }: CacheTimes): CacheTimes {
  return { fetchedAt, ...(typeof staleAt === 'number' && { staleAt }) };
}
