import { pipeline, Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { byteRange } from './byte-range.ts';
import { codingFor, compressor } from './content-coding.ts';
import { isSameFile, isUnchanged, lastModified, tagOfVersion, type Validators } from './validators.ts';

/** A file as the public fetches it; it may still be in the making. */
export interface SentFile {
  /** As it is to be called where it is saved. */
  readonly name: string;
  readonly mediaType: string;
  /** Begins, before a dot, the tag of every file with the same content; undefined where only the file tells. */
  readonly version: string | undefined;
  readonly changedAt: number;
  readonly compressible: boolean;
  /** Seconds for which a cache may use it unasked. */
  readonly maxAgeSeconds: number;
  /** Called at most once: by a client that is not known to have it. */
  open(): OpenFile;
  /** Called once, when the answer has ended: how it was, and how many bytes of the file were sent. */
  onEnd(status: number, bytes: number): void;
}

export interface OpenFile {
  /** Names these bytes and no others. */
  readonly tag: string;
  /** Its length, where it is known without waiting. */
  readonly bytes: number | undefined;
  /** Its length, once it is whole. */
  whole(): Promise<number>;
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/**
 * Sends a file, or as much of it as the client asks for and lacks: conditional requests, ranges, compression. A file in the
 * making is sent as it grows, unless its length has to be known. [RFC 9110]
 */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, file: SentFile): Promise<FastifyReply> {
  const { headers, method } = request;
  const wantsLength = method === 'HEAD' || headers.range !== undefined;
  const coding = file.compressible && !wantsLength ? codingFor(headers['accept-encoding']) : 'identity';
  let sent = 0;
  endsWith(reply, () => file.onEnd(reply.statusCode, sent));

  reply.headers({
    ...lastModified(file.changedAt, Date.now()),
    'cache-control': file.maxAgeSeconds === 0 ? 'public, no-cache' : `public, max-age=${file.maxAgeSeconds}, immutable`,
    'accept-ranges': 'bytes',
    vary: 'Accept-Encoding',
  });
  const had = file.version === undefined ? undefined : tagOfVersion(headers, file.version);
  if (had !== undefined) return reply.code(304).header('etag', had).send();

  const { tag, bytes, whole, read } = file.open();
  const validators: Validators = {
    etag: `"${tag}${coding === 'identity' ? '' : `-${coding}`}"`,
    changedAt: file.changedAt,
  };
  reply.header('etag', validators.etag);
  if (isUnchanged(headers, validators)) return reply.code(304).send();

  reply.headers({
    'content-type': file.mediaType,
    'content-disposition': `attachment; filename="${file.name}"`,
    'x-content-type-options': 'nosniff',
  });
  const length = wantsLength ? await whole() : bytes;
  const range =
    length !== undefined && isSameFile(headers['if-range']?.toString(), validators)
      ? byteRange(headers.range, length)
      : undefined;
  if (range === 'unsatisfiable') {
    return reply
      .code(416)
      .headers({ 'content-range': `bytes */${length}` })
      .removeHeader('content-disposition')
      .send();
  }
  if (range !== undefined) {
    const { first, last } = range;
    reply
      .code(206)
      .headers({ 'content-range': `bytes ${first}-${last}/${length}`, 'content-length': String(last - first + 1) });
    return reply.send(Readable.from(counted(read(first, last + 1)), { objectMode: false }));
  }
  if (coding === 'identity' && length !== undefined) reply.header('content-length', String(length));
  // Fastify sends the head of a HEAD request without its body; nothing need be read for it.
  if (method === 'HEAD') return reply.send(Readable.from([]));
  const all = Readable.from(counted(read(0, Number.POSITIVE_INFINITY)), { objectMode: false });
  if (coding === 'identity') return reply.send(all);
  reply.header('content-encoding', coding);
  const compressed = compressor(coding);
  pipeline(all, compressed, () => undefined);
  return reply.send(compressed);

  async function* counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      sent += piece.length;
      yield piece;
    }
  }
}

/** Calls back once when the answer has been sent or its connection is gone. */
function endsWith({ raw }: FastifyReply, callback: () => void): void {
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    callback();
  };
  raw.once('finish', end).once('close', end);
}
