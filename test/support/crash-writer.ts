import { writeSync } from 'node:fs';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import type { TenantName } from '../../src/core/scope.ts';
import { anEntity } from './entity-builder.ts';
import { byId, create, numberOf, update, withNumber } from './store-commands.ts';

/*
 * A process that writes without end, to be killed: `crash-writer.ts DIRECTORY ROUND`. It says on standard output what was
 * acknowledged, a line each, written at once: `counted`, `pair P N`, `created ID`.
 */

const [, , directory = '', round = ''] = process.argv;
const silent = { info() {}, warn() {}, error() {} };
const stores = await openEmbeddedStores({
  directory,
  cacheBytes: 1_000_000,
  queryTimeoutMs: 1000,
  maxTenants: 10,
  maxTypes: 10_000,
  maxPendingWrites: 10_000,
  maxOwed: 10_000,
  log: silent,
});
const { entities } = stores.tenant('crash' as TenantName);

function acknowledge(line: string): void {
  writeSync(1, `${line}\n`);
}

function addOne(id: string) {
  return update(byId(id), (entity) => withNumber(entity, 'n', numberOf(entity, 'n') + 1));
}

/** All writers add to one entity. */
async function count(): Promise<never> {
  for (;;) {
    await entities.write([addOne('Counter')]);
    acknowledge('counted');
  }
}

/** Both halves of a pair change in one call. */
async function pair(name: string): Promise<never> {
  for (;;) {
    await entities.write([addOne(`${name}-left`), addOne(`${name}-right`)]);
    const [left] = await entities.lookup(byId(`${name}-left`));
    acknowledge(`pair ${name} ${left === undefined ? 0 : numberOf(left.entity, 'n')}`);
  }
}

/** New entities, as many as come. */
async function grow(writer: number): Promise<never> {
  for (let number = 0; ; number++) {
    const id = `New-${round}-${writer}-${number}`;
    await entities.write([create(anEntity({ id }))]);
    acknowledge(`created ${id}`);
  }
}

const pairs = ['P0', 'P1', 'P2', 'P3'];
const ids = ['Counter', ...pairs.flatMap((name) => [`${name}-left`, `${name}-right`])];
await entities.write(ids.map((id) => create(anEntity({ id, values: { n: 0 } }))));
await Promise.all([...Array.from({ length: 8 }, count), ...pairs.map(pair), ...[0, 1, 2, 3].map(grow)]);
