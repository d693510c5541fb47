import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entity } from '../../../src/core/entity/entity.ts';
import { parseStoredEntity, StoredFormError } from '../../../src/core/entity/parse-stored-entity.ts';
import { decodeEntity, encodeEntity } from '../../../src/core/entity/stored-form.ts';
import { arbitraryEntity } from '../../support/arbitrary-entity.ts';
import { anEntity, aPlace, aPoint, aProperty, noon } from '../../support/entity-builder.ts';

/** An entity with its maps as lists, because equality of maps does not look at their order. */
function inOrder(entity: Entity): unknown {
  return {
    ...entity,
    attributes: [...entity.attributes].map(([name, instances]) => [
      name,
      instances.map((each) => ({ ...each, ...(each.subAttributes && { subAttributes: [...each.subAttributes] }) })),
    ]),
  };
}

describe('the stored form of an entity', () => {
  it('reads back as the same entity, names in the same order, whatever the entity', () => {
    fc.assert(
      fc.property(arbitraryEntity, (entity) => {
        const text = encodeEntity(entity);
        expect(inOrder(decodeEntity(text))).toStrictEqual(inOrder(entity));
        expect(inOrder(parseStoredEntity(text))).toStrictEqual(inOrder(entity));
        expect(encodeEntity(decodeEntity(text))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('is JSON that a person can read, without what equals its default', () => {
    const entity = anEntity({
      id: 'Room1',
      type: 'Room',
      attributes: {
        temperature: aProperty(21.5, { metadata: { unit: 'CEL' } }),
        place: aPlace(aPoint(-3.7, 40.4), { modifiedAt: noon + 1000 }),
      },
    });
    expect(JSON.parse(encodeEntity(entity))).toStrictEqual({
      v: 1,
      id: 'Room1',
      type: 'Room',
      createdAt: noon,
      attributes: [
        {
          name: 'temperature',
          type: 'Number',
          value: 21.5,
          subAttributes: [{ name: 'unit', type: 'Text', value: 'CEL' }],
        },
        {
          name: 'place',
          kind: 'geo',
          type: 'geo:json',
          geometry: { type: 'Point', coordinates: [-3.7, 40.4] },
          modifiedAt: noon + 1000,
        },
      ],
    });
  });

  it('keeps the order of names that look like integers', () => {
    const entity = anEntity({
      attributes: new Map([
        ['10', aProperty(1)],
        ['9', aProperty(2)],
        ['1', aProperty(3)],
      ]),
    });
    expect([...decodeEntity(encodeEntity(entity)).attributes.keys()]).toStrictEqual(['10', '9', '1']);
  });

  it('is refused in a version that this release does not know', () => {
    const text = encodeEntity(anEntity()).replace('"v":1', '"v":2');
    expect(() => decodeEntity(text)).toThrow('version 2');
    expect(() => parseStoredEntity(text)).toThrow('v: expected 1, the version that this release reads');
  });
});

describe('a stored form that comes from elsewhere', () => {
  const entity = { v: 1, id: 'Room1', type: 'Room', createdAt: noon, attributes: [] as unknown[] };

  it.each([
    ['nothing', '', 'expected a JSON object'],
    ['half a line', '{"v":1,', 'expected a JSON object'],
    ['a list', [entity], 'expected a JSON object'],
    ['no id', { ...entity, id: undefined }, 'id: expected this member'],
    ['an empty id', { ...entity, id: '' }, 'id: expected a text that is not empty'],
    ['no type', { ...entity, type: [] }, 'type: expected a text, or an array of more than one'],
    ['a time as text', { ...entity, createdAt: '2026-01-31' }, 'createdAt: expected whole milliseconds since 1970'],
    ['an unknown member', { ...entity, colour: 'red' }, 'colour: expected no such member'],
    ['attributes by name', { ...entity, attributes: {} }, 'attributes: expected an array of attributes'],
    [
      'a property without value',
      { ...entity, attributes: [{ name: 'a' }] },
      'attributes[0].value: expected this member',
    ],
    [
      'the payload of another kind',
      { ...entity, attributes: [{ name: 'a', kind: 'relationship', value: 1 }] },
      'attributes[0].object: expected this member',
    ],
    [
      'an unknown kind',
      { ...entity, attributes: [{ name: 'a', kind: 'toString', value: 1 }] },
      'attributes[0].kind: expected one of property, geo,',
    ],
    [
      'an attribute twice',
      {
        ...entity,
        attributes: [
          { name: 'a', value: 1 },
          { name: 'a', value: 2 },
        ],
      },
      'attributes[1]: expected a name and datasetId that no attribute before has',
    ],
    [
      'a sub-attribute twice',
      {
        ...entity,
        attributes: [
          {
            name: 'a',
            value: 1,
            subAttributes: [
              { name: 'm', value: 1 },
              { name: 'm', value: 2 },
            ],
          },
        ],
      },
      'attributes[0].subAttributes[1]: expected a name that no attribute before has',
    ],
    [
      'a place that is none',
      { ...entity, attributes: [{ name: 'a', kind: 'geo', geometry: { type: 'Polygon', coordinates: [[1, 2]] } }] },
      'attributes[0].geometry: expected a GeoJSON geometry',
    ],
    [
      'a number beyond all numbers',
      JSON.stringify({ ...entity, attributes: [{ name: 'a', value: [0] }] }).replace('[0]', '[1e999]'),
      'attributes[0].value: expected numbers that a double can hold',
    ],
  ])('is refused with %s, and the message says where', (_what, stored, message) => {
    const text = typeof stored === 'string' ? stored : JSON.stringify(stored);
    expect(() => parseStoredEntity(text)).toThrow(StoredFormError);
    expect(() => parseStoredEntity(text)).toThrow(message);
  });

  it('is an entity or an error, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), arbitraryDamage()), (text) => {
        let read: Entity;
        try {
          read = parseStoredEntity(text);
        } catch (error) {
          expect(error).toBeInstanceOf(StoredFormError);
          return;
        }
        const stored = encodeEntity(read);
        expect(encodeEntity(parseStoredEntity(stored))).toBe(stored);
      }),
      { numRuns: 1000 },
    );
  });
});

/** A stored form in which one stretch was replaced by another text. */
function arbitraryDamage(): fc.Arbitrary<string> {
  const stretch = fc.constantFrom('', '1', 'null', '"a"', '[]', '{}', '"name":"a",', ',', '-0', '__proto__');
  return fc.tuple(arbitraryEntity, fc.nat(), fc.nat(20), stretch).map(([entity, at, length, by]) => {
    const text = encodeEntity(entity);
    const start = at % text.length;
    return text.slice(0, start) + by + text.slice(start + length);
  });
}
