import { type Dispatcher, errors } from 'undici';

/** What a receiver answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** How it begins, as UTF-8. */
  readonly beginning: string;
}

/** What is read of an answer before its connection is closed, in bytes, and for how long. */
const maxAnswerBytes = 65_536;
const maxAnswerMs = 1000;

/** Characters of the answer that are told. */
const toldCharacters = 500;

/**
 * Sends one request and resolves with the answer, however much of it there was when it ended or became too long; rejects when
 * there was none within the time, in which waiting for a connection counts.
 *
 * Beneath `undici.request` on purpose: for each message that makes a stream, a signal and their listeners, which cost more
 * than all the rest of a notification (bench/notify-one).
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  timeoutMs: number,
): Promise<HttpAnswer> {
  if (request.method === 'CONNECT') return Promise.reject(new errors.InvalidArgumentError('invalid method'));
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(request, new Exchange(timeoutMs, resolve, reject));
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status: number | undefined;
  #retryAfter: string | undefined;
  #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #cutOff: Error | undefined;

  constructor(timeoutMs: number, resolve: (answer: HttpAnswer) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#cut(new Error('Timeout was reached')), timeoutMs);
  }

  /** There is a connection; where that came too late, nothing is sent over it. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#cutOff !== undefined) controller.abort(this.#cutOff);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHeaders): void {
    // More is to come after an interim answer. [RFC 9110 15.2]
    if (status < 200) return;
    this.#status = status;
    const retryAfter = headers['retry-after'];
    this.#retryAfter = typeof retryAfter === 'string' ? retryAfter : retryAfter?.[0];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#cut(new Error('the answer took too long')), maxAnswerMs);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes < toldCharacters * 4) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > maxAnswerBytes) this.#cut(new Error('the answer is too long'));
  }

  onResponseEnd(): void {
    this.#end();
  }

  /** The receiver may have answered before: what became of the rest of its answer changes nothing. */
  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#end(error);
  }

  /** Ends now; the connection is closed, for the rest may still come over it. */
  #cut(reason: Error): void {
    this.#cutOff = reason;
    this.#end(reason);
    this.#controller?.abort(reason);
  }

  /** Only the first call counts. */
  #end(error?: Error): void {
    clearTimeout(this.#timer);
    if (this.#status === undefined) {
      this.#reject(error ?? new Error('the connection ended without an answer'));
      return;
    }
    const beginning = this.#bytes === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8').slice(0, toldCharacters);
    this.#resolve({ status: this.#status, retryAfter: this.#retryAfter, beginning });
  }
}

type IncomingHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];
