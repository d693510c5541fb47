import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiUnderTest, anApi } from './api-under-test.ts';

/** Sends the bytes as they are, hangs up unless it is to wait for the server to do so, and reads to the end. */
async function exchange(port: number, bytes: string, wait = false): Promise<{ head: string; body: string }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  if (wait) socket.write(bytes);
  else socket.end(bytes);
  await once(socket, 'close');
  const end = text.indexOf('\r\n\r\n');
  return { head: text.slice(0, end), body: text.slice(end + 4) };
}

function chunked(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

describe('on a real socket', () => {
  let api: ApiUnderTest;
  let lenient: ApiUnderTest;
  let port: number;
  let lenientPort: number;

  beforeAll(async () => {
    [api, lenient] = [await anApi(), await anApi({ strictContentLength: false })];
    for (const { app } of [api, lenient]) await app.listen({ port: 0, host: '127.0.0.1' });
    port = (api.app.server.address() as AddressInfo).port;
    lenientPort = (lenient.app.server.address() as AddressInfo).port;
    await api.send('POST', '/v2/entities', { body: { id: 'E', type: 'T' } });
  });

  afterAll(() => Promise.all([api.close(), lenient.close()]));

  test.each(['nonsense\r\n\r\n', 'GET /v2 HTTP/9.9\r\n\r\n', 'GET /v2 HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n'])(
    'answers %j in the form of every other error, and hangs up',
    async (bytes) => {
      const { head, body } = await exchange(port, bytes);
      expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(head).toMatch(/\r\nFiware-Correlator: [0-9a-f-]{36}\r\n/);
      expect(head).toContain('Connection: close');
      expect(JSON.parse(body)).toEqual({ error: 'BadRequest', description: 'not an HTTP request' });
    },
  );

  test.each(['GET /v2/entities/\u00f1 HTTP/1.1', 'GET /v2/entities?q=a==\u20ac HTTP/1.1'])(
    'says that %s has to be percent-encoded',
    async (line) => {
      const { head, body } = await exchange(port, `${line}\r\nHost: a\r\n\r\n`);
      expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(JSON.parse(body)).toEqual({ error: 'BadRequest', description: 'invalid character in URI' });
    },
  );

  test.each(['GET /v2 HTTP/1.0\r\n\r\n', 'GET /v2 HTTP/1.1\r\nConnection: close\r\n\r\n'])(
    'answers %j, though it names no host',
    async (bytes) => {
      expect((await exchange(port, bytes)).head).toMatch(/^HTTP\/1\.1 200 OK\r\nFiware-Correlator: /);
    },
  );

  test.each(['/v2/entities/Plaza', '/v2/entities?type=Square', '/v2/entities?type=Square&options=keyValues,count'])(
    'sends %s in UTF-8, whatever letters there are, and says how many bytes; so does HEAD, and sends none',
    async (path) => {
      const body = { id: 'Plaza', type: 'Square', name: { type: 'Text', value: 'Plaza de España, 東京, 🚲' } };
      await api.send('POST', '/v2/entities?options=upsert', { body });
      // The second answer is made of what the first one kept.
      for (const _ of ['first', 'second']) {
        const answer = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, true);
        expect(JSON.stringify(JSON.parse(answer.body))).toContain('Plaza de España, 東京, 🚲');
        expect(answer.head).toContain(`Content-Type: application/json\r\n`);
        expect(answer.head).toContain(`\r\nContent-Length: ${Buffer.byteLength(answer.body)}\r\n`);
        const head = await exchange(port, `HEAD ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, true);
        expect(head.head.replaceAll(/^(?:Date|Fiware-Correlator): .*$/gm, '')).toBe(
          answer.head.replaceAll(/^(?:Date|Fiware-Correlator): .*$/gm, ''),
        );
        expect(head.body).toBe('');
      }
    },
  );

  test('takes an expectation that it does not know for none [RFC 9110 10.1.1]', async () => {
    const bytes = 'GET /v2 HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n';
    expect((await exchange(port, bytes)).head).toMatch(/^HTTP\/1\.1 200 OK\r\nFiware-Correlator: /);
  });

  test('serves requests that were sent together one after the other [RFC 9112 9.3.2]', async () => {
    const write = (method: string, path: string, value: number) => {
      const body = JSON.stringify(method === 'POST' ? { id: 'Piped', type: 'T', a: { value } } : { a: { value } });
      return `${method} ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    const read = 'GET /v2/entities/Piped?options=values HTTP/1.1\r\nHost: a\r\n\r\n';
    const { head, body } = await exchange(
      port,
      [
        write('POST', '/v2/entities', 1),
        read,
        write('PATCH', '/v2/entities/Piped/attrs', 2),
        read,
        'GET /v2/entities/% HTTP/1.1\r\nHost: a\r\n\r\n',
        'DELETE /v2/entities/Piped HTTP/1.1\r\nHost: a\r\n\r\n',
        read.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
      ].join(''),
      true,
    );
    const statuses = `${head}\r\n\r\n${body}`.match(/(?<=HTTP\/1\.1 )\d+/g);
    expect(statuses).toEqual(['201', '200', '204', '200', '400', '204', '404']);
    expect(body.match(/\[\d\]/g)).toEqual(['[1]', '[2]']);
  });

  test('answers headers that are too large', async () => {
    const { head, body } = await exchange(port, `GET /v2 HTTP/1.1\r\nHost: a\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(head).toMatch(/^HTTP\/1\.1 431 /);
    expect(JSON.parse(body)).toEqual({ error: 'BadRequest', description: 'request header too large' });
  });

  test('writes header names and reason phrases as NGSIv2 has them [V2 errors]', async () => {
    const body = JSON.stringify({ id: 'Written', type: 'T' });
    const post = `POST /v2/entities HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const created = await exchange(port, post);
    expect(created.head).toMatch(
      /^HTTP\/1\.1 201 Created\r\nFiware-Correlator: [0-9a-f-]{36}\r\nLocation: \/v2\/entities\/Written\?type=T\r\nContent-Length: 0\r\n/,
    );
    const big = await exchange(port, post.replace(/Content-Length: \d+/, 'Content-Length: 9999999'));
    expect(big.head).toMatch(/^HTTP\/1\.1 413 Content Too Large\r\n/);
    expect(big.head).toMatch(/\r\nConnection: close/);
    const again = await exchange(port, post);
    expect(again.head).toMatch(/^HTTP\/1\.1 422 Unprocessable Content\r\n/);
    expect(again.head).toContain('\r\nContent-Type: application/json\r\n');
  });

  test('answers HEAD without a body, and the request after it', async () => {
    const head = 'HEAD /v2/entities/E HTTP/1.1\r\nHost: a\r\n\r\n';
    const get = 'GET /v2/entities/E HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const { body } = await exchange(port, head + get);
    expect(body.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1);
    expect(body.endsWith('{"id":"E","type":"T"}')).toBe(true);
  });

  const post = (rest: string) =>
    `POST /v2/entities HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n${rest}`;

  test.each([
    ['no body', ''],
    ['an empty one', 'Content-Length: 0\r\n'],
  ])('[V2 errors] asks for a body where there is %s', async (_what, headers) => {
    for (const where of [port, lenientPort]) {
      const { head, body } = await exchange(where, post(`${headers}\r\n`));
      expect(head).toMatch(/^HTTP\/1\.1 411 Length Required\r\n/);
      expect(JSON.parse(body)).toEqual({
        error: 'ContentLengthRequired',
        description: 'Zero/No Content-Length in PUT/POST/PATCH request',
      });
    }
  });

  test('[V2 errors] takes a chunked body only where the configuration says so', async () => {
    const bytes = post(`Transfer-Encoding: chunked\r\n\r\n${chunked('{"id":"Chunked"}')}`);
    expect((await exchange(port, bytes)).head).toMatch(/^HTTP\/1\.1 411 /);
    expect((await exchange(lenientPort, bytes)).head).toMatch(/^HTTP\/1\.1 201 Created/);
    const nothing = await exchange(lenientPort, post('Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n'));
    expect(nothing.head).toMatch(/^HTTP\/1\.1 411 /);
  });

  test('reads characters that are cut between two packets', async () => {
    const body = Buffer.from('{"id":"Cut","a":{"value":"ñ€😀"}}');
    const agent = new Agent({ keepAlive: false });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const sent = request({ port, host: '127.0.0.1', path: '/v2/entities', method: 'POST', headers, agent });
    sent.setNoDelay(true);
    for (const byte of body) {
      sent.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    sent.end();
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(201);
    response.resume();
    expect((await api.send('GET', '/v2/entities/Cut/attrs/a/value')).body).toBe('"ñ€😀"');
  });

  test('serves others after a client that goes away in the middle', async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(post('Content-Length: 1000\r\n\r\n{"id":'));
    socket.resetAndDestroy();
    await once(socket, 'close');
    expect((await exchange(port, 'GET /v2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).head).toMatch(/ 200 OK/);
  });
});
