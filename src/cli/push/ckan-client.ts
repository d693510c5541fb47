import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

/** A CKAN says no, and saying it again would not help. */
export class CkanRefusal extends Error {
  override readonly name = 'CkanRefusal';
  /** What CKAN calls it: `Not Found Error`, `Validation Error` … */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** Calls actions of a CKAN. */
export interface CkanClient {
  /** Rejects with a `CkanRefusal`, or, when trying again did not help, with what happened last. */
  call(action: string, parameters: object): Promise<unknown>;
}

export interface CkanClientOptions {
  readonly url: string;
  readonly token?: string;
  /** How often a call is tried again that failed for a reason that may pass. */
  readonly retries: number;
  wait?(ms: number): Promise<unknown>;
}

const firstWaitMs = 500;
const longestWaitMs = 30_000;

export function ckanClient({ url, token, retries, wait = sleep }: CkanClientOptions): CkanClient {
  const base = url.replace(/\/+$/, '');
  async function attempt(action: string, parameters: object): Promise<unknown> {
    const { statusCode, body } = await request(`${base}/api/3/action/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: token }) },
      body: JSON.stringify(parameters),
      headersTimeout: 120_000,
    });
    const text = await body.text();
    if (statusCode === 429 || statusCode >= 500) throw new Error(`${action}: HTTP ${statusCode}`);
    const answer = parsed(text);
    if (answer?.success === true) return answer.result;
    const { __type = `HTTP ${statusCode}`, message, ...fields } = answer?.error ?? {};
    throw new CkanRefusal(__type, `${action}: ${__type}: ${message ?? JSON.stringify(fields)}`);
  }
  return {
    async call(action, parameters) {
      for (let tries = 0; ; tries += 1) {
        try {
          return await attempt(action, parameters);
        } catch (error) {
          if (error instanceof CkanRefusal || tries >= retries) throw error;
          await wait(Math.min(firstWaitMs * 2 ** tries, longestWaitMs));
        }
      }
    },
  };
}

interface Envelope {
  readonly success?: boolean;
  readonly result?: unknown;
  readonly error?: { readonly __type?: string; readonly message?: string };
}

function parsed(text: string): Envelope | undefined {
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    return undefined;
  }
}
