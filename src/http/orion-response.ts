import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Headers as NGSIv2 writes them; Fastify keeps them in lower case, and old clients and scripts look for the letters. */
const writtenNames: ReadonlyMap<string, string> = new Map([
  ['allow', 'Allow'],
  ['connection', 'Connection'],
  ['content-length', 'Content-Length'],
  ['content-type', 'Content-Type'],
  ['fiware-correlator', 'Fiware-Correlator'],
  ['fiware-total-count', 'Fiware-Total-Count'],
  ['link', 'Link'],
  ['location', 'Location'],
  ['retry-after', 'Retry-After'],
]);

/** Reason phrases newer than the running Node's. [V2 errors] */
const reasonPhrases: Readonly<Record<number, string>> = { 413: 'Content Too Large', 422: 'Unprocessable Content' };

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** An answer whose head has the letters that clients of NGSIv2 know. Cost: one small array an answer. */
export class OrionResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** Called once the answer has begun, which is when all that the request did is done. */
  onAnswer: (() => void) | undefined = undefined;

  override writeHead(status: number, reason?: string, headers?: Headers): this;
  override writeHead(status: number, headers?: Headers): this;
  override writeHead(status: number, reasonOrHeaders?: string | Headers, headersAfterReason?: Headers): this {
    const reason = typeof reasonOrHeaders === 'string' ? reasonOrHeaders : reasonPhrases[status];
    const headers = typeof reasonOrHeaders === 'object' ? reasonOrHeaders : headersAfterReason;
    const written = headers === undefined || Array.isArray(headers) ? headers : named(headers);
    if (reason === undefined) super.writeHead(status, written);
    else super.writeHead(status, reason, written);
    if (this.onAnswer !== undefined) queueMicrotask(this.onAnswer);
    return this;
  }
}

/** Names and values by turns. */
function named(headers: OutgoingHttpHeaders): OutgoingHttpHeader[] {
  const written: OutgoingHttpHeader[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) written.push(writtenNames.get(name) ?? name, value);
  }
  return written;
}
