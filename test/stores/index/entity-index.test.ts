import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntityIndex, type EntityIndexOptions } from '../../../src/adapters/stores/embedded/index/entity-index.ts';
import type { Entity } from '../../../src/core/entity/entity.ts';
import { encodeEntity } from '../../../src/core/entity/stored-form.ts';
import { compareEntities } from '../../../src/core/query/compare-entities.ts';
import { matches } from '../../../src/core/query/evaluate.ts';
import type { Query } from '../../../src/core/query/query.ts';
import { type ScopePattern, scopesMatch } from '../../../src/core/scope.ts';
import type { EntityTarget, TypeSummary } from '../../../src/ports/entity-store.ts';
import { arbitraryEntity } from '../../support/arbitrary-entity.ts';
import { arbitraryQuery, arbitraryScopePattern } from '../../support/arbitrary-query.ts';
import { anEntity } from '../../support/entity-builder.ts';

const options: EntityIndexOptions = { cacheBytes: 10_000, queryTimeoutMs: 10_000, yieldAfterMs: 10_000 };

/** One step in the life of a store. */
type Step =
  | { readonly kind: 'create'; readonly entity: Entity }
  | { readonly kind: 'replace'; readonly at: number; readonly entity: Entity }
  /** As `apply` does it: what is not written stays the same object. */
  | { readonly kind: 'write'; readonly at: number; readonly entity: Entity }
  | { readonly kind: 'remove'; readonly at: number };

const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: arbitraryEntity.map((entity): Step => ({ kind: 'create', entity })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), arbitraryEntity).map(([at, entity]): Step => ({ kind: 'replace', at, entity })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), arbitraryEntity).map(([at, entity]): Step => ({ kind: 'write', at, entity })),
  },
  { weight: 2, arbitrary: fc.nat().map((at): Step => ({ kind: 'remove', at })) },
);

const arbitraryHistory = fc.array(arbitraryStep, { minLength: 1, maxLength: 60 });

/** What a store must answer, said as plainly as can be. */
class PlainStore {
  readonly entities = new Map<number, Entity>();
  private next = 0;

  /** Takes the step in both stores. */
  take(step: Step, index: EntityIndex): void {
    if (step.kind === 'create') {
      this.put(this.next++, step.entity, index);
      return;
    }
    const sequences = [...this.entities.keys()];
    const sequence = sequences[step.at % Math.max(1, sequences.length)];
    if (sequence === undefined) return;
    const before = index.record(sequence)?.entity;
    if (before === undefined) throw new Error(`The index has lost ${sequence}`);
    switch (step.kind) {
      case 'remove':
        this.entities.delete(sequence);
        index.remove(sequence);
        return;
      case 'replace':
        this.put(sequence, { ...step.entity, id: before.id }, index);
        return;
      case 'write':
        this.put(
          sequence,
          { ...before, attributes: new Map([...before.attributes, ...step.entity.attributes]) },
          index,
        );
    }
  }

  private put(sequence: number, entity: Entity, index: EntityIndex): void {
    this.entities.set(sequence, entity);
    index.put(sequence, encodeEntity(entity), entity);
  }

  summarizeTypes(scopes: readonly ScopePattern[]): TypeSummary[] {
    const entities = [...this.entities.values()].filter((entity) => scopesMatch(scopes, entity.scopes));
    const types = [...new Set(entities.flatMap((entity) => entity.types))].sort();
    return types.map((type) => {
      const ofType = entities.filter((entity) => entity.types.includes(type));
      const names = [...new Set(ofType.flatMap(({ attributes }) => [...attributes.keys()]))].sort();
      const typesOf = (name: string) =>
        ofType.flatMap(({ attributes }) => {
          const first = attributes.get(name)?.[0];
          return first === undefined ? [] : [first.declaredType ?? first.kind];
        });
      return {
        type,
        count: ofType.length,
        attributes: new Map(names.map((n) => [n, [...new Set(typesOf(n))].sort()])),
      };
    });
  }

  find(query: Query): { sequences: number[]; count: number } {
    const all = [...this.entities]
      .map(([sequence, entity]) => ({ sequence, entity }))
      .filter(({ entity }) => matches(entity, query))
      .sort(compareEntities(query.order));
    const { after } = query;
    const from =
      after === undefined ? all.slice(query.offset) : all.filter(({ sequence }) => sequence > after.sequence);
    return { sequences: from.slice(0, query.limit).map(({ sequence }) => sequence), count: all.length };
  }
}

async function expectSame(index: EntityIndex, plain: PlainStore, query: Query): Promise<void> {
  const page = await index.find(query);
  const expected = plain.find(query);
  expect(page.records.map(({ sequence }) => sequence)).toEqual(expected.sequences);
  expect(page.count).toBe(query.count ? expected.count : undefined);
  for (const { sequence, entity } of page.records) expect(entity).toEqual(plain.entities.get(sequence));
  const isFull = query.order.length === 0 && query.limit > 0 && page.records.length === query.limit;
  expect(page.next).toEqual(isFull ? { sequence: expected.sequences.at(-1) } : undefined);
}

describe.each([
  ['whatever is cheapest', {}],
  ['always by a walk', { strategy: 'walk' }],
  ['always by candidates', { strategy: 'candidates' }],
  ['by a walk at first, then by candidates', { strategy: 'change over' }],
  ['with a column for every path asked for', { fewDecodes: 0 }],
  ['giving way at every chance', { yieldAfterMs: 0 }],
] as const)('An entity index that searches %s', (_, special) => {
  test('answers any query after any history as the plain definition does', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryHistory,
        fc.array(arbitraryQuery(40), { minLength: 1, maxLength: 6 }),
        arbitraryHistory,
        fc.constantFrom(2, 3, 4, 512),
        fc.constantFrom('no load', 'a load', 'a load without an end'),
        async (history, queries, later, blockSize, load) => {
          const index = new EntityIndex({ ...options, ...special, blockSize });
          const plain = new PlainStore();
          if (load !== 'no load') index.beginLoad();
          for (const steps of [history, later]) {
            for (const step of steps) plain.take(step, index);
            if (load === 'a load') index.endLoad();
            expect(index.size).toBe(plain.entities.size);
            for (const query of queries) await expectSame(index, plain, query);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('An entity index', () => {
  test('hands out the same record until the entity changes, and a new one afterwards [port EntityRecord]', () => {
    const index = new EntityIndex({ ...options, cacheBytes: 1_000_000 });
    const entity = anEntity({ id: 'Room1', values: { temperature: 21 } });
    index.put(1, encodeEntity(entity), entity);
    const [first] = index.lookup({ id: 'Room1', scopes: [] });
    first?.memo.set('normalized', '{}');
    expect(index.record(1)).toBe(first);
    expect(index.record(1)?.memo.get('normalized')).toBe('{}');

    const warmer = anEntity({ id: 'Room1', values: { temperature: 22 } });
    index.put(1, encodeEntity(warmer), warmer);
    expect(index.record(1)).not.toBe(first);
    expect(index.record(1)).toMatchObject({ sequence: 1, entity: warmer });
    expect(index.record(1)?.memo.size).toBe(0);
  });

  test('looks up by id, type and scope, in the order of creation', () => {
    const index = new EntityIndex(options);
    const specs = [
      { id: 'a', type: 'Room', scope: '/x' },
      { id: 'a', type: 'Car', scope: '/x/y' },
      { id: 'b', type: 'Room', scope: '/x' },
      { id: 'a', type: 'Room', scope: '/z' },
    ];
    for (const [at, spec] of specs.entries()) index.put(at, encodeEntity(anEntity(spec)), anEntity(spec));
    const sequencesOf = (target: EntityTarget) => index.lookup(target).map(({ sequence }) => sequence);
    expect(sequencesOf({ id: 'a', scopes: [] })).toEqual([0, 1, 3]);
    expect(sequencesOf({ id: 'a', type: 'Room', scopes: [] })).toEqual([0, 3]);
    expect(sequencesOf({ id: 'a', scopes: [{ path: '/x', subtree: true }] })).toEqual([0, 1]);
    expect(sequencesOf({ id: 'c', scopes: [] })).toEqual([]);
  });

  test('summarizes the types as a look at every entity would [V2 types]', () => {
    fc.assert(
      fc.property(arbitraryHistory, fc.array(arbitraryScopePattern, { maxLength: 2 }), (history, scopes) => {
        const index = new EntityIndex(options);
        const plain = new PlainStore();
        for (const step of history) plain.take(step, index);
        expect(index.summarizeTypes(scopes)).toEqual(plain.summarizeTypes(scopes));
      }),
    );
  });

  test('knows what is due without decoding an entity, from the end of the load on', async () => {
    const index = new EntityIndex({ ...options, fewDecodes: 0 });
    index.beginLoad();
    // Texts that nobody can decode: who tries fails.
    for (let at = 0; at < 100; at++)
      index.put(at, 'no JSON', anEntity({ id: `Room${at}`, values: { temperature: 21 } }));
    const due = { ...anEntity({ id: 'Visitor' }), expiresAt: 1000 };
    index.put(100, encodeEntity(due), due);
    index.endLoad();
    const path = { kind: 'builtin', name: 'dueAt' } as const;
    const dueBy = (value: number): Query => ({
      selectors: [],
      scopes: [],
      filter: { kind: 'compare', path, operator: '<=', operand: { kind: 'instant', value } },
      order: [{ by: path, descending: false }],
      offset: 0,
      limit: 20,
      count: false,
    });
    expect((await index.find(dueBy(999))).records).toEqual([]);
    expect((await index.find(dueBy(1000))).records.map(({ entity }) => entity.id)).toEqual(['Visitor']);
    index.remove(100);
    expect((await index.find(dueBy(1000))).records).toEqual([]);
  });

  test('keeps what it knows of nothing when everything has gone', () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const index = new EntityIndex({ ...options, blockSize: 3 });
        const plain = new PlainStore();
        for (const step of history) plain.take(step, index);
        for (const sequence of plain.entities.keys()) index.remove(sequence);
        expect(index.size).toBe(0);
        expect(index.summarizeTypes([])).toEqual([]);
      }),
    );
  });
});
