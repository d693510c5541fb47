import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

/** Writes to a broker over NGSIv2. */
export interface BrokerClient {
  /**
   * Asks for something small, so that a wrong URL, tenant or path, or a missing right, shows before anything is read.
   * Throws a `BrokerError`. [V2 GET /v2/types]
   */
  check(): Promise<void>;
  /**
   * Appends entities, given as JSON texts: new ones are created, known ones get these attributes. [V2 POST /v2/op/update]
   *
   * Resolves with what the broker said. Answers that ask for patience and failures of the connection are tried again;
   * throws a `BrokerError` when that is of no use.
   */
  append(entities: readonly string[]): Promise<AppendAnswer>;
  close(): Promise<void>;
}

export type AppendAnswer =
  | { readonly kind: 'accepted' }
  /** The broker will not have this batch; one of its entities may be to blame. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The broker cannot be reached or takes nothing from us: fatal. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
}

export interface BrokerClientOptions {
  readonly url: string;
  readonly tenant?: string;
  readonly servicePath?: string;
  readonly connections: number;
  /** How often a request is tried again before the load is given up. */
  readonly retries: number;
  /** Told before each wait. */
  onRetry?(reason: string, waitMs: number): void;
  /** For tests: how to wait, and the part of the wait (0 to 1) that is left to chance. */
  wait?(ms: number): Promise<void>;
  random?(): number;
}

const firstWaitMs = 250;
const longestWaitMs = 15_000;

type Attempt = AppendAnswer | { readonly kind: 'again'; readonly reason: string; readonly afterMs: number | undefined };

/** Throws a `BrokerError` for a URL that is none. */
export function createBrokerClient(options: BrokerClientOptions): BrokerClient {
  const { origin, path } = parseUrl(options.url);
  const pool = new Pool(origin, { connections: options.connections, headersTimeout: 60_000, bodyTimeout: 60_000 });
  const wait = options.wait ?? ((ms: number) => sleep(ms));
  const random = options.random ?? Math.random;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.tenant !== undefined) headers['fiware-service'] = options.tenant;
  if (options.servicePath !== undefined) headers['fiware-servicepath'] = options.servicePath;

  async function attempt(method: 'GET' | 'POST', target: string, body: string | null): Promise<Attempt> {
    try {
      const response = await pool.request({
        method,
        path: `${path}${target}`,
        headers: body === null ? headers : { ...headers, 'content-type': 'application/json' },
        body,
      });
      return judge(response.statusCode, response.headers['retry-after'], await response.body.text(), options.url);
    } catch (error) {
      if (error instanceof BrokerError) throw error;
      return { kind: 'again', reason: connectionTrouble(error), afterMs: undefined };
    }
  }

  async function insist(method: 'GET' | 'POST', target: string, body: string | null): Promise<AppendAnswer> {
    for (let tries = 0; ; tries += 1) {
      const answer = await attempt(method, target, body);
      if (answer.kind !== 'again') return answer;
      if (tries >= options.retries) {
        throw new BrokerError(`${options.url} does not take data: ${answer.reason} (tried ${tries + 1} times)`);
      }
      // Half of the wait is left to chance, so that those who were sent away together do not come back together.
      const backOffMs = Math.min(longestWaitMs, firstWaitMs * 2 ** tries) * (0.5 + random() / 2);
      const waitMs = Math.round(Math.max(backOffMs, answer.afterMs ?? 0));
      options.onRetry?.(answer.reason, waitMs);
      await wait(waitMs);
    }
  }

  return {
    async check() {
      const answer = await insist('GET', '/v2/types?limit=1', null);
      if (answer.kind === 'refused') throw new BrokerError(`${options.url} does not take data: ${answer.reason}`);
    },
    append: (entities) => insist('POST', '/v2/op/update', `{"actionType":"append","entities":[${entities.join(',')}]}`),
    close: () => pool.close(),
  };
}

function judge(status: number, retryAfter: string | string[] | undefined, body: string, url: string): Attempt {
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  const said = wordsOf(status, body);
  if (status === 429 || status === 502 || status === 503 || status === 504) {
    const seconds = Number(retryAfter);
    return {
      kind: 'again',
      reason: said,
      afterMs: Number.isFinite(seconds) ? Math.min(seconds * 1000, 60_000) : undefined,
    };
  }
  // Whatever the entities: there is no NGSIv2 here, or not for us.
  if (status === 401 || status === 403 || status === 404 || status === 405 || status === 501) {
    throw new BrokerError(`${url} does not take data: ${said}`);
  }
  return { kind: 'refused', reason: said };
}

/** `422 Unprocessable: text` of an NGSIv2 error body; the status alone of anything else. */
function wordsOf(status: number, body: string): string {
  try {
    const { error, description } = JSON.parse(body) as { error?: unknown; description?: unknown };
    if (typeof error === 'string') return `${status} ${error}: ${description}`;
  } catch {
    // Not an NGSIv2 answer; what a proxy sends is of no help.
  }
  return `HTTP ${status}`;
}

function connectionTrouble(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  // Of several addresses tried, the parts say why and the whole says nothing.
  if (error instanceof AggregateError && error.message === '') return code;
  return error.message || code;
}

function parseUrl(url: string): { origin: string; path: string } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw new BrokerError(`"${url}" is not the URL of a broker`);
  return { origin: parsed.origin, path: parsed.pathname.replace(/\/+(?:v2\/?)?$/, '') };
}
