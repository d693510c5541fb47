import { describe, expect, test } from 'vitest';
import { closesLoop } from '../../../src/core/subscription/closes-loop.ts';
import { anEntity } from '../../support/entity-builder.ts';
import { aCreation, anOrigin, anUpdate, aRemoval } from './subscription-builder.ts';

describe('an update that a custom notification of the same entity set off wakes nobody [V2 custom notifications]', () => {
  const entity = anEntity({ correlator: 'c1' });
  const echo = { ...anOrigin, correlator: 'c1; cbnotif=2', fromCustomNotification: true } as const;
  const update = anUpdate(entity, entity, { a: 'changed' });

  test.each([
    ['from a custom notification of the last write', update, echo, true],
    ['a deletion as well', aRemoval(entity), echo, true],
    ['of another chain of requests', update, { ...echo, correlator: 'c2; cbnotif=1' }, false],
    ['from any other notification', update, { ...anOrigin, correlator: 'c1; cbnotif=2' }, false],
    ['of an entity that is new', aCreation(entity), echo, false],
    ['of an entity that was written before correlators were kept', anUpdate(anEntity(), entity, {}), echo, false],
  ] as const)('%s', (_, change, origin, expected) => {
    expect(closesLoop(change, origin)).toBe(expected);
  });
});
