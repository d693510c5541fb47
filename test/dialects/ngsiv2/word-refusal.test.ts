import { expect, test } from 'vitest';
import type { RefusalReason } from '../../../src/core/errors.ts';
import { wordRefusal } from '../../../src/dialects/ngsiv2/word-refusal.ts';

const E = { id: 'E', type: 'T' };

test.each<[RefusalReason, number, string, string]>([
  [{ kind: 'invalidRequest', description: 'empty payload' }, 400, 'BadRequest', 'empty payload'],
  [{ kind: 'invalidJson' }, 400, 'ParseError', 'Errors found in incoming JSON buffer'],
  [
    { kind: 'bodyTooLarge', limitBytes: 10, bytes: 11 },
    413,
    'RequestEntityTooLarge',
    'payload size: 11, max size supported: 10',
  ],
  [{ kind: 'lengthRequired' }, 411, 'ContentLengthRequired', 'Zero/No Content-Length in PUT/POST/PATCH request'],
  [
    { kind: 'unsupportedMediaType', description: 'not supported content type: x' },
    415,
    'UnsupportedMediaType',
    'not supported content type: x',
  ],
  [
    { kind: 'notAcceptable', accepted: ['application/json'] },
    406,
    'NotAcceptable',
    'acceptable MIME types: application/json',
  ],
  [
    { kind: 'notAcceptable', accepted: ['application/json', 'text/plain'] },
    406,
    'NotAcceptable',
    'acceptable MIME types: application/json, text/plain',
  ],
  [{ kind: 'notAcceptable', accepted: ['text/plain'] }, 406, 'NotAcceptable', 'accepted MIME types: text/plain'],
  [{ kind: 'unknownPath' }, 400, 'BadRequest', 'Service not found. Check your URL as probably it is wrong.'],
  [{ kind: 'notImplemented', description: 'not yet' }, 501, 'NotImplemented', 'not yet'],
  [{ kind: 'entityNotFound' }, 404, 'NotFound', 'The requested entity has not been found. Check type and id'],
  [{ kind: 'attributeNotFound' }, 404, 'NotFound', 'The entity does not have such an attribute'],
  [{ kind: 'typeNotFound' }, 404, 'NotFound', 'Entity type not found'],
  [{ kind: 'entityExists' }, 422, 'Unprocessable', 'Already Exists'],
  [{ kind: 'ambiguousEntity' }, 409, 'TooManyResults', 'More than one matching entity. Please refine your query'],
  [
    { kind: 'attributesMissing', missing: [{ entity: E, attributes: ['C', 'D'] }], written: false },
    422,
    'Unprocessable',
    'do not exist: E/T - [ C, D ]',
  ],
  [
    { kind: 'attributesMissing', missing: [{ entity: { id: 'E' }, attributes: ['C'] }], written: true },
    422,
    'PartialUpdate',
    'do not exist: E - [ C ]',
  ],
  [
    {
      kind: 'attributesMissing',
      missing: [{ entity: E, attributes: ['C'] }, { entity: { id: 'G', type: 'T' } }],
      written: false,
    },
    422,
    'Unprocessable',
    'do not exist: E/T - [ C ], G/T - [entity itself]',
  ],
  [
    { kind: 'attributesExist', existing: [{ entity: E, attributes: ['A'] }], written: false },
    422,
    'Unprocessable',
    'one or more of the attributes in the request already exist: E/T - [ A ]',
  ],
  [
    { kind: 'attributesExist', existing: [{ entity: E, attributes: ['A', 'B'] }], written: true },
    422,
    'PartialUpdate',
    'one or more of the attributes in the request already exist: E/T - [ A, B ]',
  ],
  [{ kind: 'entitiesNotFound', missing: [E], written: false }, 404, 'NotFound', 'do not exist: E/T - [entity itself]'],
  [
    { kind: 'entitiesNotFound', missing: [E, { id: 'F' }], written: true },
    422,
    'PartialUpdate',
    'do not exist: E/T - [entity itself], F - [entity itself]',
  ],
  [
    { kind: 'tooManyLocations' },
    413,
    'NoResourcesAvailable',
    'You cannot use more than one geo location attribute when creating an entity [see Orion user manual]',
  ],
  [
    { kind: 'operatorMismatch', attribute: 'A', operator: '$inc', where: 'value', found: 'text' },
    500,
    'InternalServerError',
    '$inc does not fit attribute A: its value is of kind text',
  ],
  [
    {
      kind: 'operatorMismatch',
      attribute: 'A',
      operator: '$push',
      where: 'argument',
      member: '$position',
      found: 'text',
    },
    500,
    'InternalServerError',
    '$push does not fit attribute A: $position of its argument is of kind text',
  ],
  [
    { kind: 'batchRefused', refused: [{ entity: E, reason: { kind: 'ambiguousEntity' } }], written: false },
    409,
    'TooManyResults',
    'More than one matching entity. Please refine your query',
  ],
  [
    {
      kind: 'batchRefused',
      refused: [
        { entity: E, reason: { kind: 'tooManyLocations' } },
        { entity: { id: 'F' }, reason: { kind: 'entityNotFound' } },
      ],
      written: true,
    },
    422,
    'PartialUpdate',
    'E/T: You cannot use more than one geo location attribute when creating an entity [see Orion user manual], F: The requested entity has not been found. Check type and id',
  ],
  [{ kind: 'unsupportedQuery', description: 'no' }, 422, 'NotSupportedQuery', 'no'],
  [
    { kind: 'queryTimeout', limitMs: 50 },
    503,
    'ServiceUnavailable',
    'the query took longer than 50 ms: narrow it down, or ask for fewer entities at once',
  ],
  [{ kind: 'limitReached', what: 'tenants', limit: 5 }, 413, 'NoResourcesAvailable', 'limit reached: tenants, max 5'],
  [{ kind: 'storeUnavailable', description: 'disk full' }, 500, 'InternalServerError', 'disk full'],
])('%j [V2 error responses]', (reason, status, error, description) => {
  expect(wordRefusal(reason)).toEqual({ status, error, description });
});

test('a wrong method is answered with the right ones [V2 error responses]', () => {
  expect(wordRefusal({ kind: 'methodNotAllowed', allowed: ['GET', 'DELETE'] })).toEqual({
    status: 405,
    error: 'MethodNotAllowed',
    description: 'method not allowed',
    headers: { Allow: 'GET, DELETE' },
  });
});

test('of a store that is expected back it is told when', () => {
  expect(wordRefusal({ kind: 'storeUnavailable', description: 'no primary', retryAfterSeconds: 5 })).toEqual({
    status: 503,
    error: 'ServiceUnavailable',
    description: 'no primary',
    headers: { 'Retry-After': '5' },
  });
});

test('who comes too early is told what there is too much of, and when to come again', () => {
  expect(wordRefusal({ kind: 'overloaded', retryAfterSeconds: 3 })).toEqual({
    status: 503,
    error: 'ServiceUnavailable',
    description: 'too many requests are waiting: try again later',
    headers: { 'Retry-After': '3' },
  });
  expect(wordRefusal({ kind: 'overloaded', what: 'notifications', retryAfterSeconds: 3 }).description).toBe(
    'too many notifications are waiting to be delivered: try again later',
  );
});

test('text of a client comes back escaped [V2 error responses]', () => {
  expect(wordRefusal({ kind: 'invalidRequest', description: `<a href="x">('y');=` }).description).toBe(
    '&lt;a href&#61;&quot;x&quot;&gt;&#40;&#39;y&#39;&#41;&#59;&#61;',
  );
});
