import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTenantFile, TenantFile } from '../../src/adapters/stores/embedded/tenant-file.ts';
import { tenantFileName, tenantOfFileName } from '../../src/adapters/stores/embedded/tenant-file-name.ts';
import { tenantFileVersion } from '../../src/adapters/stores/embedded/tenant-schema.ts';
import type { TenantName } from '../../src/core/scope.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function contents(file: TenantFile): [number, string][] {
  return [...file.chunks()].flatMap(({ sequences, texts }) =>
    sequences.map((sequence, at): [number, string] => [sequence, texts[at] ?? '']),
  );
}

/** The columns in the tables of the page whose first two columns are of tables and columns: a cell that is empty stands for the one above. */
function columnsOn(page: string): readonly string[] {
  const names = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  const columns: string[] = [];
  for (const [rows] of page.matchAll(/(?<=^\| table +\| column .*\n.*\n)(?:\|.*\n)+/gm)) {
    let table: string | undefined;
    for (const row of rows.trim().split('\n')) {
      const [, first = '', second = ''] = row.split('|');
      table = names(first)[0] ?? table;
      columns.push(...names(second).map((column) => `${table}.${column}`));
    }
  }
  return columns;
}

describe("a tenant's file", () => {
  it('keeps rows in the order of creation, and the highest sequence ever given out', () => {
    const path = join(temporaryDirectory(), 'tenant.sqlite');
    const file = TenantFile.open(path);
    file.commit({ sequences: [1, 2, 3], texts: ['a', 'b', 'c'], lastSequence: 3, entities: 3 });
    file.commit({ sequences: [3, 2, 4], texts: [null, 'B', null], lastSequence: 4, entities: 2 });
    file.close();
    const again = TenantFile.open(path);
    expect(contents(again)).toStrictEqual([
      [1, 'a'],
      [2, 'B'],
    ]);
    expect(again.counters()).toStrictEqual({ lastSequence: 4, entities: 2, lastOwed: 0 });
    again.close();
  });

  it('keeps nothing of a commit that fails, and takes the next one', () => {
    const path = join(temporaryDirectory(), 'tenant.sqlite');
    const file = TenantFile.open(path);
    file.commit({ sequences: [1], texts: ['a'], lastSequence: 1, entities: 1 });
    const bad = { sequences: [2, 3], texts: ['b', undefined as unknown as string], lastSequence: 3, entities: 3 };
    expect(() => file.commit(bad)).toThrow();
    expect(contents(file)).toStrictEqual([[1, 'a']]);
    file.commit({ sequences: [4], texts: ['d'], lastSequence: 4, entities: 2 });
    expect(contents(file)).toStrictEqual([
      [1, 'a'],
      [4, 'd'],
    ]);
    file.close();
  });

  it('reads in chunks, however large an entity is', () => {
    const file = TenantFile.open(join(temporaryDirectory(), 'tenant.sqlite'));
    const texts = ['x'.repeat(3_000_000), ...Array.from({ length: 1500 }, (_, number) => `${number}`)];
    const sequences = texts.map((_, at) => at + 1);
    file.commit({ sequences, texts, lastSequence: texts.length, entities: texts.length });
    expect([...file.chunks()].map((chunk) => chunk.texts.length)).toStrictEqual([1, 1000, 500]);
    file.close();
  });

  it('has the version, the tables and the columns that docs/stored-model.md tells of', () => {
    const path = join(temporaryDirectory(), 'tenant.sqlite');
    TenantFile.open(path).close();
    const database = new DatabaseSync(path);
    const columns = database
      .prepare(
        `SELECT tables.name AS "table", columns.name AS "column" FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table'`,
      )
      .all()
      .map(({ table, column }) => `${table}.${column}`);
    database.close();
    const page = readFileSync(new URL('../../docs/stored-model.md', import.meta.url), 'utf8');
    expect(page).toContain(`the version of the form, now ${tenantFileVersion}:`);
    expect(columnsOn(page).toSorted()).toStrictEqual(columns.toSorted());
  });

  it('is refused when a newer release wrote it, for writing and for reading', () => {
    const path = join(temporaryDirectory(), 'tenant.sqlite');
    TenantFile.open(path).close();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => TenantFile.open(path)).toThrow('was written by a newer release (version 99');
    expect(() => [...readTenantFile(path)]).toThrow('was written by a newer release (version 99');
  });

  it('is refused when it is not ours', () => {
    const directory = temporaryDirectory();
    const foreign = join(directory, 'foreign.sqlite');
    const database = new DatabaseSync(foreign);
    database.exec('CREATE TABLE cars (plate TEXT)');
    database.close();
    expect(() => TenantFile.open(foreign)).toThrow('is not a file of Oriel');
    const text = join(directory, 'text.sqlite');
    writeFileSync(text, 'a letter to somebody, longer than the header of a database'.repeat(20));
    expect(() => TenantFile.open(text)).toThrow('not a database');
  });

  it('is read without making or locking anything, whether it is open for writing or not', () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'tenant.sqlite');
    expect(() => [...readTenantFile(path)]).toThrow();
    expect(readdirSync(directory)).toStrictEqual([]);
    const file = TenantFile.open(path);
    file.commit({ sequences: [1], texts: ['a'], lastSequence: 1, entities: 1 });
    expect([...readTenantFile(path)]).toStrictEqual([{ sequences: [1], texts: ['a'], total: 1 }]);
    file.close();
    expect([...readTenantFile(path)]).toStrictEqual([{ sequences: [1], texts: ['a'], total: 1 }]);
  });
});

describe("the name of a tenant's file", () => {
  it('leads back to the tenant, and is safe on any file system', () => {
    const names = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'con', 'A', 'a', '../a', '%41'));
    fc.assert(
      fc.property(names, (name) => {
        const file = tenantFileName(name as TenantName);
        expect(tenantOfFileName(file)).toBe(name);
        expect(file).toMatch(/^tenant(-[a-z0-9_%A-F-]+)?\.sqlite$/);
      }),
    );
  });

  it('differs between tenants also where the file system does not tell A from a', () => {
    const files = ['a', 'A', '%41', '%61'].map((name) => tenantFileName(name as TenantName).toLowerCase());
    expect(new Set(files).size).toBe(4);
  });

  it.each(['tenant.sqlite-wal', 'oriel.lock', 'tenant-.sqlite', 'tenant-%zz.sqlite', 'tenant-A.sqlite', 'tenant-%41'])(
    'is not %s',
    (file) => expect(tenantOfFileName(file)).toBeUndefined(),
  );
});
