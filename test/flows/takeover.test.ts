import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../support/mongod/mongo-place.ts';
import { startReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

removeMongoPlaces();

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

interface RunningBroker {
  readonly process: ChildProcess;
  send(method: string, path: string, body?: object): Promise<Response>;
}

/** Starts the command as it is built. */
async function start(store: string): Promise<RunningBroker> {
  const options = ['--port', '0', '--store', store, '--data', temporaryDirectory(), '--lease-seconds', '1'];
  const child = spawn(process.execPath, ['dist/cli.js', 'start', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  for await (const text of createInterface(child.stdout)) {
    const line = JSON.parse(text) as { msg: string; url: string };
    if (line.msg !== 'ready') continue;
    child.stdout.resume();
    return {
      process: child,
      send: (method, path, body) =>
        fetch(`${line.url}${path}`, {
          method,
          ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        }),
    };
  }
  throw new Error('the broker ended before it was ready');
}

const waiting = { timeout: 30_000, interval: 50 };

describe.runIf(mongodb !== undefined)('two brokers on one MongoDB', () => {
  it('notify once of what either writes, and one takes over what the other still owed when it was killed', {
    timeout: 90_000,
  }, async () => {
    const store = newMongoPlace();
    const [a, b] = await Promise.all([start(store), start(store)]);
    let isDown = false;
    const receiver = await startReceiver(() => ({ status: isDown ? 503 : 204 }));
    const delivered = () =>
      receiver.requests.map(({ url, body }) => `${url} ${JSON.parse(body).data[0].n.value}`).toSorted();
    const names = Array.from({ length: 12 }, (_, n) => `/s${String(n).padStart(2, '0')}`);
    await a.send('POST', '/v2/entities', { id: 'Lamp', type: 'Lamp', n: { value: 0, type: 'Number' } });
    for (const name of names) {
      const made = await a.send('POST', '/v2/subscriptions', {
        subject: { entities: [{ id: 'Lamp', type: 'Lamp' }] },
        notification: { http: { url: `${receiver.url}${name}` } },
      });
      expect(made.status).toBe(201);
    }
    // What was made on one is in force on the other before long.
    await vi.waitFor(async () => {
      const listed = (await (await b.send('GET', '/v2/subscriptions')).json()) as unknown[];
      expect(listed).toHaveLength(names.length);
    }, waiting);

    const set = (broker: RunningBroker, value: number) =>
      broker.send('PATCH', '/v2/entities/Lamp/attrs', { n: { value, type: 'Number' } });
    await set(b, 1);
    await vi.waitFor(() => expect(delivered()).toStrictEqual(names.map((name) => `${name} 1`)), waiting);
    await set(a, 2);
    const both = names.flatMap((name) => [`${name} 1`, `${name} 2`]);
    await vi.waitFor(() => expect(delivered()).toStrictEqual(both), waiting);

    isDown = true;
    expect((await set(a, 3)).status).toBe(204);
    a.process.kill('SIGKILL');
    await once(a.process, 'close');
    isDown = false;
    await vi.waitFor(() => {
      expect(new Set(delivered())).toStrictEqual(
        new Set(names.flatMap((name) => [1, 2, 3].map((n) => `${name} ${n}`))),
      );
    }, waiting);
    await receiver.close();
  });
});
