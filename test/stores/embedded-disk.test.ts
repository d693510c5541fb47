import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { openEmbeddedStores } from '../../src/adapters/stores/embedded/embedded-stores.ts';
import { tenantFileVersion } from '../../src/adapters/stores/embedded/tenant-schema.ts';
import type { TenantName } from '../../src/core/scope.ts';
import { anEntity } from '../support/entity-builder.ts';
import { byId, create, everything } from '../support/store-commands.ts';
import { storeSettings } from '../support/store-settings.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const madrid = 'madrid' as TenantName;
const unavailable = { reason: { kind: 'storeUnavailable' } };

function open(directory: string, options: Partial<Parameters<typeof openEmbeddedStores>[0]> = {}) {
  return openEmbeddedStores({ ...storeSettings, ...options, directory });
}

describe('the embedded engine', () => {
  it('lets one store at a time have a directory, and names the process that has it', async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    await expect(open(directory)).rejects.toThrow(`is in use by process ${process.pid}; stop it first`);
    await first.close();
    const second = await open(directory);
    await second.close();
  });

  it('tells how far it is while it reads the tenants, one after the other', async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    const ids = Array.from({ length: 2500 }, (_, number) => `Room${number}`);
    await first.tenant(madrid).entities.write(ids.map((id) => create(anEntity({ id }))));
    await first.tenant('' as TenantName).entities.write([create(anEntity())]);
    await first.close();
    const progress: unknown[] = [];
    const second = await open(directory, { onProgress: (...step) => progress.push(step) });
    expect(progress).toStrictEqual([
      ['', 1, 1],
      [madrid, 1000, 2500],
      [madrid, 2000, 2500],
      [madrid, 2500, 2500],
    ]);
    const { records } = await second.tenant(madrid).entities.find(everything);
    expect(records.map((record) => record.entity.id)).toStrictEqual(ids);
    await second.close();
  });

  it('refuses writes while the disk does not take them, keeps reading, and writes again when it does', async () => {
    const directory = temporaryDirectory();
    const stores = await open(directory);
    const { entities } = stores.tenant(madrid);
    await entities.write([create(anEntity({ id: 'A' }))]);
    const intruder = new DatabaseSync(join(directory, 'tenant-madrid.sqlite'));
    intruder.exec('BEGIN IMMEDIATE');
    await expect(entities.write([create(anEntity({ id: 'B' }))])).rejects.toMatchObject(unavailable);
    expect((await entities.find(everything)).records).toHaveLength(1);
    intruder.exec('ROLLBACK');
    intruder.close();
    await entities.write([create(anEntity({ id: 'C' }))]);
    await stores.close();
    const again = await open(directory);
    const { records } = await again.tenant(madrid).entities.find(everything);
    expect(records.map((record) => record.entity.id)).toStrictEqual(['A', 'C']);
    await again.close();
  });

  it('makes no tenant by a first write that fails, and makes it by the next', async () => {
    const directory = join(temporaryDirectory(), 'data');
    const stores = await open(directory);
    rmSync(directory, { recursive: true });
    const { entities } = stores.tenant(madrid);
    const writes = ['A', 'B'].map((id) => entities.write([create(anEntity({ id }))]));
    const during = stores.tenant(madrid).entities;
    for (const outcome of await Promise.allSettled(writes)) expect(outcome).toMatchObject({ reason: unavailable });
    expect(stores.tenants()).toStrictEqual([]);
    mkdirSync(directory);
    await Promise.all([entities, during].map((store, at) => store.write([create(anEntity({ id: `C${at}` }))])));
    expect(stores.tenants()).toStrictEqual([madrid]);
    expect((await during.find(everything)).records).toHaveLength(2);
    await stores.close();
  });

  it('does not start on a file that it cannot read, names it, and lets go of the directory', async () => {
    const directory = temporaryDirectory();
    const first = await open(directory);
    await first.tenant(madrid).entities.write(['A', 'B'].map((id) => create(anEntity({ id }))));
    await first.close();
    const database = new DatabaseSync(join(directory, 'tenant-madrid.sqlite'));
    const [row] = database.prepare('SELECT entity FROM entities WHERE sequence = 2').all();
    database.exec("UPDATE entities SET entity = 'torn' WHERE sequence = 2");
    await expect(open(directory)).rejects.toThrow("entity 2 of tenant 'madrid' cannot be read");
    database.prepare('UPDATE entities SET entity = ? WHERE sequence = 2').run(row.entity);
    database.exec('PRAGMA user_version = 99');
    await expect(open(directory)).rejects.toThrow('was written by a newer release');
    database.exec(`PRAGMA user_version = ${tenantFileVersion}`);
    database.close();
    const again = await open(directory);
    expect(await again.tenant(madrid).entities.lookup(byId('B'))).toHaveLength(1);
    await again.close();
  });
});
