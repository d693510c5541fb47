import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came to a receiver. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver answers. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly body?: string;
}

export interface Receiver {
  readonly url: string;
  /** All that has come and was not taken. */
  readonly requests: readonly ReceivedRequest[];
  /** The next request, as soon as it is there. */
  take(): Promise<ReceivedRequest>;
  close(): Promise<void>;
}

/** An HTTP server that takes what is sent to it and answers as it is told; 204 unless told otherwise. */
export async function startReceiver(
  answer: (request: ReceivedRequest) => ReceiverAnswer = () => ({ status: 204 }),
): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  let wake = () => {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const received = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    const { status, body: text = '' } = answer(received);
    response.writeHead(status).end(text);
    requests.push(received);
    wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async take() {
      for (;;) {
        const request = requests.shift();
        if (request !== undefined) return request;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
