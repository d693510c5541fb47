import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duplex, duplexPair } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import { Followers, type Replica } from '../../src/adapters/stores/embedded/replica/followers.ts';
import { openReplicaStores } from '../../src/adapters/stores/embedded/replica/replica-stores.ts';
import type { TenantName } from '../../src/core/scope.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { anEntity } from '../support/entity-builder.ts';
import { FakeTime } from '../support/fake-time.ts';
import { create, everything } from '../support/store-commands.ts';
import { storeSettings } from '../support/store-settings.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { describeEntityStore } from './entity-store-contract.ts';

const patienceMs = 5000;
const madrid = 'madrid' as TenantName;

interface ReplicaUnderTest {
  readonly stores: Stores;
  readonly seenByWriter: Replica & { isCurrent: boolean; isEnded: boolean };
  /** What the writer tells it waits; `release` lets it go on. */
  hold(): () => void;
}

async function aReplica(directory: string, followers: Followers): Promise<ReplicaUnderTest> {
  const [channel, other]: [Duplex, Duplex] = duplexPair();
  const seenByWriter = {
    channel,
    isCurrent: false,
    isEnded: false,
    onCurrent() {
      seenByWriter.isCurrent = true;
    },
    end() {
      seenByWriter.isEnded = true;
    },
  };
  followers.joined(seenByWriter);
  const { cacheBytes, queryTimeoutMs } = storeSettings;
  const stores = await openReplicaStores({ directory, channel: other, cacheBytes, queryTimeoutMs });
  const hold = () => {
    other.pause();
    return () => void other.resume();
  };
  return { stores, seenByWriter, hold };
}

/** All that is written goes to one, all that is read is read from the other. */
function writtenAndRead(writer: Stores, replica: Stores): Stores {
  const stores = Object.create(writer) as Stores;
  return Object.assign(stores, {
    tenant(name: TenantName) {
      const written = writer.tenant(name);
      const { lookup, find, summarizeTypes } = replica.tenant(name).entities;
      const { entities: own } = written;
      const write = own.write.bind(own);
      const stateOf = own.stateOf.bind(own);
      const entities = { lookup, find, summarizeTypes, stateOf, write };
      return { ...written, entities };
    },
    tenants: () => replica.tenants(),
    listen: writer.listen.bind(writer),
    async close() {
      await writer.close();
      await replica.close();
    },
  });
}

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

describeEntityStore('a replica of the embedded engine', {
  place() {
    const directory = mkdtempSync(join(tmpdir(), 'oriel-'));
    directories.push(directory);
    return {
      async open(options) {
        const followers = new Followers(new FakeTime(), patienceMs);
        const writer = await openEmbeddedStores({ ...storeSettings, ...options, directory, followers });
        return writtenAndRead(writer, (await aReplica(directory, followers)).stores);
      },
    };
  },
  supports: { restart: true },
});

describe('replicas', () => {
  const idsIn = async (stores: Stores) =>
    (await stores.tenant(madrid).entities.find(everything)).records.map(({ entity }) => entity.id);
  const aWriter = async () => {
    const directory = temporaryDirectory();
    const time = new FakeTime();
    const followers = new Followers(time, patienceMs);
    const writer = await openEmbeddedStores({ ...storeSettings, directory, followers });
    const write = (id: string) => writer.tenant(madrid).entities.write([create(anEntity({ id }))]);
    return { directory, time, followers, writer, write };
  };

  it('have what was there before they came, and what is written while they read it', async () => {
    const { directory, followers, writer, write } = await aWriter();
    await write('A');
    const joining = aReplica(directory, followers);
    const writes = ['B', 'C'].map(write);
    const { stores } = await joining;
    await Promise.all(writes);
    await write('D');
    expect(await idsIn(stores)).toEqual(['A', 'B', 'C', 'D']);
    await writer.close();
  });

  it('show nothing that another of them does not have, and it is not acknowledged before either', async () => {
    const { directory, followers, writer, write } = await aWriter();
    await write('A');
    const [quick, slow] = [await aReplica(directory, followers), await aReplica(directory, followers)];
    await write('B');
    const release = slow.hold();
    let acknowledged = false;
    const writing = write('C').then(() => {
      acknowledged = true;
    });
    let shown: readonly string[] | undefined;
    const reading = (async () => {
      // It shows the state before until it takes in the commit, and waits from then on.
      for (shown = await idsIn(quick.stores); shown.length < 3; shown = await idsIn(quick.stores)) await setImmediate();
    })();
    for (let turn = 0; turn < 200; turn++) await setImmediate();
    expect(shown).toEqual(['A', 'B']);
    expect(await idsIn(writer)).toEqual(['A', 'B']);
    expect(acknowledged).toBe(false);
    release();
    await Promise.all([writing, reading]);
    for (const stores of [quick.stores, slow.stores, writer]) expect(await idsIn(stores)).toEqual(['A', 'B', 'C']);
    await writer.close();
  });

  it('are ended where they do not keep up, and what they hold back goes on once they are gone', async () => {
    const { directory, time, followers, writer, write } = await aWriter();
    await write('A');
    const [quick, hung] = [await aReplica(directory, followers), await aReplica(directory, followers)];
    await write('B');
    hung.hold();
    let acknowledged = false;
    const writing = write('C').then(() => {
      acknowledged = true;
    });
    while (!hung.seenByWriter.isEnded) {
      await setImmediate();
      await time.pass(patienceMs);
    }
    expect(quick.seenByWriter).toMatchObject({ isCurrent: true, isEnded: false });
    expect(acknowledged).toBe(false);
    followers.left(hung.seenByWriter);
    await writing;
    expect(await idsIn(quick.stores)).toEqual(['A', 'B', 'C']);
    await writer.close();
  });
});
