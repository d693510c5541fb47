import type { LookupOptions } from 'node:dns';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, LookupFunction } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpEndpoint } from '../../src/adapters/transports/endpoints.ts';
import { HttpTransport } from '../../src/adapters/transports/http/http-transport.ts';
import { parseRetryAfter } from '../../src/adapters/transports/http/retry-after.ts';
import { privateRanges, ReceiverGuard } from '../../src/adapters/transports/receiver-guard.ts';
import type { OutgoingHttp } from '../../src/core/subscription/outgoing-notification.ts';
import { noon } from '../support/entity-builder.ts';
import { clientCertificate, serverCertificate, testAuthority } from './certificates.ts';
import { HttpReceiver } from './http-receiver.ts';

type LookupCallback = Parameters<LookupFunction>[2];

let receiver: HttpReceiver;
let transport: HttpTransport;

function aTransport(guard = new ReceiverGuard([]), endpoints: Record<string, HttpEndpoint> = {}): HttpTransport {
  return new HttpTransport({
    timeoutMs: 300,
    maxConnections: 2,
    endpoints: new Map(Object.entries(endpoints)),
    guard,
    clock: { now: () => noon },
  });
}

function aMessage(spec: Partial<OutgoingHttp> = {}): OutgoingHttp {
  return {
    kind: 'http',
    method: 'POST',
    target: { kind: 'url', url: `${receiver.url}/notify?a=1` },
    headers: new Map([['Content-Type', 'application/json']]),
    body: '{"ok":true}',
    ...spec,
  };
}

beforeEach(async () => {
  receiver = await HttpReceiver.start();
  transport = aTransport();
});

afterEach(async () => {
  await transport.close();
  await receiver.stop();
});

describe('an HTTP transport', () => {
  it('sends method, path, headers and body, and tells the answer', async () => {
    receiver.answer = (response) => response.writeHead(201).end('thank you');
    const headers = new Map([
      ['Content-Type', 'text/plain'],
      ['X-Name', 'Ã¼'],
    ]);
    expect(await transport.send(aMessage({ method: 'PUT', headers, body: 'hello' }))).toStrictEqual({
      kind: 'answered',
      status: 201,
      answer: 'thank you',
    });
    expect(receiver.requests).toMatchObject([{ method: 'PUT', path: '/notify?a=1', body: 'hello' }]);
    expect(receiver.requests[0]?.headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': '5' });
    expect(Buffer.from(String(receiver.requests[0]?.headers['x-name']), 'latin1').toString()).toBe('ü');
  });

  it.each(['GET', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE'] as const)(
    'sends %s without a body',
    async (method) => {
      const { body: _body, ...message } = aMessage({ method });
      expect(await transport.send(message)).toMatchObject({ kind: 'answered', status: 204 });
      expect(receiver.requests).toMatchObject([{ method, body: '' }]);
    },
  );

  it('keeps connections open, as many at once as it may', async () => {
    for (let turn = 0; turn < 5; turn++) await transport.send(aMessage());
    await Promise.all(Array.from({ length: 20 }, () => transport.send(aMessage())));
    expect(receiver.connections).toBeLessThanOrEqual(2);
    expect(receiver.requests).toHaveLength(25);
  });

  it('follows no redirect', async () => {
    receiver.answer = (response) => response.writeHead(307, { Location: '/elsewhere' }).end();
    expect(await transport.send(aMessage())).toMatchObject({ kind: 'answered', status: 307 });
    expect(receiver.requests.map(({ path }) => path)).toStrictEqual(['/notify?a=1']);
  });

  it('tells how long the receiver wants to be left alone', async () => {
    receiver.answer = (response) => response.writeHead(503, { 'Retry-After': '7' }).end();
    expect(await transport.send(aMessage())).toMatchObject({ status: 503, retryAfterMs: 7000 });
    expect(parseRetryAfter(new Date(noon + 90_000).toUTCString(), noon)).toBe(90_000);
    expect(parseRetryAfter(new Date(noon - 90_000).toUTCString(), noon)).toBe(0);
    for (const text of ['soon', '-1', '1.5', '']) expect(parseRetryAfter(text, noon)).toBeUndefined();
  });

  it('gives up on a receiver that hangs, after the time of the message or its own', async () => {
    receiver.answer = () => undefined;
    const timedOut = { kind: 'failed', reason: 'Timeout was reached' };
    expect(await transport.send(aMessage())).toStrictEqual(timedOut);
    expect(await transport.send(aMessage({ timeoutMs: 20 }))).toStrictEqual(timedOut);
  });

  it('takes the beginning of an answer without end, and closes it', async () => {
    receiver.answer = (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.on('close', () => clearInterval(timer));
    };
    expect(await transport.send(aMessage({ timeoutMs: 10_000 }))).toStrictEqual({
      kind: 'answered',
      status: 200,
      answer: 'x'.repeat(500),
    });
  });

  it('takes an answer that stops in the midst as one', async () => {
    receiver.answer = (response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('begun');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await transport.send(aMessage())).toStrictEqual({ kind: 'answered', status: 200, answer: 'begun' });
  });

  it('fails where nobody listens, where the name is none, and where the answer is not HTTP', async () => {
    const refused = aMessage({ target: { kind: 'url', url: 'http://127.0.0.1:1/' } });
    expect(await transport.send(refused)).toStrictEqual({ kind: 'failed', reason: "Couldn't connect to server" });
    const unknown = aMessage({ target: { kind: 'url', url: 'http://nobody.invalid/' }, timeoutMs: 20_000 });
    expect(await transport.send(unknown)).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/resolve|reached/),
    });
    const garbage = await listen((socket) => socket.end('garbage\r\n\r\n'));
    const port = (garbage.address() as AddressInfo).port;
    const message = aMessage({ target: { kind: 'url', url: `http://127.0.0.1:${port}/` } });
    expect(await transport.send(message)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('does not match the HTTP/1.1 protocol'),
    });
    garbage.close();
    const closing = await listen((socket) => socket.destroy());
    const closed = aMessage({
      target: { kind: 'url', url: `http://127.0.0.1:${(closing.address() as AddressInfo).port}/` },
    });
    expect(await transport.send(closed)).toMatchObject({ kind: 'failed' });
    closing.close();
  });

  it('gives up at once what can never be sent', async () => {
    expect(await transport.send(aMessage({ method: 'CONNECT' }))).toMatchObject({ kind: 'impossible' });
    const target = { kind: 'endpoint', name: 'nowhere', query: '' } as const;
    expect(await transport.send(aMessage({ target }))).toStrictEqual({
      kind: 'impossible',
      reason: 'there is no http endpoint nowhere',
    });
  });

  it('gives up on a receiver that cannot even be connected to, and sends it nothing later', async () => {
    const guard = new ReceiverGuard([]);
    let resolveLater = (): void => undefined;
    const stalled = Object.assign(guard, {
      lookup: (_name: string, options: LookupOptions, callback: LookupCallback) => {
        resolveLater = () => (options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : undefined);
      },
    });
    const waiting = aTransport(stalled);
    const target = { kind: 'url', url: `http://receiver.test:${new URL(receiver.url).port}/` } as const;
    expect(await waiting.send(aMessage({ target, timeoutMs: 20 }))).toStrictEqual({
      kind: 'failed',
      reason: 'Timeout was reached',
    });
    resolveLater();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(receiver.requests).toStrictEqual([]);
    await waiting.close();
  });

  it('sends to a named endpoint with its secrets, in place of headers of the message', async () => {
    await transport.close();
    const headers = { Authorization: 'Bearer secret', 'X-Key': 'theirs' };
    transport = aTransport(new ReceiverGuard(privateRanges), { partner: { url: `${receiver.url}/in?v=2`, headers } });
    const target = { kind: 'endpoint', name: 'partner', query: 'a=1' } as const;
    await transport.send(aMessage({ target, headers: new Map([['x-key', 'mine']]) }));
    expect(receiver.requests).toMatchObject([
      { path: '/in?v=2&a=1', headers: { authorization: 'Bearer secret', 'x-key': 'theirs' } },
    ]);
  });

  it('trusts over TLS whom the endpoint trusts, and shows its certificate', async () => {
    const clients: string[] = [];
    const secure = createHttpsServer(
      { ...serverCertificate, ca: testAuthority, requestCert: true },
      (request, response) => {
        clients.push(String((request.socket as TLSSocket).getPeerCertificate().issuer.CN));
        response.end('thank you');
      },
    );
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const url = `https://localhost:${(secure.address() as AddressInfo).port}/in`;
    const over = aTransport(new ReceiverGuard([]), {
      partner: { url, tls: { ca: testAuthority, ...clientCertificate } },
      stranger: { url, tls: { ca: testAuthority } },
    });
    const to = (name: string) => over.send(aMessage({ target: { kind: 'endpoint', name, query: '' } }));
    expect(await to('partner')).toStrictEqual({ kind: 'answered', status: 200, answer: 'thank you' });
    expect(clients).toStrictEqual(['Oriel test authority']);
    expect(await to('stranger')).toMatchObject({ kind: 'failed' });
    expect(await over.send(aMessage({ target: { kind: 'url', url } }))).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/certificate/),
    });
    expect(clients).toHaveLength(1);
    const guarded = aTransport(new ReceiverGuard(privateRanges));
    expect(await guarded.send(aMessage({ target: { kind: 'url', url } }))).toMatchObject({ kind: 'impossible' });
    await Promise.all([over.close(), guarded.close()]);
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
  });

  it('ends what is under way as failed when it is closed', async () => {
    receiver.answer = () => undefined;
    const sending = transport.send(aMessage({ timeoutMs: 60_000 }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await transport.close();
    expect(await sending).toMatchObject({ kind: 'failed' });
  });
});

describe('denied addresses', () => {
  it.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
  ])('are not sent to: %s', async (url) => {
    const guarded = aTransport(new ReceiverGuard(privateRanges));
    const target = { kind: 'url', url: url.replace('PORT', new URL(receiver.url).port) } as const;
    expect(await guarded.send(aMessage({ target }))).toMatchObject({
      kind: 'impossible',
      reason: expect.stringContaining('has no address that may be sent to'),
    });
    expect(receiver.requests).toStrictEqual([]);
    await guarded.close();
  });

  it('are sent to where the operator allows some of them', async () => {
    const guarded = aTransport(new ReceiverGuard(privateRanges, ['127.0.0.1']));
    expect(await guarded.send(aMessage())).toMatchObject({ kind: 'answered' });
    await guarded.close();
  });

  it.each([
    ['10.1.2.3', false],
    ['172.15.0.1', true],
    ['172.16.0.1', false],
    ['169.254.169.254', false],
    ['8.8.8.8', true],
    ['fe80::1', false],
    ['fd00::1', false],
    ['::ffff:10.0.0.1', false],
    ['64:ff9b::a00:1', false],
    ['2001:4860:4860::8888', true],
  ])('as ranges of private ones: %s is permitted: %s', (address, permitted) => {
    expect(new ReceiverGuard(privateRanges).permits(address)).toBe(permitted);
  });

  it('are told as addresses or ranges, or the process does not start', () => {
    for (const text of ['city', '10.0.0.0/33', '10.0.0.0/', 'fe80::/129', '10.0.0']) {
      expect(() => new ReceiverGuard([text])).toThrow('neither an IP address nor a range');
    }
  });
});

async function listen(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
