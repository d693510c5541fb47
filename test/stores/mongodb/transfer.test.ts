import { Readable, Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportTenant } from '../../../src/cli/export.ts';
import { type ImportConflict, importTenant } from '../../../src/cli/import.ts';
import { exportMongoTenant, importMongoTenant } from '../../../src/cli/mongo-transfer.ts';
import { encodeEntity } from '../../../src/core/entity/stored-form.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import { arbitraryEntities } from '../../support/arbitrary-entity.ts';
import { anEntity } from '../../support/entity-builder.ts';
import { mongodb, newMongoPlace, removeMongoPlaces } from '../../support/mongod/mongo-place.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

removeMongoPlaces();

const city = 'city' as TenantName;

/** What is written, as text. */
async function textOf(write: (output: Writable) => Promise<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  await write(
    new Writable({
      write(chunk, _encoding, done) {
        chunks.push(chunk);
        done();
      },
    }),
  );
  return Buffer.concat(chunks).toString();
}

const linesOf = (text: string) => Readable.from([Buffer.from(text)]);
const room = (number: number, temperature: number) =>
  `${encodeEntity(anEntity({ id: `Room${number}`, values: { temperature } }))}\n`;

describe.runIf(mongodb !== undefined)('export and import between engines', () => {
  it('carry a tenant whole, from one to the other and back, in the same bytes', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryEntities(), async (entities) => {
        const tenant = `t${runs++}` as TenantName;
        const [uri, directory] = [newMongoPlace(), temporaryDirectory()];
        const onConflict = 'fail' as const;
        await importTenant({
          directory,
          tenant,
          input: linesOf(entities.map((one) => `${encodeEntity(one)}\n`).join('')),
          onConflict,
        });
        const exported = await textOf((output) => exportTenant({ directory, tenant, output }));
        const summary = await importMongoTenant({ uri, tenant, input: linesOf(exported), onConflict });
        expect(summary.created).toBe(entities.length);
        if (entities.length === 0) return;
        expect(await textOf((output) => exportMongoTenant({ uri, tenant, output }))).toBe(exported);
      }),
      { numRuns: 10 },
    );
  });

  it('leave alone what is there, fail at what is there with other content, or skip or replace it', async () => {
    const uri = newMongoPlace();
    const imported = (lines: string, onConflict: ImportConflict) =>
      importMongoTenant({ uri, tenant: city, input: linesOf(lines), onConflict });
    await imported(room(1, 20) + room(2, 20), 'fail');
    expect(await imported(room(1, 20) + room(3, 20), 'fail')).toMatchObject({ created: 1, unchanged: 1 });
    await expect(imported(room(4, 20) + room(2, 30) + room(5, 20), 'fail')).rejects.toThrow(
      'line 2: Room2 (Thing) is there already, with other content',
    );
    expect(await textOf((output) => exportMongoTenant({ uri, tenant: city, output }))).toBe(
      room(1, 20) + room(2, 20) + room(3, 20) + room(4, 20),
    );
    expect(await imported(room(2, 30), 'skip')).toMatchObject({ skipped: 1 });
    expect(await imported(room(2, 30), 'replace')).toMatchObject({ replaced: 1 });
    expect(await textOf((output) => exportMongoTenant({ uri, tenant: city, output }))).toContain(room(2, 30));
  });

  it('name the line that is none, and keep those before it', async () => {
    const uri = newMongoPlace();
    const input = linesOf(`${room(1, 20)}{"v":1}\n${room(2, 20)}`);
    await expect(importMongoTenant({ uri, tenant: city, input, onConflict: 'fail' })).rejects.toThrow(/^line 2: /);
    expect(await textOf((output) => exportMongoTenant({ uri, tenant: city, output }))).toBe(room(1, 20));
  });

  it('say that there is no such tenant', async () => {
    await expect(textOf((output) => exportMongoTenant({ uri: newMongoPlace(), tenant: city, output }))).rejects.toThrow(
      "tenant 'city' has no data in that MongoDB",
    );
  });
});
