import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keepType } from '../../../src/core/change/mutation.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { parseJson } from '../../../src/core/parse-json.ts';
import { parseAttributeValue } from '../../../src/dialects/ngsiv2/parse-attribute-value.ts';
import { parseAttribute, parseAttributes, parseEntity } from '../../../src/dialects/ngsiv2/parse-entity.ts';
import { freeText } from '../../../src/dialects/ngsiv2/text-rules.ts';
import { noon } from '../../support/entity-builder.ts';
import { complaintOf, outcomeOf, refusalOf } from './refusal-of.ts';

const create = (body: JsonValue) => parseEntity(body, 'normalized');
const update = (body: JsonValue) => parseAttributes(body, 'normalized');

describe('an entity to be created [V2 create entity]', () => {
  test('has its attributes in the order of the payload, with types by value where none is given', () => {
    expect(
      create({
        id: 'Room1',
        type: 'Room',
        temperature: { value: 21.5, metadata: { accuracy: { value: 0.5 } } },
        name: { value: 'Aula', type: 'Name' },
        open: { value: true },
        plan: { value: { floor: [1] } },
        nothing: {},
      }),
    ).toEqual({
      id: 'Room1',
      types: ['Room'],
      writes: [
        {
          name: 'temperature',
          content: { kind: 'property', value: 21.5 },
          declaredType: 'Number',
          subAttributes: new Map([['accuracy', { content: { kind: 'property', value: 0.5 }, declaredType: 'Number' }]]),
        },
        { name: 'name', content: { kind: 'property', value: 'Aula' }, declaredType: 'Name', subAttributes: undefined },
        { name: 'open', content: { kind: 'property', value: true }, declaredType: 'Boolean', subAttributes: undefined },
        {
          name: 'plan',
          content: { kind: 'property', value: { floor: [1] } },
          declaredType: 'StructuredValue',
          subAttributes: undefined,
        },
        { name: 'nothing', content: { kind: 'property', value: null }, declaredType: 'None', subAttributes: undefined },
      ],
    });
  });

  test('is a Thing without a type, and may have no attributes', () => {
    expect(create({ id: 'A' })).toEqual({ id: 'A', types: ['Thing'], writes: [] });
  });

  test('in key-values form takes any value for the value [V2 simplified entity representation]', () => {
    expect(parseEntity({ id: 'A', type: 'T', a: { type: 'x', value: 1 }, b: 'y' }, 'keyValues').writes).toEqual([
      {
        name: 'a',
        content: { kind: 'property', value: { type: 'x', value: 1 } },
        declaredType: 'StructuredValue',
        subAttributes: undefined,
      },
      { name: 'b', content: { kind: 'property', value: 'y' }, declaredType: 'Text', subAttributes: undefined },
    ]);
  });

  const long = 'a'.repeat(257);
  test.each<[JsonValue, string]>([
    [{}, 'empty payload'],
    [{ type: 'T' }, 'no entity id specified'],
    [{ id: 1 }, 'invalid JSON type for entity id'],
    [{ id: 'A', type: null }, 'invalid JSON type for entity type'],
    [{ id: '' }, 'entity id length: 0, min length supported: 1'],
    [{ id: long }, 'entity id length: 257, max length supported: 256'],
    [{ id: 'A', type: '' }, 'entity type length: 0, min length supported: 1'],
    [{ id: 'a b' }, 'Invalid characters in entity id'],
    [{ id: 'a<b' }, 'Invalid characters in entity id'],
    [{ id: 'ñ' }, 'Invalid characters in entity id'],
    [{ id: 'A', type: 'a/b' }, 'Invalid characters in entity type'],
    [{ id: 'A', a: 1 }, 'attribute must be a JSON object, unless keyValues option is used'],
    [{ id: 'A', a: { value: 1, unit: 'C' } }, 'unrecognized property for context attribute'],
    [{ id: 'A', a: { type: 1 } }, 'invalid JSON type for attribute type'],
    [{ id: 'A', a: { type: '' } }, 'attribute type length: 0, min length supported: 1'],
    [{ id: 'A', a: { type: 'a b' } }, 'Invalid characters in attribute type'],
    [{ id: 'A', '': {} }, 'attribute name length: 0, min length supported: 1'],
    [{ id: 'A', 'a#b': {} }, 'Invalid characters in attribute name'],
    [{ id: 'A', '*': {} }, 'Invalid characters in attribute name'],
    [{ id: 'A', 'geo:distance': {} }, 'Invalid characters in attribute name'],
    [{ id: 'A', a: { value: 'x=y' } }, 'Invalid characters in attribute value'],
    [{ id: 'A', a: { value: { deep: ['(x)'] } } }, 'Invalid characters in attribute value'],
    [{ id: 'A', a: { value: { 'na"me': 1 } } }, 'Invalid characters in attribute value'],
    [{ id: 'A', a: { metadata: [] } }, 'metadata not a JSON object'],
    [{ id: 'A', a: { metadata: { m: 1 } } }, 'metadata must be a JSON object'],
    [{ id: 'A', a: { metadata: { m: { x: 1 } } } }, 'invalid JSON field for attribute metadata'],
    [{ id: 'A', a: { metadata: { m: { type: 1 } } } }, 'invalid JSON type for attribute metadata type'],
    [{ id: 'A', a: { metadata: { 'm m': { value: 1 } } } }, 'Invalid characters in metadata name'],
    [{ id: 'A', a: { metadata: { '*': { value: 1 } } } }, 'Invalid characters in metadata name'],
    [{ id: 'A', a: { metadata: { m: { type: 'a;b' } } } }, 'Invalid characters in metadata type'],
    [{ id: 'A', a: { metadata: { m: { value: "it's" } } } }, 'Invalid characters in metadata value'],
    [{ id: 'A', a: { type: 'DateTime', value: 'noon' } }, 'date has invalid format'],
    [{ id: 'A', a: { metadata: { m: { type: 'DateTime', value: 7 } } } }, 'date has invalid format'],
  ])('%j is refused: %s', (body, complaint) => {
    expect(complaintOf(() => create(body))).toBe(complaint);
  });

  test.each([[], 'x', null, 1])('%j is no entity at all', (body) => {
    expect(refusalOf(() => create(body))).toEqual({ kind: 'invalidJson' });
  });

  test('may be deep to fifty levels of value, not more [V2 error responses]', () => {
    const nested = (levels: number): JsonValue => (levels === 0 ? 1 : [nested(levels - 1)]);
    expect(create({ id: 'A', a: { value: nested(50) } }).writes).toHaveLength(1);
    expect(refusalOf(() => create({ id: 'A', a: { value: nested(51) } }))).toEqual({ kind: 'invalidJson' });
  });
});

describe('forbidden characters [V2 general syntax restrictions]', () => {
  const text = 'f(x)=<"y">;';

  test.each<[string, JsonValue]>([
    ['type TextUnrestricted', { type: 'TextUnrestricted', value: { any: [text], [text]: 1 } }],
    ['metadata TextUnrestricted', { value: text, metadata: { TextUnrestricted: { value: true } } }],
    ['metadata of type TextUnrestricted', { value: 1, metadata: { m: { type: 'TextUnrestricted', value: text } } }],
  ])('are allowed under %s', (_name, attribute) => {
    expect(create({ id: 'A', a: attribute }).writes).toHaveLength(1);
  });

  test('are allowed everywhere by the configuration, while identifiers stay identifiers', () => {
    const [write] = parseEntity({ id: "O'Neill", a: { value: text } }, 'normalized', freeText).writes;
    expect(write?.content).toEqual({ kind: 'property', value: text });
    expect(complaintOf(() => parseEntity({ id: 'a b' }, 'normalized', freeText))).toBe(
      'Invalid characters in entity id',
    );
  });
});

describe('special attribute types [V2 special attribute types]', () => {
  test.each(['DateTime', 'ISO8601'])('%s is an instant, kept in UTC with milliseconds', (type) => {
    const [write] = create({ id: 'A', a: { type, value: '2026-01-31T13:00+01:00' } }).writes;
    expect(write).toMatchObject({
      declaredType: type,
      content: { kind: 'property', value: '2026-01-31T12:00:00.000Z', valueType: 'DateTime' },
    });
  });

  test('a DateTime may have no value', () => {
    const [write] = create({ id: 'A', a: { type: 'DateTime', value: null } }).writes;
    expect(write?.content).toEqual({ kind: 'property', value: null, valueType: 'DateTime' });
  });

  test('ignoreType makes a place a value like any other [V2 special metadata types]', () => {
    const value = { type: 'Nowhere' };
    const [write] = create({
      id: 'A',
      a: { type: 'geo:json', value, metadata: { ignoreType: { value: true } } },
    }).writes;
    expect(write).toMatchObject({ declaredType: 'geo:json', content: { kind: 'property', value } });
  });

  test('a place without a value is no place', () => {
    const [write] = create({ id: 'A', a: { type: 'geo:json', value: null } }).writes;
    expect(write?.content).toEqual({ kind: 'property', value: null });
  });

  test('builtin names of metadata are taken like any other [V2 user attributes or metadata matching builtin name]', () => {
    const [write] = create({ id: 'A', a: { value: 1, metadata: { dateCreated: { value: 'x' } } } }).writes;
    expect(write?.subAttributes?.get('dateCreated')).toEqual({
      content: { kind: 'property', value: 'x' },
      declaredType: 'Text',
    });
  });
});

describe('the expiry of an entity [V2 transient entities]', () => {
  test.each<[JsonValue, number | null]>([
    [{ type: 'DateTime', value: '2026-01-31T12:00:00Z' }, noon],
    [{ value: '2026-01-31T12:00:00Z' }, noon],
    [{ type: 'DateTime', value: null }, null],
    [{ type: 'DateTime', value: '' }, null],
    [{}, null],
  ])('%j is taken out of the attributes', (dateExpires, expiresAt) => {
    expect(create({ id: 'A', dateExpires })).toEqual({ id: 'A', types: ['Thing'], writes: [], expiresAt });
  });

  test('in key-values form is the date alone', () => {
    expect(parseAttributes({ dateExpires: '2026-01-31T12:00:00Z' }, 'keyValues')).toEqual({
      writes: [],
      expiresAt: noon,
    });
  });

  test.each<[JsonValue, string]>([
    [{ type: 'DateTime', value: 'soon' }, 'date has invalid format'],
    [{ type: 'DateTime', value: 5 }, 'date has invalid format'],
    [{ type: 'Text', value: '2026-01-31' }, 'error processing date expiration attribute, see log traces'],
  ])('%j is refused: %s', (dateExpires, complaint) => {
    expect(complaintOf(() => create({ id: 'A', dateExpires }))).toBe(complaint);
  });
});

describe('attributes to be written [V2 update attributes]', () => {
  test.each<[JsonValue, string]>([
    [{}, 'empty payload'],
    [{ id: 'A' }, 'entity id specified in payload'],
    [{ type: 'T', a: {} }, 'entity type specified in payload'],
    [
      { a: { type: 'geo:point', value: 'here' } },
      'error parsing location attribute: geo coordinates format error [see Orion user manual]: here',
    ],
  ])('%j is refused: %s', (body, complaint) => {
    expect(complaintOf(() => update(body))).toBe(complaint);
  });

  test('without a type get the default one, as when they are created [V2 partial representations]', () => {
    expect(update({ a: { value: 1 } }).writes[0]?.declaredType).toBe('Number');
  });

  test('metadata that are given empty are not metadata that are not given', () => {
    expect(update({ a: { metadata: {} } }).writes[0]?.subAttributes).toEqual(new Map());
    expect(update({ a: {} }).writes[0]?.subAttributes).toBeUndefined();
  });

  test('one alone is an object with type, value and metadata [V2 update attribute data]', () => {
    expect(parseAttribute('a', { value: 1 })).toMatchObject({ name: 'a', declaredType: 'Number' });
    expect(refusalOf(() => parseAttribute('a', 1))).toEqual({ kind: 'invalidJson' });
    expect(complaintOf(() => parseAttribute('a', { id: 1 }))).toBe('unrecognized property for context attribute');
  });
});

describe('update operators [V2 update operators]', () => {
  test.each([
    ['$inc', 2],
    ['$push', { $each: [1] }],
    ['$unset', { x: 1 }],
  ] as const)(
    '%s alone in the value is an operation; without a type the attribute keeps its own',
    (operator, argument) => {
      const [write] = update({ a: { value: { [operator]: argument } } }).writes;
      expect(write).toMatchObject({ content: { kind: 'operation', operator, argument }, declaredType: keepType });
    },
  );

  test('what an operation makes is read as the type says', () => {
    const [write] = update({ a: { type: 'DateTime', value: { $max: '2026-01-31' } } }).writes;
    expect(write?.declaredType).toBe('DateTime');
    expect(write?.readContent?.('a', '2026-01-31', 'DateTime')).toMatchObject({ valueType: 'DateTime' });
  });

  test.each([{ $inc: 1, x: 1 }, { $inc: 1, $mul: 2 }, { $pop: 1 }, { inc: 1 }])('%j is just a value', (value) => {
    expect(update({ a: { value } }).writes[0]?.content).toEqual({ kind: 'property', value });
  });

  test('$set and $unset go together, where they do not name the same member', () => {
    const [write] = update({ a: { value: { $set: { Y: 20, Z: 30 }, $unset: { X: 1 } } } }).writes;
    expect(write?.content).toEqual({
      kind: 'operation',
      operator: '$set',
      argument: { Y: 20, Z: 30 },
      unset: { X: 1 },
    });
    expect(write?.declaredType).toBe(keepType);
    expect(complaintOf(() => update({ a: { value: { $set: { X: 1 }, $unset: { X: 1 } } } }))).toBe(
      'a sub-key cannot be in $set and in $unset at the same time',
    );
  });

  test('arguments are text like any other', () => {
    expect(complaintOf(() => update({ a: { value: { $push: '<' } } }))).toBe('Invalid characters in attribute value');
  });
});

describe('a bare value [V2 update attribute value]', () => {
  const text = (value: string) => parseAttributeValue('a', { contentType: 'text', text: value }).content;
  const json = (value: string) => parseAttributeValue('a', { contentType: 'json', text: value }).content;

  test.each<[string, JsonValue]>([
    ['"a text"', 'a text'],
    ['""', ''],
    ['"20"', '20'],
    ['true', true],
    ['FALSE', false],
    ['Null', null],
    ['12.5', 12.5],
    ['-1e3', -1000],
    ['-0', 0],
  ])('%s as text is %j', (body, value) => {
    expect(text(body)).toEqual({ kind: 'property', value });
  });

  test.each([
    ['hello', 'attribute value type not recognized'],
    ['tRue', 'attribute value type not recognized'],
    ['0x10', 'attribute value type not recognized'],
    ['1e999', 'attribute value type not recognized'],
    ['"open', 'Missing citation-mark at end of string'],
    ['"', 'Missing citation-mark at end of string'],
    ['"a<b"', 'Invalid characters in attribute value'],
  ])('%s as text is refused: %s', (body, complaint) => {
    expect(complaintOf(() => text(body))).toBe(complaint);
  });

  test('as JSON is an object or an array', () => {
    expect(json('[1,"x"]')).toEqual({ kind: 'property', value: [1, 'x'] });
    expect(complaintOf(() => json('1'))).toBe('Neither JSON Object nor JSON Array for attribute::value');
    expect(refusalOf(() => json('{'))).toEqual({ kind: 'invalidJson' });
  });

  test('keeps the type of the attribute and is read as that says', () => {
    const write = parseAttributeValue('a', { contentType: 'text', text: '"2026-01-31"' });
    expect(write).toMatchObject({ declaredType: keepType, subAttributes: undefined });
    expect(write.readContent?.('a', '2026-01-31', 'DateTime')).toEqual({
      kind: 'property',
      value: '2026-01-31T00:00:00.000Z',
      valueType: 'DateTime',
    });
    expect(write.readContent?.('a', '40.4,-3.7', 'geo:point')).toMatchObject({ kind: 'geo' });
  });
});

test('attributes are written in the order of the payload, those named like integers first', () => {
  const body = parseJson('{"b":{"value":1},"10":{"value":2},"a":{"value":3},"9":{"value":4},"b":{"value":5}}');
  const { writes } = parseAttributes(body, 'normalized');
  expect(writes.map(({ name }) => name)).toEqual(['9', '10', 'b', 'a']);
  expect(writes.find(({ name }) => name === 'b')?.content).toEqual({ kind: 'property', value: 5 });
});

test('no payload makes the parsers throw anything but a refusal', () => {
  const name = fc.oneof(
    fc.constantFrom('id', 'type', 'value', 'metadata', 'dateExpires', '$set', '__proto__'),
    fc.string(),
  );
  const type = fc.constantFrom('DateTime', 'geo:point', 'geo:json', 'geo:box', 'TextUnrestricted', 'T', '');
  const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      type,
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(name, tie('json'), { maxKeys: 4 }),
    ),
  }));
  const form = fc.constantFrom('normalized' as const, 'keyValues' as const);
  fc.assert(
    fc.property(json, form, (body, payloadForm) => {
      outcomeOf(() => parseEntity(body, payloadForm));
      outcomeOf(() => parseAttributes(body, payloadForm));
      outcomeOf(() => parseAttribute('a', body));
      outcomeOf(() => create({ id: 'A', a: { type: 'geo:json', value: body } }));
    }),
    { numRuns: 500 },
  );
});
