import { describe, expect, it } from 'vitest';
import { apply } from '../../../../src/core/change/apply.ts';
import type { EntityChange } from '../../../../src/core/change/entity-change.ts';
import type { JsonValue } from '../../../../src/core/json.ts';
import { compileCondition } from '../../../../src/dialects/ngsiv2/notifications/compile-condition.ts';
import { aWrite, plainly } from '../../../support/write-builder.ts';
import { refusalOf } from '../refusal-of.ts';
import { later, origin, room } from './notification-builder.ts';

const now = () => later;

function holds(source: string, values: Readonly<Record<string, JsonValue>> = { temperature: 23 }): boolean {
  const writes = Object.entries(values).map(([name, value]) => aWrite(name, value));
  const { change } = apply(room, { kind: 'append', writes, strict: false, ...plainly }, later, 'c0ffee');
  if (change === undefined) throw new Error('nothing was written');
  return holdsFor(source, change);
}

function holdsFor(source: string, change: EntityChange): boolean {
  const entity = change.kind === 'removed' ? change.before : change.after;
  return compileCondition(source, now).test({ entity, change, origin });
}

describe('A jexlExpression [V2 subscription subject condition]', () => {
  it.each([
    'temperature == 23',
    "id == 'Room1' && type == 'Room'",
    "id != 'SOR001'",
    "servicePath == '/Madrid' && service == 'city'",
    'temperature - metadata.temperature.previousValue > 1',
    "metadata.temperature.actionType == 'update'",
    "metadata.pressure.unit == 'mmHg'",
    "alterationType == 'entityChange'",
    'missing != null ? false : true',
    '(0|now) == (dateModified|getTime)',
  ])('holds: %s', (source) => {
    expect(holds(source)).toBe(true);
  });

  it.each(['temperature > 100', 'temperature', '1', "'true'", 'missing', 'missing == null', 'name - 1', 'null'])(
    'does not hold where its value is anything but true: %s',
    (source) => {
      expect(holds(source)).toBe(false);
    },
  );

  it('sees what an entity is at first and was at last', () => {
    const created: EntityChange = { kind: 'created', after: room, attributes: [] };
    expect(holdsFor("alterationType == 'entityCreate' && temperature == 21", created)).toBe(true);
    const removed: EntityChange = { kind: 'removed', before: room };
    expect(holdsFor("alterationType == 'entityDelete' && temperature == 21", removed)).toBe(true);
    expect(holds("alterationType == 'entityUpdate'", { temperature: 21 })).toBe(true);
  });

  it('keeps its text', () => {
    expect(compileCondition('a > 1', now).source).toBe('a > 1');
  });

  it('is refused where it is none, with what is wrong', () => {
    expect(refusalOf(() => compileCondition('temperature >', now))).toEqual({
      kind: 'invalidRequest',
      description: 'invalid jexlExpression: the expression ends too early',
    });
    expect(refusalOf(() => compileCondition('a|frobnicate', now))).toEqual({
      kind: 'invalidRequest',
      description: 'invalid jexlExpression: there is no transformation frobnicate',
    });
  });

  it('does not hold where it asks for more than an update can wait for', () => {
    const source = "name|matchRegex('(x?x?)*y') == []";
    expect(holds(source, { name: 'short' })).toBe(true);
    expect(holds(source, { name: 'x'.repeat(100_000) })).toBe(false);
  });
});
