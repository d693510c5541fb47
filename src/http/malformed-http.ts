import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** What Node says of a request that it could not parse. */
interface ClientError extends Error {
  readonly code?: string;
}

/**
 * Answers bytes that are no HTTP request, on the bare socket: there is no request to reply to.
 *
 * The body has the form of every other error; the connection ends, since nothing tells where a next request begins.
 */
export function answerMalformedHttp(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return;
  }
  const { status, name, description } = verdictOn(error.code);
  const body = JSON.stringify({ error: name, description });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `Fiware-Correlator: ${randomUUID()}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function verdictOn(code: string | undefined): { status: number; name: string; description: string } {
  switch (code) {
    case 'HPE_INVALID_URL':
      return { status: 400, name: 'BadRequest', description: 'invalid character in URI' };
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, name: 'BadRequest', description: 'request header too large' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, name: 'BadRequest', description: 'request not complete in time' };
    default:
      return { status: 400, name: 'BadRequest', description: 'not an HTTP request' };
  }
}
