import { describe, expect, it, onTestFinished } from 'vitest';
import { type BrokerProcess, startBrokerProcess } from '../support/broker-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const rounds = 6;

/** What clients were told is stored; `sent` counts increments, told or not. */
interface Told {
  counted: number;
  sent: number;
  readonly created: string[];
  readonly deleted: string[];
  readonly pairs: Map<string, number>;
}

/** Clients that write without end, each on its own, until the broker is gone; `told` is called at every acknowledgement. */
function writeUntilGone(url: string, round: number, told: Told, onTold: () => void): Promise<unknown> {
  const send = async (method: string, path: string, body?: object): Promise<void> => {
    const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(url + path, { method, ...json });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  const again = async (step: (time: number) => Promise<void>): Promise<void> => {
    for (let time = 0; ; time++) {
      try {
        await step(time);
      } catch (error) {
        // The broker is gone; an answer that is no success is none of its going.
        if (error instanceof TypeError) return;
        throw error;
      }
      onTold();
    }
  };
  const count = () =>
    again(async () => {
      told.sent += 1;
      await send('PATCH', '/v2/entities/Counter/attrs', { n: { value: { $inc: 1 } } });
      told.counted += 1;
    });
  const create = (client: string) =>
    again(async (time) => {
      const id = `${client}-${round}-${time}`;
      await send('POST', '/v2/entities?options=keyValues', { id, type: 'Made', a: time, b: 'text', c: [time] });
      told.created.push(id);
    });
  const createAndDelete = () =>
    again(async (time) => {
      const id = `Gone-${round}-${time}`;
      await send('POST', '/v2/entities', { id, type: 'Gone' });
      await send('DELETE', `/v2/entities/${id}`);
      told.deleted.push(id);
    });
  const writePair = (pair: string) =>
    again(async (time) => {
      const n = round * 1_000_000 + time;
      const entities = ['left', 'right'].map((side) => ({ id: `${pair}-${side}`, type: 'Pair', n }));
      await send('POST', '/v2/op/update?options=keyValues', { actionType: 'append', entities });
      told.pairs.set(pair, n);
    });
  return Promise.all([
    ...Array.from({ length: 6 }, count),
    ...['A', 'B', 'C'].map(create),
    createAndDelete(),
    ...['P0', 'P1', 'P2'].map(writePair),
  ]);
}

async function entitiesOf({ url }: BrokerProcess, type: string): Promise<Map<string, Record<string, unknown>>> {
  const found = new Map<string, Record<string, unknown>>();
  for (let offset = 0; ; offset += 1000) {
    const answer = await fetch(`${url}/v2/entities?type=${type}&options=keyValues&limit=1000&offset=${offset}`);
    const page = (await answer.json()) as (Record<string, unknown> & { id: string })[];
    for (const entity of page) found.set(entity.id, entity);
    if (page.length < 1000) return found;
  }
}

describe('The broker, killed while clients write', () => {
  it('comes back with every write that it acknowledged, and with no half of any', { timeout: 180_000 }, async () => {
    const data = temporaryDirectory();
    let broker = await startBrokerProcess(data);
    onTestFinished(() => broker.kill());
    await fetch(`${broker.url}/v2/entities`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 'Counter', type: 'Counter', n: { value: 0 } }),
    });
    const told: Told = { counted: 0, sent: 0, created: [], deleted: [], pairs: new Map() };
    for (let round = 0; round < rounds; round++) {
      let left = 150 + round * 97;
      let killing: Promise<void> | undefined;
      await writeUntilGone(broker.url, round, told, () => {
        left -= 1;
        if (left <= 0) killing ??= broker.kill();
      });
      await killing;
      broker = await startBrokerProcess(data);

      const counter = (await entitiesOf(broker, 'Counter')).get('Counter')?.n;
      expect(counter).toBeGreaterThanOrEqual(told.counted);
      expect(counter).toBeLessThanOrEqual(told.sent);
      const made = await entitiesOf(broker, 'Made');
      for (const id of told.created) expect(made.has(id), `${id} was acknowledged`).toBe(true);
      for (const entity of made.values()) expect(Object.keys(entity)).toEqual(['id', 'type', 'a', 'b', 'c']);
      const gone = await entitiesOf(broker, 'Gone');
      for (const id of told.deleted) expect(gone.has(id), `the removal of ${id} was acknowledged`).toBe(false);
      const pairs = await entitiesOf(broker, 'Pair');
      for (const [pair, n] of told.pairs) {
        const [left, right] = ['left', 'right'].map((side) => pairs.get(`${pair}-${side}`)?.n);
        expect(left).toBe(right);
        expect(left).toBeGreaterThanOrEqual(n);
      }
    }
    expect(told.created.length).toBeGreaterThan(rounds);
  });
});
