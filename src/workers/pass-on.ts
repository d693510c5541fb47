import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import { Refusal } from '../core/errors.ts';
import { hopByHopHeaders } from '../core/hop-by-hop-headers.ts';
import { clientAddressHeader } from '../http/client-address.ts';
import { correlatorHeader } from '../http/correlator.ts';

/** Passes requests to another process of this machine, at a Unix socket, and its answers back. */
export class PassOn {
  readonly #socketPath: string;
  readonly #pool: Pool;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    // No limit on connections: those of live streams stay, and each request belongs to a client that waits for it.
    this.#pool = new Pool('http://oriel', {
      socketPath,
      connections: null,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** As `Elsewhere.pass`. The body is passed on as it comes, the answer as the client takes it; either may end the other. */
  pass(request: IncomingMessage, response: ServerResponse, correlator: string, onAnswer: () => void): Promise<void> {
    const { method, url, headers } = request;
    const length = headers['content-length'];
    const hasBody = headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
    return new Promise((resolve, reject) => {
      const begin = () => {
        onAnswer();
        resolve();
      };
      const options = {
        method: method as Dispatcher.HttpMethod,
        path: url ?? '/',
        headers: passedHeaders(request, correlator),
        body: hasBody ? request : null,
      };
      this.#pool.dispatch(options, new Answering(response, begin, reject));
    });
  }

  /** As `Elsewhere.connect`. */
  connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const other = connect(this.#socketPath);
    const { method, url, httpVersion, rawHeaders } = request;
    const lines = [`${method} ${url} HTTP/${httpVersion}`];
    for (let place = 0; place < rawHeaders.length; place += 2)
      lines.push(`${rawHeaders[place]}: ${rawHeaders[place + 1]}`);
    other.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    other.write(head);
    socket.pipe(other).pipe(socket);
    for (const [one, counterpart] of [
      [socket, other],
      [other, socket],
    ] as const) {
      one.on('error', () => counterpart.destroy());
      one.on('close', () => counterpart.destroy());
    }
  }

  /** No request is under way any more. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** An answer from elsewhere, given to the client. */
class Answering implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  readonly #begin: () => void;
  readonly #reject: (refusal: Refusal) => void;

  constructor(response: ServerResponse, begin: () => void, reject: (refusal: Refusal) => void) {
    this.#response = response;
    this.#begin = begin;
    this.#reject = reject;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#response.once('close', () => {
      if (!this.#response.writableFinished) controller.abort(new Error('the client is gone'));
    });
    this.#response.on('drain', () => controller.resume());
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusMessage?: string,
  ): void {
    // What comes before the answer is of that connection.
    if (status < 200) return;
    this.#begin();
    this.#response.writeHead(status, statusMessage, answeredHeaders(controller.rawHeaders as readonly Buffer[]));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#response.headersSent) this.#response.destroy();
    else {
      const description = `the process that answers this cannot be reached, or went away meanwhile: ${error.message}`;
      this.#reject(new Refusal({ kind: 'storeUnavailable', description }));
    }
  }
}

function passedHeaders({ rawHeaders, socket }: IncomingMessage, correlator: string): string[] {
  const passed: string[] = [];
  let isCorrelated = false;
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const name = (rawHeaders[place] ?? '').toLowerCase();
    if (hopByHopHeaders.has(name) || name === clientAddressHeader) continue;
    isCorrelated ||= name === correlatorHeader;
    passed.push(name, rawHeaders[place + 1] ?? '');
  }
  if (!isCorrelated) passed.push(correlatorHeader, correlator);
  if (socket.remoteAddress !== undefined) passed.push(clientAddressHeader, socket.remoteAddress);
  return passed;
}

function answeredHeaders(raw: readonly Buffer[]): string[] {
  const headers: string[] = [];
  for (let place = 0; place < raw.length; place += 2) {
    const name = raw[place]?.toString('latin1') ?? '';
    if (!hopByHopHeaders.has(name.toLowerCase())) headers.push(name, raw[place + 1]?.toString('latin1') ?? '');
  }
  return headers;
}
