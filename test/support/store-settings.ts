import type { EmbeddedStoresOptions } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import type { Log } from '../../src/ports/log.ts';

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
