import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attribute, AttributeInstances } from '../../../src/core/entity/entity.ts';
import { memberOf, targetOf } from '../../../src/core/query/path-values.ts';
import type { Path } from '../../../src/core/query/query.ts';
import { arbitraryJson } from '../../support/arbitrary-entity.ts';
import { aDateTime, anEntity, aPlace, aPoint, aProperty, noon } from '../../support/entity-builder.ts';

function attribute(name: string, members: string[] = [], subAttributes: string[] = []): Path {
  return { kind: 'attribute', attribute: name, subAttributes, members };
}

describe('paths to attributes [V2 simple query language]', () => {
  const entity = anEntity({
    values: { n: 21, nothing: null, address: { street: 'Alcalá', 'a.b': { c: 1 } } },
    attributes: {
      observed: aDateTime('2026-01-31T12:00:00.000Z'),
      unknown: aDateTime(null),
      place: aPlace(aPoint(-3.7, 40.4)),
      measured: aProperty(1, {
        metadata: { accuracy: { low: 0.1, high: 0.3 } },
        subAttributes: new Map([['at', aDateTime('2026-01-31T12:00:00.000Z')]]),
      }),
    },
  });

  test('an attribute leads to its value', () => {
    expect(targetOf(attribute('n'), entity)).toEqual({ value: 21 });
    expect(targetOf(attribute('nothing'), entity)).toEqual({ value: null });
    expect(targetOf(attribute('place'), entity)).toEqual({ value: { type: 'Point', coordinates: [-3.7, 40.4] } });
  });

  test('what is not there leads nowhere', () => {
    expect(targetOf(attribute('absent'), entity)).toBeUndefined();
    expect(targetOf(attribute('n', ['member']), entity)).toBeUndefined();
    expect(targetOf(attribute('address', ['zip']), entity)).toBeUndefined();
    expect(targetOf(attribute('address', ['street', 'length']), entity)).toBeUndefined();
    expect(targetOf(attribute('measured', [], ['unit']), entity)).toBeUndefined();
    expect(targetOf(attribute('n', [], ['accuracy']), entity)).toBeUndefined();
  });

  test('a DateTime leads to its instant; a DateTime without a value is there and has none [V2 DateTime]', () => {
    expect(targetOf(attribute('observed'), entity)).toEqual({ value: '2026-01-31T12:00:00.000Z', instant: noon });
    expect(targetOf(attribute('unknown'), entity)).toEqual({ value: null, instant: null });
    expect(targetOf(attribute('measured', [], ['at']), entity)).toEqual({
      value: '2026-01-31T12:00:00.000Z',
      instant: noon,
    });
  });

  test('members lead into objects, names with dots included', () => {
    expect(targetOf(attribute('address', ['street']), entity)).toEqual({ value: 'Alcalá' });
    expect(targetOf(attribute('address', ['a.b', 'c']), entity)).toEqual({ value: 1 });
    expect(targetOf(attribute('measured', ['low'], ['accuracy']), entity)).toEqual({ value: 0.1 });
  });

  test('names of prototypes lead nowhere unless the client wrote them', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(targetOf(attribute(name), entity)).toBeUndefined();
      expect(targetOf(attribute('address', [name]), entity)).toBeUndefined();
    }
    const own = anEntity({ values: { a: JSON.parse('{"__proto__": {"constructor": 1}}') } });
    expect(targetOf(attribute('a', ['__proto__', 'constructor']), own)).toEqual({ value: 1 });
  });

  test('a language leads to its texts, no language to all of them [LD 4.9]', () => {
    const base = { createdAt: noon, modifiedAt: noon };
    const entity = anEntity({ attributes: { x: { kind: 'language', languageMap: { en: 'street' }, ...base } } });
    expect(targetOf(attribute('x', ['en']), entity)).toEqual({ value: 'street' });
    expect(targetOf(attribute('x', ['es']), entity)).toBeUndefined();
  });

  test('what stands beside a value is found like a sub-attribute, unless one has its name [LD 4.9]', () => {
    const base = { createdAt: noon, modifiedAt: noon };
    const plain: Attribute = {
      kind: 'property',
      value: 1,
      unitCode: 'CEL',
      observedAt: noon,
      datasetId: 'urn:d',
      ...base,
    };
    const path = (name: string): Path => ({
      kind: 'attribute',
      attribute: 'x',
      subAttributes: [name],
      members: [],
      instances: 'any',
    });
    const entity = anEntity({ attributes: { x: plain } });
    expect(targetOf(path('observedAt'), entity)).toEqual({ value: '2026-01-31T12:00:00.000Z', instant: noon });
    expect(targetOf(path('unitCode'), entity)).toEqual({ value: 'CEL' });
    expect(targetOf(path('datasetId'), entity)).toEqual({ value: 'urn:d' });
    const own: Attribute = {
      ...plain,
      subAttributes: new Map([['unitCode', { kind: 'property', value: 'F', ...base }]]),
    };
    expect(targetOf(path('unitCode'), anEntity({ attributes: { x: own } }))).toEqual({ value: 'F' });
  });

  test('of several instances the default one counts, unless the path asks for any [LD 4.9]', () => {
    const base = { createdAt: noon, modifiedAt: noon };
    const entity = anEntity({});
    const several = {
      ...entity,
      attributes: new Map([
        [
          'x',
          [
            { kind: 'property', value: 1, ...base },
            { kind: 'property', value: 2, datasetId: 'urn:d', ...base },
          ] as const,
        ],
      ]),
    };
    expect(targetOf(attribute('x'), several)).toEqual({ value: 1 });
    expect(targetOf({ ...attribute('x'), instances: 'any' } as Path, several)).toEqual({
      value: 1,
      alternatives: [{ value: 1 }, { value: 2 }],
    });
  });

  test('every kind of attribute leads to its plain JSON', () => {
    const base = { createdAt: noon, modifiedAt: noon };
    const kinds: [Attribute, unknown][] = [
      [{ kind: 'relationship', object: 'urn:a', ...base }, 'urn:a'],
      [{ kind: 'language', languageMap: { en: 'street', es: ['calle', 'vía'] }, ...base }, ['street', 'calle', 'vía']],
      [{ kind: 'vocab', vocab: ['a', 'b'], ...base }, ['a', 'b']],
      [{ kind: 'json', json: { a: 1 }, ...base }, { a: 1 }],
      [{ kind: 'list', valueList: [1, 2], ...base }, [1, 2]],
      [{ kind: 'listRelationship', objectList: ['urn:a'], ...base }, ['urn:a']],
      [{ kind: 'geo', geometry: aPoint(2, 41), value: '41, 2', ...base }, '41, 2'],
    ];
    for (const [one, value] of kinds) {
      expect(targetOf(attribute('x'), anEntity({ attributes: { x: one } }))).toEqual({ value });
    }
  });

  test('of several instances the default one counts', () => {
    const [first, second] = [aProperty(1), { ...aProperty(2), datasetId: 'urn:other' }];
    const both: AttributeInstances = [first, second];
    expect(targetOf(attribute('x'), anEntity({ attributes: { x: both } }))).toEqual({ value: 1 });
    expect(targetOf(attribute('x'), anEntity({ attributes: { x: [second] } }))).toBeUndefined();
  });
});

describe('members of arrays, as in MongoDB [V2 simple query language]', () => {
  test('a number takes the element at the index', () => {
    expect(memberOf(['a', 'b'], ['1'])).toBe('b');
    expect(memberOf([{ x: 1 }, { x: 2 }], ['1', 'x'])).toBe(2);
    expect(memberOf(['a'], ['1'])).toBeUndefined();
    expect(memberOf(['a'], ['-1'])).toBeUndefined();
    expect(memberOf(['a', 'b'], ['01'])).toBeUndefined();
    expect(memberOf({ '0': 'x' }, ['0'])).toBe('x');
  });

  test('a name is looked up in every object among the elements', () => {
    expect(memberOf([{ x: 1 }, 5, null, { y: 3 }, { x: null }], ['x'])).toEqual([1, null]);
    expect(memberOf([{ x: [1, 2] }, { x: 3 }], ['x'])).toEqual([1, 2, 3]);
    expect(memberOf([{ x: { y: 1 } }, { x: { y: 2 } }], ['x', 'y'])).toEqual([1, 2]);
    expect(memberOf([[{ x: 1 }]], ['x'])).toBeUndefined();
    expect(memberOf([{ y: 1 }], ['x'])).toBeUndefined();
    expect(memberOf(['a'], ['length'])).toBeUndefined();
  });

  test('what is found is own data, whatever the value and the path', () => {
    const members = fc.array(fc.constantFrom('a', '0', '__proto__', 'constructor', 'length', 'toString'), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(arbitraryJson, members, (value, path) => {
        const found = memberOf(value, path);
        expect(typeof found).not.toBe('function');
        if (found !== undefined) expect(JSON.parse(JSON.stringify(found))).toEqual(found);
      }),
    );
  });
});

describe('built-in paths [V2 builtin attributes]', () => {
  const entity = anEntity({
    id: 'Room1',
    type: 'Room',
    scope: '/a/b',
    createdAt: noon,
    modifiedAt: noon + 1,
    attributes: { n: aProperty(1, { createdAt: noon + 2, modifiedAt: noon + 3 }) },
  });

  test('lead to what the broker knows of the entity', () => {
    expect(targetOf({ kind: 'builtin', name: 'id' }, entity)).toEqual({ value: 'Room1' });
    expect(targetOf({ kind: 'builtin', name: 'type' }, entity)).toEqual({ value: 'Room' });
    expect(targetOf({ kind: 'builtin', name: 'scope' }, entity)).toEqual({ value: '/a/b' });
    expect(targetOf({ kind: 'builtin', name: 'createdAt' }, entity)).toEqual({
      value: '2026-01-31T12:00:00.000Z',
      instant: noon,
    });
    expect(targetOf({ kind: 'builtin', name: 'modifiedAt' }, entity)?.instant).toBe(noon + 1);
  });

  test('an entity that never expires has no time of expiry', () => {
    expect(targetOf({ kind: 'builtin', name: 'expiresAt' }, entity)).toBeUndefined();
    expect(targetOf({ kind: 'builtin', name: 'expiresAt' }, anEntity({ expiresAt: noon }))?.instant).toBe(noon);
  });

  test('of several types or scopes, any counts', () => {
    expect(targetOf({ kind: 'builtin', name: 'type' }, anEntity({ types: ['A', 'B'] }))).toEqual({ value: ['A', 'B'] });
  });

  test('lead to the times of an attribute', () => {
    expect(targetOf({ kind: 'builtin', name: 'createdAt', attribute: 'n' }, entity)?.instant).toBe(noon + 2);
    expect(targetOf({ kind: 'builtin', name: 'modifiedAt', attribute: 'n' }, entity)?.instant).toBe(noon + 3);
    expect(targetOf({ kind: 'builtin', name: 'modifiedAt', attribute: 'absent' }, entity)).toBeUndefined();
    expect(targetOf({ kind: 'builtin', name: 'id', attribute: 'n' }, entity)).toBeUndefined();
  });
});
