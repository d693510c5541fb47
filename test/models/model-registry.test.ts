import { describe, expect, it } from 'vitest';
import { createModelRegistry } from '../../src/adapters/models/ajv-model-registry.ts';
import type { JsonObject, JsonValue } from '../../src/core/json.ts';
import type { DataModel } from '../../src/core/model/data-model.ts';
import { readDataModel } from '../../src/core/model/read-data-model.ts';
import { schemaLimits } from '../../src/core/model/schema-limits.ts';

const registry = createModelRegistry();

function aModel(schema: JsonObject): DataModel {
  const { properties, ...rest } = schema;
  const document = {
    'x-version': '1.2.0',
    ...rest,
    properties: { type: { const: 'Room' }, ...(properties as JsonObject) },
  };
  return readDataModel({ url: 'test://room', document }, registry.findShared).model;
}

function judge(schema: JsonObject, attributes: JsonObject) {
  return registry.compile(aModel(schema)).judge({ id: 'Room1', type: 'Room', ...attributes });
}

describe('A judgement', () => {
  it('tells path, value, rule, what would be right, and type and version of the model', () => {
    const schema = { properties: { temperature: { type: 'number', maximum: 60 } }, required: ['name'] };
    expect(judge(schema, { temperature: 85.2 })).toEqual([
      { path: '/name', rule: 'required', message: 'must be there', model: 'Room 1.2.0' },
      { path: '/temperature', value: 85.2, rule: 'maximum', message: 'must be at most 60', model: 'Room 1.2.0' },
    ]);
  });

  it('says once that none of several forms is met, and once that `then` is not', () => {
    const anyOf = [{ type: 'number' }, { enum: ['high', 'low'] }];
    expect(judge({ properties: { level: { anyOf } } }, { level: 'mid' })).toMatchObject([
      { path: '/level', rule: 'anyOf', value: 'mid' },
    ]);
    const conditional = JSON.parse('{"if":{"required":["to"]},"then":{"required":["from"]}}') as JsonObject;
    expect(judge(conditional, { to: 1 })).toMatchObject([{ path: '/from', rule: 'required' }]);
  });

  it('names members with slashes and tildes as JSON Pointers do [RFC 6901 3]', () => {
    const schema = { properties: { 'a/b~c': { type: 'number' } } };
    expect(judge(schema, { 'a/b~c': 'x' })).toMatchObject([{ path: '/a~1b~0c' }]);
  });

  it('cuts long values, long enumerations and long lists of violations', () => {
    const [one] = judge({ properties: { text: { const: 'y' } } }, { text: 'x'.repeat(1000) });
    expect(String(one?.value)).toHaveLength(101);
    const values = Array.from({ length: 500 }, (_, index) => `v${index}`);
    const [other] = judge({ properties: { text: { enum: values } } }, { text: 'x' });
    expect(other?.message).toMatch(/v29 or 470 others$/);
    const items = Array.from({ length: 5000 }, () => 'x');
    expect(judge({ properties: { list: { type: 'array', items: { type: 'number' } } } }, { list: items })).toHaveLength(
      20,
    );
  });

  it('compares items of a list by what they mean', () => {
    expect(
      judge(
        { properties: { list: { uniqueItems: true } } },
        {
          list: [
            { a: 1, b: 2 },
            { b: 2, a: 1 },
          ],
        },
      ),
    ).toMatchObject([{ path: '/list', rule: 'uniqueItems', message: 'must not have an item twice' }]);
  });
});

describe('A hostile schema', () => {
  const refused: readonly (readonly [string, () => JsonObject, RegExp])[] = [
    [
      'that refers to itself',
      () => ({ $defs: { a: { properties: { b: { $ref: '#/$defs/a' } } } }, allOf: [{ $ref: '#/$defs/a' }] }),
      /refers to itself/,
    ],
    [
      'of a name that every object has',
      () => ({ properties: JSON.parse('{"__proto__":{"type":"number"}}') as JsonObject }),
      /__proto__/,
    ],
    ['that requires such a name', () => ({ required: ['__proto__'] }), /__proto__/],
    [
      'with too many values in an enumeration',
      () => ({ properties: { a: { enum: Array.from({ length: schemaLimits.enumeration + 1 }, (_, i) => i) } } }),
      /values of an enumeration/,
    ],
    [
      'with too many schemas',
      () => ({
        properties: Object.fromEntries(
          Array.from({ length: schemaLimits.schemas }, (_, i) => [`a${i}`, { type: 'number' }]),
        ),
      }),
      /too many schemas/,
    ],
    ['that is too deep', () => nested(150), /too many levels/],
    ['that doubles with every reference', doubling, /references written out/],
  ];

  it.each(refused)('%s is refused, with the reason', (_name, schema, message) => {
    expect(() => judge(schema(), {})).toThrow(message);
  });

  it('with a reference elsewhere allows anything there, and nothing is fetched', () => {
    const document = { properties: { type: { const: 'Room' }, a: { $ref: 'https://attacker.example/schema.json' } } };
    const { model, notes } = readDataModel({ url: 'test://room', document }, registry.findShared);
    expect(notes).toEqual([
      {
        pointer: '/properties/a',
        note: 'https://attacker.example/schema.json leads to nothing that is at hand: anything is allowed there',
      },
    ]);
    expect(registry.compile(model).judge({ id: '1', type: 'Room', a: 1 })).toEqual([]);
  });

  it('with a pattern that takes exponential time elsewhere is matched in linear time here', () => {
    const schema = { properties: { text: { pattern: '^(a+)+$' } } };
    expect(judge(schema, { text: `${'a'.repeat(100_000)}!` })).toMatchObject([{ rule: 'pattern' }]);
  });

  it.each([
    ['look-ahead', '^(?=.*\\d)x$'],
    ['back reference', '(a)\\1'],
    ['repetitions of repetitions', '((((a{99}){99}){99}){99})'],
  ])('with a pattern of %s does without it, and says so', (_name, pattern) => {
    const document = { properties: { type: { const: 'Room' }, text: { type: 'string', pattern } } };
    const { model, notes } = readDataModel({ url: 'test://room', document }, registry.findShared);
    expect(notes).toMatchObject([
      { pointer: '/properties/text/pattern', note: expect.stringContaining('linear time') },
    ]);
    expect(registry.compile(model).judge({ id: '1', type: 'Room', text: 'anything' })).toEqual([]);
  });

  it('compares the items of a long list without comparing each with each', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => ({ index }));
    expect(judge({ properties: { list: { type: 'array', uniqueItems: true } } }, { list })).toEqual([]);
  });

  it.each([
    ['no entity type', { properties: { a: {} } }, /names no entity type/],
    ['no schema at all', ['a'], /a model is a JSON Schema/],
  ] as const)('with %s is refused', (_name, document, message) => {
    expect(() => readDataModel({ url: 'test://x', document: document as JsonValue }, registry.findShared)).toThrow(
      message,
    );
  });
});

function nested(levels: number): JsonObject {
  let schema: JsonObject = { type: 'number' };
  for (let level = 0; level < levels; level++) schema = { properties: { a: schema } };
  return schema;
}

function doubling(): JsonObject {
  const names = Array.from({ length: 20 }, (_, index) => `d${index}`);
  const pair = (name: string) => ({ anyOf: [{ $ref: `#/$defs/${name}` }, { not: { $ref: `#/$defs/${name}` } }] });
  const $defs = Object.fromEntries(
    names.map((name, index) => [name, index === 0 ? { type: 'number' } : pair(`d${index - 1}`)]),
  );
  return { $defs, properties: { a: { $ref: '#/$defs/d19' } } };
}
