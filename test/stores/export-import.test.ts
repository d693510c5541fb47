import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lockDirectory } from '../../src/adapters/stores/embedded/directory-lock.ts';
import { TenantFile } from '../../src/adapters/stores/embedded/tenant-file.ts';
import { exportTenant } from '../../src/cli/export.ts';
import type { ImportConflict, ImportSummary } from '../../src/cli/import.ts';
import { importTenant } from '../../src/cli/import.ts';
import { encodeEntity } from '../../src/core/entity/stored-form.ts';
import type { TenantName } from '../../src/core/scope.ts';
import { arbitraryEntities } from '../support/arbitrary-entity.ts';
import { anEntity } from '../support/entity-builder.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const madrid = 'madrid' as TenantName;
const barcelona = 'barcelona' as TenantName;

function room(number: number, temperature: number): string {
  return encodeEntity(anEntity({ id: `Room${number}`, type: 'Room', values: { temperature } }));
}

function exported(directory: string, tenant = madrid): Promise<string> {
  const chunks: Buffer[] = [];
  const output = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return exportTenant({ directory, tenant, output }).then(() => Buffer.concat(chunks).toString());
}

function imported(
  directory: string,
  lines: readonly string[] | string,
  { tenant = madrid, onConflict = 'fail' as ImportConflict } = {},
): Promise<ImportSummary> {
  const text = typeof lines === 'string' ? lines : lines.map((line) => `${line}\n`).join('');
  return importTenant({ directory, tenant, input: Readable.from([Buffer.from(text)]), onConflict });
}

describe('export and import', () => {
  it('carry a tenant whole: export, import and export again give the same bytes', async () => {
    const directory = temporaryDirectory();
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryEntities(), async (entities) => {
        runs++;
        const [from, to] = [`from${runs}` as TenantName, `to${runs}` as TenantName];
        await imported(directory, entities.map(encodeEntity), { tenant: from });
        const first = await exported(directory, from);
        expect(first).toBe(entities.map((entity) => `${encodeEntity(entity)}\n`).join(''));
        await imported(directory, first, { tenant: to });
        expect(await exported(directory, to)).toBe(first);
      }),
      { numRuns: 20 },
    );
  });

  it('carry more than one commit and one chunk hold, and report on the way', async () => {
    const directory = temporaryDirectory();
    const lines = Array.from({ length: 2500 }, (_, number) => room(number, number % 40));
    const steps: number[] = [];
    const summary = await importTenant({
      directory,
      tenant: madrid,
      input: Readable.from(lines.map((line) => Buffer.from(`${line}\n`))),
      onConflict: 'fail',
      onProgress: ({ created }) => steps.push(created),
    });
    expect(summary).toStrictEqual({
      bytes: lines.join('\n').length + 1,
      created: 2500,
      unchanged: 0,
      replaced: 0,
      skipped: 0,
    });
    expect(steps).toStrictEqual([1000, 2000, 2500]);
    expect(await exported(directory)).toBe(`${lines.join('\n')}\n`);
  });

  it('run again, import finishes what broke off and leaves alone what is there', async () => {
    const directory = temporaryDirectory();
    await imported(directory, [room(1, 20), room(2, 21)]);
    const summary = await imported(directory, [room(1, 20), room(2, 21), room(3, 22)]);
    expect(summary).toMatchObject({ created: 1, unchanged: 2 });
    expect(await exported(directory)).toBe([room(1, 20), room(2, 21), room(3, 22), ''].join('\n'));
  });

  it('stop at a line that is no entity, name it, and keep the lines before it', async () => {
    const directory = temporaryDirectory();
    const lines = [room(1, 20), room(2, 21).slice(0, 40), room(3, 22)];
    await expect(imported(directory, lines)).rejects.toThrow('line 2: expected a JSON object');
    expect(await exported(directory)).toBe(`${room(1, 20)}\n`);
  });

  it('stop at bytes that are not UTF-8, and name the line', async () => {
    const input = Readable.from([Buffer.from(`${room(1, 20)}\n`), Buffer.from([0xff, 0x0a])]);
    const importing = importTenant({ directory: temporaryDirectory(), tenant: madrid, input, onConflict: 'fail' });
    await expect(importing).rejects.toThrow('line 2: not UTF-8');
  });

  it('take lines in any pieces, with either line end, blank or without an end, and Unicode separators within', async () => {
    const directory = temporaryDirectory();
    const odd = encodeEntity(anEntity({ id: 'ñ\u{1F600}', values: { text: 'a\u2028b' } }));
    const bytes = Buffer.from(`${room(1, 20)}\r\n\n${odd}\n  \n${room(2, 21)}`);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, at) => bytes.subarray(at * 3, at * 3 + 3));
    await importTenant({ directory, tenant: madrid, input: Readable.from(pieces), onConflict: 'fail' });
    expect(await exported(directory)).toBe(`${room(1, 20)}\n${odd}\n${room(2, 21)}\n`);
  });

  it('stop at an entity that is there with other content, unless told to skip or replace it', async () => {
    const directory = temporaryDirectory();
    await imported(directory, [room(1, 20), room(2, 21)]);
    await expect(imported(directory, [room(3, 0), room(1, 99)])).rejects.toThrow(
      'line 2: Room1 (Room) is there already, with other content',
    );
    expect(await imported(directory, [room(1, 99)], { onConflict: 'skip' })).toMatchObject({ skipped: 1 });
    expect(await exported(directory)).toBe([room(1, 20), room(2, 21), room(3, 0), ''].join('\n'));
    expect(await imported(directory, [room(1, 99)], { onConflict: 'replace' })).toMatchObject({ replaced: 1 });
    expect(await exported(directory)).toBe([room(1, 99), room(2, 21), room(3, 0), ''].join('\n'));
  });

  it('tell entities apart by id, type and scope, also within one import', async () => {
    const directory = temporaryDirectory();
    const lines = [{}, { type: 'Car' }, { scope: '/a' }, {}].map((spec) => encodeEntity(anEntity(spec)));
    expect(await imported(directory, lines)).toMatchObject({ created: 3, unchanged: 1 });
  });

  it('keep tenants apart, and refuse to export one that is not there', async () => {
    const directory = temporaryDirectory();
    await imported(directory, [room(1, 20)], { tenant: madrid });
    await imported(directory, [room(2, 21)], { tenant: '' as TenantName });
    expect(await exported(directory, madrid)).toBe(`${room(1, 20)}\n`);
    expect(await exported(directory, '' as TenantName)).toBe(`${room(2, 21)}\n`);
    await expect(exported(directory, barcelona)).rejects.toThrow("tenant 'barcelona' has no data in");
    expect(readdirSync(directory)).not.toContain('tenant-barcelona.sqlite');
  });

  it('export what is durable while a broker writes, and see one moment', async () => {
    const directory = temporaryDirectory();
    await imported(
      directory,
      Array.from({ length: 3000 }, (_, number) => room(number, 0)),
    );
    const file = TenantFile.open(join(directory, 'tenant-madrid.sqlite'));
    const written: string[] = [];
    const output = new Writable({
      highWaterMark: 1,
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        // The broker changes the last entity while the export is still at the first.
        if (written.length === 1) {
          file.commit({ sequences: [3000], texts: [room(2999, 99)], lastSequence: 3000, entities: 3000 });
        }
        setImmediate(done);
      },
    });
    await exportTenant({ directory, tenant: madrid, output });
    expect(written.join('')).toContain(`${room(2999, 0)}\n`);
    expect(await exported(directory)).toContain(`${room(2999, 99)}\n`);
    file.close();
  });

  it('refuse to import below a running broker', async () => {
    const directory = temporaryDirectory();
    const broker = lockDirectory(directory);
    await expect(imported(directory, [room(1, 20)])).rejects.toThrow(`is in use by process ${process.pid}`);
    broker.release();
    await expect(imported(directory, [room(1, 20)])).resolves.toMatchObject({ created: 1 });
  });
});
