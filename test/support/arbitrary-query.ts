import fc from 'fast-check';
import type {
  Comparison,
  EntitySelector,
  Filter,
  GeoFilter,
  Literal,
  Operand,
  OrderKey,
  Path,
  Query,
} from '../../src/core/query/query.ts';
import { compileTextPattern, type TextPattern } from '../../src/core/query/text-pattern.ts';
import type { ScopePattern } from '../../src/core/scope.ts';
import {
  arbitraryGeometry,
  arbitraryInstant,
  arbitraryPosition,
  attributeNames,
  entityIds,
  entityTypes,
  instants,
  memberNames,
  metadataNames,
  numbers,
  scopePaths,
  texts,
} from './arbitrary-entity.ts';

/* Random queries over the names and values of `arbitrary-entity.ts`, so that a good part of them match something. */

export const patternSources = [
  '.*',
  '',
  'a',
  '^a',
  'b$',
  '^a.*',
  '^ab?c?$',
  '^(a|b)+$',
  '^Room[0-9]+$',
  '^[0-9]+$',
  'a|b',
  '^a|b$',
  '(a+)+$',
  '.',
  'ñ',
] as const;

export const arbitraryPattern: fc.Arbitrary<TextPattern> = fc.constantFrom(...patternSources).map(compileTextPattern);

/** Paths to attributes, metadata, members and built-ins. */
export const arbitraryPath: fc.Arbitrary<Path> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(...attributeNames)
      .map((attribute): Path => ({ kind: 'attribute', attribute, subAttributes: [], members: [] })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        attribute: fc.constantFrom(...attributeNames),
        subAttributes: fc.array(fc.constantFrom(...metadataNames, 'observedAt', 'unitCode', 'datasetId'), {
          maxLength: 1,
        }),
        members: fc.array(fc.constantFrom(...memberNames), { maxLength: 2 }),
        instances: fc.constantFrom('any' as const, undefined),
      })
      .map(({ instances, ...path }): Path => ({ kind: 'attribute', ...path, ...(instances && { instances }) })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('id', 'type', 'scope', 'createdAt', 'modifiedAt', 'expiresAt', 'dueAt')
      .map((name): Path => ({ kind: 'builtin', name })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        name: fc.constantFrom('createdAt', 'modifiedAt', 'expiresAt'),
        attribute: fc.constantFrom(...attributeNames),
      })
      .map((path): Path => ({ kind: 'builtin', ...path })),
  },
);

const arbitraryNumber = fc.constantFrom(...numbers).map((value): Literal => ({ kind: 'number', value }));
const arbitraryText = fc
  .constantFrom(...texts, ...entityIds, ...scopePaths)
  .map((value): Literal => ({ kind: 'text', value }));
const arbitraryDate = arbitraryInstant.map((value): Literal => ({ kind: 'instant', value }));
const arbitraryMoment = fc
  .constantFrom(...instants, Date.UTC(2026, 0, 31), Number.NEGATIVE_INFINITY, -1e14, 1e15)
  .map((value): Literal => ({ kind: 'moment', value }));

export const arbitraryLiteral: fc.Arbitrary<Literal> = fc.oneof(
  { weight: 4, arbitrary: arbitraryNumber },
  { weight: 4, arbitrary: arbitraryText },
  { weight: 2, arbitrary: arbitraryDate },
  { weight: 2, arbitrary: arbitraryMoment },
  { weight: 1, arbitrary: fc.boolean().map((value): Literal => ({ kind: 'boolean', value })) },
  { weight: 1, arbitrary: fc.constant<Literal>({ kind: 'null' }) },
);

const arbitraryRange: fc.Arbitrary<Operand> = fc
  .oneof(
    fc.tuple(arbitraryNumber, arbitraryNumber),
    fc.tuple(arbitraryText, arbitraryText),
    fc.tuple(arbitraryDate, arbitraryDate),
    fc.tuple(arbitraryMoment, arbitraryMoment),
  )
  .map(([from, to]): Operand => ({ kind: 'range', from, to }));

export const arbitraryComparison: fc.Arbitrary<Comparison> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({
        path: arbitraryPath,
        operator: fc.constantFrom('==', '!='),
        operands: fc.array(
          fc.oneof({ weight: 3, arbitrary: arbitraryLiteral }, { weight: 1, arbitrary: arbitraryRange }),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
      })
      .map((one): Comparison => ({ kind: 'compare', ...one })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ path: arbitraryPath, operator: fc.constantFrom('<', '<=', '>', '>='), operand: arbitraryLiteral })
      .map((one): Comparison => ({ kind: 'compare', ...one })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ path: arbitraryPath, operator: fc.constantFrom('~=', '!~='), pattern: arbitraryPattern })
      .map((one): Comparison => ({ kind: 'compare', ...one })),
  },
);

const arbitraryPlaceName = fc.option(fc.constantFrom(...attributeNames), { nil: undefined, freq: 2 });
const arbitraryReference = fc.option(arbitraryGeometry, { nil: undefined, freq: 1 });
const arbitraryMetres = fc.option(fc.constantFrom(0, 1, 1400, 2000, 5000, 20_000), { nil: undefined });

export const arbitraryGeoFilter: fc.Arbitrary<GeoFilter> = fc.oneof(
  fc.tuple(arbitraryPosition, arbitraryMetres, arbitraryMetres, arbitraryPlaceName, arbitraryReference).map(
    ([center, maxDistance, minDistance, attribute, reference]): GeoFilter => ({
      kind: 'near',
      center,
      ...(reference === undefined ? {} : { reference }),
      ...(maxDistance === undefined ? {} : { maxDistance }),
      ...(minDistance === undefined ? {} : { minDistance }),
      ...(attribute === undefined ? {} : { attribute }),
    }),
  ),
  fc
    .tuple(
      fc.constantFrom('coveredBy', 'intersects', 'equals', 'disjoint', 'contains', 'overlaps'),
      arbitraryGeometry,
      arbitraryPlaceName,
    )
    .map(
      ([relation, geometry, attribute]): GeoFilter => ({
        kind: 'geo',
        relation,
        geometry,
        ...(attribute === undefined ? {} : { attribute }),
      }),
    ),
);

/** Any filter, nested a little. */
export const arbitraryFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: arbitraryComparison },
    { weight: 1, arbitrary: arbitraryGeoFilter },
    { weight: 1, arbitrary: arbitraryPath.map((path): Filter => ({ kind: 'exists', path })) },
    {
      weight: 2,
      arbitrary: fc.array(tie('filter'), { maxLength: 3 }).map((filters): Filter => ({ kind: 'and', filters })),
    },
    {
      weight: 2,
      arbitrary: fc.array(tie('filter'), { maxLength: 3 }).map((filters): Filter => ({ kind: 'or', filters })),
    },
    { weight: 1, arbitrary: tie('filter').map((filter): Filter => ({ kind: 'not', filter })) },
  ),
})).filter;

export const arbitrarySelector: fc.Arbitrary<EntitySelector> = fc
  .record({
    ids: fc.option(fc.uniqueArray(fc.constantFrom(...entityIds), { minLength: 1, maxLength: 3 }), {
      nil: undefined,
      freq: 1,
    }),
    idPattern: fc.option(arbitraryPattern, { nil: undefined, freq: 1 }),
    types: fc.option(fc.uniqueArray(fc.constantFrom(...entityTypes), { minLength: 1, maxLength: 2 }), {
      nil: undefined,
    }),
    typePattern: fc.option(arbitraryPattern, { nil: undefined, freq: 1 }),
  })
  .map(({ ids, idPattern, types, typePattern }) => ({
    ...(ids === undefined ? {} : { ids }),
    ...(idPattern === undefined ? {} : { idPattern }),
    ...(types === undefined ? {} : { types }),
    ...(typePattern === undefined ? {} : { typePattern }),
  }));

export const arbitraryScopePattern: fc.Arbitrary<ScopePattern> = fc.record({
  path: fc.constantFrom(...scopePaths),
  subtree: fc.boolean(),
});

export const arbitraryOrder: fc.Arbitrary<OrderKey[]> = fc.array(
  fc
    .record({
      by: fc.oneof(
        { weight: 5, arbitrary: arbitraryPath },
        {
          weight: 1,
          arbitrary: fc
            .tuple(arbitraryPosition, arbitraryPlaceName, arbitraryReference)
            .map(([center, attribute, reference]): OrderKey['by'] => ({
              kind: 'distance',
              center,
              ...(reference === undefined ? {} : { reference }),
              ...(attribute === undefined ? {} : { attribute }),
            })),
        },
      ),
      descending: fc.boolean(),
      collation: fc.option(fc.constantFrom('und', 'de-u-co-phonebk', 'und-u-ks-level1'), { nil: undefined, freq: 1 }),
    })
    .map(({ collation, ...key }) => ({ ...key, ...(collation === undefined ? {} : { collation }) })),
  { maxLength: 3 },
);

/** Any query; `after` only where it is allowed, with sequences from 0 to `maxSequence`. */
export function arbitraryQuery(maxSequence = 20): fc.Arbitrary<Query> {
  return fc
    .record({
      selectors: fc.array(arbitrarySelector, { maxLength: 2 }),
      scopes: fc.array(arbitraryScopePattern, { maxLength: 2 }),
      filter: fc.option(arbitraryFilter, { nil: undefined, freq: 8 }),
      order: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: arbitraryOrder }),
      offset: fc.oneof(fc.constant(0), fc.nat(5)),
      limit: fc.oneof(fc.constant(1000), fc.nat(10)),
      after: fc.option(fc.nat(maxSequence), { nil: undefined, freq: 1 }),
      count: fc.boolean(),
    })
    .map(({ filter, after, ...query }) => ({
      ...query,
      ...(filter === undefined ? {} : { filter }),
      ...(after !== undefined && query.order.length === 0 ? { after: { sequence: after }, offset: 0 } : {}),
    }));
}
