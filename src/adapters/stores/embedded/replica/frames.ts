import type { Duplex } from 'node:stream';
import { deserialize, serialize } from 'node:v8';

/** Bytes that say how long the frame behind them is. */
const headBytes = 4;

/** A value of plain data as bytes, to be sent to a process of the same build. */
export function frameOf(value: unknown): Buffer {
  const body = serialize(value);
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** Calls back with the values that come, in order; all that arrived together before `onPause` is called. */
export function readFrames(stream: Duplex, onValue: (value: unknown) => void, onPause: () => void): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let wanted = headBytes;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes < wanted) return;
    const all = Buffer.concat(chunks, bytes);
    let start = 0;
    for (;;) {
      wanted = headBytes;
      if (all.length - start < wanted) break;
      wanted += all.readUInt32BE(start);
      if (all.length - start < wanted) break;
      onValue(deserialize(all.subarray(start + headBytes, start + wanted)));
      start += wanted;
    }
    chunks = [all.subarray(start)];
    bytes = all.length - start;
    onPause();
  });
}
