import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { HttpReceiver } from '../transports/http-receiver.ts';

const rounds = 8;
const entities = 10;
const json = { 'content-type': 'application/json' };

let broker: ChildProcess | undefined;

afterEach(() => {
  broker?.kill('SIGKILL');
});

/** Starts the command as it is built, and answers where it listens. */
async function start(data: string): Promise<string> {
  const child = spawn(process.execPath, ['dist/cli.js', 'start', '--port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  broker = child;
  for await (const text of createInterface(child.stdout)) {
    const line = JSON.parse(text) as { msg: string; url: string };
    if (line.msg !== 'ready') continue;
    child.stdout.resume();
    return line.url;
  }
  throw new Error('the broker ended before it was ready');
}

async function kill(): Promise<void> {
  const dying = broker;
  if (dying === undefined) return;
  dying.kill('SIGKILL');
  await once(dying, 'close');
}

/** Writes the next value to an entity again and again, until the broker is gone; tells what was acknowledged. */
async function write(url: string, entity: string, from: number, acknowledged: Set<string>): Promise<number> {
  for (let value = from; ; value++) {
    try {
      const response = await fetch(`${url}/v2/entities?options=upsert`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ id: entity, type: 'Lamp', n: { type: 'Number', value } }),
      });
      if (response.status === 204) acknowledged.add(`${entity} ${value}`);
    } catch {
      return value + 1;
    }
  }
}

interface Notification {
  readonly data: readonly [{ readonly id: string; readonly n: { readonly value: number } }];
}

describe('a broker killed under load, time and again', () => {
  it('notifies of every acknowledged change at least once, and in order, whatever its receiver does', {
    timeout: 240_000,
  }, async () => {
    const data = temporaryDirectory();
    const receiver = await HttpReceiver.start();
    const delivered = new Map<string, number[]>();
    const idsOf = new Map<string, string>();
    let turn = 0;
    receiver.answer = (response, { body, headers }) => {
      const [{ id, n }] = (JSON.parse(body) as Notification).data;
      // Now and then it is overloaded, or closes without a word.
      turn++;
      if (turn % 17 === 0) response.writeHead(503).end();
      else if (turn % 29 === 0) response.destroy();
      else {
        delivered.set(id, [...(delivered.get(id) ?? []), n.value]);
        const notificationId = String(headers['oriel-notification-id']);
        const what = `${id} ${n.value}`;
        expect(idsOf.get(notificationId) ?? what).toBe(what);
        idsOf.set(notificationId, what);
        response.writeHead(204).end();
      }
    };

    let url = await start(data);
    const created = await fetch(`${url}/v2/subscriptions`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({
        subject: { entities: [{ idPattern: '.*', type: 'Lamp' }] },
        notification: { http: { url: `${receiver.url}/notify` } },
      }),
    });
    expect(created.status).toBe(201);

    const acknowledged = new Set<string>();
    const next = Array.from({ length: entities }, () => 0);
    for (let round = 0; round < rounds; round++) {
      const writing = next.map((from, entity) => write(url, `Lamp${entity}`, from, acknowledged));
      const target = acknowledged.size + 20 + round * 23;
      while (acknowledged.size < target) await new Promise((resolve) => setTimeout(resolve, 2));
      await kill();
      for (const [entity, value] of (await Promise.all(writing)).entries()) next[entity] = value;
      url = await start(data);
    }

    const isMissing = (what: string) => {
      const [entity = '', value] = what.split(' ');
      return !delivered.get(entity)?.includes(Number(value));
    };
    while ([...acknowledged].some(isMissing)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(acknowledged.size).toBeGreaterThan(rounds * 20);
    for (const [entity, values] of delivered) {
      // What comes again may be old; what comes for the first time is never older than what came before.
      const firsts = [...new Set(values)];
      expect(firsts, entity).toStrictEqual(firsts.toSorted((a, b) => a - b));
    }
    await kill();
    await receiver.stop();
  });
});
