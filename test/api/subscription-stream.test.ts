import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { parseConfig } from '../../src/config/config.ts';
import { startBroker } from '../../src/main.ts';
import { createLog } from '../../src/observe/log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type ApiUnderTest, anApi, storeKinds } from './api-under-test.ts';
import { type LiveEvent, readEvents } from './read-events.ts';

const rooms = { entities: [{ idPattern: '.*', type: 'Room' }] };

describe.each(storeKinds)('the stream of a subscription, on the %s store', (store) => {
  let api: ApiUnderTest;
  let url: string;
  let tenants = 0;

  beforeAll(async () => {
    api = await anApi({ store });
    url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  });

  afterAll(() => api.close());

  /** A tenant of its own with a subscription `S` that has a stream. */
  const aStream = async (notification: object = { stream: {} }) => {
    const headers = { 'fiware-service': `t${++tenants}` };
    await api.send('POST', '/v2/subscriptions', { headers, body: { id: 'S', subject: rooms, notification } });
    const write = (value: number) =>
      api.send('POST', '/v2/entities?options=upsert', {
        headers,
        body: { id: 'Room1', type: 'Room', temperature: { type: 'Number', value } },
      });
    const read = (more: Record<string, string> = {}, query = '') =>
      readEvents(`${url}/v2/subscriptions/S/stream${query}`, { ...headers, accept: 'text/event-stream', ...more });
    return { headers, write, read };
  };

  const valuesOf = (events: readonly LiveEvent[]) =>
    events.map(({ data }) => JSON.parse(data).data[0].temperature.value as number);

  test('sends each notification as an event, with the body that receivers get', async () => {
    const { write, read } = await aStream();
    const stream = await read();
    expect([stream.status, stream.contentType]).toEqual([200, 'text/event-stream']);
    await write(21);
    const [event] = await stream.take(1);
    expect(event).toEqual({
      id: expect.stringMatching(/^[0-9a-z]+-\d+$/),
      event: 'notification',
      data: '{"subscriptionId":"S","data":[{"id":"Room1","type":"Room","temperature":{"type":"Number","value":21,"metadata":{}}}]}',
    });
    stream.close();
  });

  test('goes on after the last event that the client has had, each once and in order', async () => {
    const { write, read } = await aStream();
    const first = await read();
    await write(1);
    const [event] = await first.take(1);
    first.close();
    for (const value of [2, 3]) await write(value);
    const again = await read({ 'last-event-id': event?.id ?? '' });
    await write(4);
    expect(valuesOf(await again.take(3))).toEqual([2, 3, 4]);
    again.close();
  });

  test('tells where to go on from before there is anything to read', async () => {
    const { write, read } = await aStream();
    await write(1);
    const stream = await read();
    await expect.poll(() => stream.start).toMatch(/^[0-9a-z]+-\d+$/);
    stream.close();
    await write(2);
    const again = await read({ 'last-event-id': stream.start });
    expect(valuesOf(await again.take(1))).toEqual([2]);
    again.close();
  });

  test('sends all that is kept to who asks for it, by parameter too', async () => {
    const { write, read } = await aStream();
    for (const value of [1, 2]) await write(value);
    const stream = await read({}, '?lastEventId=0');
    expect(valuesOf(await stream.take(2))).toEqual([1, 2]);
    stream.close();
  });

  test('begins anew for a client of a subscription that was removed and made again', async () => {
    const { headers, write, read } = await aStream();
    await write(1);
    const stream = await read({ 'last-event-id': 'abc-99' });
    expect(valuesOf(await stream.take(1))).toEqual([1]);
    await api.send('DELETE', '/v2/subscriptions/S', { headers });
    await stream.ended;
  });

  test('brings two readers the same', async () => {
    const { write, read } = await aStream();
    const streams = [await read(), await read()];
    await write(5);
    const [one, other] = await Promise.all(streams.map((stream) => stream.take(1)));
    expect(one).toEqual(other);
    for (const stream of streams) stream.close();
  });

  test('is a WebSocket to who asks for one, with resume', async () => {
    const { headers, write } = await aStream();
    await write(1);
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v2/subscriptions/S/stream?lastEventId=0`, { headers });
    const [first] = await once(socket, 'message');
    const { id, notification } = JSON.parse(String(first));
    expect([notification.subscriptionId, notification.data[0].temperature.value]).toEqual(['S', 1]);
    socket.terminate();
    await write(2);
    const again = new WebSocket(`${url.replace('http', 'ws')}/v2/subscriptions/S/stream?lastEventId=${id}`, {
      headers,
    });
    const [second] = await once(again, 'message');
    expect(JSON.parse(String(second)).notification.data[0].temperature.value).toBe(2);
    again.close();
    await once(again, 'close');
  });

  test('refuses a WebSocket for what has no stream, and for pages of other origins', async () => {
    const { headers } = await aStream();
    const refused = async (id: string, more: Record<string, string>) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/v2/subscriptions/${id}/stream`, {
        headers: { ...headers, ...more },
      });
      const [error] = await once(socket, 'error').catch((reason) => [reason]);
      return String(error);
    };
    expect(await refused('nothing', {})).toContain('404');
    expect(await refused('S', { origin: 'https://elsewhere.example' })).toContain('400');
  });

  test.each([
    ['nothing', {}, 404, 'NotFound'],
    ['S', { 'last-event-id': 'nonsense' }, 400, 'BadRequest'],
    ['S', { accept: 'application/json' }, 406, 'NotAcceptable'],
  ])('refuses %s with %j', async (id, more, status, error) => {
    const { headers } = await aStream();
    const answer = await api.send('GET', `/v2/subscriptions/${id}/stream`, { headers: { ...headers, ...more } });
    expect([answer.statusCode, answer.json().error]).toEqual([status, error]);
  });

  test('refuses a subscription whose notifications are sent', async () => {
    const { headers } = await aStream({ http: { url: 'http://localhost:1/notify' } });
    const answer = await api.send('GET', '/v2/subscriptions/S/stream', { headers });
    expect([answer.statusCode, answer.json()]).toEqual([
      422,
      {
        error: 'NotSupportedQuery',
        description: 'the notifications of this subscription are sent, not read: its notification has no stream',
      },
    ]);
  });

  test('cannot become a subscription that is sent, nor the other way round', async () => {
    const { headers } = await aStream();
    const sent = { http: { url: 'http://localhost:1/notify' } };
    await api.send('POST', '/v2/subscriptions', { headers, body: { id: 'T', subject: rooms, notification: sent } });
    for (const [id, notification] of [
      ['S', sent],
      ['T', { stream: {} }],
    ] as const) {
      const answer = await api.send('PATCH', `/v2/subscriptions/${id}`, { headers, body: { notification } });
      expect([answer.statusCode, answer.json().description]).toEqual([
        400,
        'a subscription with a stream keeps it, and no other gets one: create another subscription',
      ]);
    }
    const notification = { stream: {}, attrs: ['temperature'] };
    const changed = await api.send('PATCH', '/v2/subscriptions/S', { headers, body: { notification } });
    expect(changed.statusCode).toBe(204);
  });

  test('serves requests that offer other upgrades as if they did not [RFC 9110 7.8]', async () => {
    const { port } = api.app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    const body = '{"id":"H2","type":"T"}';
    socket.write(
      'POST /v2/entities HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n' +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const [answer] = await once(socket, 'data');
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created/);
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    for (let time = 0; time < 30; time += 1) {
      socket.write('GET /v2/entities/H2 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
      const [next] = await once(socket, 'data');
      expect(next).toMatch(/^HTTP\/1\.1 200 OK/);
    }
    socket.write('GET /v2/entities HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [list] = await once(socket, 'data');
    expect(list).toMatch(/^HTTP\/1\.1 200 OK/);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    socket.destroy();
  });
});

test('a WebSocket at a URL that cannot be read is refused, and its connection ends', async () => {
  const api = await anApi();
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  for (const id of ['%zz', 'x'.repeat(5000)]) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
    socket.write(
      `GET /v2/subscriptions/${id}/stream HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    const [answer] = await once(socket, 'data');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request/);
    await once(socket, 'close');
  }
  await api.close();
});

test('a broker stops although a client does not hang up its WebSocket', async () => {
  const broker = await startBroker(
    { ...parseConfig({}), host: '127.0.0.1', port: 0, store: 'memory', shutdownTimeoutMs: 100 },
    createLog('silent'),
  );
  const body = JSON.stringify({ id: 'S', subject: rooms, notification: { stream: {} } });
  const headers = { 'content-type': 'application/json' };
  await fetch(`${broker.url}/v2/subscriptions`, { method: 'POST', headers, body });
  const socket = connect(Number(new URL(broker.url).port), '127.0.0.1').setEncoding('utf8');
  socket.write(
    'GET /v2/subscriptions/S/stream HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  const [answer] = await once(socket, 'data');
  expect(answer).toMatch(/^HTTP\/1\.1 101 /);
  await Promise.all([broker.stop(), once(socket, 'close')]);
});

test('a client that reads too slowly is let go, and gets the rest when it comes back, each once and in order', async () => {
  const api = await anApi();
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  await api.send('POST', '/v2/subscriptions', { body: { id: 'S', subject: rooms, notification: { stream: {} } } });
  const stream = await readEvents(`${url}/v2/subscriptions/S/stream`, {});
  stream.pause();
  const count = 100;
  for (let value = 1; value <= count; value += 1) {
    const body = { id: 'Room1', type: 'Room', n: { value }, text: { value: 'x'.repeat(200_000) } };
    await api.send('POST', '/v2/entities?options=upsert', { body });
  }
  stream.resume();
  await stream.ended;
  const seen = [...stream.rest()];
  expect(seen.length).toBeLessThan(count);
  // Where the connection is lost again it is taken up again, as a browser would.
  while (seen.length < count) {
    const again = await readEvents(`${url}/v2/subscriptions/S/stream`, { 'last-event-id': seen.at(-1)?.id ?? '0' });
    await Promise.race([again.take(count - seen.length).then((events) => seen.push(...events)), again.ended]);
    seen.push(...again.rest());
    again.close();
  }
  const numbers = seen.map(({ data }) => JSON.parse(data).data[0].n.value);
  expect(numbers).toEqual(Array.from({ length: count }, (_, place) => place + 1));
  await api.close();
});

test('no more clients read than are allowed', async () => {
  const api = await anApi({ maxStreams: 1 });
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  await api.send('POST', '/v2/subscriptions', { body: { id: 'S', subject: rooms, notification: { stream: {} } } });
  const first = await readEvents(`${url}/v2/subscriptions/S/stream`, {});
  const second = await api.send('GET', '/v2/subscriptions/S/stream');
  expect([second.statusCode, second.headers['retry-after'], second.json().error]).toEqual([
    503,
    '10',
    'ServiceUnavailable',
  ]);
  first.close();
  const third = async () => (await readEvents(`${url}/v2/subscriptions/S/stream`, {})).status;
  await expect.poll(third).toBe(200);
  await api.close();
});

test('a reader goes on where it was when the broker has started again', async () => {
  const data = temporaryDirectory();
  const write = (api: ApiUnderTest, value: number) =>
    api.send('POST', '/v2/entities?options=upsert', { body: { id: 'Room1', type: 'Room', n: { value } } });
  const before = await anApi({ store: 'embedded', data });
  await before.send('POST', '/v2/subscriptions', { body: { id: 'S', subject: rooms, notification: { stream: {} } } });
  const first = await readEvents(`${await before.app.listen({ port: 0 })}/v2/subscriptions/S/stream`, {});
  await write(before, 1);
  const [event] = await first.take(1);
  await write(before, 2);
  await before.close();
  const after = await anApi({ store: 'embedded', data });
  const again = await readEvents(`${await after.app.listen({ port: 0 })}/v2/subscriptions/S/stream`, {
    'last-event-id': event?.id ?? '',
  });
  await write(after, 3);
  expect((await again.take(2)).map((one) => JSON.parse(one.data).data[0].n.value)).toEqual([2, 3]);
  await after.close();
});

test('a broker that stops ends the streams', async () => {
  const api = await anApi();
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const body = { id: 'S', subject: rooms, notification: { stream: {} } };
  await api.send('POST', '/v2/subscriptions', { body });
  const stream = await readEvents(`${url}/v2/subscriptions/S/stream`, {});
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v2/subscriptions/S/stream`);
  await once(socket, 'open');
  await Promise.all([api.close(), stream.ended, once(socket, 'close')]);
});
