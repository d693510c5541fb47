import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import type { NgsiOption } from '../../../src/dialects/ngsiv2/options-parameter.ts';
import { parseNotification, parseUpdateOperation } from '../../../src/dialects/ngsiv2/parse-batch.ts';
import { noon } from '../../support/entity-builder.ts';
import { complaintOf, refusalOf } from './refusal-of.ts';

const update = (body: JsonValue, ...options: NgsiOption[]) => parseUpdateOperation(body, new Set(options));

describe('a batch update [V2 update operation]', () => {
  test('names an action and entities, each as it would be alone; without a type, any', () => {
    expect(
      update({
        actionType: 'append',
        entities: [
          { id: 'A', type: 'T', a: { value: 1 } },
          { id: 'B', dateExpires: { value: '2026-01-31T12:00:00Z' } },
        ],
      }),
    ).toEqual({
      action: 'append',
      drafts: [
        {
          id: 'A',
          types: ['T'],
          writes: [
            { name: 'a', content: { kind: 'property', value: 1 }, declaredType: 'Number', subAttributes: undefined },
          ],
        },
        { id: 'B', types: [], writes: [], expiresAt: noon },
      ],
    });
  });

  test('takes the key-values form', () => {
    expect(
      update({ actionType: 'update', entities: [{ id: 'A', a: 1 }] }, 'keyValues').drafts[0]?.writes[0],
    ).toMatchObject({
      content: { value: 1 },
    });
  });

  test.each([
    ['append', 'append'],
    ['appendStrict', 'appendStrict'],
    ['update', 'update'],
    ['delete', 'delete'],
    ['replace', 'replace'],
    ['APPEND', 'append'],
    ['APPEND_STRICT', 'appendStrict'],
    ['UPDATE', 'update'],
    ['DELETE', 'delete'],
    ['REPLACE', 'replace'],
  ])('%s means %s', (actionType, action) => {
    expect(update({ actionType, entities: [{ id: 'A' }] }).action).toBe(action);
  });

  test('to delete takes the names of attributes, whatever their values', () => {
    const { drafts } = update({ actionType: 'delete', entities: [{ id: 'A', a: 1, b: {}, dateExpires: 'x' }] });
    expect(drafts[0]?.writes.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(drafts[0]?.expiresAt).toBeNull();
  });

  test.each<[JsonValue, string]>([
    [{}, 'empty payload'],
    [{ actionType: 'append' }, 'Invalid JSON payload, mandatory field /entities/ not found'],
    [{ entities: [] }, 'Invalid JSON payload, mandatory field /actionType/ not found'],
    [{ actionType: 'append', entities: [], x: 1 }, 'Unrecognized field in JSON payload: /x/'],
    [{ actionType: 'append', entities: {} }, 'not a JSON array'],
    [{ actionType: 'append', entities: [] }, 'empty entities vector'],
    [
      { actionType: 'upsert', entities: [{ id: 'A' }] },
      'invalid update action type: right ones are: append, appendStric, delete, replace, update',
    ],
    [
      { actionType: 1, entities: [{ id: 'A' }] },
      'invalid update action type: right ones are: append, appendStric, delete, replace, update',
    ],
    [{ actionType: 'append', entities: [1] }, 'entity is not a JSON object'],
    [{ actionType: 'append', entities: [{}] }, 'nor /id/ nor /idPattern/ present'],
    [{ actionType: 'append', entities: [{ idPattern: 'A' }] }, 'idPattern is not allowed in this payload'],
    [{ actionType: 'append', entities: [{ id: 1 }] }, 'Invalid JSON type for entity id'],
    [{ actionType: 'append', entities: [{ id: '' }] }, 'entity id length: 0, min length supported: 1'],
    [{ actionType: 'append', entities: [{ id: 'A', type: 1 }] }, 'Invalid JSON type for entity type'],
    [{ actionType: 'append', entities: [{ id: 'A', type: 'T T' }] }, 'Invalid characters in entity type'],
    [
      { actionType: 'append', entities: [{ id: 'A', a: 1 }] },
      'attribute must be a JSON object, unless keyValues option is used',
    ],
    [{ actionType: 'delete', entities: [{ id: 'A', 'a b': 1 }] }, 'Invalid characters in attribute name'],
  ])('%j is refused: %s', (body, complaint) => {
    expect(complaintOf(() => update(body))).toBe(complaint);
  });

  test('is a JSON object', () => {
    expect(refusalOf(() => update('x'))).toEqual({ kind: 'invalidJson' });
  });
});

describe('a notification from another broker [V2 notify operation]', () => {
  test('holds entities to be appended', () => {
    expect(parseNotification({ subscriptionId: '5', data: [{ id: 'A', type: 'T' }] })).toEqual([
      { draft: { id: 'A', types: ['T'], writes: [] }, deleted: false },
    ]);
  });

  test.each<[JsonValue, string]>([
    [{}, 'empty payload'],
    [{ data: [] }, 'Invalid JSON payload, mandatory field /subscriptionId/ not found'],
    [{ subscriptionId: '5' }, 'Invalid JSON payload, mandatory field /data/ not found'],
    [{ subscriptionId: 5, data: [] }, '/subscriptionId/ must be a JSON String'],
    [{ subscriptionId: '5', data: {} }, '/data/ must be a JSON Array'],
    [{ subscriptionId: '5', data: [1] }, 'notification data vector item must be a JSON Object'],
    [{ subscriptionId: '5', data: [], x: 1 }, 'Unrecognized field in JSON payload: /x/'],
  ])('%j is refused: %s', (body, complaint) => {
    expect(complaintOf(() => parseNotification(body))).toBe(complaint);
  });

  test('has no key-values form', () => {
    expect(complaintOf(() => parseNotification({ subscriptionId: '5', data: [] }, new Set(['keyValues'])))).toBe(
      'Invalid value for URI param /options/',
    );
  });
});
