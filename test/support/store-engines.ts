import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { EmbeddedStoresOptions } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import type { Log } from '../../src/ports/log.ts';
import type { StoreEngine } from '../stores/entity-store-contract.ts';

/** For tests that do not look at the log. */
export const silentLog: Log = { info() {}, warn() {}, error() {} };

/** What tests open stores with, unless they say otherwise. */
export const storeSettings: Omit<EmbeddedStoresOptions, 'directory'> = {
  cacheBytes: 16 * 1024 * 1024,
  queryTimeoutMs: 30_000,
  maxTenants: 1000,
  maxTypes: 10_000,
  maxPendingWrites: 10_000,
  maxOwed: 10_000,
  log: silentLog,
};

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
