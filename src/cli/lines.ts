/** A line of a file, without its end. */
export interface Line {
  /** 1 is the first. */
  readonly number: number;
  readonly text: string;
  /** Bytes of the file up to the end of this line. */
  readonly bytes: number;
}

const lineFeed = 0x0a;

/**
 * The lines of a UTF-8 file, as it arrives. Only a line feed ends a line (a carriage return before it goes with it), as
 * JSON texts may hold the other separators that Unicode has. Memory: one line.
 *
 * Throws, naming the line, for one that is not UTF-8 or longer than `maxBytes`.
 */
export async function* readLines(input: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  let bytes = 0;
  let parts: Buffer[] = [];
  let partBytes = 0;

  function keep(part: Buffer): void {
    partBytes += part.length;
    if (partBytes > maxBytes) throw new Error(`line ${number + 1}: longer than ${maxBytes} bytes`);
    parts.push(part);
  }

  function take(): Line {
    number++;
    const line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    parts = [];
    partBytes = 0;
    try {
      return { number, text: decoder.decode(line).replace(/\r$/, ''), bytes };
    } catch {
      throw new Error(`line ${number}: not UTF-8`);
    }
  }

  for await (const chunk of input) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      keep(chunk.subarray(start, end));
      bytes += end + 1 - start;
      start = end + 1;
      yield take();
    }
    if (start < chunk.length) {
      keep(chunk.subarray(start));
      bytes += chunk.length - start;
    }
  }
  if (partBytes > 0) yield take();
}
