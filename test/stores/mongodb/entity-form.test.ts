import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { type EntityBody, encodeEntity } from '../../../src/adapters/stores/mongodb/form/entity-form.ts';
import { shapeOf } from '../../../src/adapters/stores/mongodb/form/entity-shape.ts';
import { type EntityUpdate, encodeUpdate } from '../../../src/adapters/stores/mongodb/form/entity-update.ts';
import { decodeJson, encodeJson } from '../../../src/adapters/stores/mongodb/form/json-form.ts';
import { decodeMemberName, encodeMemberName } from '../../../src/adapters/stores/mongodb/form/member-name.ts';
import { restoreEntity } from '../../../src/adapters/stores/mongodb/form/restore-entity.ts';
import { decodeText, encodeText } from '../../../src/adapters/stores/mongodb/form/text-form.ts';
import { apply } from '../../../src/core/change/apply.ts';
import type { Mutation } from '../../../src/core/change/mutation.ts';
import type { Entity } from '../../../src/core/entity/entity.ts';
import { encodeEntity as encodeAsJson } from '../../../src/core/entity/stored-form.ts';
import { Refusal } from '../../../src/core/errors.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { compareTexts } from '../../../src/core/query/compare-values.ts';
import { arbitraryEntity } from '../../support/arbitrary-entity.ts';
import { arbitraryMutation } from '../../support/arbitrary-mutation.ts';
import { aDateTime, anEntity, aProperty, noon } from '../../support/entity-builder.ts';
import { aWrite } from '../../support/write-builder.ts';

/** What MongoDB has of it, and gives back. */
function throughBson<Document extends object>(document: Document): Document {
  return BSON.deserialize(BSON.serialize(document)) as Document;
}

/** Texts of any UTF-16 units, halves of characters among them, often of those that are written in another way. */
const arbitraryUnits = fc
  .array(
    fc.constantFrom(
      'a',
      '\u0000',
      '1',
      '2',
      '3',
      '\uE000',
      '\uFFFF',
      '\uD800',
      '\uD801',
      '\uDBFF',
      '\uDC00',
      '\uDFFF',
      '\u{10000}',
      '\u{10FFFF}',
    ),
    { maxLength: 6 },
  )
  .map((units) => units.join(''));

describe('a text in MongoDB', () => {
  it('comes back as it was, and is one that UTF-8 can hold', () => {
    fc.assert(
      fc.property(fc.oneof(arbitraryUnits, fc.string({ unit: 'binary' })), (text) => {
        const encoded = encodeText(text);
        expect(decodeText(Buffer.from(encoded).toString())).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps its place among others', () => {
    fc.assert(
      fc.property(arbitraryUnits, arbitraryUnits, (a, b) => {
        const compared = Buffer.compare(Buffer.from(encodeText(a)), Buffer.from(encodeText(b)));
        expect(compared).toBe(Math.sign(compareTexts(a, b)));
      }),
      { numRuns: 5000 },
    );
  });

  it('is stored as it is, unless half a character or U+10FFFF is in it', () => {
    for (const text of ['', 'Sensor 1', 'ñ', '\u{1F600}', 'a\u0000b', '$a.b']) expect(encodeText(text)).toBe(text);
  });
});

describe('a JSON value in MongoDB', () => {
  it.each([
    ['temperature', 'temperature'],
    ['a.b', 'a%2Eb'],
    ['$ref', '%24ref'],
    ['a$', 'a$'],
    ['10', '%310'],
    ['1a', '1a'],
    ['', '%'],
    ['100%', '100%25'],
    ['a\u0000', 'a%00'],
    ['__proto__', '%5F_proto__'],
    ['_bsontype', '%5Fbsontype'],
  ])('has the member %s as the field %s', (name, field) => {
    expect(encodeMemberName(name)).toBe(field);
    expect(decodeMemberName(field)).toBe(name);
  });

  it('comes back as it was, whatever its members are called', () => {
    const hostile = fc.constantFrom(
      '_bsontype',
      '$ref',
      '$id',
      '$db',
      '__proto__',
      'toBSON',
      'constructor',
      '0',
      '',
      'a.b',
      '%24',
      '\uD800',
    );
    const json = fc.letrec<{ value: JsonValue; object: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue() as fc.Arbitrary<JsonValue>,
        fc.constantFrom<JsonValue>('ObjectId', 'Long', 1e21, 2 ** 53, -(2 ** 31), 5e-324, null),
        tie('object'),
      ),
      object: fc
        .array(fc.tuple(fc.oneof(hostile, fc.string({ unit: 'binary' })), tie('value')), { maxLength: 4 })
        .map((members) =>
          JSON.parse(`{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)}}`),
        ),
    })).value;
    fc.assert(
      fc.property(json, (generated) => {
        const value = JSON.parse(JSON.stringify(generated)) as JsonValue;
        const back = decodeJson(throughBson({ value: encodeJson(value) }).value);
        expect(JSON.stringify(back)).toBe(JSON.stringify(value));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an entity in MongoDB', () => {
  const stored = (entity: Parameters<typeof encodeEntity>[0]): EntityBody => throughBson(encodeEntity(entity));

  it('comes back as it was, attributes in their order', () => {
    fc.assert(
      fc.property(arbitraryEntity, (entity) => {
        const back = restoreEntity(stored(entity));
        expect(encodeAsJson(back)).toBe(encodeAsJson(entity));
        expect(back).toStrictEqual(entity);
      }),
      { numRuns: 1000 },
    );
  });

  it('becomes another state of it by the fields that differ', () => {
    let updates = 0;
    fc.assert(
      fc.property(arbitraryEntity, fc.array(arbitraryMutation, { minLength: 1, maxLength: 3 }), (entity, mutations) => {
        let before = entity;
        for (const [at, mutation] of mutations.entries()) {
          const after = changed(before, mutation, noon + at * 1000);
          const update = encodeUpdate(before, after);
          if (update !== undefined) {
            updates++;
            expect(throughBson(withFields(encodeEntity(before), update))).toStrictEqual(stored(after));
          }
          before = after;
        }
      }),
      { numRuns: 1000 },
    );
    expect(updates).toBeGreaterThan(100);
  });

  it('sends of one value that changes that attribute, and the times that nothing implies any more', () => {
    const before = anEntity({ values: { a: 1, b: 2, c: 3 } });
    const after = changed(before, setting('b', 5), noon + 1000);
    const modifiedAt = new Date(noon + 1000);
    expect(encodeUpdate(before, after)).toMatchObject({
      modifiedAt,
      'attributes.0.modifiedAt': new Date(noon),
      'attributes.1': { name: 'b', value: 5 },
      'attributes.2.modifiedAt': new Date(noon),
    });
    const again = changed(after, setting('b', 6), noon + 2000);
    expect(Object.keys(encodeUpdate(after, again) ?? {}).toSorted()).toStrictEqual([
      'attributes.1',
      'correlator',
      'modifiedAt',
    ]);
  });

  it('is told in dates, numbers and texts, so that a person reads it', () => {
    const entity = anEntity({
      id: 'Room1',
      type: 'Room',
      attributes: {
        temperature: aProperty(21.5, { metadata: { unit: 'CEL' } }),
        since: aDateTime('2026-01-31T12:00:00.000Z'),
      },
    });
    expect(stored(entity)).toStrictEqual({
      id: 'Room1',
      v: 1,
      type: 'Room',
      scope: '/',
      shape: shapeOf(entity),
      createdAt: new Date('2026-01-31T12:00:00Z'),
      modifiedAt: new Date('2026-01-31T12:00:00Z'),
      attributes: [
        {
          name: 'temperature',
          type: 'Number',
          value: 21.5,
          subAttributes: [{ name: 'unit', type: 'Text', value: 'CEL' }],
        },
        { name: 'since', type: 'DateTime', value: new Date('2026-01-31T12:00:00Z'), valueType: 'DateTime' },
      ],
    });
  });

  it('keeps what a client wrote of an instant, where that is another text', () => {
    for (const value of ['2026-01-31T12:00:00Z', '2026-01-31', 'soon', null]) {
      const entity = anEntity({ attributes: { since: aDateTime(value) } });
      expect(restoreEntity(stored(entity))).toStrictEqual(entity);
    }
  });

  it('of a newer form is not read', () => {
    expect(() => restoreEntity({ ...stored(anEntity()), v: 2 })).toThrow('version 2');
  });
});

function setting(name: string, value: number): Mutation {
  return { kind: 'update', writes: [aWrite(name, value)], overrideMetadata: false, forced: false };
}

/** The entity after the mutation; itself where that is refused. */
function changed(entity: Entity, mutation: Mutation, now: number): Entity {
  try {
    return apply(entity, mutation, now, 'correlator').entity;
  } catch (error) {
    if (error instanceof Refusal) return entity;
    throw error;
  }
}

/** What `$set` makes of a document. */
function withFields(document: EntityBody, fields: EntityUpdate): EntityBody {
  const made = structuredClone(document) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(fields)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at = made;
    for (const name of names) at = at[name] as Record<string, unknown>;
    at[last] = value;
  }
  return made as unknown as EntityBody;
}
