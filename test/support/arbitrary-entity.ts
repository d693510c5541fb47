import fc from 'fast-check';
import type { Geometry, Position } from 'geojson';
import type { Attribute, AttributeInstances, Entity } from '../../src/core/entity/entity.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { renderInstant } from '../../src/core/time/instant.ts';
import { noon } from './entity-builder.ts';

/*
 * Random entities that meet random queries often: few names, few values, all from the lists below. The lists hold what goes
 * wrong: names with dots and `$`, names of prototypes, texts beyond U+FFFF, texts that look like numbers and dates.
 */

export const entityIds = ['a', 'ab', 'b', 'Room1', 'Room2', 'room-10', 'ñ', '\u{1F600}'] as const;
export const entityTypes = ['Room', 'Car', 'T.$x', '__proto__'] as const;
export const scopePaths = ['/', '/a', '/a/b', '/ab'] as const;
export const attributeNames = ['a', 'b', 'n', 'a.b', '$a', 'ñ', 'constructor', '__proto__'] as const;
export const metadataNames = ['m', 'a.b', 'defaultLocation', 'ignoreType', '__proto__'] as const;
export const memberNames = ['a', 'b', '0', '1', 'a.b', '$a', '__proto__', 'length'] as const;
export const texts = [
  '',
  'a',
  'b',
  'B',
  'ab',
  'abc',
  '10',
  '2026-01-31',
  '2026-01-31T12:00:00Z',
  '2026-01-31T12:00:00.001Z',
  'é',
  '\uFFFD',
  '\u{1F600}',
  'a\nb',
  'null',
] as const;
export const numbers = [-1, 0, 0.5, 1, 2, 10, 1e21, 5e-324] as const;
export const instants = [0, noon, noon + 1, noon + 60_000, noon + 86_400_000] as const;

export const arbitraryInstant: fc.Arbitrary<number> = fc.constantFrom(...instants);

export const arbitraryScalar: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...numbers) },
  { weight: 4, arbitrary: fc.constantFrom(...texts) },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
);

/** Any JSON value, nested a little. */
export const arbitraryJson: fc.Arbitrary<JsonValue> = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 5, arbitrary: arbitraryScalar },
    { weight: 1, arbitrary: fc.array(tie('json'), { maxLength: 3 }) },
    { weight: 1, arbitrary: arbitraryObject(tie('json')) },
  ),
})).json;

function arbitraryObject(member: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> {
  // As JSON.parse builds it: `__proto__` is a member like any other.
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...memberNames), member), { maxLength: 3, selector: ([name]) => name })
    .map((members) =>
      JSON.parse(`{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`),
    );
}

/** Places in a city of a few kilometres, on a grid, so that they often coincide, touch and line up. */
export const arbitraryPosition: fc.Arbitrary<Position> = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
  .map(([x, y]) => [-3.75 + x * 0.015625, 40.375 + y * 0.015625]);

const arbitraryLine = fc.uniqueArray(arbitraryPosition, { minLength: 2, maxLength: 4, selector: String });

const arbitraryBoxRing: fc.Arbitrary<Position[]> = fc
  .tuple(arbitraryPosition, arbitraryPosition)
  .filter(([a, b]) => a[0] !== b[0] && a[1] !== b[1])
  .map(([a, b]) => {
    const [west, east] = [Math.min(a[0] ?? 0, b[0] ?? 0), Math.max(a[0] ?? 0, b[0] ?? 0)];
    const [south, north] = [Math.min(a[1] ?? 0, b[1] ?? 0), Math.max(a[1] ?? 0, b[1] ?? 0)];
    return [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ];
  });

const arbitraryTriangleRing: fc.Arbitrary<Position[]> = fc
  .tuple(arbitraryPosition, arbitraryPosition, arbitraryPosition)
  .filter(([a, b, c]) => areaOf(a, b, c) !== 0)
  .map(([a, b, c]) => [a, b, c, a]);

function areaOf([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, [cx = 0, cy = 0]: Position): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

const arbitraryRings = fc.oneof(arbitraryBoxRing, arbitraryTriangleRing).map((ring) => [ring]);

/** A point, a line or an area: what NGSIv2 has names for. */
export const arbitrarySimpleGeometry: fc.Arbitrary<Geometry> = fc.oneof(
  { weight: 4, arbitrary: arbitraryPosition.map((coordinates): Geometry => ({ type: 'Point', coordinates })) },
  { weight: 1, arbitrary: arbitraryLine.map((coordinates): Geometry => ({ type: 'LineString', coordinates })) },
  { weight: 2, arbitrary: arbitraryRings.map((coordinates): Geometry => ({ type: 'Polygon', coordinates })) },
);

/** Any valid geometry but a collection of collections. */
export const arbitraryGeometry: fc.Arbitrary<Geometry> = fc.oneof(
  { weight: 8, arbitrary: arbitrarySimpleGeometry },
  {
    weight: 1,
    arbitrary: fc
      .array(arbitraryPosition, { minLength: 1, maxLength: 3 })
      .map((coordinates): Geometry => ({ type: 'MultiPoint', coordinates })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(arbitraryLine, { minLength: 1, maxLength: 2 })
      .map((coordinates): Geometry => ({ type: 'MultiLineString', coordinates })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(arbitraryRings, { minLength: 1, maxLength: 2 })
      .map((coordinates): Geometry => ({ type: 'MultiPolygon', coordinates })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(arbitrarySimpleGeometry, { minLength: 1, maxLength: 2 })
      .map((geometries): Geometry => ({ type: 'GeometryCollection', geometries })),
  },
);

interface Shared {
  createdAt: number;
  modifiedAt: number;
}

const arbitraryShared: fc.Arbitrary<Shared> = fc.record({ createdAt: arbitraryInstant, modifiedAt: arbitraryInstant });

const arbitraryPlainAttribute: fc.Arbitrary<Attribute> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(arbitraryJson, fc.option(fc.constantFrom('Number', 'Text', 'T.$x'), { nil: undefined }), arbitraryShared)
      .map(
        ([value, declaredType, shared]): Attribute => ({
          kind: 'property',
          value,
          ...(declaredType === undefined ? {} : { declaredType }),
          ...shared,
        }),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.option(arbitraryInstant), arbitraryShared).map(
      ([instant, shared]): Attribute => ({
        kind: 'property',
        value: instant === null ? null : renderInstant(instant),
        valueType: 'DateTime',
        declaredType: 'DateTime',
        ...shared,
      }),
    ),
  },
);

const arbitraryPlace: fc.Arbitrary<Attribute> = fc
  .tuple(arbitraryGeometry, fc.boolean(), arbitraryShared)
  .map(([geometry, simple, shared]): Attribute => {
    if (geometry.type !== 'Point' || !simple) return { kind: 'geo', geometry, declaredType: 'geo:json', ...shared };
    const [longitude, latitude] = geometry.coordinates;
    return { kind: 'geo', geometry, declaredType: 'geo:point', value: `${latitude}, ${longitude}`, ...shared };
  });

/** Kinds that NGSIv2 does not write. */
const arbitraryLinkedAttribute: fc.Arbitrary<Attribute> = fc
  .tuple(
    fc.constantFrom('relationship', 'language', 'vocab', 'json', 'list', 'listRelationship'),
    fc.array(fc.constantFrom(...texts), { maxLength: 2 }),
    arbitraryJson,
    arbitraryShared,
  )
  .map(([kind, some, json, shared]) => linkedAttribute(kind, some, json, shared));

function linkedAttribute(
  kind: Exclude<Attribute['kind'], 'property' | 'geo'>,
  some: readonly string[],
  json: JsonValue,
  shared: Shared,
): Attribute {
  const oneOrMore = some.length === 1 ? (some[0] ?? '') : some;
  switch (kind) {
    case 'relationship':
      return { kind, object: oneOrMore, ...(some[1] === undefined ? {} : { objectType: 'Room' }), ...shared };
    case 'language':
      return { kind, languageMap: { en: oneOrMore, es: 'a' }, ...shared };
    case 'vocab':
      return { kind, vocab: oneOrMore, ...shared };
    case 'json':
      return { kind, json, ...shared };
    case 'list':
      return { kind, valueList: [json], ...(some[1] === undefined ? {} : { unitCode: 'CEL' }), ...shared };
    case 'listRelationship':
      return { kind, objectList: some, ...shared };
  }
}

const arbitraryMetadata: fc.Arbitrary<Map<string, Attribute> | undefined> = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom(...metadataNames),
      fc.oneof(
        arbitraryPlainAttribute,
        arbitraryShared.map((shared): Attribute => ({ kind: 'property', value: true, ...shared })),
      ),
    ),
    { maxLength: 2, selector: ([name]) => name },
  )
  .map((entries) => (entries.length === 0 ? undefined : new Map(entries)));

/** Times that only NGSI-LD writes. */
const arbitraryTimes = fc
  .tuple(fc.option(arbitraryInstant, { nil: undefined }), fc.option(arbitraryInstant, { nil: undefined }))
  .map(([observedAt, expiresAt]) => ({
    ...(observedAt === undefined ? {} : { observedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }));

/** An attribute of any kind, with or without metadata. */
export const arbitraryAttribute: fc.Arbitrary<Attribute> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: arbitraryPlainAttribute },
      { weight: 3, arbitrary: arbitraryPlace },
      { weight: 1, arbitrary: arbitraryLinkedAttribute },
    ),
    fc.option(arbitraryMetadata, { nil: undefined }),
    fc.option(arbitraryTimes, { nil: undefined, freq: 1 }),
  )
  .map(([attribute, subAttributes, times]) => ({
    ...attribute,
    ...times,
    ...(subAttributes === undefined ? {} : { subAttributes }),
  }));

/** One instance mostly; sometimes a second one with a `datasetId`, sometimes only that. */
const arbitraryInstances: fc.Arbitrary<AttributeInstances> = fc.oneof(
  { weight: 8, arbitrary: arbitraryAttribute.map((one): AttributeInstances => [one]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(arbitraryAttribute, arbitraryAttribute)
      .map(([one, other]): AttributeInstances => [one, { ...other, datasetId: 'urn:x' }]),
  },
  { weight: 1, arbitrary: arbitraryAttribute.map((one): AttributeInstances => [{ ...one, datasetId: 'urn:x' }]) },
);

/** Any entity that a store must be able to keep. */
export const arbitraryEntity: fc.Arbitrary<Entity> = fc
  .record({
    id: fc.constantFrom(...entityIds),
    types: manyOrOne(entityTypes),
    scopes: manyOrOne(scopePaths),
    attributes: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...attributeNames), arbitraryInstances), {
        maxLength: 5,
        selector: ([name]) => name,
      })
      .map((entries): ReadonlyMap<string, AttributeInstances> => new Map(entries)),
    createdAt: arbitraryInstant,
    modifiedAt: arbitraryInstant,
    expiresAt: fc.option(arbitraryInstant, { nil: undefined, freq: 2 }),
    correlator: fc.option(fc.constantFrom('c1', 'c2'), { nil: undefined }),
  })
  .map(({ expiresAt, correlator, ...entity }) => ({
    ...entity,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(correlator === undefined ? {} : { correlator }),
  }));

function manyOrOne<Text extends string>(from: readonly Text[]): fc.Arbitrary<Text[]> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...from).map((one) => [one]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: 2 }) },
  );
}

/** The entities of one tenant: no two have id, types and scopes in common. */
export function arbitraryEntities(maxLength = 20): fc.Arbitrary<Entity[]> {
  return fc.uniqueArray(arbitraryEntity, {
    maxLength,
    selector: ({ id, types, scopes }) => JSON.stringify([id, [...types].sort(), [...scopes].sort()]),
  });
}
