import { describe, expect, it, onTestFinished } from 'vitest';
import { startBrokerProcess } from '../support/broker-process.ts';
import { type ReceivedRequest, startReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const rounds = 3;

/** What an NGSIv2 or an NGSI-LD notification says of an entity's `n`, whichever dialect wrote it. */
function toldBy({ body }: ReceivedRequest): { readonly id: string; readonly n: number } {
  const [entity] = JSON.parse(body).data;
  return { id: entity.id, n: entity.n.value };
}

describe('The broker, killed while it notifies', () => {
  it('tells subscriptions of either dialect of every change that it acknowledged, once it is back', {
    timeout: 180_000,
  }, async () => {
    const data = temporaryDirectory();
    let requests = 0;
    const told = new Map<string, number>();
    const receiver = await startReceiver((request) => {
      // Now and then it cannot take it: what is owed then outlives the process.
      if (++requests % 7 === 0) return { status: 503 };
      const { id, n } = toldBy(request);
      const key = `${request.url} ${id}`;
      told.set(key, Math.max(told.get(key) ?? 0, n));
      return { status: 204 };
    });
    onTestFinished(() => receiver.close());
    let broker = await startBrokerProcess(data);
    onTestFinished(() => broker.kill());
    const send = async (method: string, path: string, body: object): Promise<void> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(broker.url + path, { method, headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
    };
    await send('POST', '/v2/subscriptions', {
      subject: { entities: [{ idPattern: '.*' }], condition: { attrs: ['n'] } },
      notification: { http: { url: `${receiver.url}/v2` } },
    });
    await send('POST', '/ngsi-ld/v1/subscriptions', {
      type: 'Subscription',
      watchedAttributes: ['n'],
      notification: { endpoint: { uri: `${receiver.url}/ld` } },
    });

    const acknowledged = new Map<string, number>();
    let n = 0;
    const writers: Record<string, (id: string) => Promise<void>> = {
      'urn:v2': (id) => send('POST', '/v2/entities?options=upsert', { id, type: 'T', n: { value: n } }),
      'urn:ld': (id) =>
        send('POST', '/ngsi-ld/v1/entityOperations/upsert', [{ id, type: 'T', n: { type: 'Property', value: n } }]),
    };
    for (let round = 0; round < rounds; round++) {
      let left = 120 + round * 61;
      let killing: Promise<void> | undefined;
      const write = async (id: string, act: (id: string) => Promise<void>): Promise<void> => {
        for (;;) {
          const value = ++n;
          try {
            await act(id);
          } catch (error) {
            if (error instanceof TypeError) return;
            throw error;
          }
          // Of writes at once, at least this.
          acknowledged.set(id, Math.max(acknowledged.get(id) ?? 0, value));
          if (--left <= 0) killing ??= broker.kill();
        }
      };
      await Promise.all(
        Object.entries(writers).flatMap(([name, act]) => [1, 2, 3].map((one) => write(`${name}:${one}`, act))),
      );
      await killing;
      broker = await startBrokerProcess(data);
      for (const path of ['/v2', '/ld']) {
        for (const [id, value] of acknowledged) {
          await expect
            .poll(() => told.get(`${path} ${id}`) ?? 0, { timeout: 20_000, message: `${path} ${id}` })
            .toBeGreaterThanOrEqual(value);
        }
      }
    }
  });
});
