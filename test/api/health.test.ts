import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { Availability } from '../../src/http/availability.ts';
import { createServer } from '../../src/http/server.ts';
import { createLog } from '../../src/observe/log.ts';
import { anApi } from './api-under-test.ts';

describe('health', () => {
  test('a broker that loads its data is alive but not ready, and asks clients to come back', async () => {
    const config = parseConfig({});
    const app = await createServer({
      ...config,
      availability: new Availability(),
      log: createLog('silent'),
      version: '1.2.3',
      limits: { filterLength: config.maxFilterLength },
    });
    expect((await app.inject('/health/live')).json()).toEqual({ status: 'live' });
    const ready = await app.inject('/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([503, { status: 'starting' }]);
    const request = await app.inject('/v2/entities');
    expect([request.statusCode, request.headers['retry-after'], request.json().error]).toEqual([
      503,
      '5',
      'ServiceUnavailable',
    ]);
    // A browser's EventSource gives up after an error, and comes back where it was after a stream that ends. [HTML server-sent events]
    const url = '/v2/subscriptions/S/stream';
    const stream = await app.inject({ url, headers: { accept: 'text/event-stream' } });
    expect([stream.statusCode, stream.headers['content-type'], stream.body]).toEqual([
      200,
      'text/event-stream',
      'retry: 2000\n\n',
    ]);
    expect((await app.inject(url)).statusCode).toBe(503);
    await app.close();
  });

  test('a broker that waits for something says for what', async () => {
    const api = await anApi();
    const availability = new Availability();
    const app = await createServer({
      ...parseConfig({}),
      availability,
      log: createLog('silent'),
      version: '1.2.3',
      limits: { filterLength: 100 },
    });
    availability.waiting('waiting for MongoDB: connection refused');
    const ready = await app.inject('/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([
      503,
      { status: 'starting', reason: 'waiting for MongoDB: connection refused' },
    ]);
    availability.ready(api.broker as never);
    expect((await app.inject('/health/ready')).json()).toEqual({ status: 'ready' });
    await app.close();
    await api.close();
  });

  test('a broker that stops is not ready, and still answers what is under way', async () => {
    const api = await anApi();
    expect((await api.send('GET', '/health/ready')).json()).toEqual({ status: 'ready' });
    api.availability.drain();
    const ready = await api.send('GET', '/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([503, { status: 'draining' }]);
    expect((await api.send('GET', '/health/live')).statusCode).toBe(200);
    expect((await api.send('GET', '/v2/entities')).statusCode).toBe(200);
    await api.close();
  });
});
