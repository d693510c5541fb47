import { describe, expect, it } from 'vitest';
import { apply, createEntity } from '../../../src/core/change/apply.ts';
import type { AttributeWrite, ContentReader, Mutation, UpdateOperator } from '../../../src/core/change/mutation.ts';
import { type Attribute, type Entity, jsonValueOf } from '../../../src/core/entity/entity.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { anEntity, aPlace, aPoint, aProperty, noon } from '../../support/entity-builder.ts';
import { anOperation, aWrite, plainly, type WriteSpec } from '../../support/write-builder.ts';

const later = noon + 1000;

function applied(entity: Entity, mutation: Mutation, now = later) {
  return apply(entity, mutation, now, 'c1; cbnotif=2');
}

function update(entity: Entity, ...writes: ReturnType<typeof aWrite>[]) {
  return applied(entity, { kind: 'update', writes, ...plainly });
}

function append(entity: Entity, ...writes: ReturnType<typeof aWrite>[]) {
  return applied(entity, { kind: 'append', strict: false, writes, ...plainly });
}

describe('An update of attributes [V2 update attributes]', () => {
  const entity = anEntity({ values: { t: 20, u: 'a' }, correlator: 'c0' });

  it('writes what is there and reports what is missing', () => {
    const { entity: after, change, missing, existing } = update(entity, aWrite('t', 21), aWrite('x', 1));
    expect(after).toEqual({
      ...entity,
      attributes: new Map([
        ['t', [aProperty(21, { modifiedAt: later })]],
        ['u', [aProperty('a')]],
      ]),
      modifiedAt: later,
      correlator: 'c1',
    });
    expect(change).toEqual({
      kind: 'updated',
      before: entity,
      after,
      attributes: [{ name: 't', action: 'update', changed: true, metadataChanged: false }],
    });
    expect(missing).toEqual(['x']);
    expect(existing).toEqual([]);
  });

  it('writes nothing at all where everything is missing', () => {
    const result = update(entity, aWrite('x', 1), aWrite('y', 1));
    expect(result).toEqual({ entity, change: undefined, missing: ['x', 'y'], existing: [] });
    expect(result.entity).toBe(entity);
  });

  it('is a change that changes nothing where all is equal, structured values included', () => {
    const structured = anEntity({ values: { s: { a: [1, { b: 2 }], c: null } } });
    const { entity: after, change } = update(structured, aWrite('s', { c: null, a: [1, { b: 2 }] }));
    expect(after).toBe(structured);
    expect(change?.after).toBe(change?.before);
    expect(change?.attributes).toEqual([{ name: 's', action: 'update', changed: false, metadataChanged: false }]);
  });

  it('counts as a change what is forced, though it is equal [V2 forcedUpdate]', () => {
    const { entity: after, change } = applied(entity, {
      kind: 'update',
      writes: [aWrite('t', 20)],
      overrideMetadata: false,
      forced: true,
    });
    expect(change?.attributes).toEqual([{ name: 't', action: 'update', changed: true, metadataChanged: false }]);
    expect(after.attributes.get('t')).toEqual([aProperty(20, { modifiedAt: later })]);
  });

  it('keeps the type that the client does not name, and changes with one that differs', () => {
    const typed = anEntity({ attributes: { t: aProperty(20, { declaredType: 'Celsius' }) } });
    expect(update(typed, aWrite('t', 21)).entity.attributes.get('t')?.[0].declaredType).toBe('Celsius');
    expect(update(typed, aWrite('t', 20, { type: 'Kelvin' })).change?.attributes).toEqual([
      { name: 't', action: 'update', changed: true, metadataChanged: false },
    ]);
  });

  it('tells 1 from "1", from true and from null', () => {
    const one = anEntity({ values: { t: 1 } });
    for (const value of ['1', true, null, [1], { 0: 1 }]) {
      expect(update(one, aWrite('t', value)).change?.attributes[0]?.changed, JSON.stringify(value)).toBe(true);
    }
  });

  it('never sets a time back, whatever the clock says', () => {
    const { entity: after } = applied(entity, { kind: 'update', writes: [aWrite('t', 21)], ...plainly }, noon - 5000);
    expect(after.modifiedAt).toBe(noon);
    expect(after.attributes.get('t')?.[0].modifiedAt).toBe(noon);
  });

  it('writes the default instance of an attribute and leaves the others', () => {
    const other: Attribute = { ...aProperty(1), datasetId: 'urn:d1' };
    const instances = anEntity({ attributes: { t: [aProperty(20), other], n: [other] } });
    const { entity: after } = update(instances, aWrite('t', 21), aWrite('n', 2));
    expect(after.attributes.get('t')).toEqual([aProperty(21, { modifiedAt: later }), other]);
    expect(after.attributes.get('n')).toEqual([aProperty(2, { createdAt: later, modifiedAt: later }), other]);
  });

  it('takes the time of observation along with a new value and lets an old one go', () => {
    const observed = anEntity({ attributes: { t: { ...aProperty(20), observedAt: noon } } });
    expect(update(observed, aWrite('t', 20)).entity).toBe(observed);
    expect(update(observed, aWrite('t', 21)).entity.attributes.get('t')?.[0].observedAt).toBeUndefined();
    const again = update(observed, { ...aWrite('t', 20), observedAt: later });
    expect(again.entity.attributes.get('t')?.[0].observedAt).toBe(later);
    expect(again.change?.attributes[0]?.changed).toBe(true);
  });
});

describe('Metadata of an updated attribute [V2 metadata update semantics]', () => {
  const entity = anEntity({ attributes: { t: aProperty(20, { metadata: { accuracy: 1, unit: 'C' } }) } });

  function metadataAfter(spec: WriteSpec, overrideMetadata = false) {
    const writes = [aWrite('t', 20, spec)];
    const { entity: after, change } = applied(entity, { kind: 'update', writes, overrideMetadata, forced: false });
    const subAttributes = after.attributes.get('t')?.[0].subAttributes;
    const values = [...(subAttributes ?? [])].map(([name, sub]) => [name, sub.kind === 'property' && sub.value]);
    return { after, values, change: change?.attributes[0] };
  }

  it('stay where the write does not name them', () => {
    expect(metadataAfter({}).after).toBe(entity);
    const { values, change } = metadataAfter({ metadata: { source: 'x', accuracy: 2 } });
    expect(values).toEqual([
      ['accuracy', 2],
      ['unit', 'C'],
      ['source', 'x'],
    ]);
    expect(change).toEqual({ name: 't', action: 'update', changed: false, metadataChanged: true });
  });

  it('move the time of the attribute when they change, and their own', () => {
    const { after } = metadataAfter({ metadata: { accuracy: 2 } });
    const attribute = after.attributes.get('t')?.[0];
    expect(attribute).toMatchObject({ createdAt: noon, modifiedAt: later });
    expect(attribute?.subAttributes?.get('accuracy')).toMatchObject({ createdAt: noon, modifiedAt: later });
    expect(attribute?.subAttributes?.get('unit')).toMatchObject({ createdAt: noon, modifiedAt: noon });
    expect(after.modifiedAt).toBe(later);
  });

  it('go away where the write overrides them [V2 overrideMetadata]', () => {
    expect(metadataAfter({ metadata: { unit: 'C' } }, true).change?.metadataChanged).toBe(true);
    expect(metadataAfter({}, true).values).toEqual([]);
    expect(metadataAfter({}, true).after.attributes.get('t')?.[0]).not.toHaveProperty('subAttributes');
    expect(metadataAfter({ metadata: { unit: 'F', source: 'x' } }, true).values).toEqual([
      ['unit', 'F'],
      ['source', 'x'],
    ]);
  });

  it('do not differ where an override names them all as they are', () => {
    const typed = anEntity({
      attributes: { t: { ...aProperty(20), subAttributes: new Map([['m', { ...property(1), ...times }]]) } },
    });
    const result = applied(typed, {
      kind: 'update',
      writes: [aWrite('t', 20, { metadata: { m: 1 } })],
      overrideMetadata: true,
      forced: false,
    });
    expect(result.entity).toBe(typed);
  });
});

const times = { createdAt: noon, modifiedAt: noon };
const property = (value: number) => ({ kind: 'property' as const, value });

describe('An append of attributes [V2 append attributes]', () => {
  const entity = anEntity({ values: { t: 20 } });

  it('adds what is absent behind what is there, with the default type for its value', () => {
    const { entity: after, change } = append(entity, aWrite('z', [1]), aWrite('t', 21), aWrite('n', null));
    expect([...after.attributes.keys()]).toEqual(['t', 'z', 'n']);
    expect(after.attributes.get('z')).toEqual([aProperty([1], { createdAt: later, modifiedAt: later })]);
    expect(after.attributes.get('n')?.[0].declaredType).toBe('None');
    expect(change?.attributes.map(({ name, action }) => [name, action])).toEqual([
      ['z', 'append'],
      ['t', 'update'],
      ['n', 'append'],
    ]);
  });

  it('leaves alone and reports what is there, if strict', () => {
    const writes = [aWrite('t', 21), aWrite('z', 1)];
    const result = applied(entity, { kind: 'append', strict: true, writes, ...plainly });
    expect(result.existing).toEqual(['t']);
    expect(result.entity.attributes.get('t')).toBe(entity.attributes.get('t'));
    expect(result.change?.attributes.map(({ name }) => name)).toEqual(['z']);
  });
});

describe('A replacement of attributes [V2 replace attributes]', () => {
  it('leaves exactly the attributes that it names, all of them new', () => {
    const entity = anEntity({
      attributes: { t: aProperty(20, { declaredType: 'Celsius', metadata: { m: 1 } }), u: aProperty('a') },
      expiresAt: noon + 5000,
    });
    const result = applied(entity, { kind: 'replace', writes: [aWrite('z', 1), aWrite('t', 20)], ...plainly });
    const times = { createdAt: later, modifiedAt: later };
    const { expiresAt: _, ...rest } = entity;
    expect(result.entity).toEqual({
      ...rest,
      attributes: new Map([
        ['z', [aProperty(1, times)]],
        ['t', [aProperty(20, times)]],
      ]),
      modifiedAt: later,
      correlator: 'c1',
    });
    expect(result.change?.attributes).toEqual([
      { name: 'z', action: 'append', changed: true, metadataChanged: false },
      { name: 't', action: 'update', changed: true, metadataChanged: true },
      { name: 'u', action: 'delete', changed: true, metadataChanged: false },
      { name: 'dateExpires', action: 'delete', changed: true, metadataChanged: false },
    ]);
  });

  it('lets operators start from nothing', () => {
    const entity = anEntity({ values: { n: 10 } });
    const { entity: after } = applied(entity, { kind: 'replace', writes: [anOperation('n', '$inc', 2)], ...plainly });
    expect(after.attributes.get('n')?.[0]).toMatchObject({ value: 2, declaredType: 'Number' });
  });
});

describe('A removal of attributes [V2 remove attribute]', () => {
  it('takes away what is there and reports the rest', () => {
    const entity = anEntity({ values: { t: 20, u: 'a' } });
    const { entity: after, change, missing } = applied(entity, { kind: 'remove', names: ['t', 'x'] });
    expect([...after.attributes.keys()]).toEqual(['u']);
    expect(after.modifiedAt).toBe(later);
    expect(change?.attributes).toEqual([{ name: 't', action: 'delete', changed: true, metadataChanged: false }]);
    expect(missing).toEqual(['x']);
  });
});

describe('The expiry of an entity [V2 transient entities]', () => {
  const lasting = anEntity({ values: { t: 20 } });
  const transient = anEntity({ values: { t: 20 }, expiresAt: noon + 60_000 });

  it('is set, moved and ended by an append, and is a change like that of an attribute', () => {
    const set = applied(lasting, { kind: 'append', strict: false, writes: [], ...plainly, expiresAt: 5 });
    expect(set.entity.expiresAt).toBe(5);
    expect(set.change?.attributes).toEqual([
      { name: 'dateExpires', action: 'append', changed: true, metadataChanged: false },
    ]);
    const ended = applied(transient, { kind: 'append', strict: false, writes: [], ...plainly, expiresAt: null });
    expect(ended.entity).not.toHaveProperty('expiresAt');
    expect(ended.entity.modifiedAt).toBe(later);
  });

  it('changes nothing where it is the same', () => {
    const same = applied(transient, { kind: 'update', writes: [], ...plainly, expiresAt: noon + 60_000 });
    expect(same.entity).toBe(transient);
    expect(same.change?.attributes[0]?.changed).toBe(false);
  });

  it('is missing for an update and existing for a strict append, like an attribute', () => {
    expect(applied(lasting, { kind: 'update', writes: [], ...plainly, expiresAt: 5 }).missing).toEqual(['dateExpires']);
    const strict = applied(transient, { kind: 'append', strict: true, writes: [], ...plainly, expiresAt: 5 });
    expect(strict.existing).toEqual(['dateExpires']);
    expect(strict.entity).toBe(transient);
  });

  it('goes away by its name, which makes the entity stay', () => {
    expect(applied(transient, { kind: 'remove', names: ['dateExpires'] }).entity).not.toHaveProperty('expiresAt');
    expect(applied(lasting, { kind: 'remove', names: ['dateExpires'] }).missing).toEqual(['dateExpires']);
  });
});

describe('What a value means under a declared type', () => {
  const readContent: ContentReader = (_name, value, declaredType) =>
    declaredType === 'geo:point' && typeof value === 'string'
      ? { kind: 'geo', geometry: aPoint(Number(value.split(',')[1]), Number(value.split(',')[0])), value }
      : { kind: 'property', value };
  const entity = anEntity({ attributes: { location: aPlace(aPoint(2, 41), { declaredType: 'geo:point' }) } });

  it('is read again where the write keeps the type of the attribute', () => {
    const { entity: after } = update(entity, aWrite('location', '42,3', { readContent }));
    expect(after.attributes.get('location')?.[0]).toMatchObject({ kind: 'geo', geometry: aPoint(3, 42) });
  });

  it('is read again after an operation', () => {
    const { entity: after } = update(entity, anOperation('location', '$set', '42,3', { readContent }));
    expect(after.attributes.get('location')?.[0]).toMatchObject({ kind: 'geo', value: '42,3' });
  });

  it('is what the write says where it names the type', () => {
    const { entity: after } = update(entity, aWrite('location', '42,3', { type: 'Text', readContent }));
    expect(after.attributes.get('location')?.[0]).toMatchObject({ kind: 'property', declaredType: 'Text' });
  });
});

const asInstant: ContentReader = (_name, value, declaredType) => {
  if (declaredType !== 'DateTime') return { kind: 'property', value };
  return { kind: 'property', value: new Date(String(value)).toISOString(), valueType: 'DateTime' };
};

describe('Operators in an update [V2 update operators]', () => {
  it('work on the value of the moment and keep type and metadata', () => {
    const entity = anEntity({ attributes: { n: aProperty(10, { declaredType: 'Count', metadata: { m: 1 } }) } });
    const { entity: after } = update(entity, anOperation('n', '$inc', 5));
    expect(after.attributes.get('n')).toEqual([
      aProperty(15, { declaredType: 'Count', metadata: { m: 1 }, modifiedAt: later }),
    ]);
  });

  it('take the default type of their result where they create the attribute', () => {
    const { entity: after } = append(anEntity(), anOperation('n', '$inc', 5), anOperation('s', '$push', 'a'));
    expect(after.attributes.get('n')?.[0]).toMatchObject({ value: 5, declaredType: 'Number' });
    expect(after.attributes.get('s')?.[0]).toMatchObject({ value: ['a'], declaredType: 'StructuredValue' });
  });

  it('give an attribute that is not there their argument as the least or the greatest so far', () => {
    const { entity: after } = append(anEntity(), anOperation('low', '$min', 5), anOperation('high', '$max', -5));
    expect([after.attributes.get('low')?.[0], after.attributes.get('high')?.[0]]).toMatchObject([
      { value: 5 },
      { value: -5 },
    ]);
  });

  it.each<[UpdateOperator, JsonValue]>([
    ['$pull', 1],
    ['$pullAll', [1]],
    ['$unset', { x: 1 }],
  ])('%s takes nothing from an attribute that is not there, and makes none', (operator, argument) => {
    const entity = anEntity();
    expect(append(entity, anOperation('a', operator, argument))).toEqual({
      entity,
      change: undefined,
      missing: [],
      existing: [],
    });
  });

  it('compare instants as instants, however the client writes them', () => {
    const entity = anEntity({
      attributes: { seen: aProperty('2026-01-31T12:00:00.000Z', { declaredType: 'DateTime', valueType: 'DateTime' }) },
    });
    const latest = (argument: JsonValue, type?: string) =>
      update(entity, anOperation('seen', '$max', argument, { readContent: asInstant, ...(type && { type }) })).entity;
    expect(latest('2026-01-31T13:30:00+02:00')).toBe(entity);
    expect(latest('2026-01-31T13:30:00+02:00', 'DateTime')).toBe(entity);
    expect(latest('2026-02-01').attributes.get('seen')?.[0]).toMatchObject({
      value: '2026-02-01T00:00:00.000Z',
      valueType: 'DateTime',
    });
  });

  it('change nothing where their result is what is there', () => {
    const entity = anEntity({ values: { s: ['a'] } });
    expect(append(entity, anOperation('s', '$addToSet', 'a')).entity).toBe(entity);
  });
});

describe('Operators in a new or replaced entity [V2 update operators in create or replace]', () => {
  const made = (...writes: AttributeWrite[]): Record<string, unknown> => {
    const draft = { id: 'e', types: ['T'], writes };
    const created = createEntity(draft, '/', noon, 'c').entity;
    const replaced = applied(anEntity({ values: { old: 1 } }), { kind: 'replace', writes, ...plainly }).entity;
    const values = (entity: Entity) =>
      Object.fromEntries([...entity.attributes].map(([name, [attribute]]) => [name, jsonValueOf(attribute)]));
    expect(values(replaced)).toEqual(values(created));
    return values(created);
  };

  it.each<[UpdateOperator, JsonValue, JsonValue]>([
    ['$inc', 4, 4],
    ['$mul', 1000, 0],
    ['$min', 5, 0],
    ['$min', -5, -5],
    ['$max', 5, 5],
    ['$max', -5, 0],
    ['$push', 4, [4]],
    ['$push', { $each: [4, 5] }, [4, 5]],
    ['$addToSet', 4, [4]],
    ['$set', { X: 1 }, { X: 1 }],
    ['$set', 'x', 'x'],
  ])('%s %j makes %j', (operator, argument, expected) => {
    expect(made(anOperation('a', operator, argument))).toEqual({ a: expected });
  });

  it('start from 1970 for instants', () => {
    const spec = { type: 'DateTime', readContent: asInstant };
    const writes = [anOperation('low', '$min', '2026-01-31', spec), anOperation('high', '$max', '2026-01-31', spec)];
    expect(made(...writes)).toEqual({ low: '1970-01-01T00:00:00.000Z', high: '2026-01-31T00:00:00.000Z' });
  });

  it('leave out the attribute that they would only take from', () => {
    const writes = [
      anOperation('p', '$pull', 1),
      anOperation('q', '$pullAll', [1]),
      anOperation('u', '$unset', 1),
      aWrite('b', 3),
    ];
    expect(made(...writes)).toEqual({ b: 3 });
    const { change } = createEntity({ id: 'e', types: ['T'], writes }, '/', noon, 'c');
    expect(change.attributes.map(({ name }) => name)).toEqual(['b']);
  });
});

describe('A new entity [V2 create entity]', () => {
  it('has the attributes of the draft, in its order, all created now', () => {
    const writes = [
      aWrite('b', 1, { metadata: { m: 1 } }),
      aWrite('a', 'x', { type: 'Word' }),
      anOperation('c', '$inc', 3),
    ];
    const draft = { id: 'e', types: ['T'], writes, expiresAt: 9 };
    const { entity, change } = createEntity(draft, '/a', noon, 'c1; cbnotif=1');
    expect(entity).toEqual({
      id: 'e',
      types: ['T'],
      scopes: ['/a'],
      attributes: new Map([
        ['b', [{ ...aProperty(1), subAttributes: new Map([['m', { ...property(1), ...times }]]) }]],
        ['a', [aProperty('x', { declaredType: 'Word' })]],
        ['c', [aProperty(3)]],
      ]),
      createdAt: noon,
      modifiedAt: noon,
      expiresAt: 9,
      correlator: 'c1',
    });
    expect(change).toEqual({
      kind: 'created',
      after: entity,
      attributes: [
        { name: 'b', action: 'append', changed: true, metadataChanged: true },
        { name: 'a', action: 'append', changed: true, metadataChanged: false },
        { name: 'c', action: 'append', changed: true, metadataChanged: false },
        { name: 'dateExpires', action: 'append', changed: true, metadataChanged: false },
      ],
    });
  });

  it('is a Thing unless the draft says otherwise, and lasts', () => {
    const { entity } = createEntity({ id: 'e', types: [], writes: [], expiresAt: null }, '/', noon, 'c');
    expect(entity.types).toEqual(['Thing']);
    expect(entity).not.toHaveProperty('expiresAt');
  });
});
