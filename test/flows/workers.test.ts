import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { type BrokerProcess, startBrokerProcess } from '../support/broker-process.ts';
import { ConnectionClient } from '../support/connection-client.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../support/mongod/mongo-place.ts';
import { startProvider } from '../support/provider.ts';
import { startReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/* `oriel start --workers 3`: three processes on one port, asked through connections of which each leads to one of them. */

const workers = 3;

removeMongoPlaces();

/** The processes of a busy machine take their time. */
const soon = { timeout: 15_000 };

function aBroker(data: string, store = 'embedded'): Promise<BrokerProcess> {
  const variables = { ORIEL_WORKERS: String(workers), ORIEL_STORE: store, ORIEL_MQTT: 'off' };
  return startBrokerProcess(data, { http: 0, mqtt: 0 }, variables);
}

/** A connection to each process, in the order of their numbers. */
async function connectionsOf({ url }: BrokerProcess): Promise<ConnectionClient[]> {
  const byWorker = new Map<number, ConnectionClient>();
  while (byWorker.size < workers) {
    const connection = new ConnectionClient(url);
    const worker = await connection.worker();
    if (byWorker.has(worker)) await connection.close();
    else byWorker.set(worker, connection);
  }
  return [...byWorker].sort(([a], [b]) => a - b).map(([, connection]) => connection);
}

/** The processes beside the first, as they came. */
function workerPids(broker: BrokerProcess): number[] {
  return broker.logged('a worker answers').map(({ pid }) => Number(pid));
}

function pidOf(broker: BrokerProcess, worker: number): number {
  return Number(broker.logged('a worker answers').find((line) => line.worker === worker)?.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const anEntity = (id: string, n = 0) => ({ id, type: 'Counter', n: { type: 'Number', value: n } });

describe('Workers on the embedded engine', () => {
  let broker: BrokerProcess;
  let connections: ConnectionClient[] = [];
  const data = mkdtempSync(join(tmpdir(), 'oriel-'));
  const each = <Result>(ask: (connection: ConnectionClient) => Promise<Result>) => Promise.all(connections.map(ask));
  const first = () => connections[0] as ConnectionClient;
  const last = () => connections[workers - 1] as ConnectionClient;

  beforeAll(async () => {
    broker = await aBroker(data);
    connections = await connectionsOf(broker);
  }, 30_000);

  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await broker.kill();
    rmSync(data, { recursive: true, force: true });
  });

  it('show what was written through one connection on every other, at once, while others write', async () => {
    let done = false;
    const others = connections.map(async (_, n) => {
      const connection = new ConnectionClient(broker.url);
      await connection.send('POST', '/v2/entities', anEntity(`Other${n}`));
      while (!done) await connection.send('PATCH', `/v2/entities/Other${n}/attrs`, { n: { value: { $inc: 1 } } });
      await connection.close();
    });
    await first().send('POST', '/v2/entities', anEntity('Mine'));
    for (let n = 1; n <= 60; n++) {
      const writer = connections[n % workers] as ConnectionClient;
      expect((await writer.send('PATCH', '/v2/entities/Mine/attrs', { n: { value: n } })).status).toBe(204);
      expect(await each(async (one) => (await one.send('GET', '/v2/entities/Mine/attrs/n')).body.value)).toEqual(
        connections.map(() => n),
      );
      const found = await each(async (one) => (await one.send('GET', `/v2/entities?type=Counter&q=n==${n}`)).body);
      for (const page of found) expect(page.map(({ id }: { id: string }) => id)).toContain('Mine');
    }
    done = true;
    await Promise.all(others);
  }, 20_000);

  it('never go back in time between connections, also for writes that are not acknowledged yet', async () => {
    await first().send('POST', '/v2/entities', anEntity('Rising'));
    let done = false;
    const writing = (async () => {
      const writer = new ConnectionClient(broker.url);
      for (let n = 1; n <= 100; n++) await writer.send('PATCH', '/v2/entities/Rising/attrs', { n: { value: n } });
      await writer.close();
      done = true;
    })();
    let seen = 0;
    let asked = 0;
    while (!done) {
      const connection = connections[asked % workers] as ConnectionClient;
      const { value } = (await connection.send('GET', '/v2/entities/Rising/attrs/n')).body;
      expect(value).toBeGreaterThanOrEqual(seen);
      seen = value;
      asked += 1;
    }
    await writing;
    expect(asked).toBeGreaterThan(workers);
  }, 20_000);

  it('decide concurrent updates in one order', async () => {
    await first().send('POST', '/v2/entities', anEntity('Shared'));
    await each(async (connection) => {
      for (let n = 0; n < 30; n++) {
        await connection.send('PATCH', '/v2/entities/Shared/attrs', { n: { value: { $inc: 1 } } });
      }
    });
    expect(await each(async (one) => (await one.send('GET', '/v2/entities/Shared/attrs/n')).body.value)).toEqual(
      connections.map(() => workers * 30),
    );
  });

  it('serve what is sent on one connection without waiting, passed on or not, one after the other [RFC 9112 9.3.2]', async () => {
    await first().send('POST', '/v2/entities', anEntity('Piped'));
    const { hostname, port } = new URL(broker.url);
    const valuePath = '/v2/entities/Piped/attrs/n/value';
    for (let round = 0; round < workers; round++) {
      const socket = connect(Number(port), hostname);
      onTestFinished(() => void socket.destroy());
      const requests = Array.from({ length: 20 }, (_, n) => {
        const head = `Host: x\r\nContent-Type: text/plain\r\nContent-Length: ${String(n).length}\r\n\r\n`;
        return `PUT ${valuePath} HTTP/1.1\r\n${head}${n}GET ${valuePath} HTTP/1.1\r\nAccept: text/plain\r\n\r\n`;
      });
      socket.write(requests.join(''));
      let values: number[] = [];
      let text = '';
      for await (const chunk of socket) {
        text += chunk;
        values = [...text.matchAll(/HTTP\/1.1 200 OK[\s\S]*?\r\n\r\n(\d+)/g)].map(([, value]) => Number(value));
        if (values.length === 20) break;
      }
      expect(values).toEqual(Array.from({ length: 20 }, (_, n) => n));
    }
  });

  it('notify a subscription once of each change, whichever was asked', async () => {
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const body = {
      subject: { entities: [{ id: 'Watched' }] },
      notification: { http: { url: receiver.url }, attrs: ['n'] },
    };
    expect((await last().send('POST', '/v2/subscriptions', body)).status).toBe(201);
    await last().send('POST', '/v2/entities', anEntity('Watched'));
    for (let n = 1; n < 10; n++) {
      await (connections[n % workers] as ConnectionClient).send('PATCH', '/v2/entities/Watched/attrs', {
        n: { value: n },
      });
    }
    const heard: number[] = [];
    while (heard.length < 10) heard.push(JSON.parse((await receiver.take()).body).data[0].n.value);
    expect(heard).toEqual(Array.from({ length: 10 }, (_, n) => n));
    expect(receiver.requests).toEqual([]);
  });

  it('ask a provider as soon as its registration is acknowledged, whichever is asked', async () => {
    const provider = await startProvider(() => ({ json: [{ id: 'Far1', type: 'Far' }] }));
    onTestFinished(() => provider.close());
    const dataProvided = { entities: [{ idPattern: '.*', type: 'Far' }] };
    const body = { id: 'far', dataProvided, provider: { http: { url: provider.url } } };
    expect((await last().send('POST', '/v2/registrations', body)).status).toBe(201);
    const found = await each(async (one) => (await one.send('GET', '/v2/entities?type=Far')).body);
    for (const page of found) expect(page).toMatchObject([{ id: 'Far1' }]);
    expect((await last().send('DELETE', '/v2/registrations/far')).status).toBe(204);
    expect(await each(async (one) => (await one.send('GET', '/v2/entities?type=Far')).body)).toEqual([[], [], []]);
  });

  it('speak NGSI-LD with the same promise, of tenants that come to be too [LD 6.3.14]', async () => {
    const { url } = broker;
    const headers = { 'content-type': 'application/ld+json', 'ngsild-tenant': 'parks' };
    const id = 'urn:ngsi-ld:Tree:1';
    const entity = {
      id,
      type: 'Tree',
      height: { type: 'Property', value: 3 },
      '@context': 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld',
    };
    const created = await fetch(`${url}/ngsi-ld/v1/entities`, {
      method: 'POST',
      headers,
      body: JSON.stringify(entity),
    });
    expect(created.status).toBe(201);
    for (let time = 0; time < workers * 2; time++) {
      const answer = await fetch(`${url}/ngsi-ld/v1/entities?type=Tree`, {
        headers: { 'ngsild-tenant': 'parks', connection: 'close' },
      });
      expect(await answer.json()).toMatchObject([{ id }]);
    }
  });

  it('pass on live streams, of events and on WebSockets', async () => {
    const body = { subject: { entities: [{ id: 'Live' }] }, notification: { stream: {}, attrs: ['n'] } };
    const created = await first().send('POST', '/v2/subscriptions', body);
    expect(created.status).toBe(201);
    const path = `${created.headers.location}/stream`;
    const sockets = Array.from({ length: workers }, () => new WebSocket(`${broker.url.replace('http', 'ws')}${path}`));
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    const streams = await Promise.all(connections.map(() => fetch(`${broker.url}${path}`)));
    const told = sockets.map((socket) => once(socket, 'message'));
    await last().send('POST', '/v2/entities', anEntity('Live', 7));
    for (const [message] of await Promise.all(told)) expect(String(message)).toContain('"value":7');
    for (const { body: events } of streams) {
      let text = '';
      for await (const chunk of events ?? []) {
        text += Buffer.from(chunk).toString();
        if (text.includes('"value":7')) break;
      }
    }
    for (const socket of sockets) socket.close();
  });

  it('answer alike what is wrong', async () => {
    const requests: [string, string, unknown?][] = [
      ['GET', '/v2/nowhere'],
      ['PUT', '/v2/types'],
      ['POST', '/v2/entities', 'no entity'],
      ['POST', '/v2/entities?options=x', anEntity('Y')],
      ['GET', '/v2/entities?limit=-1'],
      ['GET', '/v2/entities/None'],
      ['POST', '/v2/op/query', { entities: 3 }],
      ['POST', '/v2/entities', { id: 'Big', type: 'Big', text: 'x'.repeat(1_100_000) }],
    ];
    for (const [method, path, body] of requests) {
      const [one, ...others] = await each(async (connection) => {
        const { status, body: answer } = await connection.send(method, path, body);
        return { status, answer };
      });
      expect(one?.status).toBeGreaterThanOrEqual(400);
      for (const other of others) expect(other).toEqual(one);
    }
  });
});

describe('Workers that end', () => {
  const data = mkdtempSync(join(tmpdir(), 'oriel-'));
  const made: string[] = [];
  let broker: BrokerProcess;

  /** Clients that create entities until they cannot; `onMade` is called at every acknowledgement. */
  async function createUntilGone(client: string, onMade: () => void): Promise<void> {
    const connections = await connectionsOf(broker);
    const creating = connections.map(async (connection, of) => {
      for (let n = 0; ; n++) {
        const id = `${client}-${of}-${n}`;
        const { status } = await connection.send('POST', '/v2/entities', anEntity(id));
        // An answer that it cannot be told is one.
        if (status !== 201) throw new Error(`${status}`);
        made.push(id);
        onMade();
      }
    });
    await Promise.allSettled(creating);
  }

  async function lost(connection: ConnectionClient): Promise<readonly string[]> {
    const { body } = await connection.send('GET', '/v2/entities?limit=1000&attrs=id');
    const found = new Set(body.map(({ id }: { id: string }) => id));
    return made.filter((id) => !found.has(id));
  }

  beforeAll(async () => {
    broker = await aBroker(data);
  }, 30_000);

  afterAll(async () => {
    await broker.kill();
    rmSync(data, { recursive: true, force: true });
  });

  it('are replaced after a kill, and nothing that was acknowledged is lost or seen too old', async () => {
    const connections = await connectionsOf(broker);
    const [first, second, third] = connections as [ConnectionClient, ConnectionClient, ConnectionClient];
    await first.send('POST', '/v2/entities', anEntity('Counter'));
    let told = 0;
    const increment = async (connection: ConnectionClient) => {
      await connection.send('PATCH', '/v2/entities/Counter/attrs', { n: { value: { $inc: 1 } } });
      told += 1;
    };
    const read = async (one: ConnectionClient) => (await one.send('GET', '/v2/entities/Counter/attrs/n')).body.value;
    // Its connection ends with it, and what was under way on that is not known.
    const passedOn = (async () => {
      for (;;) await increment(second);
    })().catch(() => undefined);
    for (let n = 0; n < 60; n++) {
      if (n === 20) process.kill(pidOf(broker, 2), 'SIGKILL');
      await increment(third);
      const acknowledged = told;
      for (const value of await Promise.all([first, third].map(read))) {
        expect(value).toBeGreaterThanOrEqual(acknowledged);
      }
    }
    await passedOn;
    await expect.poll(() => broker.logged('a worker answers').length, soon).toBe(workers);
    expect(broker.logged('a worker ended, and is replaced')).toMatchObject([{ worker: 2, signal: 'SIGKILL' }]);
    const again = await connectionsOf(broker);
    await increment(again[1] as ConnectionClient);
    const counts = await Promise.all(again.map(read));
    expect(new Set(counts).size).toBe(1);
    expect(counts[0]).toBeGreaterThanOrEqual(told);
    expect(counts[0]).toBeLessThanOrEqual(told + 1);
  }, 30_000);

  it('end with the first process, which starts again with all that was acknowledged', async () => {
    let killing: Promise<void> | undefined;
    await createUntilGone('killed', () => {
      if (made.length >= 150) killing ??= broker.kill();
    });
    await killing;
    await expect.poll(() => workerPids(broker).filter(isAlive), soon).toEqual([]);
    broker = await aBroker(data);
    for (const connection of await connectionsOf(broker)) expect(await lost(connection)).toEqual([]);
  }, 30_000);

  it('end in order when the first process is told to stop, and end what is under way before', async () => {
    let stopping: Promise<number | null> | undefined;
    const before = made.length;
    await createUntilGone('stopped', () => {
      if (made.length >= before + 60) stopping ??= broker.stop();
    });
    expect(await stopping).toBe(0);
    expect(workerPids(broker).filter(isAlive)).toEqual([]);
    broker = await startBrokerProcess(data);
    expect(await lost(new ConnectionClient(broker.url))).toEqual([]);
  }, 30_000);
});

describe('Workers on a store in memory', () => {
  it('are refused: what no disk keeps, no other process can read', async () => {
    await expect(aBroker(temporaryDirectory(), 'memory')).rejects.toThrow('the broker ended with 1');
  }, 20_000);
});

describe.skipIf(mongodb === undefined)('Workers on MongoDB', () => {
  it('read what was written through any of them, notify once, and are replaced after a kill', async () => {
    const broker = await aBroker(temporaryDirectory(), newMongoPlace());
    onTestFinished(() => broker.kill());
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const connections = await connectionsOf(broker);
    const [first, second, third] = connections as [ConnectionClient, ConnectionClient, ConnectionClient];
    const body = {
      subject: { entities: [{ idPattern: '.*', type: 'Counter' }], condition: { attrs: ['n'] } },
      notification: { http: { url: receiver.url }, attrs: ['n'] },
    };
    await first.send('POST', '/v2/entities', anEntity('Counter'));
    // A subscription that another process took holds in moments.
    await second.send('POST', '/v2/subscriptions', body);
    await expect
      .poll(async () =>
        (await Promise.all(connections.map((one) => one.send('GET', '/v2/subscriptions')))).map(
          (all) => all.body.length,
        ),
      )
      .toEqual([1, 1, 1]);
    for (let n = 1; n <= 20; n++) {
      await (connections[n % workers] as ConnectionClient).send('PATCH', '/v2/entities/Counter/attrs', {
        n: { value: n },
      });
      const values = await Promise.all(connections.map((one) => one.send('GET', '/v2/entities/Counter/attrs/n')));
      expect(values.map((answer) => answer.body.value)).toEqual([n, n, n]);
    }
    const heard: number[] = [];
    while (heard.length < 20) heard.push(JSON.parse((await receiver.take()).body).data[0].n.value);
    expect(heard).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(receiver.requests).toEqual([]);

    process.kill(pidOf(broker, 2), 'SIGKILL');
    expect((await third.send('PATCH', '/v2/entities/Counter/attrs', { n: { value: 99 } })).status).toBe(204);
    expect((await first.send('GET', '/v2/entities/Counter/attrs/n')).body.value).toBe(99);
    await expect.poll(() => broker.logged('a worker answers').length, soon).toBe(workers);
    expect((await (await connectionsOf(broker))[1]?.send('GET', '/v2/entities/Counter/attrs/n'))?.body.value).toBe(99);
    expect(await broker.stop()).toBe(0);
  }, 60_000);
});
