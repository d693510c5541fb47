import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import { openMongoStores } from '../../src/adapters/stores/mongodb/mongo-stores.ts';
import type { StoreEngine } from '../stores/entity-store-contract.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from './mongod/mongo-place.ts';
import { storeSettings } from './store-settings.ts';

export const memoryEngine: StoreEngine = {
  place: () => ({ open: (options) => openEmbeddedStores({ ...storeSettings, ...options, directory: undefined }) }),
  supports: { restart: false },
};

/** Every place is a directory of its own, gone when the tests of the file are over. */
export function embeddedEngine(): StoreEngine {
  const directories: string[] = [];
  afterAll(() => {
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });
  return {
    place() {
      const directory = mkdtempSync(join(tmpdir(), 'oriel-'));
      directories.push(directory);
      return { open: (options) => openEmbeddedStores({ ...storeSettings, ...options, directory }) };
    },
    supports: { restart: true },
  };
}

/** Every place is a database of its own, gone when the tests of the file are over; undefined where there is no MongoDB. */
export function mongoEngine(): StoreEngine | undefined {
  if (mongodb === undefined) return undefined;
  removeMongoPlaces();
  return {
    place() {
      const uri = newMongoPlace();
      return {
        open: (options) => openMongoStores({ ...storeSettings, leaseMs: 2000, readStalenessMs: 1000, ...options, uri }),
      };
    },
    supports: { restart: true },
  };
}
