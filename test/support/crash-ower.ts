import { writeSync } from 'node:fs';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import type { TenantName } from '../../src/core/scope.ts';
import type { OwedNotification } from '../../src/ports/outbox.ts';
import { writeOwing } from './owed-changes.ts';

/*
 * A process that owes and settles without end, to be killed: `crash-ower.ts DIRECTORY FROM`. It says on standard output, a line
 * each, written at once: `owed ENTITY VALUE` once a write is acknowledged, `settling ENTITY VALUE` before it asks for that, and
 * `settled ENTITY VALUE` once it was told.
 */

const [, , directory = '', from = '0'] = process.argv;
const tenant = 'crash' as TenantName;
const settings = {
  directory,
  cacheBytes: 1_000_000,
  queryTimeoutMs: 1000,
  maxTenants: 10,
  maxPendingWrites: 10_000,
  maxOwed: 1_000_000,
  maxTypes: 100,
  log: { info() {}, warn() {}, error() {} },
};
const stores = await openEmbeddedStores(settings);

function say(...words: readonly (string | number)[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}

/** Two of three are settled, as they come. */
stores.listen((_tenant, owed) => void settle(owed));

async function settle(owed: readonly OwedNotification[]): Promise<void> {
  const names = owed
    .filter(({ id }) => id % 3 !== 0)
    .map(({ id, entityId, subscriptionId, owedSince }) => ({ id, name: `${entityId} ${subscriptionId} ${owedSince}` }));
  for (const { name } of names) say('settling', name);
  await stores.tenant(tenant).outbox.settle(names.map(({ id }) => ({ kind: 'done', id })));
  for (const { name } of names) say('settled', name);
}

async function owe(entity: string): Promise<never> {
  for (let value = Number(from); ; value++) {
    await stores.tenant(tenant).entities.write([writeOwing(entity, ['S', 'T'], value, value)]);
    say('owed', entity, value);
  }
}

await Promise.all(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map(owe));
