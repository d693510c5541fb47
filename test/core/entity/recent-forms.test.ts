import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodedEntity, encodedEntity, encodeForReuse } from '../../../src/core/entity/recent-forms.ts';
import { decodeEntity, encodeEntity } from '../../../src/core/entity/stored-form.ts';
import { arbitraryEntity } from '../../support/arbitrary-entity.ts';
import { anEntity, aProperty } from '../../support/entity-builder.ts';

describe('stored forms of a moment ago', () => {
  it('are what encoding and decoding give, whether they are remembered or not', () => {
    fc.assert(
      fc.property(arbitraryEntity, fc.boolean(), (entity, remembered) => {
        const text = encodeEntity(entity);
        if (remembered) expect(encodeForReuse(entity)).toBe(text);
        expect(encodedEntity(entity)).toBe(text);
        expect(encodeEntity(decodedEntity(text))).toBe(text);
        expect(decodedEntity(text)).toEqual(decodeEntity(text));
      }),
    );
  });

  it('are forgotten when others come', () => {
    const entity = anEntity({ id: 'Room1', type: 'Room', attributes: { temperature: aProperty(21.5) } });
    const text = encodeForReuse(entity);
    expect(decodedEntity(text)).toBe(entity);
    for (let number = 0; number < 3; number++) {
      encodeForReuse(
        anEntity({ id: `Large${number}`, type: 'Room', attributes: { text: aProperty('x'.repeat(600_000)) } }),
      );
    }
    expect(decodedEntity(text)).not.toBe(entity);
    expect(encodedEntity(decodedEntity(text))).toBe(text);
  });
});
