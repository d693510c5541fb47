import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that was forwarded to a provider. */
export interface ForwardedRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  readonly body: any;
}

/** What a provider answers: a value as JSON, or a status with or without a text; `hang`: nothing, ever. */
export type ProviderReply =
  | { readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly status: number; readonly text?: string }
  | 'hang';

export interface FakeProvider {
  readonly url: string;
  /** All that came, in order. */
  readonly requests: readonly ForwardedRequest[];
  close(): Promise<void>;
}

/** A provider on the wire, which answers as it is told: a device's agent, a vendor's system, one that lies or hangs. */
export async function startProvider(
  answer: (request: ForwardedRequest) => ProviderReply | Promise<ProviderReply>,
): Promise<FakeProvider> {
  const requests: ForwardedRequest[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const received = {
      url: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    requests.push(received);
    const reply = await answer(received);
    if (reply === 'hang') return;
    if ('status' in reply) response.writeHead(reply.status).end(reply.text ?? '');
    else {
      response.writeHead(200, { 'content-type': 'application/json', ...reply.headers }).end(JSON.stringify(reply.json));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
