import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type BrokerClient,
  type BrokerClientOptions,
  BrokerError,
  createBrokerClient,
} from '../../src/load/broker-client.ts';
import type { SourcedEntity } from '../../src/load/read-entities.ts';
import { sendEntities } from '../../src/load/send-entities.ts';

interface SeenRequest {
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers each request as told; status 0 hangs up. */
async function aBroker(
  answer: (request: SeenRequest) => { status: number; body?: unknown; headers?: Record<string, string> },
) {
  const seen: SeenRequest[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const one = { target: `${request.method} ${request.url}`, headers: request.headers, body };
      seen.push(one);
      const { status, body: said, headers } = answer(one);
      if (status === 0) request.socket.destroy();
      else response.writeHead(status, headers).end(said === undefined ? '' : JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => closed(server));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}

/** Waits for nothing and remembers how long it would have waited. */
function aClient(url: string, changes: Partial<BrokerClientOptions> = {}): { client: BrokerClient; waits: number[] } {
  const waits: number[] = [];
  const client = createBrokerClient({
    url,
    connections: 2,
    retries: 3,
    random: () => 1,
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...changes,
  });
  onTestFinished(() => client.close());
  return { client, waits };
}

const invalid = { error: 'BadRequest', description: 'Invalid characters in attribute value' };

describe('The client of a broker', () => {
  it('appends over NGSIv2, in the tenant and the path asked for [V2 POST /v2/op/update]', async () => {
    const broker = await aBroker(() => ({ status: 204 }));
    const { client } = aClient(`${broker.url}/orion/`, { tenant: 'city', servicePath: '/madrid' });
    await client.check();
    expect(await client.append(['{"id":"a"}', '{"id":"b"}'])).toEqual({ kind: 'accepted' });
    expect(broker.seen.map(({ target, body }) => [target, body])).toEqual([
      ['GET /orion/v2/types?limit=1', ''],
      ['POST /orion/v2/op/update', '{"actionType":"append","entities":[{"id":"a"},{"id":"b"}]}'],
    ]);
    expect(broker.seen[1]?.headers).toMatchObject({
      'content-type': 'application/json',
      'fiware-service': 'city',
      'fiware-servicepath': '/madrid',
    });
    expect(broker.seen[0]?.headers).not.toHaveProperty('content-type');
  });

  it('tries again, later and later, when the broker is busy, away or hangs up', async () => {
    const statuses = [503, 0, 429, 204];
    const broker = await aBroker(() => ({ status: statuses.shift() ?? 204 }));
    const { client, waits } = aClient(broker.url);
    expect(await client.append(['{}'])).toEqual({ kind: 'accepted' });
    expect(waits).toEqual([250, 500, 1000]);
  });

  it('waits as long as the broker asks for', async () => {
    const statuses = [503, 204];
    const broker = await aBroker(() => ({ status: statuses.shift() ?? 204, headers: { 'retry-after': '7' } }));
    const { client, waits } = aClient(broker.url);
    await client.append(['{}']);
    expect(waits).toEqual([7000]);
  });

  it('gives up after so many tries, saying what the trouble was', async () => {
    const busy = { error: 'ServiceUnavailable', description: 'loading' };
    const broker = await aBroker(() => ({ status: 503, body: busy }));
    await expect(aClient(broker.url).client.append(['{}'])).rejects.toThrow(
      `${broker.url} does not take data: 503 ServiceUnavailable: loading (tried 4 times)`,
    );
    await expect(aClient('http://127.0.0.1:9').client.check()).rejects.toThrow(/does not take data: .*ECONNREFUSED/);
  });

  it.each([401, 403, 404, 405])('gives up at once where there is no NGSIv2 for it (%i)', async (status) => {
    const broker = await aBroker(() => ({ status }));
    await expect(aClient(broker.url).client.append(['{}'])).rejects.toThrow(BrokerError);
    expect(broker.seen).toHaveLength(1);
  });

  it('gives up before the first entity where the tenant or the path is wrong', async () => {
    const broker = await aBroker(() => ({ status: 400, body: { error: 'BadRequest', description: 'bad path' } }));
    await expect(aClient(broker.url).client.check()).rejects.toThrow('400 BadRequest: bad path');
  });

  it('takes only URLs of http', () => {
    expect(() => aClient('localhost:1026')).toThrow('"localhost:1026" is not the URL of a broker');
    expect(() => aClient('nonsense')).toThrow(BrokerError);
  });
});

async function* entities(count: number): AsyncGenerator<SourcedEntity> {
  for (let row = 1; row <= count; row += 1) {
    yield { entity: { id: `e${row}`, type: 'T', attributes: new Map() }, row };
  }
}

describe('Sending', () => {
  async function send(count: number, batch: number, bad: readonly string[], concurrency = 2) {
    const broker = await aBroker(({ body }) =>
      bad.some((id) => body.includes(`"${id}"`)) ? { status: 400, body: invalid } : { status: 204 },
    );
    let accepted = 0;
    const refused: [string, number, string][] = [];
    await sendEntities(entities(count), {
      client: aClient(broker.url).client,
      batch,
      concurrency,
      accepted: (more) => {
        accepted += more;
      },
      refused: ({ entity, row }, reason) => void refused.push([entity.id, row, reason]),
    });
    return { accepted, refused, requests: broker.seen.map(({ body }) => body.match(/e\d+/g)?.join(' ') ?? '') };
  }

  it('makes batches and loses none', async () => {
    const { accepted, requests } = await send(7, 3, [], 1);
    expect(accepted).toBe(7);
    expect(requests).toEqual(['e1 e2 e3', 'e4 e5 e6', 'e7']);
  });

  it('halves a batch that is refused until the bad entity stands alone', async () => {
    const { accepted, refused, requests } = await send(8, 8, ['e6'], 1);
    expect(accepted).toBe(7);
    expect(refused).toEqual([['e6', 6, '400 BadRequest: Invalid characters in attribute value']]);
    expect(requests).toEqual(['e1 e2 e3 e4 e5 e6 e7 e8', 'e1 e2 e3 e4', 'e5 e6 e7 e8', 'e5 e6', 'e5', 'e6', 'e7 e8']);
  });

  it('goes on to the end even where every entity is bad', async () => {
    const { accepted, refused } = await send(5, 2, ['e1', 'e2', 'e3', 'e4', 'e5']);
    expect(accepted).toBe(0);
    expect(refused.map(([id]) => id).toSorted()).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
  });

  it('keeps the bodies below a megabyte, whatever the size of a batch', async () => {
    const broker = await aBroker(() => ({ status: 204 }));
    async function* large(): AsyncGenerator<SourcedEntity> {
      for (let row = 1; row <= 5; row += 1) {
        const attributes = new Map([['a', { type: 'Text', value: 'á'.repeat(200_000) }]]);
        yield { entity: { id: `e${row}`, type: 'T', attributes }, row };
      }
    }
    const options = { client: aClient(broker.url).client, batch: 100, concurrency: 1 };
    await sendEntities(large(), { ...options, accepted: () => undefined, refused: () => undefined });
    expect(broker.seen.map(({ body }) => body.match(/"e\d"/g)?.length)).toEqual([2, 2, 1]);
    expect(Math.max(...broker.seen.map(({ body }) => Buffer.byteLength(body)))).toBeLessThan(1_000_000);
  });

  it('ends with the trouble of the broker, reading no further', async () => {
    const broker = await aBroker(() => ({ status: 403 }));
    const options = { client: aClient(broker.url).client, batch: 1, concurrency: 1 };
    const sending = sendEntities(entities(1000), { ...options, accepted: () => undefined, refused: () => undefined });
    await expect(sending).rejects.toThrow(BrokerError);
    expect(broker.seen.length).toBeLessThan(5);
  });
});
