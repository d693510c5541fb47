import { expect, test } from 'vitest';
import type { EntityViolations } from '../../../src/core/model/violation.ts';
import { renderViolationsHeader, renderWarningHeader } from '../../../src/core/model/violations-header.ts';
import { wordRefusal } from '../../../src/dialects/ngsiv2/word-refusal.ts';

const room: EntityViolations = {
  entity: { id: 'Room1', type: 'Room' },
  violations: [
    { path: '/temperature', value: 85, rule: 'maximum', message: 'must be at most 60', model: 'Room 1.0.0' },
    { path: '/name', rule: 'required', message: 'must be there', model: 'Room 1.0.0' },
  ],
};

test('A violated model is unprocessable: a line each for people, a list for programs in a header', () => {
  expect(wordRefusal({ kind: 'modelViolated', ...room })).toEqual({
    status: 422,
    error: 'Unprocessable',
    description:
      '/temperature: 85 must be at most 60 [maximum, Room 1.0.0]\n/name: must be there [required, Room 1.0.0]',
    headers: {
      'oriel-violations': JSON.stringify(room.violations.map((violation) => ({ ...room.entity, ...violation }))),
    },
  });
});

test('In a batch each line names its entity, beside what was refused for other reasons', () => {
  const other = { entity: { id: 'Room2' }, reason: { kind: 'ambiguousEntity' } } as const;
  const refused = [{ entity: room.entity, reason: { kind: 'modelViolated', ...room } as const }, other];
  const worded = wordRefusal({ kind: 'batchRefused', refused, written: true });
  expect(worded).toMatchObject({
    status: 422,
    error: 'PartialUpdate',
    headers: { 'oriel-violations': expect.any(String) },
  });
  expect(worded.description.split('\n')).toEqual([
    'Room1/Room: /temperature: 85 must be at most 60 [maximum, Room 1.0.0]',
    'Room1/Room: /name: must be there [required, Room 1.0.0]',
    'Room2: More than one matching entity. Please refine your query',
  ]);
});

test('A batch of nothing but violations is told within bounds', () => {
  const refused = Array.from({ length: 20_000 }, () => ({
    entity: room.entity,
    reason: { kind: 'modelViolated', ...room, violations: Array(20).fill(room.violations[0]) } as const,
  }));
  const { description, headers } = wordRefusal({ kind: 'batchRefused', refused, written: false });
  expect(description.split('\n')).toHaveLength(5001);
  expect(description).toMatch(/and 19000 more entities$/);
  expect(String(headers?.['oriel-violations']).length).toBeLessThan(4097);
});

test('Headers are ASCII on one line, whatever the values', () => {
  const odd: EntityViolations = {
    entity: { id: 'Räume' },
    violations: [{ path: '/näme', value: 'a"b\\c\r\nSet-Cookie: x', rule: 'type', message: 'must be of type number' }],
  };
  const list = renderViolationsHeader([odd]);
  expect(JSON.parse(list)).toEqual([{ id: 'Räume', ...odd.violations[0] }]);
  const warning = renderWarningHeader([odd, odd, odd, odd, odd, odd, odd]);
  expect(warning).toMatch(/^199 oriel ".*"(, 199 oriel ".*"){5}$/);
  expect(warning).toMatch(/"2 more"$/);
  for (const header of [list, warning]) expect(header).toMatch(/^[\x20-\x7e]*$/);
});
