import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { JsonValue } from '../../core/json.ts';
import type { FetchDocument, FetchedDocument } from './context-documents.ts';
import { freshForMs } from './fresh-for.ts';

export interface FetchLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly maxRedirects: number;
}

/** Keeps requests from addresses that they must not reach (see `ReceiverGuard`). */
export interface AddressGuard {
  checkHost(host: string): void;
  readonly lookup: LookupFunction;
}

const accepted = 'application/ld+json, application/json;q=0.9, */*;q=0.1';

/** Fetches documents over HTTP, bounded in time, size and redirects, and kept from addresses that the guard denies. */
export class ContextFetcher {
  readonly #agent: Agent;
  readonly #limits: FetchLimits;
  readonly #guard: AddressGuard;

  constructor(limits: FetchLimits, guard: AddressGuard) {
    this.#limits = limits;
    this.#guard = guard;
    this.#agent = new Agent({ connect: { lookup: guard.lookup, timeout: limits.timeoutMs }, connections: 4 });
  }

  readonly fetch: FetchDocument = (url) => this.#get(new URL(url), this.#limits.maxRedirects, this.#deadline());

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#limits.timeoutMs);
  }

  async #get(url: URL, redirects: number, signal: AbortSignal): Promise<FetchedDocument> {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('only http and https lead to contexts');
    this.#guard.checkHost(url.hostname);
    const { statusCode, headers, body } = await request(url, {
      dispatcher: this.#agent,
      headers: { accept: accepted },
      signal,
    });
    const { location } = headers;
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      await body.dump();
      if (redirects === 0) throw new Error(`more than ${this.#limits.maxRedirects} redirects`);
      return this.#get(new URL(location, url), redirects - 1, signal);
    }
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`the answer was ${statusCode}`);
    }
    const document = JSON.parse(await this.#read(body)) as JsonValue;
    const fresh = freshForMs(headers, Date.now());
    return { document, ...(fresh !== undefined && { freshForMs: fresh }) };
  }

  async #read(body: AsyncIterable<Buffer>): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > this.#limits.maxBytes) throw new Error(`it is longer than ${this.#limits.maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}
