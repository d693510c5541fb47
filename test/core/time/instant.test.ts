import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseInstant, renderInstant } from '../../../src/core/time/instant.ts';

describe('instants as clients write them [V2 DateTime]', () => {
  test.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:05', '2026-01-31T12:05:00.000Z'],
    ['2026-01-31T12:05:09', '2026-01-31T12:05:09.000Z'],
    ['2026-01-31T12:05:09.5', '2026-01-31T12:05:09.500Z'],
    ['2026-01-31T12:05:09.123456789', '2026-01-31T12:05:09.123Z'],
    ['2026-01-31T1205', '2026-01-31T12:05:00.000Z'],
    ['2026-01-31T120509.25', '2026-01-31T12:05:09.250Z'],
    ['2026-01-31T12:05:09Z', '2026-01-31T12:05:09.000Z'],
    ['2026-01-31T12:05:09+01', '2026-01-31T11:05:09.000Z'],
    ['2026-01-31T12:05:09-0530', '2026-01-31T17:35:09.000Z'],
    ['2026-01-31T12:05:09.000-05:30', '2026-01-31T17:35:09.000Z'],
    ['2026-01-31T12Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T00:00:00+02:00', '2026-01-30T22:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['0050-03-01', '0050-03-01T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    const instant = parseInstant(text);
    expect(instant === undefined ? undefined : renderInstant(instant)).toBe(expected);
  });

  test.each([
    ['a date with a zone', '2026-01-31Z'],
    ['a date with an offset', '2026-01-31+01:00'],
    ['30 February', '2026-02-30'],
    ['29 February of a common year', '2026-02-29'],
    ['29 February of 1900', '1900-02-29'],
    ['a month 13', '2026-13-01'],
    ['a day 0', '2026-01-00'],
    ['24:00', '2026-01-31T24:00:00'],
    ['a minute 60', '2026-01-31T12:60:00'],
    ['a second 60', '2026-01-31T12:00:60Z'],
    ['an offset of 24 hours', '2026-01-31T12:00:00+24:00'],
    ['an offset of 60 minutes', '2026-01-31T12:00:00+00:60'],
    ['colons here but not there', '2026-01-31T12:0509'],
    ['a fraction of minutes', '2026-01-31T12:05.5'],
    ['a point without a fraction', '2026-01-31T12:05:09.'],
    ['a time without a date', '12:05:09'],
    ['a year of two digits', '26-01-31'],
    ['a date without dashes', '20260131'],
    ['a blank in between', '2026-01-31 12:05:09'],
    ['blanks around', ' 2026-01-31'],
    ['a line feed at the end', '2026-01-31\n'],
    ['a small z', '2026-01-31T12:05:09z'],
    ['other digits', '２０２６-01-31'],
    ['a number', '1769860800000'],
    ['nothing', ''],
  ])('%s is none', (_, text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test('what is rendered reads back as the same instant', () => {
    const instants = fc.integer({ min: Date.UTC(1600, 0, 1), max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) });
    fc.assert(
      fc.property(instants, (instant) => {
        expect(parseInstant(renderInstant(instant))).toBe(instant);
      }),
    );
  });

  test('no text but a form of these names an instant', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'0123456789-:TZ+.'), maxLength: 30 });
    fc.assert(
      fc.property(texts, (text) => {
        const instant = parseInstant(text);
        if (instant !== undefined) expect(new Date(instant).getTime()).toBe(instant);
      }),
    );
  });
});
