import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EntityIndex } from '../../../src/adapters/stores/embedded/index/entity-index.ts';
import type { Entity } from '../../../src/core/entity/entity.ts';
import { encodeEntity } from '../../../src/core/entity/stored-form.ts';
import { Refusal } from '../../../src/core/errors.ts';
import { matches } from '../../../src/core/query/evaluate.ts';
import { arbitraryEntity } from '../../support/arbitrary-entity.ts';
import { arbitraryQuery } from '../../support/arbitrary-query.ts';
import { anEntity } from '../../support/entity-builder.ts';

const everything = { selectors: [], scopes: [], order: [], offset: 0, limit: 1000, count: false };

test('A long query that gives way to writes misses nothing that they left alone, and shows nothing that does not match', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryEntity, { minLength: 20, maxLength: 60 }),
      fc.array(fc.tuple(fc.nat(), fc.option(arbitraryEntity)), { minLength: 1, maxLength: 30 }),
      arbitraryQuery(),
      fc.constantFrom(0, 1000),
      async (entities, changes, query, fewDecodes) => {
        const options = { cacheBytes: 10_000, queryTimeoutMs: 10_000, yieldAfterMs: 0, blockSize: 4, fewDecodes };
        const index = new EntityIndex(options);
        const current = new Map<number, Entity>();
        for (const [at, entity] of [...entities, ...entities, ...entities].entries()) {
          current.set(at, entity);
          index.put(at, encodeEntity(entity), entity);
        }

        const touched = new Set<number>();
        const { order, selectors, scopes, filter } = query;
        let isOver = false;
        const question = { ...everything, order, selectors, scopes, ...(filter === undefined ? {} : { filter }) };
        const answer = Promise.resolve(index.find(question)).finally(() => {
          isOver = true;
        });
        for (const [at, changed] of changes) {
          await setImmediate();
          if (isOver) break;
          const sequence = at % current.size;
          const id = current.get(sequence)?.id ?? '';
          touched.add(sequence);
          if (changed === null) index.remove(sequence);
          else index.put(sequence, encodeEntity({ ...changed, id }), { ...changed, id });
        }

        const { records } = await answer;
        const found = records.map(({ sequence }) => sequence);
        expect(new Set(found).size).toBe(found.length);
        for (const { entity } of records) expect(matches(entity, query)).toBe(true);
        const untouched = [...current].filter(([sequence, entity]) => !touched.has(sequence) && matches(entity, query));
        expect(found).toEqual(expect.arrayContaining(untouched.map(([sequence]) => sequence)));
      },
    ),
    { numRuns: 150 },
  );
});

test('A query that takes too long is refused, and others get their turn meanwhile', async () => {
  const index = new EntityIndex({ cacheBytes: 0, queryTimeoutMs: 0, yieldAfterMs: 0 });
  for (let at = 0; at < 200; at++) {
    const entity = anEntity({ id: `E${at}`, values: { a: at } });
    index.put(at, encodeEntity(entity), entity);
  }
  const turns: string[] = [];
  const refused = expect(Promise.resolve(index.find(everything)).finally(() => turns.push('the query')));
  const answer = refused.rejects.toEqual(new Refusal({ kind: 'queryTimeout', limitMs: 0 }));
  await setImmediate();
  turns.push('another');
  await answer;
  expect(turns).toContain('another');
});
