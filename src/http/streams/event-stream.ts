import type { FastifyReply } from 'fastify';
import { heartbeatMs, type LiveConnection, lingerMs, maxUnsentBytes } from './live-connection.ts';

/** How soon a browser is to come back after the connection was lost. */
const retryMs = 2000;

/**
 * Answers who asks for a stream while the broker starts or stops with one that ends at once: an `EventSource` comes back after
 * that, from where it was, and never after an error. [HTML server-sent events]
 */
export function comeBackLater(reply: FastifyReply): void {
  void reply
    .code(200)
    .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    .send(`retry: ${retryMs}\n\n`);
}

/**
 * Makes an answer a stream of Server-Sent Events, which browsers read by `EventSource`. `position`: where a client goes on from
 * that loses the connection before the first event. [HTML server-sent events]
 */
export function openEventStream(reply: FastifyReply, position: string): LiveConnection {
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Proxies that gather answers would keep events back.
    'x-accel-buffering': 'no',
  });
  // A position without data is remembered by the browser and shown to nobody.
  raw.write(`retry: ${retryMs}\nid: ${position}\n\n`);
  const heartbeat = setInterval(() => write(':\n\n'), heartbeatMs);
  raw.once('close', () => clearInterval(heartbeat));
  raw.on('error', () => undefined);

  function write(text: string): void {
    if (raw.writableEnded || raw.destroyed) return;
    raw.write(text);
    if (raw.writableLength > maxUnsentBytes) end();
  }

  function end(): void {
    if (raw.writableEnded) return;
    raw.end();
    const cut = setTimeout(() => raw.destroy(), lingerMs).unref();
    raw.once('close', () => clearTimeout(cut));
  }

  return {
    send: (at, message) => write(`id: ${at}\nevent: notification\ndata: ${message}\n\n`),
    end,
    onEnd: (callback) => void raw.once('close', callback),
  };
}
