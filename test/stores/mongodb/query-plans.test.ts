import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMongoStores } from '../../../src/adapters/stores/mongodb/mongo-stores.ts';
import { compileQuery } from '../../../src/adapters/stores/mongodb/query/compile-query.ts';
import type { Query } from '../../../src/core/query/query.ts';
import { compileTextPattern } from '../../../src/core/query/text-pattern.ts';
import type { TenantName } from '../../../src/core/scope.ts';
import type { Stores } from '../../../src/ports/stores.ts';
import { anEntity, aPlace, aPoint } from '../../support/entity-builder.ts';
import { inDatabase, mongodb, newMongoPlace, removeMongoPlaces } from '../../support/mongod/mongo-place.ts';
import { create, everything } from '../../support/store-commands.ts';
import { storeSettings } from '../../support/store-settings.ts';

removeMongoPlaces();

const city = '' as TenantName;

/** Stages of the plan that MongoDB runs. */
function stagesOf(plan: Document): string[] {
  const inner = [plan.inputStage, ...(plan.inputStages ?? [])].filter((stage) => stage !== undefined);
  return [plan.stage, ...inner.flatMap(stagesOf)];
}

const counter = { types: ['Counter'] };
const number = (operator: '>' | '<', value: number) =>
  ({
    kind: 'compare',
    path: { kind: 'attribute', attribute: 'intensity', subAttributes: [], members: [] },
    operator,
    operand: { kind: 'number', value },
  }) as const;

/** What brokers are asked every day, and what the broker asks itself. */
const questions: readonly (readonly [string, Partial<Query>])[] = [
  ['a page of everything', {}],
  ['the page after a cursor', { after: { sequence: 100 } }],
  ['a page of a type', { selectors: [counter] }],
  ['entities by their ids', { selectors: [{ ids: ['C1', 'C2'] }] }],
  ['ids by a prefix', { selectors: [{ idPattern: compileTextPattern('^C1.*') }] }],
  ['a type below a service path', { selectors: [counter], scopes: [{ path: '/traffic', subtree: true }] }],
  ['all below a service path', { scopes: [{ path: '/traffic', subtree: true }] }],
  ['a type by a number', { selectors: [counter], filter: number('>', 900) }],
  [
    'a type by two numbers',
    { selectors: [counter], filter: { kind: 'and', filters: [number('>', 100), number('<', 200)] } },
  ],
  ['places near a point', { filter: { kind: 'near', center: [-3.7, 40.4], maxDistance: 500 } }],
  [
    'a type in an area',
    {
      selectors: [counter],
      filter: {
        kind: 'geo',
        relation: 'coveredBy',
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [-3.71, 40.4],
              [-3.7, 40.4],
              [-3.7, 40.41],
              [-3.71, 40.4],
            ],
          ],
        },
      },
    },
  ],
  [
    'what has expired',
    {
      filter: {
        kind: 'compare',
        path: { kind: 'builtin', name: 'dueAt' },
        operator: '<=',
        operand: { kind: 'instant', value: 1 },
      },
    },
  ],
];

describe.runIf(mongodb !== undefined)('the plan of MongoDB', () => {
  let stores: Stores;
  let client: MongoClient;
  let database: string;

  beforeAll(async () => {
    const uri = newMongoPlace();
    database = new URL(uri.replace('mongodb:', 'http:')).pathname.slice(1);
    stores = await openMongoStores({ ...storeSettings, leaseMs: 2000, readStalenessMs: 1000, uri });
    const entities = Array.from({ length: 2000 }, (_, n) =>
      anEntity({
        id: `C${n}`,
        type: n % 4 === 0 ? 'Counter' : `Other${n % 7}`,
        scope: n % 3 === 0 ? '/traffic/centre' : '/',
        values: { intensity: n % 1000 },
        attributes: { location: aPlace(aPoint(-3.8 + (n % 100) / 500, 40.3 + n / 10_000)) },
      }),
    );
    await stores.tenant(city).entities.write(entities.map(create));
    client = new MongoClient(inDatabase(uri, database));
  });

  afterAll(async () => {
    await client?.close();
    await stores?.close();
  });

  it.each(questions)('for %s looks into an index, and never at a whole collection', async (_what, asked) => {
    const query: Query = { ...everything, limit: 20, ...asked };
    const { filter } = compileQuery(query);
    const after: Document = query.after === undefined ? {} : { _id: { $gt: query.after.sequence } };
    const cursor = client
      .db(database)
      .collection('entities')
      .find({ $and: [after, filter] })
      .sort({ _id: 1 })
      .limit(21);
    const { queryPlanner, executionStats } = await cursor.explain('executionStats');
    expect(stagesOf(queryPlanner.winningPlan)).not.toContain('COLLSCAN');
    expect(stagesOf(queryPlanner.winningPlan).join()).toMatch(/IXSCAN|EOF/);
    // What a page costs goes by what it finds, not by what there is.
    expect(executionStats.totalDocsExamined).toBeLessThan(700);
  });

  it('counts everything by an index, too', async () => {
    expect((await stores.tenant(city).entities.find({ ...everything, limit: 0, count: true })).count).toBe(2000);
    const counting = client
      .db(database)
      .collection('entities')
      .aggregate([{ $match: {} }, { $group: { _id: 1, n: { $sum: 1 } } }], { hint: '_id_' });
    expect(JSON.stringify(await counting.explain('queryPlanner'))).not.toContain('COLLSCAN');
  });
});
