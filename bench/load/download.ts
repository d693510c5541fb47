/*
 * Fetches a URL, from a process of its own: what it costs to receive is nobody else's delay. Prints how many bytes came, their
 * SHA-256, and the milliseconds that it took.
 *
 *     node --import tsx bench/load/download.ts URL
 */
import { createHash } from 'node:crypto';
import { request } from 'undici';

const start = performance.now();
const url = process.argv[2] ?? '';
const { statusCode, body } = await request(url, { headersTimeout: 600_000, bodyTimeout: 600_000 });
if (statusCode !== 200) throw new Error(`${url}: ${statusCode} ${await body.text()}`);
const hash = createHash('sha256');
let bytes = 0;
for await (const piece of body as AsyncIterable<Buffer>) {
  hash.update(piece);
  bytes += piece.length;
}
console.log(JSON.stringify({ bytes, sha256: hash.digest('hex'), tookMs: performance.now() - start }));
