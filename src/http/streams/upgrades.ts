import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Headers that only an upgrade needs. */
const upgradeHeaders: ReadonlySet<string> = new Set(['connection', 'upgrade', 'http2-settings']);

/**
 * Emits `upgrade` for those requests that want to become a WebSocket and may, as `isSocketPath` tells of their URL.
 *
 * Any other upgrade is an offer that may be left alone, which clients in the field make with every request (h2c): they are
 * served as if they had not made it. [RFC 9110 7.8]
 */
export function webSocketUpgrades(server: Server, isSocketPath: (url: string) => boolean): EventEmitter {
  const upgrades = new EventEmitter();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const wantsSocket = request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';
    if (wantsSocket && isSocketPath(request.url ?? '')) upgrades.emit('upgrade', request, socket, head);
    else serveWithoutUpgrade(server, request, socket, head);
  });
  return upgrades;
}

/** Node has stopped to read the connection as HTTP, so it is given the request again, without the offer. */
function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const name = rawHeaders[place] ?? '';
    if (!upgradeHeaders.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[place + 1]}`);
  }
  const plain = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.unshift(Buffer.concat([plain, head]));
  server.emit('connection', socket);
}
