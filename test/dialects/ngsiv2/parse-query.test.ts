import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { everyScope } from '../../../src/core/scope.ts';
import { parseCursor, renderCursor } from '../../../src/dialects/ngsiv2/cursor.ts';
import {
  parseEntitiesRequest,
  parseEntityParameters,
  parseQueryOperation,
} from '../../../src/dialects/ngsiv2/parse-query.ts';
import { parseUriParameters } from '../../../src/dialects/ngsiv2/uri-parameters.ts';
import { complaintOf, outcomeOf, refusalOf } from './refusal-of.ts';

const scopes = [everyScope];
const limits = { filterLength: 100 };
const list = (query: string) => parseEntitiesRequest(parseUriParameters(query), scopes, limits);
const operation = (body: JsonValue, query = '') => parseQueryOperation(body, parseUriParameters(query), scopes, limits);

describe('a list of entities [V2 list entities]', () => {
  test('of everything', () => {
    expect(list('')).toEqual({
      query: { selectors: [], scopes, order: [], offset: 0, limit: 20, count: false },
      projection: { representation: 'normalized' },
    });
  });

  test('by ids and types, which are lists', () => {
    expect(list('id=a,b,a&type=T,U').query.selectors).toEqual([{ ids: ['a', 'b'], types: ['T', 'U'] }]);
  });

  test('by patterns; one that everything matches says nothing', () => {
    expect(list('idPattern=^a&typePattern=T').query.selectors).toMatchObject([
      { idPattern: { source: '^a' }, typePattern: { source: 'T' } },
    ]);
    expect(list('idPattern=.*&type=T').query.selectors).toEqual([{ types: ['T'] }]);
    expect(list('idPattern=.*').query.selectors).toEqual([]);
  });

  test('by everything at once: all must hold', () => {
    const { query } = list('q=a;b&mq=a.m&georel=near;maxDistance:5&geometry=point&coords=1,2&options=count&limit=0');
    expect(query).toMatchObject({ count: true, limit: 0 });
    expect(query.filter).toMatchObject({
      kind: 'and',
      filters: [{ kind: 'exists' }, { kind: 'exists' }, { kind: 'exists' }, { kind: 'near', center: [2, 1] }],
    });
  });

  test('shows what attrs, metadata and options ask for [V2 filtering out attributes and metadata]', () => {
    expect(list('attrs=b,a,b&metadata=m&options=keyValues').projection).toEqual({
      representation: 'keyValues',
      attrs: ['b', 'a'],
      metadata: ['m'],
    });
    expect(list('options=dateModified').projection.attrs).toEqual(['*', 'dateModified']);
    expect(list('options=dateCreated&attrs=a').projection.attrs).toEqual(['a', 'dateCreated']);
  });

  test.each([
    ['id=a&idPattern=b', 'Incompatible parameters: id, IdPattern'],
    ['type=a&typePattern=b', 'Incompatible parameters: type, typePattern'],
    ['idPattern=[', 'Invalid regex for entity idPattern'],
    ['typePattern=*', 'Invalid regex for entity typePattern'],
    ['georel=equals', 'Invalid query: URI param /georel/ used without /geometry/'],
    [`q=${'a'.repeat(101)}`, 'q length: 101, max length supported: 100'],
    ['options=x', 'Invalid value for URI param /options/'],
    ['orderBy=a,a', 'duplicated token in orderBy'],
    ['orderBy=a,!a', 'duplicated token in orderBy'],
    ['orderBy=a,', 'empty token in orderBy'],
    ['orderBy=!', 'empty token in orderBy'],
  ])('%s is refused: %s', (query, complaint) => {
    expect(complaintOf(() => list(query))).toBe(complaint);
  });
});

describe('the order of results [V2 ordering results]', () => {
  const near = 'georel=near;maxDistance:5&geometry=point&coords=1,2';

  test('is that of the names, descending with !', () => {
    expect(list('orderBy=temperature,!id,type,dateCreated').query.order).toEqual([
      { by: { kind: 'attribute', attribute: 'temperature', subAttributes: [], members: [] }, descending: false },
      { by: { kind: 'builtin', name: 'id' }, descending: true },
      { by: { kind: 'builtin', name: 'type' }, descending: false },
      { by: { kind: 'builtin', name: 'createdAt' }, descending: false },
    ]);
  });

  test('is by distance before all else, where the query has a place to be near to', () => {
    expect(list(`${near}&orderBy=id,geo:distance`).query.order).toEqual([
      { by: { kind: 'distance', center: [2, 1] }, descending: false },
      { by: { kind: 'builtin', name: 'id' }, descending: false },
    ]);
    expect(list('orderBy=geo:distance').query.order).toEqual([]);
    expect(list(near).query.order).toEqual([]);
  });
});

describe('cursors, an extension', () => {
  test('come back as they were given', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (sequence) => {
        expect(parseCursor(renderCursor({ sequence }))).toEqual({ sequence });
        expect(list(`after=${renderCursor({ sequence })}`).query.after).toEqual({ sequence });
      }),
    );
  });

  test('are refused where nobody gave them, and beside another place to begin', () => {
    expect(complaintOf(() => parseCursor('x'))).toBe('Invalid value for URI param /after/');
    const cursor = renderCursor({ sequence: 7 });
    expect(complaintOf(() => list(`after=${cursor}&offset=1`))).toBe('Incompatible parameters: after, offset');
    expect(complaintOf(() => list(`after=${cursor}&orderBy=id`))).toBe('Incompatible parameters: after, orderBy');
    fc.assert(fc.property(fc.string(), (text) => void outcomeOf(() => parseCursor(text))));
  });
});

describe('a query operation [V2 query operation]', () => {
  test('has selectors, one filter of all expressions, and what to show', () => {
    const { query, projection } = operation(
      {
        entities: [
          { idPattern: '.*', type: 'Room' },
          { id: 'Car', typePattern: '^C' },
        ],
        attrs: ['a'],
        expression: { q: 'a>1', georel: 'equals', geometry: 'point', coords: '1,2' },
        metadata: ['m', '*'],
      },
      'options=count,values&limit=5&offset=10',
    );
    expect(query).toMatchObject({
      selectors: [{ types: ['Room'] }, { ids: ['Car'], typePattern: { source: '^C' } }],
      filter: { kind: 'and', filters: [{ operator: '>' }, { kind: 'geo', relation: 'equals' }] },
      count: true,
      limit: 5,
      offset: 10,
    });
    expect(projection).toEqual({ representation: 'values', attrs: ['a'], metadata: ['m', '*'] });
  });

  test('without names shows all', () => {
    expect(operation({ attrs: [] }).projection).toEqual({ representation: 'normalized' });
  });

  test.each<[JsonValue, string]>([
    [{}, 'empty payload'],
    [{ attributes: [] }, 'Unrecognized field in JSON payload: /attributes/'],
    [{ scopes: [] }, 'Unrecognized field in JSON payload: /scopes/'],
    [{ entities: {} }, 'not a JSON array'],
    [{ entities: [1] }, 'entity is not a JSON object'],
    [{ entities: [{ id: 'a', idPattern: 'b' }] }, 'both /id/ and /idPattern/ present'],
    [{ entities: [{ type: 'T' }] }, 'nor /id/ nor /idPattern/ present'],
    [{ entities: [{ id: 'a', type: 'T', typePattern: 'T' }] }, 'both /type/ and /typePattern/ present'],
    [{ entities: [{ id: 'a', x: 1 }] }, 'no attributes allowed in Entity in this payload'],
    [{ entities: [{ id: 1 }] }, 'Invalid JSON type for entity id'],
    [{ entities: [{ id: 'a', type: 1 }] }, 'Invalid JSON type for entity type'],
    [{ entities: [{ idPattern: 1 }] }, 'Invalid JSON type for entity idPattern'],
    [{ entities: [{ idPattern: '[' }] }, 'Invalid regex for entity idPattern'],
    [{ entities: [{ id: 'a b' }] }, 'Invalid characters in entity id'],
    [{ entities: [{ id: 'a', type: '' }] }, 'entity type length: 0, min length supported: 1'],
    [{ expression: [] }, 'expression is not an object'],
    [{ expression: {} }, 'expression is empty'],
    [{ expression: { q: 1 } }, 'q is not a string'],
    [{ expression: { mq: '' } }, 'mq is empty'],
    [
      { expression: { georel: 'near' } },
      'partial geo expression: geometry, georel and coords have to be provided together',
    ],
    [{ attrs: 'a' }, 'attrs is not an array'],
    [{ attrs: [1] }, 'attrs element is not a string'],
    [{ metadata: [''] }, 'metadata element is empty'],
  ])('%j is refused: %s', (body, complaint) => {
    expect(complaintOf(() => operation(body))).toBe(complaint);
  });

  test('is a JSON object', () => {
    expect(refusalOf(() => operation([]))).toEqual({ kind: 'invalidJson' });
  });

  test('no body makes the parser throw anything but a refusal', () => {
    const name = fc.constantFrom('entities', 'attrs', 'expression', 'metadata', 'id', 'idPattern', 'q', 'georel');
    const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(name, tie('json'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(json, (body) => void outcomeOf(() => operation(body))),
      { numRuns: 500 },
    );
  });
});

test('a request about one entity may name its type and what to show [V2 retrieve entity]', () => {
  expect(parseEntityParameters(parseUriParameters('type=T&attrs=a,*&options=unique'))).toEqual({
    type: 'T',
    projection: { representation: 'unique', attrs: ['a', '*'] },
  });
  expect(parseEntityParameters(parseUriParameters(''))).toEqual({ projection: { representation: 'normalized' } });
});
