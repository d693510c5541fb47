import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/* Two brokers as they are built, one the mirror of the other, killed at random while clients write. */

interface City {
  readonly url: string;
  /** Kills it in the midst of whatever it does, and starts it again after a while. */
  restart(downMs: number): Promise<void>;
}

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

async function aCity(): Promise<City> {
  const data = temporaryDirectory();
  const port = await freePort();
  let child = await start(data, port);
  return {
    url: `http://127.0.0.1:${port}`,
    async restart(downMs) {
      const ended = once(child, 'close');
      child.kill('SIGKILL');
      await ended;
      running.delete(child);
      await sleep(downMs);
      child = await start(data, port);
    },
  };
}

/** `npm test` builds it first. */
async function start(data: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['dist/cli.js', 'start', '--port', `${port}`, '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      if (JSON.parse(line).msg === 'ready') resolve();
    });
    child.on('close', (code) => reject(new Error(`ended with ${code} before it was ready`)));
  });
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function send(method: string, url: string, body?: object): Promise<number> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function all({ url }: City): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let offset = 0; ; offset += 1000) {
    const response = await fetch(`${url}/v2/entities?orderBy=id&attrs=dateExpires,*&limit=1000&offset=${offset}`);
    const page = (await response.json()) as unknown[];
    found.push(...page);
    if (page.length < 1000) return found;
  }
}

/** One request of a client that does anything to a few entities. What the broker does not answer is lost with it. */
async function write({ url }: City, round: number): Promise<void> {
  const id = `Spot${Math.floor(Math.random() * 30)}`;
  const entity = `${url}/v2/entities/${id}`;
  const n = { value: round };
  const actions: readonly (() => Promise<number>)[] = [
    () => send('POST', `${url}/v2/entities?options=upsert`, { id, type: 'Spot', n, [`a${round % 5}`]: n }),
    () => send('PATCH', `${entity}/attrs`, { n: { ...n, metadata: { [`m${round % 3}`]: n } } }),
    () => send('PUT', `${entity}/attrs`, { n, dateExpires: { type: 'DateTime', value: '2040-01-01T00:00:00Z' } }),
    () => send('DELETE', `${entity}/attrs/a${round % 5}`),
    () => send('DELETE', entity),
  ];
  try {
    await actions[Math.floor(Math.random() * actions.length)]?.();
  } catch {
    await sleep(20);
  }
}

describe('Two brokers, one the mirror of the other', () => {
  it('are equal in the end, whichever of them was killed whenever [issue 6]', { timeout: 180_000 }, async () => {
    const [a, b] = [await aCity(), await aCity()];
    const there = Array.from({ length: 800 }, (_, n) => ({ id: `Bin${n}`, type: 'Bin', n: { value: n } }));
    expect(await send('POST', `${a.url}/v2/op/update`, { actionType: 'append', entities: there })).toBe(204);
    const mirror = {
      id: 'mirror',
      subject: {
        entities: [{ idPattern: '.*' }],
        condition: { alterationTypes: ['entityCreate', 'entityChange', 'entityDelete'] },
      },
      notification: { http: { url: `${b.url}/v2/op/mirror` }, attrs: ['*', 'dateExpires', 'alterationType'] },
    };
    expect(await send('POST', `${a.url}/v2/subscriptions?options=synchronize`, mirror)).toBe(201);

    let writing = true;
    let round = 0;
    const clients = Array.from({ length: 4 }, async () => {
      while (writing) await write(a, round++);
    });
    for (const [victim, downMs] of [
      [a, 0],
      [b, 300],
      [a, 100],
      [b, 0],
      [b, 800],
      [a, 0],
    ] as const) {
      await sleep(200 + Math.random() * 1200);
      await victim.restart(downMs);
    }
    writing = false;
    await Promise.all(clients);
    expect(round).toBeGreaterThan(100);

    const wanted = await all(a);
    expect(wanted.length).toBeGreaterThan(800);
    await expect.poll(async () => (await all(b)).length, { timeout: 90_000, interval: 500 }).toBe(wanted.length);
    await expect.poll(() => all(b), { timeout: 60_000, interval: 500 }).toEqual(wanted);
  });
});
