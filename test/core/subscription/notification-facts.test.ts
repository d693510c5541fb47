import { describe, expect, it } from 'vitest';
import { decodeEntity, encodeEntity } from '../../../src/core/entity/stored-form.ts';
import { changeFacts } from '../../../src/core/subscription/notification-facts.ts';
import { anEntity, noon } from '../../support/entity-builder.ts';
import { aCreation, anOrigin, anUpdate, aRemoval } from './subscription-builder.ts';

const room = anEntity({ id: 'Room1', values: { temperature: 21, humidity: 40 } });
const warmRoom = anEntity({ id: 'Room1', values: { temperature: 25, humidity: 40, pressure: 1 } });

describe('changeFacts', () => {
  it('keeps of the entity before only what the change touched, for previousValue [V2 builtin metadata]', () => {
    const change = anUpdate(room, warmRoom, { temperature: 'changed', pressure: 'changed' });
    const facts = changeFacts(change, anOrigin, noon);
    expect(facts).toEqual({
      origin: anOrigin,
      entity: encodeEntity(warmRoom),
      previous: expect.any(String),
      attributes: change.kind === 'updated' ? change.attributes : [],
      changedAt: noon,
    });
    expect(decodeEntity(facts.previous ?? '')).toEqual(anEntity({ id: 'Room1', values: { temperature: 21 } }));
  });

  it('shows a deleted entity in its last state, and nothing before a new one', () => {
    const removed = changeFacts(aRemoval(room), anOrigin, noon);
    expect(removed).toEqual({ origin: anOrigin, entity: encodeEntity(room), attributes: [], changedAt: noon });
    expect(changeFacts(aCreation(room), anOrigin, noon)).not.toHaveProperty('previous');
  });

  it('survives the way through JSON', () => {
    const facts = changeFacts(anUpdate(room, warmRoom, { temperature: 'changed' }), anOrigin, noon);
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });
});
