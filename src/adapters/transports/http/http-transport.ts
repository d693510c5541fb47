import { Agent, type Dispatcher, errors } from 'undici';
import type { OutgoingHttp, OutgoingTarget } from '../../../core/subscription/outgoing-notification.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Asker, AskOutcome, DeliveryOutcome, Transport, Unreached } from '../../../ports/transport.ts';
import type { HttpEndpoint, TlsMaterial } from '../endpoints.ts';
import { failureReason } from '../failure-reason.ts';
import { DeniedAddressError, type ReceiverGuard } from '../receiver-guard.ts';
import { type AnswerReading, beginningOnly, exchange, type HttpAnswer } from './http-exchange.ts';
import { parseRetryAfter } from './retry-after.ts';

export interface HttpTransportOptions {
  /** How long to wait for an answer where the message does not say. */
  readonly timeoutMs: number;
  /** To one origin; more requests wait for one. */
  readonly maxConnections: number;
  readonly endpoints: ReadonlyMap<string, HttpEndpoint>;
  readonly guard: ReceiverGuard;
  readonly clock: Clock;
}

/** Characters of an answer that are told of a delivery. */
const toldCharacters = 500;

/** What an answer may have that is read to its end, in bytes. */
const maxAskedBytes = 16 * 1024 * 1024;

/**
 * Sends HTTP requests, keeping connections open for each origin. Redirects are not followed: they could lead past what an
 * operator allows. Of the answer to a delivery, one without end too, little is read; one that was asked for is read whole.
 */
export class HttpTransport implements Transport<OutgoingHttp>, Asker<OutgoingHttp> {
  readonly #options: HttpTransportOptions;
  readonly #agent: Agent;
  /** Of endpoints with certificates of their own. */
  readonly #agents = new Map<string, Agent>();

  readonly #addresses = new Map<string, Address>();

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#agent = this.#newAgent({});
  }

  async send(message: OutgoingHttp): Promise<DeliveryOutcome> {
    try {
      const timeoutMs = message.timeoutMs ?? this.#options.timeoutMs;
      const { status, headers, body } = await this.#exchange(message, { ...beginningOnly, timeoutMs });
      const retryAfterMs = parseRetryAfter(first(headers['retry-after']), this.#options.clock.now());
      return {
        kind: 'answered',
        status,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        answer: body.slice(0, toldCharacters),
      };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async ask(message: OutgoingHttp): Promise<AskOutcome> {
    try {
      const { status, headers, body } = await this.#exchange(message, {
        timeoutMs: message.timeoutMs ?? this.#options.timeoutMs,
        maxBytes: maxAskedBytes,
        keptBytes: Number.POSITIVE_INFINITY,
        whole: true,
      });
      return { kind: 'answered', status, header: (name) => first(headers[name]), body };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent, ...this.#agents.values()].map((agent) => agent.destroy()));
  }

  async #exchange({ target, method, headers, body }: OutgoingHttp, reading: AnswerReading): Promise<HttpAnswer> {
    const endpoint = target.kind === 'endpoint' ? this.#options.endpoints.get(target.name) : undefined;
    if (target.kind === 'endpoint' && endpoint === undefined) throw new UnknownEndpointError(target.name);
    const address = target.kind === 'url' ? this.#addressOf(target.url) : addressAt(endpoint?.url ?? '', target);
    // What the operator chose is where the operator wants it to go.
    if (endpoint === undefined) this.#options.guard.checkHost(address.hostname);
    return exchange(
      this.#agentFor(target.kind === 'endpoint' ? target.name : undefined, endpoint),
      {
        origin: address.origin,
        path: address.path,
        method: method as Dispatcher.HttpMethod,
        headers: endpoint?.headers === undefined ? headers : withHeaders(headers, endpoint.headers),
        body: body ?? null,
      },
      reading,
    );
  }

  /** A receiver is sent many messages: its URL is read once, and again when many others were since. */
  #addressOf(text: string): Address {
    let address = this.#addresses.get(text);
    if (address === undefined) {
      if (this.#addresses.size >= maxAddresses) this.#addresses.clear();
      address = addressFrom(new URL(text));
      this.#addresses.set(text, address);
    }
    return address;
  }

  #agentFor(name: string | undefined, endpoint: HttpEndpoint | undefined): Agent {
    if (name === undefined || endpoint === undefined) return this.#agent;
    let agent = this.#agents.get(name);
    if (agent === undefined) {
      agent = this.#newAgent({ ...endpoint.tls, unguarded: true });
      this.#agents.set(name, agent);
    }
    return agent;
  }

  #newAgent({ unguarded = false, ...tls }: TlsMaterial & { readonly unguarded?: boolean }): Agent {
    const { guard, maxConnections } = this.#options;
    return new Agent({
      connections: maxConnections,
      // Each request has its own time-out, which covers all of it.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { ...tls, ...(!unguarded && { lookup: guard.lookup }), timeout: 0 },
    });
  }
}

/** URLs that are remembered; some are of one message alone. */
const maxAddresses = 1000;

/** What of a URL a request needs. */
interface Address {
  readonly hostname: string;
  readonly origin: string;
  /** With its query. */
  readonly path: string;
}

function addressFrom({ hostname, origin, pathname, search }: URL): Address {
  return { hostname, origin, path: pathname + search };
}

/** The address of an endpoint, with what the message adds. */
function addressAt(base: string, { path, query }: Extract<OutgoingTarget, { kind: 'endpoint' }>): Address {
  const url = new URL(base);
  if (path !== undefined) url.pathname = url.pathname.replace(/\/*$/, path);
  if (query !== '') url.search = url.search === '' ? query : `${url.search}&${query}`;
  return addressFrom(url);
}

/** With those of the second in place of those of the first of the same name, whatever its case. */
function withHeaders(
  headers: ReadonlyMap<string, string>,
  others: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const replaced = new Set(Object.keys(others).map((name) => name.toLowerCase()));
  return new Map([...[...headers].filter(([name]) => !replaced.has(name.toLowerCase())), ...Object.entries(others)]);
}

/** A message names an endpoint that the operator does not keep, or keeps no more. */
class UnknownEndpointError extends Error {
  constructor(name: string) {
    super(`there is no http endpoint ${name}`);
    this.name = 'UnknownEndpointError';
  }
}

function first(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function outcomeOf(error: unknown): Unreached {
  const isImpossible = error instanceof DeniedAddressError || error instanceof UnknownEndpointError;
  if (isImpossible || error instanceof errors.InvalidArgumentError) {
    return { kind: 'impossible', reason: error.message };
  }
  return { kind: 'failed', reason: failureReason(error) };
}
