import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { malformationOf, namesKnownRange, preferredType } from '../../src/http/accept-header.ts';

const offers = ['application/json', 'text/plain'];

describe('[V2 MIME types] content negotiation', () => {
  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['text/plain', 'text/plain'],
    ['TEXT/Plain', 'text/plain'],
    ['text/*', 'text/plain'],
    ['text/plain, application/json', 'text/plain'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/html, text/plain;q=0.5, application/json;q=0.9', 'application/json'],
    ['text/plain;q=0, */*', 'application/json'],
    ['application/json;q=0, text/plain;q=0, */*', undefined],
    ['text/html', undefined],
    ['application/json;q=0', undefined],
  ])('of JSON and text, Accept: %s gets %s', (accept, chosen) => {
    expect(preferredType(accept, offers)).toBe(chosen);
  });

  test('takes any header, and answers with an offer or with none', () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        expect([...offers, undefined]).toContain(preferredType(accept, offers));
        const malformation = malformationOf(accept);
        if (malformation === undefined && preferredType(accept, offers) !== undefined) {
          expect(namesKnownRange(accept)).toBe(true);
        }
      }),
    );
  });
});
