import { get, type IncomingMessage } from 'node:http';

export interface LiveEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

export interface EventReader {
  readonly status: number;
  readonly contentType: string;
  /** Where to go on from, as the server said before the first event. */
  readonly start: string;
  /** The next so many events. */
  take(count: number): Promise<readonly LiveEvent[]>;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  /** What has come and was not taken. */
  rest(): readonly LiveEvent[];
  /** Reads nothing until it is resumed. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Reads Server-Sent Events; resolves once the server has answered. */
export async function readEvents(url: string, headers: Record<string, string>): Promise<EventReader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
  const events: LiveEvent[] = [];
  let start = '';
  let text = '';
  let wake = () => {};
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
      const data = fields.get('data');
      if (data === undefined && fields.has('id')) start = fields.get('id') ?? '';
      if (data !== undefined) events.push({ id: fields.get('id') ?? '', event: fields.get('event') ?? '', data });
    }
    wake();
  });
  response.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => response.once('end', resolve).once('close', resolve));
  return {
    get start() {
      return start;
    },
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'] ?? '',
    async take(count) {
      while (events.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return events.splice(0, count);
    },
    ended,
    rest: () => events.splice(0),
    pause: () => response.pause(),
    resume: () => response.resume(),
    close: () => response.destroy(),
  };
}
