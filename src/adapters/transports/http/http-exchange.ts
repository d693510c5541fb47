import { type Dispatcher, errors } from 'undici';

/** What a receiver answered. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingHeaders;
  /** What was kept of it, as UTF-8. */
  readonly body: string;
}

/** How much of an answer is read, and for how long. */
export interface AnswerReading {
  /** Until there is an answer; waiting for a connection counts. */
  readonly timeoutMs: number;
  /** From then on until its end; absent: what is left of the time. */
  readonly maxAnswerMs?: number;
  /** Bytes after which the connection is closed. */
  readonly maxBytes: number;
  /** Bytes that are kept at least, if there are as many. */
  readonly keptBytes: number;
  /** An answer that does not end in time, in its bounds, or at all is none. */
  readonly whole: boolean;
}

/** For those who want to know that it was received, and how the answer begins. */
export const beginningOnly = { maxAnswerMs: 1000, maxBytes: 65_536, keptBytes: 2000, whole: false } as const;

/**
 * Sends one request and resolves with the answer, or with what there was of it when it ended or became too long, where that
 * is enough; rejects when there was none within the time.
 *
 * Beneath `undici.request` on purpose: for each message that makes a stream, a signal and their listeners, which cost more
 * than all the rest of a notification (bench/notify-one).
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  reading: AnswerReading,
): Promise<HttpAnswer> {
  if (request.method === 'CONNECT') return Promise.reject(new errors.InvalidArgumentError('invalid method'));
  return new Promise((resolve, reject) => {
    dispatcher.dispatch(request, new Exchange(reading, resolve, reject));
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #reading: AnswerReading;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #start: Pick<HttpAnswer, 'status' | 'headers'> | undefined;
  #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #cutOff: Error | undefined;

  constructor(reading: AnswerReading, resolve: (answer: HttpAnswer) => void, reject: (error: Error) => void) {
    this.#reading = reading;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#cut(new Error('Timeout was reached')), reading.timeoutMs);
  }

  /** There is a connection; where that came too late, nothing is sent over it. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#cutOff !== undefined) controller.abort(this.#cutOff);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHeaders): void {
    // More is to come after an interim answer. [RFC 9110 15.2]
    if (status < 200) return;
    this.#start = { status, headers };
    const { maxAnswerMs } = this.#reading;
    if (maxAnswerMs === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#cut(new Error('the answer took too long')), maxAnswerMs);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { keptBytes, maxBytes } = this.#reading;
    if (this.#bytes < keptBytes) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > maxBytes) this.#cut(new Error('the answer is too long'));
  }

  onResponseEnd(): void {
    this.#end();
  }

  /** The receiver may have answered before: unless all is wanted, what became of the rest of its answer changes nothing. */
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
    if (this.#start === undefined || (error !== undefined && this.#reading.whole)) {
      this.#reject(error ?? new Error('the connection ended without an answer'));
      return;
    }
    const body = this.#bytes === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8');
    this.#resolve({ ...this.#start, body });
  }
}

/** A header that came more than once has all its values. */
type IncomingHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];
