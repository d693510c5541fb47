import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEntity } from '../../../src/core/change/apply.ts';
import type { Attribute } from '../../../src/core/entity/entity.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { parseJson } from '../../../src/core/parse-json.ts';
import { parseEntity } from '../../../src/dialects/ngsiv2/parse-entity.ts';
import { type Projection, projectionKey, wholeEntity } from '../../../src/dialects/ngsiv2/projection.ts';
import { renderAttribute, renderAttributes, renderEntity } from '../../../src/dialects/ngsiv2/render-entity.ts';
import { renderType, renderTypes } from '../../../src/dialects/ngsiv2/render-types.ts';
import { renderValue } from '../../../src/dialects/ngsiv2/render-value.ts';
import { freeText } from '../../../src/dialects/ngsiv2/text-rules.ts';
import { arbitraryEntity, arbitraryJson } from '../../support/arbitrary-entity.ts';
import { aDateTime, anEntity, aPlace, aPoint, aProperty, noon } from '../../support/entity-builder.ts';
import { refusalOf } from './refusal-of.ts';

const room = anEntity({
  id: 'Room1',
  type: 'Room',
  scope: '/Madrid',
  expiresAt: noon + 1000,
  attributes: {
    temperature: aProperty(21, { metadata: { accuracy: 0.5, unit: 'CEL' }, modifiedAt: noon + 1 }),
    name: aProperty('Au"la'),
    other: aProperty(21),
  },
});

const as = (representation: Projection['representation'], attrs?: string[], metadata?: string[]): Projection => ({
  representation,
  ...(attrs && { attrs }),
  ...(metadata && { metadata }),
});

describe('an entity, member by member [V2 JSON entity representation]', () => {
  test('has id, type, then its attributes, each with type, value and metadata', () => {
    expect(renderEntity(room, wholeEntity)).toBe(
      '{"id":"Room1","type":"Room",' +
        '"temperature":{"type":"Number","value":21,"metadata":{"accuracy":{"type":"Number","value":0.5},"unit":{"type":"Text","value":"CEL"}}},' +
        '"name":{"type":"Text","value":"Au\\"la","metadata":{}},' +
        '"other":{"type":"Number","value":21,"metadata":{}}}',
    );
  });

  test.each<[Projection['representation'], string]>([
    ['keyValues', '{"id":"Room1","type":"Room","temperature":21,"name":"Au\\"la","other":21}'],
    ['values', '[21,"Au\\"la",21]'],
    ['unique', '[21,"Au\\"la"]'],
  ])('as %s shows values alone [V2 simplified entity representation]', (representation, text) => {
    expect(renderEntity(room, as(representation))).toBe(text);
  });

  test('without attributes is id and type', () => {
    expect(renderEntity(anEntity(), wholeEntity)).toBe('{"id":"Thing1","type":"Thing"}');
    expect(renderEntity(anEntity(), as('values'))).toBe('[]');
  });

  test('its attributes alone leave id and type out [V2 retrieve entity attributes]', () => {
    expect(renderAttributes(room, as('keyValues'))).toBe('{"temperature":21,"name":"Au\\"la","other":21}');
    expect(renderAttributes(room, as('unique'))).toBe('[21,"Au\\"la"]');
    expect(renderAttributes(anEntity(), wholeEntity)).toBe('{}');
  });
});

describe('attrs [V2 filtering out attributes and metadata]', () => {
  test.each<[string[], string]>([
    [['other', 'nothing', 'temperature'], '{"other":21,"temperature":21}'],
    [['dateCreated'], '{"dateCreated":"2026-01-31T12:00:00.000Z"}'],
    [['servicePath', 'other'], '{"servicePath":"/Madrid","other":21}'],
    [
      ['dateModified', '*', 'dateExpires'],
      '{"temperature":21,"name":"Au\\"la","other":21,"dateExpires":"2026-01-31T12:00:01.000Z","dateModified":"2026-01-31T12:00:00.000Z"}',
    ],
    [['alterationType'], '{}'],
  ])('%j', (attrs, text) => {
    expect(renderAttributes(room, as('keyValues', attrs))).toBe(text);
  });

  test('builtins look like attributes [V2 builtin attributes]', () => {
    expect(renderAttributes(room, as('normalized', ['dateCreated', 'servicePath']))).toBe(
      '{"dateCreated":{"type":"DateTime","value":"2026-01-31T12:00:00.000Z","metadata":{}},"servicePath":{"type":"Text","value":"/Madrid","metadata":{}}}',
    );
    expect(renderAttributes(anEntity(), as('normalized', ['dateExpires']))).toBe('{}');
  });

  test("a user's attribute wins over the builtin and is shown unasked", () => {
    const entity = anEntity({ values: { dateModified: 'mine', a: 1 } });
    expect(renderAttributes(entity, as('keyValues'))).toBe('{"dateModified":"mine","a":1}');
    expect(renderAttributes(entity, as('keyValues', ['dateModified']))).toBe('{"dateModified":"mine"}');
    expect(renderAttributes(entity, as('keyValues', ['*', 'dateModified']))).toBe('{"dateModified":"mine","a":1}');
  });
});

describe('metadata [V2 builtin metadata]', () => {
  const shown = (...metadata: string[]) => renderAttribute(room, 'temperature', as('normalized', undefined, metadata));
  const of = (text: string) => `{"type":"Number","value":21,"metadata":{${text}}}`;
  const accuracy = '"accuracy":{"type":"Number","value":0.5}';
  const unit = '"unit":{"type":"Text","value":"CEL"}';
  const created = '"dateCreated":{"type":"DateTime","value":"2026-01-31T12:00:00.000Z"}';
  const modified = '"dateModified":{"type":"DateTime","value":"2026-01-31T12:00:00.001Z"}';

  test('are shown in the order asked for, or in their own with *', () => {
    expect(shown('unit', 'none', 'accuracy')).toBe(of(`${unit},${accuracy}`));
    expect(shown('dateModified')).toBe(of(modified));
    expect(shown('dateModified', '*', 'dateCreated')).toBe(of(`${accuracy},${unit},${created},${modified}`));
    expect(shown('previousValue')).toBe(of(''));
  });

  test("a user's metadata wins over the builtin", () => {
    const entity = anEntity({ attributes: { a: aProperty(1, { metadata: { dateCreated: 'mine' } }) } });
    const text = '{"type":"Number","value":1,"metadata":{"dateCreated":{"type":"Text","value":"mine"}}}';
    expect(renderAttribute(entity, 'a', wholeEntity)).toBe(text);
    expect(renderAttribute(entity, 'a', as('normalized', undefined, ['dateCreated', '*']))).toBe(text);
  });
});

describe('one attribute [V2 get attribute data]', () => {
  test('is shown as in the entity, or refused where it is not there', () => {
    expect(renderAttribute(room, 'other', wholeEntity)).toBe('{"type":"Number","value":21,"metadata":{}}');
    expect(renderAttribute(room, 'other', as('keyValues'))).toBe('{"other":21}');
    expect(renderAttribute(room, 'other', as('values'))).toBe('[21]');
    expect(renderAttribute(room, 'dateExpires', wholeEntity)).toBe(
      '{"type":"DateTime","value":"2026-01-31T12:00:01.000Z","metadata":{}}',
    );
    for (const name of ['nothing', 'dateCreated', 'constructor']) {
      expect(refusalOf(() => renderAttribute(room, name, wholeEntity))).toEqual({ kind: 'attributeNotFound' });
    }
  });

  test.each<[Attribute, string, string]>([
    [aProperty({ a: [1] }), 'application/json', '{"a":[1]}'],
    [aProperty([1, 2]), 'application/json', '[1,2]'],
    [aProperty('He said "hi"'), 'text/plain', '"He said "hi""'],
    [aProperty(1.5), 'text/plain', '1.5'],
    [aProperty(20), 'text/plain', '20'],
    [aProperty(false), 'text/plain', 'false'],
    [aProperty(null), 'text/plain', 'null'],
    [aDateTime('2026-01-31T12:00:00.000Z'), 'text/plain', '2026-01-31T12:00:00.000Z'],
    [aDateTime(null), 'text/plain', 'null'],
    [aPlace(aPoint(-3.7, 40.4)), 'application/json', '{"type":"Point","coordinates":[-3.7,40.4]}'],
  ])('its value alone: %j [V2 attribute value]', (attribute, contentType, body) => {
    expect(renderValue(attribute)).toEqual({ contentType, body });
  });
});

describe('a place [V2 geospatial properties]', () => {
  const created = (value: JsonValue, type: string) =>
    createEntity(parseEntity({ id: 'A', a: { type, value } }, 'normalized'), '/', noon, 'c').entity;

  test.each<[string, JsonValue]>([
    ['geo:point', ' 40.4, -3.7'],
    ['geo:box', ['41,-3', '40,-4']],
    ['geo:json', { coordinates: [0, 0], type: 'Point' }],
    ['geo:json', null],
  ])('of type %s comes back as it was written: %j', (type, value) => {
    expect(renderAttributes(created(value, type), as('keyValues'))).toBe(JSON.stringify({ a: value }));
  });

  test('of a Feature only the geometry comes back', () => {
    const geometry = { type: 'Point', coordinates: [0, 0] };
    const feature = { type: 'Feature', properties: {}, geometry };
    expect(renderAttributes(created(feature, 'geo:json'), as('keyValues'))).toBe(JSON.stringify({ a: geometry }));
    const collection = { type: 'FeatureCollection', features: [feature] };
    expect(renderAttributes(created(collection, 'geo:json'), as('keyValues'))).toBe(JSON.stringify({ a: geometry }));
  });
});

describe('attributes that NGSIv2 does not know read naturally', () => {
  const times = { createdAt: noon, modifiedAt: noon };

  test.each<[Attribute, string]>([
    [{ kind: 'relationship', object: 'urn:a', ...times }, '{"type":"Relationship","value":"urn:a","metadata":{}}'],
    [
      { kind: 'language', languageMap: { es: 'hola' }, ...times },
      '{"type":"LanguageProperty","value":{"es":"hola"},"metadata":{}}',
    ],
    [{ kind: 'vocab', vocab: 'urn:v', ...times }, '{"type":"VocabProperty","value":"urn:v","metadata":{}}'],
    [{ kind: 'json', json: { x: 1 }, ...times }, '{"type":"JsonProperty","value":{"x":1},"metadata":{}}'],
    [{ kind: 'list', valueList: [1], ...times }, '{"type":"ListProperty","value":[1],"metadata":{}}'],
    [
      { kind: 'listRelationship', objectList: ['urn:a'], ...times },
      '{"type":"ListRelationship","value":["urn:a"],"metadata":{}}',
    ],
    [
      { kind: 'geo', geometry: aPoint(1, 2), ...times },
      '{"type":"geo:json","value":{"type":"Point","coordinates":[1,2]},"metadata":{}}',
    ],
    [
      { kind: 'property', value: 1, unitCode: 'CEL', observedAt: noon, ...times },
      '{"type":"Number","value":1,"metadata":{"observedAt":{"type":"DateTime","value":"2026-01-31T12:00:00.000Z"},"unitCode":{"type":"Text","value":"CEL"}}}',
    ],
  ])('%j', (attribute, text) => {
    expect(renderAttribute(anEntity({ attributes: { a: attribute } }), 'a', wholeEntity)).toBe(text);
  });
});

describe('whatever the entity', () => {
  const projection = fc
    .record({
      representation: fc.constantFrom<Projection['representation']>('normalized', 'keyValues', 'values', 'unique'),
      attrs: fc.option(
        fc.array(fc.constantFrom('a', 'b', '*', 'dateCreated', 'servicePath', '__proto__'), { minLength: 1 }),
        { nil: undefined },
      ),
      metadata: fc.option(fc.array(fc.constantFrom('m', '*', 'dateModified'), { minLength: 1 }), { nil: undefined }),
    })
    .map(({ representation, attrs, metadata }) => as(representation, attrs, metadata));

  test('its rendering is JSON, and equal projections have equal keys', () => {
    fc.assert(
      fc.property(arbitraryEntity, projection, projection, (entity, one, other) => {
        expect(() => JSON.parse(renderEntity(entity, one))).not.toThrow();
        if (projectionKey(one) === projectionKey(other)) expect(one).toEqual(other);
      }),
    );
  });

  test('what was written in the normalized form reads back the same', () => {
    const attribute = fc.record({
      type: fc.constantFrom('T', 'Number', 'Text'),
      value: arbitraryJson.filter((value) => !JSON.stringify(value).includes('"$')),
      metadata: fc.dictionary(fc.constantFrom('m', 'n'), fc.record({ type: fc.constant('T'), value: arbitraryJson })),
    });
    const body = fc
      .dictionary(fc.constantFrom('a', 'b', 'c'), attribute)
      .map((attributes) => ({ id: 'A', type: 'T', ...attributes }));
    fc.assert(
      fc.property(body, (entity) => {
        const draft = parseEntity(parseJson(JSON.stringify(entity)), 'normalized', freeText);
        expect(renderEntity(createEntity(draft, '/', noon, 'c').entity, wholeEntity)).toBe(JSON.stringify(entity));
      }),
    );
  });
});

describe('types [V2 types]', () => {
  const car = {
    type: 'Car',
    count: 2,
    attributes: new Map([
      ['speed', ['Number', 'Text']],
      ['id-x', ['Text']],
    ]),
  };
  const attrs = '"attrs":{"speed":{"types":["Number","Text"]},"id-x":{"types":["Text"]}},"count":2';

  test('show their attributes and how many entities have them', () => {
    expect(renderTypes([car], new Set())).toBe(`[{"type":"Car",${attrs}}]`);
    expect(renderType(car, new Set())).toBe(`{${attrs}}`);
    expect(renderTypes([], new Set())).toBe('[]');
  });

  test('as values show their names, and without detail no attribute types', () => {
    expect(renderTypes([car], new Set(['values']))).toBe('["Car"]');
    expect(renderType(car, new Set(['noAttrDetail']))).toBe(
      '{"attrs":{"speed":{"types":[]},"id-x":{"types":[]}},"count":2}',
    );
  });
});
