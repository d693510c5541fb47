import { describe, expect, it } from 'vitest';
import type { Commit, CommitLog, CommitReceipt } from '../../src/adapters/stores/embedded/commit-log.ts';
import type { EmbeddedEntityStoreOptions } from '../../src/adapters/stores/embedded/embedded-entity-store.ts';
import { EmbeddedEntityStore } from '../../src/adapters/stores/embedded/embedded-entity-store.ts';
import { EntityIndex } from '../../src/adapters/stores/embedded/index/entity-index.ts';
import { OutboxLedger } from '../../src/adapters/stores/embedded/outbox-ledger.ts';
import { Refusal } from '../../src/core/errors.ts';
import type { Log } from '../../src/ports/log.ts';
import { anEntity } from '../support/entity-builder.ts';
import { byId, create, everything, failing, numberOf, remove, update, withNumber } from '../support/store-commands.ts';
import { silentLog } from '../support/store-settings.ts';

/** A log whose commits settle when the test says so. */
class HeldLog implements CommitLog {
  readonly commits: Commit[] = [];
  #settle: { resolve(receipt: CommitReceipt): void; reject(error: Error): void } | undefined;
  #arrived: (() => void) | undefined;

  commit(commit: Commit): Promise<CommitReceipt> {
    if (this.#settle !== undefined) throw new Error('a commit was asked for before the last one settled');
    this.commits.push(commit);
    this.#arrived?.();
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** Resolves when a commit is on its way. */
  async held(): Promise<void> {
    if (this.#settle === undefined) await new Promise<void>((resolve) => (this.#arrived = resolve));
  }

  async succeed(): Promise<void> {
    await this.held();
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.resolve({ owed: this.commits.reduce((sum, { outbox }) => sum + (outbox?.owed.ids.length ?? 0), 0) });
  }

  async fail(message = 'database or disk is full'): Promise<void> {
    await this.held();
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.reject(new Error(message));
  }
}

function aStore(options: Partial<EmbeddedEntityStoreOptions> = {}) {
  const commits = new HeldLog();
  const index = new EntityIndex({ cacheBytes: 1_000_000, queryTimeoutMs: 1000, yieldAfterMs: 5 });
  const ledger = new OutboxLedger({ owed: 0, lastOwed: 0 }, 100);
  const onOwed = () => undefined;
  const settings = {
    lastSequence: 0,
    maxTypes: 1000,
    maxPendingWrites: 10_000,
    ledger,
    onOwed,
    log: silentLog,
    ...options,
  };
  return { commits, store: new EmbeddedEntityStore({ index, commits, ...settings }) };
}

const room = (id: string, n = 0) => anEntity({ id, type: 'Room', values: { n } });
const increment = update(byId('A'), (entity) => withNumber(entity, 'n', numberOf(entity, 'n') + 1));
const unavailable = { reason: { kind: 'storeUnavailable' } };

describe('group commit', () => {
  it('carries in one commit all that arrived while the one before was flushed, an entity a row', async () => {
    const { store, commits } = aStore();
    const first = store.write([create(room('A'))]);
    await commits.held();
    const later = [...Array.from({ length: 50 }, () => store.write([increment])), store.write([create(room('B'))])];
    await commits.succeed();
    await first;
    await commits.succeed();
    await Promise.all(later);
    expect(commits.commits.map(({ sequences }) => sequences)).toStrictEqual([[1], [1, 2]]);
    expect(commits.commits[1]?.texts[0]).toContain('"value":50');
    expect(commits.commits[1]).toMatchObject({ lastSequence: 2, entities: 2 });
  });

  it('shows readers nothing before the commit is durable', async () => {
    const { store, commits } = aStore();
    const writing = store.write([create(room('A'))]);
    await commits.held();
    expect(await store.lookup(byId('A'))).toStrictEqual([]);
    expect((await store.find(everything)).records).toStrictEqual([]);
    expect(await store.summarizeTypes([])).toStrictEqual([]);
    await commits.succeed();
    await writing;
    expect(await store.lookup(byId('A'))).toHaveLength(1);
  });

  it('decides upon writes that are on their way, in the commit under way and in the next', async () => {
    const { store, commits } = aStore();
    const writes = [store.write<unknown>([create(room('A'))])];
    await commits.held();
    writes.push(store.write([increment]), store.write([increment]), store.write([create(room('A'))]));
    await commits.succeed();
    await commits.succeed();
    expect((await Promise.all(writes)).flat()).toStrictEqual(['created', 1, 1, 'exists']);
    expect((await store.lookup(byId('A'))).map(({ entity }) => numberOf(entity, 'n'))).toStrictEqual([2]);
  });

  it('tells nothing of a state that is not durable: a call that only looked at it waits for it', async () => {
    const { store, commits } = aStore();
    const settled: string[] = [];
    const refusal = new Refusal({ kind: 'entityExists' });
    const writes = [
      store.write([create(room('A'))]).then(() => settled.push('created')),
      store.write([create(room('A'))]).then(() => settled.push('exists')),
      store.write([failing(byId('A'), refusal)]).catch((error) => settled.push(error.reason.kind)),
      store.write([failing(byId('Z'), refusal)]).catch(() => settled.push('at once')),
    ];
    await commits.held();
    await new Promise(setImmediate);
    expect(settled).toStrictEqual(['at once']);
    await commits.succeed();
    await Promise.all(writes);
    expect(settled).toStrictEqual(['at once', 'created', 'exists', 'entityExists']);
  });

  it('writes no row for an entity that comes and goes in one commit', async () => {
    const { store, commits } = aStore();
    const writes = [
      store.write<unknown>([create(room('A'))]),
      store.write<unknown>([increment, remove(byId('A')), create(room('B'))]),
    ];
    await commits.succeed();
    await Promise.all(writes);
    expect(commits.commits).toMatchObject([{ sequences: [2], lastSequence: 2, entities: 1 }]);
    expect((await store.find(everything)).records.map(({ entity }) => entity.id)).toStrictEqual(['B']);
  });

  it('writes no row for an update that leaves the entity as it is', async () => {
    const { store, commits } = aStore();
    const created = store.write([create(room('A'))]);
    await commits.succeed();
    await created;
    const repeated = store.write([
      {
        target: byId('A'),
        decide: ([record]) => {
          if (record === undefined) throw new Error('no such entity');
          const { entity } = record;
          const change = { kind: 'updated', before: entity, after: entity, attributes: [] } as const;
          return { result: 'repeated', writes: [{ kind: 'update', record, change }] };
        },
      },
    ]);
    expect(await repeated).toStrictEqual(['repeated']);
    expect(commits.commits).toHaveLength(1);
  });

  it('refuses beyond the limit of waiting writes, and takes writes again afterwards', async () => {
    const { store, commits } = aStore({ maxPendingWrites: 3 });
    const writes = ['A', 'B', 'C'].map((id) => store.write([create(room(id))]));
    await expect(store.write([create(room('D'))])).rejects.toMatchObject({
      reason: { kind: 'overloaded', retryAfterSeconds: 1 },
    });
    await commits.succeed();
    await Promise.all(writes);
    const again = store.write([create(room('D'))]);
    await commits.succeed();
    expect(await again).toStrictEqual(['created']);
  });

  it('splits what waits into commits of bounded size, each call whole', async () => {
    const { store, commits } = aStore();
    const call = (prefix: string) => store.write(Array.from({ length: 1500 }, (_, n) => create(room(`${prefix}${n}`))));
    const writes = [call('A'), call('B'), call('C')];
    await commits.succeed();
    await commits.succeed();
    await Promise.all(writes);
    expect(commits.commits.map(({ sequences }) => sequences.length)).toStrictEqual([3000, 1500]);
    expect(commits.commits.map(({ entities }) => entities)).toStrictEqual([3000, 4500]);
  });
});

describe('a commit that fails', () => {
  it('refuses its writes and those decided upon them, and forgets both', async () => {
    const logged: string[] = [];
    const log: Log = { ...silentLog, error: (_details, message) => logged.push(message) };
    const { store, commits } = aStore({ log });
    const kept = store.write([create(room('A', 1))]);
    await commits.succeed();
    await kept;

    const failed = store.write<unknown>([increment, create(room('B'))]);
    await commits.held();
    const upon = store.write([increment]);
    const looked = store.write([create(room('B'))]);
    const settled = Promise.allSettled([failed, upon, looked]);
    await commits.fail();
    for (const outcome of await settled) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
    }
    expect((await store.find(everything)).records.map(({ entity }) => entity)).toStrictEqual([room('A', 1)]);
    expect(logged).toHaveLength(1);
  });

  it('leaves the store as it was: once the disk recovers, writes start from what is durable', async () => {
    const { store, commits } = aStore();
    const failed = store.write([create(room('A', 5))]).catch((error) => error);
    await commits.fail();
    expect(await failed).toMatchObject(unavailable);
    const again = store.write([create(room('A', 1)), create(room('B'))]);
    await commits.succeed();
    expect(await again).toStrictEqual(['created', 'created']);
    const { records } = await store.find(everything);
    expect(records.map(({ entity }) => entity)).toStrictEqual([room('A', 1), room('B')]);
    expect(commits.commits.at(-1)).toMatchObject({ entities: 2 });
  });

  it('brings no tenant to be', async () => {
    let admitted = 0;
    const { store, commits } = aStore({ admit: () => admitted++ });
    const failed = store.write([create(room('A'))]).catch((error) => error);
    expect(store.exists).toBe(true);
    await commits.fail();
    await failed;
    expect(store.exists).toBe(false);
    const after = store.write([create(room('A'))]);
    await commits.succeed();
    await after;
    expect(store.exists).toBe(true);
    expect(admitted).toBe(2);
  });
});
